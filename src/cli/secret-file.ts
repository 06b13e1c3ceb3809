import type { Words } from '#text'
import { UsageError } from './failure.ts'
import { readText } from './files.ts'

const SECRET_CHARS_MAX = 1000

/** One line. What the file holds is said to nobody, not even when it is wrong. */
export function readSecret({ say: { usage } }: Words, option: string, path: string): string {
  const secret = readText(path).replace(/\r?\n$/, '')
  if (secret === '' || secret.length > SECRET_CHARS_MAX || /[\r\n]/.test(secret)) {
    throw new UsageError(usage.bad(option, path, usage.expected.password))
  }
  return secret
}
