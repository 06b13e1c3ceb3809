/** For tests: a vault on a disk in memory. */
import { type BytePath, type Disk, joinPath, pathFromText } from '#base'
import { inlineWorkers, MemoryDisk, type SimRandom, simClock, simRandom } from '#base/sim'
import { type Keyring, newKeyring } from '#crypto'
import { unpackRefs } from './group.ts'
import type { VaultStore } from './store.ts'
import type { FileRead, VaultDeps, VaultOptions, WritingTotals } from './types.ts'
import { openStore } from './vault.ts'

export const BOX = '0b'.repeat(16)
export const FOLDER = pathFromText('/vault')

export interface Fixture {
  readonly disk: MemoryDisk
  readonly random: SimRandom
  readonly keyring: Keyring
  readonly deps: VaultDeps
  readonly options: VaultOptions
}

export function fixture(
  seed: string | number,
  given: { disk?: Disk; unnamedFiles?: boolean; options?: Partial<VaultOptions> } = {},
): Fixture {
  const random = simRandom(seed)
  const clock = simClock({ startWallMs: 1_800_000_000_000 }).machine()
  const disk = new MemoryDisk({ clock, unnamedFiles: given.unnamedFiles ?? true })
  disk.makeFolder(pathFromText('/source'))
  disk.syncFolder(pathFromText('/'))
  const keyring = newKeyring(BOX, random)
  const deps = { disk: given.disk ?? disk, clock, random, workers: inlineWorkers({ disk, clock, random }, { size: 3 }) }
  const options = {
    folder: FOLDER,
    box: BOX,
    keyring,
    indexPath: ':memory:',
    packBytesTarget: 64 * 1024,
    ...given.options,
  }
  return { disk, random, keyring, deps, options }
}

export function open(fix: Fixture): Promise<VaultStore> {
  return openStore(fix.deps, fix.options)
}

export function putFile(fix: Fixture, name: string, bytes: Uint8Array): BytePath {
  const path = joinPath(pathFromText('/source'), name)
  using file = fix.disk.open(path, 'write')
  file.truncate(0)
  file.write(bytes, 0)
  file.sync()
  fix.disk.syncFolder(pathFromText('/source'))
  return path
}

export interface Written {
  readonly reads: Map<string, FileRead>
  readonly totals: WritingTotals
}

export async function write(fix: Fixture, store: VaultStore, paths: readonly BytePath[]): Promise<Written> {
  const reads = new Map<string, FileRead>()
  const onRead = (result: FileRead) => void reads.set(paths[result.key] ?? '', result)
  await using session = store.startWriting({ signal: new AbortController().signal, onRead })
  for (const [key, path] of paths.entries()) await session.readFile({ key, path, stat: fix.disk.stat(path) })
  return { reads, totals: await session.finish() }
}

/** The file's content, put together from the vault. */
export function contentOf(store: VaultStore, read: FileRead | undefined): Uint8Array {
  if (read?.state !== 'read') throw new Error(`the file was not read: ${read?.state}`)
  const refs = unpackRefs(read.chunks)
  const places = store.placesOf(refs.map((ref) => ref.id))
  return Buffer.concat(places.map((place) => store.readChunk(place)))
}

/** Text that compresses, or noise. */
export function content(random: SimRandom, bytes: number, kind: 'text' | 'noise' = 'noise'): Uint8Array {
  if (kind === 'noise') return random.bytes(bytes)
  const words = Buffer.from(random.bytes(64)).toString('hex')
  return Buffer.from(words.repeat(Math.ceil(bytes / words.length))).subarray(0, bytes)
}
