/** Reading whole packs: footer, table, and the check of every byte. Pure. */
import { bytesEqual, codeOf, type DatisError, defineJob, fromHex, release } from '#base'
import { open, SEAL_OVERHEAD_BYTES, type SealContext, sha256 } from '#crypto'
import { bindingOf, checkChunks, openGroupWith, type PackKey, packDamaged, packKeyOf, SEAL_TYPE } from './group.ts'
import { PACK_BYTES_MAX } from './limits.ts'
import {
  CODEC_STORED,
  FOOTER_PLAIN_BYTES,
  FOOTER_SEALED_BYTES,
  type PackFooter,
  type PackTable,
  parseFooter,
  parseTable,
  type TableGroup,
} from './pack-format.ts'
import type { PackClass, PackId, VaultKeys } from './types.ts'

const NO_BINDING = new Uint8Array(32)

/** What the log says of a pack, as far as it takes part in opening it. */
export interface PackToOpen {
  readonly id: PackId
  readonly class: PackClass
  readonly generation: number
  /** Checked when given. */
  readonly bytes?: number
}

export interface OpenedPack {
  readonly footer: PackFooter
  readonly table: PackTable
  /** The plain bytes of the table. */
  readonly tablePlain: Uint8Array
}

export function tableContext(packKey: PackKey, pack: Uint8Array, plainBytes: number): SealContext {
  return partContext(packKey, pack, SEAL_TYPE.table, plainBytes)
}

export function footerContext(packKey: PackKey, pack: Uint8Array): SealContext {
  return partContext(packKey, pack, SEAL_TYPE.footer, FOOTER_PLAIN_BYTES)
}

function partContext(packKey: PackKey, pack: Uint8Array, type: number, plainBytes: number): SealContext {
  const data = packKey.packClass === 'data'
  const { box, generation, key } = packKey
  return {
    key,
    purpose: data ? 'data-table' : 'metadata-table',
    box,
    id: pack,
    binding: NO_BINDING,
    fields: { type, generation, codec: CODEC_STORED, position: 0, plainBytes },
  }
}

/** Footer and table of a whole pack; the groups are not looked at. Throws PACK_DAMAGED. */
export function openPackTable(bytes: Uint8Array, keys: VaultKeys, pack: PackToOpen): OpenedPack {
  if (bytes.byteLength > PACK_BYTES_MAX) throw damaged(pack, 'it is too long')
  if (bytes.byteLength < FOOTER_SEALED_BYTES) throw damaged(pack, 'it is too short')
  if (pack.bytes !== undefined && pack.bytes !== bytes.byteLength) throw damaged(pack, 'it has another length')
  const footer = openPackFooter(bytes.subarray(-FOOTER_SEALED_BYTES), bytes.byteLength, keys, pack)
  const sealed = bytes.subarray(footer.tableOffset, footer.tableOffset + footer.tableBytes)
  return { footer, ...openSealedTable(sealed, keys, pack) }
}

/** `sealed`: the last FOOTER_SEALED_BYTES of a pack of `packBytes`. */
export function openPackFooter(sealed: Uint8Array, packBytes: number, keys: VaultKeys, pack: PackToOpen): PackFooter {
  const packKey = packKeyOf(keys, pack.class, pack.generation)
  return whole(pack, 'its footer does not open', () =>
    parseFooter(open(footerContext(packKey, fromHex(pack.id)), sealed), packBytes),
  )
}

export function openSealedTable(
  sealed: Uint8Array,
  keys: VaultKeys,
  pack: PackToOpen,
): { table: PackTable; tablePlain: Uint8Array } {
  const packKey = packKeyOf(keys, pack.class, pack.generation)
  return whole(pack, 'its table does not open', () => {
    const plainBytes = sealed.byteLength - SEAL_OVERHEAD_BYTES
    const tablePlain = open(tableContext(packKey, fromHex(pack.id), plainBytes), sealed)
    return { table: parseTable(tablePlain), tablePlain }
  })
}

/** Turns what opening or parsing throws into PACK_DAMAGED; only a format that is too new keeps its own code. */
function whole<Result>(pack: PackToOpen, cause: string, run: () => Result): Result {
  try {
    return run()
  } catch (error) {
    if (codeOf(error) === 'FORMAT_UNKNOWN') throw error
    throw damaged(pack, cause, error)
  }
}

function damaged(pack: PackToOpen, cause: string, error?: unknown): DatisError {
  return packDamaged(cause, { pack: pack.id }, error)
}

/**
 * Opens, decompresses and re-hashes every group, and checks the padding: after it, each byte of the pack is known to
 * be the one that was written. Decode-after-encode, scrub, adopt. Throws PACK_DAMAGED.
 */
export function verifyPack(bytes: Uint8Array, keys: VaultKeys, pack: PackToOpen): PackTable {
  return verifyWholePack(bytes, keys, pack).table
}

export function verifyWholePack(bytes: Uint8Array, keys: VaultKeys, pack: PackToOpen): OpenedPack {
  const opened = openPackTable(bytes, keys, pack)
  const { footer, table } = opened
  const padding = bytes.subarray(footer.groupsBytes, footer.tableOffset)
  if (!bytesEqual(sha256(padding), footer.paddingHash)) throw damaged(pack, 'its padding changed')
  const last = table.groups.at(-1)
  if (last && last.offset + last.length !== footer.groupsBytes) throw damaged(pack, 'its groups have another length')
  const packKey = packKeyOf(keys, pack.class, pack.generation)
  table.groups.forEach((group, position) => {
    verifyGroup(bytes, keys, packKey, pack, group, position)
  })
  return opened
}

function verifyGroup(
  bytes: Uint8Array,
  keys: VaultKeys,
  packKey: PackKey,
  pack: PackToOpen,
  group: TableGroup,
  position: number,
): void {
  const place = { ...group, position, binding: bindingOf(group.chunks) }
  const sealed = bytes.subarray(group.offset, group.offset + group.length)
  const plain = openGroupWith(packKey, fromHex(pack.id), place, sealed)
  checkChunks(keys, pack.class, plain, group.chunks, { pack: pack.id, position })
  release(plain)
}

/** A pack nobody has a record of: its generation and class are found by trying, newest keys first. */
export function recognisePack(bytes: Uint8Array, keys: VaultKeys, id: PackId): PackToOpen {
  for (const { generation } of [...keys.generations].reverse()) {
    for (const packClass of ['data', 'metadata'] as const) {
      const pack = { id, class: packClass, generation, bytes: bytes.byteLength }
      if (footerOpens(bytes, keys, pack)) return pack
    }
  }
  throw packDamaged('its footer opens with none of the keys', { pack: id })
}

function footerOpens(bytes: Uint8Array, keys: VaultKeys, pack: PackToOpen): boolean {
  if (bytes.byteLength < FOOTER_SEALED_BYTES || bytes.byteLength > PACK_BYTES_MAX) return false
  try {
    openPackFooter(bytes.subarray(-FOOTER_SEALED_BYTES), bytes.byteLength, keys, pack)
    return true
  } catch (error) {
    if (codeOf(error) === 'PACK_DAMAGED') return false
    throw error
  }
}

export interface VerifyPackInput {
  readonly bytes: Uint8Array
  readonly keys: VaultKeys
  readonly pack: PackToOpen
}

/** `verifyPack` in a worker; the plain bytes of the table come back. */
export const verifyPackJob = defineJob(import.meta.url, 'verifyPackJob', (_world, input: VerifyPackInput) => {
  return verifyWholePack(input.bytes, input.keys, input.pack).tablePlain
})
