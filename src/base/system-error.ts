import { type BytePath, pathToText } from './paths.ts'

/** An error as Node throws for a failed system call, for calls that Node does not make itself. */
export function systemError(code: string, syscall: string, path?: BytePath | string): NodeJS.ErrnoException {
  const where = path === undefined ? '' : ` '${pathToText(path as BytePath)}'`
  const error: NodeJS.ErrnoException = new Error(`${code}: ${syscall}${where}`)
  error.code = code
  error.syscall = syscall
  return error
}

/** Runs `act`; an error with one of `codes` counts as nothing done. */
export function ignoring<Result>(codes: readonly string[], act: () => Result): Result | undefined {
  try {
    return act()
  } catch (error) {
    if (error instanceof Error && 'code' in error && codes.includes(String(error.code))) return undefined
    throw error
  }
}
