import { DatisError } from '../errors.ts'
import type { BytePath } from '../paths.ts'

/** Locks of folders that end with the program that holds them, as those of a system do. BOX_IN_USE */
export function lockTable(): (folder: BytePath) => Disposable {
  const held = new Set<BytePath>()
  return (folder) => {
    if (held.has(folder)) throw new DatisError('BOX_IN_USE', 'This program owns the data folder already.')
    held.add(folder)
    return { [Symbol.dispose]: () => void held.delete(folder) }
  }
}
