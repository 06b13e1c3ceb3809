/**
 * How errors and abort reasons cross between threads: structured clone keeps neither `code` nor `details` nor the
 * class of an error, so they travel as plain fields.
 */
import { DatisError } from './errors.ts'

export interface CrossingError {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly stack?: string
  readonly cause?: CrossingError
}

/** Causes deeper than this are cut: an error that is its own cause must not loop. */
const CAUSE_DEPTH_MAX = 8

export function errorForCrossing(error: unknown, depth = 0): CrossingError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return {
    name: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(error instanceof DatisError ? { details: cloneable(error.details) } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause === undefined || depth >= CAUSE_DEPTH_MAX
      ? {}
      : { cause: errorForCrossing(error.cause, depth + 1) }),
  }
}

export function errorFromCrossing(crossed: CrossingError): Error {
  const options = crossed.cause === undefined ? undefined : { cause: errorFromCrossing(crossed.cause) }
  const error = rebuilt(crossed, options)
  // The stack of the thread where it happened is the one that helps.
  if (crossed.stack !== undefined) Object.defineProperty(error, 'stack', { value: crossed.stack, configurable: true })
  return error
}

function rebuilt(crossed: CrossingError, options: { cause: Error } | undefined): Error {
  if (crossed.details !== undefined) {
    return new DatisError(crossed.code ?? 'UNEXPECTED', crossed.message, { ...crossed.details }, options)
  }
  if (crossed.name === 'AbortError' || crossed.name === 'TimeoutError') {
    return new DOMException(crossed.message, crossed.name)
  }
  const error = new Error(crossed.message, options)
  if (crossed.name !== 'Error') Object.defineProperty(error, 'name', { value: crossed.name, configurable: true })
  if (crossed.code !== undefined) Object.assign(error, { code: crossed.code })
  return error
}

/** Details that cannot be cloned (a function, a stream) would lose the error itself on the way. */
function cloneable(details: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  try {
    return structuredClone(details)
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
    return Object.fromEntries(Object.entries(details).map(([key, value]) => [key, String(value)]))
  }
}
