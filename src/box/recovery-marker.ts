/**
 * `recovering` in a data folder says that a recovery was begun there and not ended: another one by the same words may
 * start over. It is the certificate with which that recovery dialled, so that nobody without the words can write one
 * and have a folder wiped by it. docs/formats/data-folder.md
 */
import { type BytePath, DatisError, type Disk, ignoring, joinPath, readWhole, removeTree, writeDurably } from '#base'
import { CERTIFICATE_BYTES_MAX, type OrganisationId, verifyCertificate } from '#crypto'
import { foldersOf } from './data-folder.ts'
import type { World } from './world.ts'

const MARKER = 'recovering'
/** What `writeDurably` leaves of the marker and of the settings when power fails. */
const UNFINISHED_MARKER = `${MARKER}.tmp`
const UNFINISHED_SETTINGS = 'box.cbor.tmp'
const LOCK = /^lock\.sqlite(?:-journal)?$/

export function markBegun(disk: Disk, folder: BytePath, certificate: Uint8Array): void {
  writeDurably(disk, folder, MARKER, certificate)
}

/** Nothing when there is none. */
export function unmark(disk: Disk, folder: BytePath): void {
  ignoring(['ENOENT'], () => {
    disk.removeFile(joinPath(folder, MARKER))
    disk.syncFolder(folder)
  })
}

/**
 * Empties a folder in which a recovery by the same words was cut short. Any other folder is left as it is: one with a
 * box, with a marker by others, or with anything that a recovery does not make.
 */
export function startOver(world: World, folder: BytePath, organisation: OrganisationId): void {
  const { disk } = world
  if (!isUnfinished(disk, folder, organisation)) return
  using _lock = world.lock(folder)
  // Until now the recovery that was begun here may have gone on, and ended.
  if (!isUnfinished(disk, folder, organisation)) return
  for (const path of Object.values(foldersOf(folder))) removeTree(disk, path)
  removeTree(disk, joinPath(folder, UNFINISHED_SETTINGS))
  removeTree(disk, joinPath(folder, UNFINISHED_MARKER))
  // Last, so that emptying can be cut short too.
  unmark(disk, folder)
}

function isUnfinished(disk: Disk, folder: BytePath, organisation: OrganisationId): boolean {
  const names = listed(disk, folder).filter((name) => !LOCK.test(name))
  // Power failed while the marker was written: nothing else is there yet.
  if (names.length === 1 && names[0] === UNFINISHED_MARKER) return isShort(disk, joinPath(folder, UNFINISHED_MARKER))
  return isMarkedBy(disk, folder, organisation) && holdsOnlyOurs(disk, folder, names)
}

function isShort(disk: Disk, path: BytePath): boolean {
  const { kind, bytes } = disk.stat(path)
  return kind === 'file' && bytes <= CERTIFICATE_BYTES_MAX
}

function isMarkedBy(disk: Disk, folder: BytePath, organisation: OrganisationId): boolean {
  try {
    const certificate = ignoring(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP'], () =>
      readWhole(disk, joinPath(folder, MARKER), CERTIFICATE_BYTES_MAX),
    )
    return certificate !== undefined && verifyCertificate(certificate, organisation).role === 'recovery'
  } catch (error) {
    if (error instanceof DatisError) return false
    throw error
  }
}

/** A recovery makes these, `box.cbor` last of all, and puts nothing into `hosting`: that would belong to other boxes. */
function holdsOnlyOurs(disk: Disk, folder: BytePath, names: readonly string[]): boolean {
  const { hosting, ...others } = foldersOf(folder)
  const ours = [hosting, ...Object.values(others)].map((path) => path.slice(folder.length + 1))
  const known = new Set([...ours, MARKER, UNFINISHED_MARKER, UNFINISHED_SETTINGS])
  return names.every((name) => known.has(name)) && listed(disk, hosting).length === 0
}

function listed(disk: Disk, folder: BytePath): string[] {
  return ignoring(['ENOENT', 'ENOTDIR'], () => disk.list(folder)) ?? []
}
