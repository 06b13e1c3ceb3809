/** Opens the index file; one that SQLite or we cannot read is thrown away, since log and packs can rebuild it. */
import { rmSync } from 'node:fs'
import { codeOf } from '#base'
import { IndexStore } from './index-store.ts'

/** SQLite's own numbers: SQLITE_ERROR (a table is missing), SQLITE_CORRUPT, SQLITE_NOTADB. */
const UNREADABLE = new Set([1, 11, 26])
export const SQLITE_FULL = 13

export function openIndex(path: string): IndexStore {
  try {
    return new IndexStore(path)
  } catch (error) {
    if (!isUnreadable(error)) throw error
    removeIndex(path)
    return new IndexStore(path)
  }
}

export function sqliteCodeOf(error: unknown): number | undefined {
  if (error instanceof Error && 'errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff
  return undefined
}

function isUnreadable(error: unknown): boolean {
  if (error instanceof RangeError || codeOf(error) === 'FORMAT_INVALID') return true
  const code = sqliteCodeOf(error)
  return code !== undefined && UNREADABLE.has(code)
}

function removeIndex(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
}
