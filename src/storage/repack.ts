/**
 * Chunks of packs in packs of other names: a stripe keeps its code and its length for good, so what must be coded anew
 * is packed anew, and so is what little is left of a pack. The old stand until the new ones are safe.
 */
import {
  assert,
  type BytePath,
  DatisError,
  defineJob,
  fromHex,
  type JobOptions,
  type JobWorld,
  pathFromBytes,
  release,
  toHex,
} from '#base'
import { sha256 } from '#crypto'
import { bindingOf, checkChunks, compress, newestPackKey, openGroupWith, packKeyOf } from './group.ts'
import { PACK_BYTES_MAX } from './limits.ts'
import { PackBuilder } from './pack-builder.ts'
import { readPackFile, vaultPaths, writePackFile } from './pack-files.ts'
import type { GroupKind, TableChunk } from './pack-format.ts'
import { openPackTable, type PackToOpen } from './pack-reader.ts'
import type { VaultStore } from './store.ts'
import type { PackId, VaultKeys } from './types.ts'

const ID_BYTES = 32

export interface PackToRepack extends PackToOpen {
  /** Ids of the chunks that go along, one behind the other; null: all. */
  readonly keep: Uint8Array | null
}

export interface RepackInput {
  readonly folder: BytePath
  readonly keys: VaultKeys
  readonly padFloorBytes: number
  /** Of one class. */
  readonly packs: readonly PackToRepack[]
  readonly targetBytes: number
}

export interface Repacked {
  readonly pack: PackToOpen
  readonly bytes: number
  readonly tableBytes: number
  readonly at: number
  readonly tablePlain: Uint8Array
}

/** Reads local packs, checks each chunk and writes them again, durably. PACK_DAMAGED, VAULT_DISK_FULL, ENOENT */
export const repackJob = defineJob(import.meta.url, 'repackJob', repack)

function repack(world: JobWorld, { folder, keys, padFloorBytes, packs, targetBytes }: RepackInput): Repacked[] {
  const [first] = packs
  assert(first, 'a pack or more is packed anew')
  const paths = vaultPaths(folder)
  const newKey = newestPackKey(keys, first.class)
  const builder = new PackBuilder(world.random, newKey, { targetBytes, floorBytes: padFloorBytes })
  const made: Repacked[] = []
  const close = () => {
    const at = world.clock.wall()
    const { id, bytes, tableBytes, table } = builder.close(at)
    writePackFile(world.disk, paths, id, bytes)
    const pack = { id, class: first.class, generation: newKey.generation }
    made.push({ pack, bytes: bytes.byteLength, tableBytes, at, tablePlain: table })
  }
  for (const pack of packs) {
    const bytes = readPackFile(world.disk, paths, pack.id)
    for (const { kind, plain, chunks } of groupsOf(bytes, keys, pack)) {
      world.signal.throwIfAborted()
      const { codec, body } = compress(plain)
      if (!builder.fits(body.byteLength, chunks.length)) close()
      builder.add({ kind, codec, body, plainBytes: plain.byteLength, chunks })
      if (body !== plain) release(body)
      release(plain)
    }
  }
  if (!builder.isEmpty) close()
  return made
}

interface KeptGroup {
  readonly kind: GroupKind
  readonly plain: Uint8Array
  readonly chunks: readonly TableChunk[]
}

/** What goes along of each group, in a group of its own: groups of several machines are never mixed. */
function* groupsOf(bytes: Uint8Array, keys: VaultKeys, pack: PackToRepack): Generator<KeptGroup> {
  const { table } = openPackTable(bytes, keys, pack)
  const key = packKeyOf(keys, pack.class, pack.generation)
  const wanted = pack.keep && idsOf(pack.keep)
  for (const [position, group] of table.groups.entries()) {
    const kept = group.chunks.filter(({ id }) => wanted === null || wanted.has(keyOf(id)))
    if (kept.length === 0) continue
    const place = { ...group, position, binding: bindingOf(group.chunks) }
    const sealed = bytes.subarray(group.offset, group.offset + group.length)
    const plain = openGroupWith(key, fromHex(pack.id), place, sealed)
    checkChunks(keys, pack.class, plain, group.chunks, { pack: pack.id, position })
    const { kind, chunks } = group
    if (kept.length === chunks.length) {
      yield { kind, plain, chunks }
      continue
    }
    const left = cut(plain, chunks, kept)
    release(plain)
    yield { kind, plain: left, chunks: kept }
  }
}

/** Chunks that are kept, one behind the other. */
function cut(plain: Uint8Array, chunks: readonly TableChunk[], kept: readonly TableChunk[]): Uint8Array {
  const wanted = new Set(kept)
  const parts: Uint8Array[] = []
  let at = 0
  for (const chunk of chunks) {
    if (wanted.has(chunk)) parts.push(plain.subarray(at, at + chunk.bytes))
    at += chunk.bytes
  }
  return Buffer.concat(parts)
}

function idsOf(packed: Uint8Array): Set<string> {
  const ids = new Set<string>()
  for (let at = 0; at < packed.byteLength; at += ID_BYTES) ids.add(keyOf(packed.subarray(at, at + ID_BYTES)))
  return ids
}

function keyOf(id: Uint8Array): string {
  return pathFromBytes(id)
}

/**
 * All of one pack under another name, of which the log knows when it resolves; a crash before leaves a stray that the
 * next open takes in.
 */
export async function repackIn(store: VaultStore, id: PackId, options: JobOptions = {}): Promise<PackId> {
  const pack = store.index.pack(id)
  if (!pack) throw new DatisError('PACK_UNKNOWN', 'The log names no such pack.', { pack: id })
  const [made, ...more] = await repackPacks(
    store,
    { packs: [{ ...pack, keep: null }], targetBytes: PACK_BYTES_MAX },
    options,
  )
  assert(made !== undefined && more.length === 0, 'one pack becomes one')
  return made
}

export async function repackPacks(
  store: VaultStore,
  { packs, targetBytes }: Pick<RepackInput, 'packs' | 'targetBytes'>,
  options: JobOptions,
): Promise<PackId[]> {
  const made = await store.deps.workers.run(repackJob, { ...store.repackBasis(), packs, targetBytes }, options)
  for (const one of made) store.commitMade(one)
  return made.map(({ pack }) => pack.id)
}

/** Live packs by their content, each list as long as there are packs with the same chunks in the same groups. */
export function packsByContent(groups: Iterable<{ pack: PackId; binding: Uint8Array }>): Map<string, PackId[]> {
  const contents = new Map<PackId, Uint8Array>()
  for (const { pack, binding } of groups) {
    contents.set(pack, sha256(contents.get(pack) ?? new Uint8Array(0), binding))
  }
  return Map.groupBy(contents.keys(), (pack) => toHex(contents.get(pack) ?? new Uint8Array(0)))
}
