import { codeOf, DatisError } from '#base'
import { type ErrorToTell, tellError, type Words } from '#text'

/** Wrong usage: `message` is already in the person's language. */
export class UsageError extends Error {
  readonly code = 'USAGE'
}

const SYSTEM_DETAILS = ['path', 'dest', 'address', 'port', 'hostname', 'syscall'] as const

/** What is told of any thrown value. Texts of unforeseen errors are kept: they go to whoever has to mend them. */
export function toTell(error: unknown): ErrorToTell {
  if (error instanceof DatisError) return { code: error.code, message: error.message, details: error.details }
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof Error && error.name === 'AbortError') return { code: 'CANCELLED', message, details: {} }
  return { code: codeOf(error), message, details: systemDetails(error) }
}

function systemDetails(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return {}
  const values = error as unknown as Record<string, unknown>
  return Object.fromEntries(SYSTEM_DETAILS.filter((name) => name in values).map((name) => [name, values[name]]))
}

/** All sentences about an error, in one line. */
export function sentenceOf(words: Words, error: unknown): string {
  if (error instanceof UsageError) return error.message
  const { happened, follows, todo } = tellError(words.formats, toTell(error))
  return [happened, follows, todo].filter((part) => part !== '').join(' ')
}

/** The same for a screen: one sentence a line, then the code to quote to a technician. */
export function linesOf(words: Words, error: unknown): string[] {
  if (error instanceof UsageError) return [error.message]
  const told = toTell(error)
  const { happened, follows, todo } = tellError(words.formats, told)
  // The message of what nobody foresaw is the only thing that says what it was.
  const unforeseen = told.code === 'UNEXPECTED' ? [told.message] : []
  const cause = causeOf(error)
  return [
    happened,
    ...unforeseen,
    follows,
    todo,
    words.say.failure.technical(cause ? `${told.code}, ${cause}` : told.code),
  ].filter((line) => line !== '')
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  if (cause === undefined) return ''
  const code = codeOf(cause)
  return code === 'UNEXPECTED' ? '' : code
}
