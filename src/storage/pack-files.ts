/** Packs as files: `packs/<first 2 hex>/<pack id>.pack`, written under `tmp/` first. */
import {
  type BytePath,
  codeOf,
  DatisError,
  type Disk,
  ensureFolder,
  ignoring,
  joinPath,
  parentOf,
  readWhole,
  removeTree,
} from '#base'
import { PACK_BYTES_MAX } from './limits.ts'
import type { PackId } from './types.ts'

const PACK_NAME = /^([0-9a-f]{64})\.pack$/

export interface VaultPaths {
  readonly folder: BytePath
  readonly packs: BytePath
  readonly log: BytePath
  readonly tmp: BytePath
}

export function vaultPaths(folder: BytePath): VaultPaths {
  return {
    folder,
    packs: joinPath(folder, 'packs'),
    log: joinPath(folder, 'log'),
    tmp: joinPath(folder, 'tmp'),
  }
}

export function packPath(paths: VaultPaths, id: PackId): BytePath {
  return joinPath(paths.packs, id.slice(0, 2), `${id}.pack`)
}

/** Makes the folders of a vault that do not exist, durably. */
export function makeVaultFolders(disk: Disk, paths: VaultPaths): void {
  for (const folder of [paths.folder, paths.packs, paths.log, paths.tmp]) ensureFolder(disk, folder)
}

/**
 * Writes a pack so that after it returns it survives a power cut, and before that nothing stands under its name
 * (security rule 8). Full disk: VAULT_DISK_FULL, nothing left behind.
 */
export function writePackFile(disk: Disk, paths: VaultPaths, id: PackId, bytes: Uint8Array): void {
  const temporary = joinPath(paths.tmp, `${id}.pack`)
  const path = packPath(paths, id)
  ignoring(['ENOENT'], () => disk.removeFile(temporary))
  try {
    writeSynced(disk, temporary, bytes)
    // Another thread may have made the folder and not yet synced it: `ensureFolder` does so in any case.
    ensureFolder(disk, parentOf(path))
    disk.rename(temporary, path)
    disk.syncFolder(parentOf(path))
  } catch (error) {
    removeQuietly(disk, temporary)
    throw diskFull(error, disk, paths, bytes.byteLength)
  }
}

/** Creates a file with its content on the disk; its name is not durable until the folder is synced. */
export function writeSynced(disk: Disk, path: BytePath, bytes: Uint8Array): void {
  using file = disk.open(path, 'create')
  file.write(bytes, 0)
  file.sync()
}

/** Cleaning up must not hide the trouble that led here; what stays in tmp/ goes at the next open. */
export function removeQuietly(disk: Disk, path: BytePath): void {
  try {
    disk.removeFile(path)
  } catch (error) {
    codeOf(error)
  }
}

/** ENOSPC and EDQUOT in the words of the vault; anything else as it is. */
export function diskFull(error: unknown, disk: Disk, paths: VaultPaths, neededBytes: number): unknown {
  const code = codeOf(error)
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return new DatisError(
    'VAULT_DISK_FULL',
    'The disk of the vault is full.',
    { neededBytes, ...spaceNow(disk, paths.folder) },
    { cause: error },
  )
}

function spaceNow(disk: Disk, folder: BytePath): Record<string, unknown> {
  try {
    return { ...disk.space(folder) }
  } catch (error) {
    return { space: codeOf(error) }
  }
}

export function readPackFile(disk: Disk, paths: VaultPaths, id: PackId): Uint8Array {
  return readWhole(disk, packPath(paths, id), PACK_BYTES_MAX)
}

/** Ids of the packs that lie in the folder. */
export function listPackFiles(disk: Disk, paths: VaultPaths): Set<PackId> {
  const ids = new Set<PackId>()
  for (const name of disk.list(paths.packs)) {
    if (!/^[0-9a-f]{2}$/.test(name)) continue
    for (const file of disk.list(joinPath(paths.packs, name))) {
      const id = PACK_NAME.exec(file)?.[1]
      if (id?.startsWith(name)) ids.add(id)
    }
  }
  return ids
}

/** What a crash left half written: never acknowledged, so it can go. */
export function emptyTmp(disk: Disk, paths: VaultPaths): void {
  for (const name of disk.list(paths.tmp)) removeTree(disk, joinPath(paths.tmp, name))
}
