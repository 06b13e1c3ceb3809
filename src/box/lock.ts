import { DatabaseSync } from 'node:sqlite'
import { type BytePath, DatisError, joinPath, pathToText } from '#base'

/**
 * Makes this process the only owner of a data folder until it is disposed of or dies. Node has no `flock`; an
 * exclusive SQLite transaction holds the system's own lock on a file, which ends with the process however it ends.
 */
export function lockDataFolder(folder: BytePath): Disposable {
  const database = new DatabaseSync(pathToText(joinPath(folder, 'lock.sqlite')))
  try {
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    if (isBusy(cause)) {
      throw new DatisError('BOX_IN_USE', 'Another process owns this data folder.', { folder: pathToText(folder) })
    }
    throw cause
  }
  return { [Symbol.dispose]: () => database.close() }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (error.errcode === 5 || error.errcode === 6)
}
