/**
 * Expected trouble. `code` is stable and listed in docs/errors.md; `message` is one English sentence for the
 * operational log; screens translate the code with `details` (see src/text). `details` carries the numbers a
 * technician needs and never a key, a password or a file's content.
 */
export class DatisError extends Error {
  readonly code: string
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, details: Record<string, unknown> = {}, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'DatisError'
    this.code = code
    this.details = details
  }
}

/** The stable code of any thrown value: ours, the system's (`ENOSPC`), or `UNEXPECTED`. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return 'UNEXPECTED'
}

/** What cannot happen. Kept in production: a stopped box is repaired, a wrong one is not. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`)
}
