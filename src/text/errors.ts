import { type ErrorCode, errorsEn } from './errors-en.ts'
import type { ErrorSentences } from './errors-en-shared.ts'
import { errorsFr } from './errors-fr.ts'
import type { Formats } from './formats.ts'
import type { Language } from './language.ts'
import { printable } from './printable.ts'

const CATALOGUES: Record<Language, Record<ErrorCode, ErrorSentences>> = { en: errorsEn, fr: errorsFr }
const PLACEHOLDER = /\{(\w+)(?::(\w+))?\}/g
const UNKNOWN_DETAIL = '…'

/** An error as it reaches a person: from a DatisError, from the system, or from a box over its local socket. */
export interface ErrorToTell {
  readonly code: string
  /** English, for the log: what is told when the code has no words. */
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
}

/** `happened` alone suits a table; a screen shows all three. */
export interface ToldError {
  readonly happened: string
  readonly follows: string
  readonly todo: string
}

export function tellError(formats: Formats, error: ErrorToTell): ToldError {
  const sentences = sentencesOf(formats.language, error.code)
  if (sentences === undefined) return { happened: printable(error.message), follows: '', todo: '' }
  const [happened, follows, todo] = sentences.map((sentence) => fill(formats, sentence, error.details))
  return { happened: happened ?? '', follows: follows ?? '', todo: todo ?? '' }
}

export function hasWordsFor(code: string): code is ErrorCode {
  return Object.hasOwn(errorsEn, code)
}

function sentencesOf(language: Language, code: string): ErrorSentences | undefined {
  return hasWordsFor(code) ? CATALOGUES[language][code] : undefined
}

function fill(formats: Formats, sentence: string, details: Readonly<Record<string, unknown>>): string {
  return sentence.replace(PLACEHOLDER, (_, name: string, form: string | undefined) =>
    show(formats, details[name], form),
  )
}

function show(formats: Formats, value: unknown, form: string | undefined): string {
  if (Array.isArray(value)) return formats.list(value.map((item) => printable(String(item))))
  if (typeof value === 'number') {
    if (form === 'bytes') return formats.bytes(value)
    if (form === 'duration') return formats.duration(value)
    if (form === 'number') return formats.number(value)
    if (form === 'instant') return formats.instant(Temporal.Instant.fromEpochMilliseconds(value).toString())
  }
  if (typeof value === 'string' || typeof value === 'number') return printable(String(value))
  return UNKNOWN_DETAIL
}
