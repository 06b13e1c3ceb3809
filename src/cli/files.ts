/** The few files that a command reads and writes itself: words, requests and statements of the root key. */
import { closeSync, existsSync, fstatSync, fsyncSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf, DatisError } from '#base'

/** Words, requests and statements are a few KiB; more is the wrong file. */
const FILE_BYTES_MAX = 1_000_000
const OWNER_ONLY = 0o600

export function readSmallFile(path: string): Uint8Array {
  const file = openSync(path, 'r')
  try {
    if (fstatSync(file).size > FILE_BYTES_MAX) {
      throw new DatisError('FILE_TOO_LONG', 'A file is far longer than what is asked for.', { path })
    }
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}

export function readText(path: string): string {
  return Buffer.from(readSmallFile(path)).toString('utf8')
}

/** A file that did not exist before, for its owner alone. Removed again unless `write` came to its end. */
export interface NewFile extends Disposable {
  write(content: string | Uint8Array): void
}

/**
 * Claims the name before the work whose result goes there, so that no key is made that then has nowhere to go.
 * `WORDS_FILE_EXISTS` when something is there, be it a dangling link.
 */
export function claimFile(path: string): NewFile {
  const file = create(path)
  let written = false
  return {
    write(content) {
      writeSync(file, typeof content === 'string' ? Buffer.from(content, 'utf8') : content)
      fsyncSync(file)
      written = true
    },
    [Symbol.dispose]() {
      closeSync(file)
      if (!written) unlinkSync(path)
    },
  }
}

function create(path: string): number {
  try {
    return openSync(path, 'wx', OWNER_ONLY)
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') throw cause
    throw new DatisError('WORDS_FILE_EXISTS', 'A file is there already.', { path }, { cause })
  }
}

/** Whether a folder has a file of that name. */
export function isThere(folder: string, name: string): boolean {
  return existsSync(join(folder, name))
}
