/** Errors as answers: a stable code, sentences in the reader's language, never a stack. */
import { codeOf, DatisError } from '#base'
import { type ErrorToTell, type Language, tellError, wordsIn } from '#text'
import { BODY_BYTES_MAX } from './body.ts'

export interface ErrorAnswer {
  readonly status: number
  readonly retryAfterS: number | null
  readonly body: {
    readonly error: {
      readonly code: string
      readonly happened: string
      readonly follows: string
      readonly todo: string
      readonly details: Readonly<Record<string, unknown>>
    }
  }
}

const STATUS: Readonly<Record<string, number>> = {
  BODY_INVALID: 400,
  BODY_TOO_DEEP: 400,
  BODY_TOO_LARGE: 413,
  REQUEST_INVALID: 400,
  REQUEST_SLOW: 408,
  HEADERS_TOO_LARGE: 431,
  PATHS_TOO_MANY: 413,
  MEDIA_TYPE_REFUSED: 415,
  PREVIEW_REFUSED: 415,
  SESSION_NEEDED: 401,
  LOGIN_REFUSED: 401,
  LOGIN_CODE_NEEDED: 401,
  PASSKEY_REFUSED: 401,
  LOGIN_WAIT: 429,
  LOGIN_BUSY: 503,
  TASKS_TOO_MANY: 503,
  SETUP_REFUSED: 403,
  RIGHT_MISSING: 403,
  STEP_UP_NEEDED: 403,
  LAN_ONLY: 403,
  HOST_REFUSED: 403,
  ORIGIN_REFUSED: 403,
  SHEET_GONE: 410,
  BOX_REBUILDING: 503,
  PAGE_NOT_BUILT: 503,
  PAGE_UNKNOWN: 404,
  UNEXPECTED: 500,
}

function statusOf(code: string): number {
  const known = STATUS[code]
  if (known !== undefined) return known
  if (code.endsWith('_UNKNOWN')) return 404
  return code.endsWith('_INVALID') || code.endsWith('_WEAK') ? 400 : 409
}

type Told = ErrorAnswer['body']['error']

export function toldOf({ code, message, details }: ErrorToTell, language: Language): Told {
  return { code, ...tellError(wordsIn(language).formats, { code, message, details }), details }
}

export function answerTo(error: unknown, language: Language): ErrorAnswer {
  const ours = asOurs(error)
  const { code, details } = ours
  const ms = details.ms
  return {
    status: statusOf(code),
    retryAfterS: code === 'LOGIN_WAIT' && typeof ms === 'number' ? Math.ceil(ms / 1000) : null,
    body: { error: toldOf(ours, language) },
  }
}

/** What the server itself refuses, in our codes. */
function asOurs(error: unknown): DatisError {
  if (error instanceof DatisError) return error
  switch (codeOf(error)) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new DatisError('BODY_TOO_LARGE', 'A message is too long.', { bytes: BODY_BYTES_MAX }, { cause: error })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new DatisError('MEDIA_TYPE_REFUSED', 'A message is of a kind that is not taken.', {}, { cause: error })
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new DatisError('BODY_INVALID', 'A message is not as it says.', {}, { cause: error })
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new DatisError('REQUEST_INVALID', 'An address does not have its form.', { at: 'url' }, { cause: error })
    case 'FST_ERR_VALIDATION':
      return ofForm(error)
    default:
      return new DatisError('UNEXPECTED', 'Something unforeseen happened.', {}, { cause: error })
  }
}

interface Fault {
  readonly keyword?: string
  readonly instancePath?: string
  readonly params?: { readonly maximum?: unknown }
}

/** REQUEST_INVALID; PATHS_TOO_MANY of what people choose in a list. */
function ofForm(error: unknown): DatisError {
  const { keyword, instancePath = '', params } = (error as { validation?: readonly Fault[] }).validation?.[0] ?? {}
  const most = params?.maximum
  if (keyword === 'too_big' && instancePath === '/paths' && typeof most === 'number')
    return new DatisError('PATHS_TOO_MANY', 'More is named than goes at once.', { most }, { cause: error })
  const at = instancePath.slice(0, 200)
  return new DatisError('REQUEST_INVALID', 'A message does not have its form.', { at }, { cause: error })
}
