/** Taking in packs that the vault did not just write: fetched from peers, or left without a record by a crash. */

import type { BytePath, Disk } from '#base'
import { codeOf, DatisError, defineJob, type JobWorld, joinPath, parentOf } from '#base'
import { packPath, readPackFile, type VaultPaths, vaultPaths, writePackFile } from './pack-files.ts'
import { type PackToOpen, recognisePack, verifyWholePack } from './pack-reader.ts'
import type { PackId, VaultKeys } from './types.ts'

interface AdoptInput {
  readonly folder: BytePath
  readonly keys: VaultKeys
  readonly pack: PackToOpen
  readonly bytes: Uint8Array
}

/** Verifies a pack that came back and writes it; the plain bytes of its table. */
export const adoptPackJob = defineJob(import.meta.url, 'adoptPackJob', (world: JobWorld, input: AdoptInput) => {
  const { tablePlain } = verifyWholePack(input.bytes, input.keys, input.pack)
  writePackFile(world.disk, vaultPaths(input.folder), input.pack.id, input.bytes)
  return tablePlain
})

interface VerifyFileInput {
  readonly folder: BytePath
  readonly keys: VaultKeys
  readonly pack: PackToOpen
}

export type FileVerdict = { readonly state: 'good' | 'missing' } | { readonly state: 'damaged'; readonly cause: string }

/** Reads and verifies a pack of the local disk: scrub. */
export const verifyPackFileJob = defineJob(
  import.meta.url,
  'verifyPackFileJob',
  (world: JobWorld, { folder, keys, pack }: VerifyFileInput): FileVerdict => {
    try {
      verifyWholePack(readPackFile(world.disk, vaultPaths(folder), pack.id), keys, pack)
      return { state: 'good' }
    } catch (error) {
      return verdictOf(error)
    }
  },
)

function verdictOf(error: unknown): FileVerdict {
  const code = codeOf(error)
  if (code === 'ENOENT') return { state: 'missing' }
  if (code === 'PACK_DAMAGED' && error instanceof DatisError) {
    return { state: 'damaged', cause: String(error.details.cause) }
  }
  if (code === 'EIO' || code === 'FILE_TOO_LARGE') return { state: 'damaged', cause: code }
  throw error
}

export interface StrayPack {
  readonly pack: PackToOpen
  readonly bytes: number
  readonly tableBytes: number
  readonly at: number
  readonly tablePlain: Uint8Array
}

/** A pack file that no record names; null when it is not a whole pack of this vault. */
export const readStrayJob = defineJob(
  import.meta.url,
  'readStrayJob',
  (world: JobWorld, { folder, keys, id }: { folder: BytePath; keys: VaultKeys; id: PackId }): StrayPack | null => {
    try {
      const bytes = readPackFile(world.disk, vaultPaths(folder), id)
      const pack = recognisePack(bytes, keys, id)
      const { footer, tablePlain } = verifyWholePack(bytes, keys, pack)
      return { pack, bytes: bytes.byteLength, tableBytes: footer.tableBytes, at: footer.at, tablePlain }
    } catch (error) {
      if (verdictOf(error).state !== 'damaged') throw error
      return null
    }
  },
)

/** Out of the way but not deleted: only a person decides that bytes of a vault can go. */
export function setAside(disk: Disk, paths: VaultPaths, id: PackId): void {
  const path = packPath(paths, id)
  disk.rename(path, joinPath(parentOf(path), `${id}.damaged`))
  disk.syncFolder(parentOf(path))
}
