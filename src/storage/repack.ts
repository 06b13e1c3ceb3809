/**
 * The chunks of a pack in a pack of another name: a stripe keeps its code for good, so what must be coded anew is packed
 * anew. Both stand until the new one is safe.
 */
import { type BytePath, defineJob, fromHex, type JobOptions, type JobWorld, release, toHex } from '#base'
import { sha256 } from '#crypto'
import { bindingOf, checkChunks, compress, newestPackKey, openGroupWith, packKeyOf } from './group.ts'
import { PACK_BYTES_MAX } from './limits.ts'
import { PackBuilder } from './pack-builder.ts'
import { readPackFile, vaultPaths, writePackFile } from './pack-files.ts'
import { openPackTable, type PackToOpen } from './pack-reader.ts'
import type { VaultStore } from './store.ts'
import type { PackId, VaultKeys } from './types.ts'

export interface RepackInput {
  readonly folder: BytePath
  readonly keys: VaultKeys
  readonly padFloorBytes: number
  readonly pack: PackToOpen
}

export interface Repacked {
  readonly pack: PackToOpen
  readonly bytes: number
  readonly tableBytes: number
  readonly at: number
  readonly tablePlain: Uint8Array
}

/** Reads a local pack, checks each chunk and writes them again, durably. PACK_DAMAGED, VAULT_DISK_FULL, ENOENT */
export const repackJob = defineJob(import.meta.url, 'repackJob', repack)

function repack(world: JobWorld, { folder, keys, padFloorBytes, pack }: RepackInput): Repacked {
  const paths = vaultPaths(folder)
  const bytes = readPackFile(world.disk, paths, pack.id)
  const { table } = openPackTable(bytes, keys, pack)
  const oldKey = packKeyOf(keys, pack.class, pack.generation)
  const newKey = newestPackKey(keys, pack.class)
  const builder = new PackBuilder(world.random, newKey, { targetBytes: PACK_BYTES_MAX, floorBytes: padFloorBytes })
  for (const [position, group] of table.groups.entries()) {
    world.signal.throwIfAborted()
    const { kind, offset, length, plainBytes, chunks } = group
    const place = { ...group, position, binding: bindingOf(chunks) }
    const plain = openGroupWith(oldKey, fromHex(pack.id), place, bytes.subarray(offset, offset + length))
    checkChunks(keys, pack.class, plain, chunks, { pack: pack.id, position })
    const { codec, body } = compress(plain)
    builder.add({ kind, codec, body, plainBytes, chunks })
    if (body !== plain) release(body)
    release(plain)
  }
  const at = world.clock.wall()
  const closed = builder.close(at)
  writePackFile(world.disk, paths, closed.id, closed.bytes)
  return {
    pack: { id: closed.id, class: pack.class, generation: newKey.generation },
    bytes: closed.bytes.byteLength,
    tableBytes: closed.tableBytes,
    at,
    tablePlain: closed.table,
  }
}

/** The new pack is in the log when it resolves; a crash before leaves a stray that the next open takes in. */
export async function repackIn(store: VaultStore, id: PackId, options: JobOptions = {}): Promise<PackId> {
  const { workers } = store.deps
  const made = await workers.run(repackJob, store.repackInput(id), options)
  store.commitMade(made)
  return made.pack.id
}

/** Live packs by their content, each list as long as there are packs with the same chunks in the same groups. */
export function packsByContent(groups: Iterable<{ pack: PackId; binding: Uint8Array }>): Map<string, PackId[]> {
  const contents = new Map<PackId, Uint8Array>()
  for (const { pack, binding } of groups) {
    contents.set(pack, sha256(contents.get(pack) ?? new Uint8Array(0), binding))
  }
  return Map.groupBy(contents.keys(), (pack) => toHex(contents.get(pack) ?? new Uint8Array(0)))
}
