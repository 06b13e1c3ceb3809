/** What `$?` says after each command; `interrupted` as shells say of a program that Ctrl+C ended. */
export const EXIT = { done: 0, failed: 1, usage: 2, notRecoverable: 3, incomplete: 4, interrupted: 130 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Too little is left: trying again brings nothing unless a lost box comes back. */
const NOT_RECOVERABLE_CODES = new Set([
  'NOT_RECOVERABLE',
  'STRIPE_UNREACHABLE',
  'FRAGMENTS_TOO_FEW',
  'RECOVERY_NOTHING_FOUND',
  'RECOVERY_KEYRING_UNREACHABLE',
  'RECOVERY_LOG_UNREACHABLE',
])

export function exitOf(code: string): ExitCode {
  if (code === 'USAGE') return EXIT.usage
  return NOT_RECOVERABLE_CODES.has(code) ? EXIT.notRecoverable : EXIT.failed
}
