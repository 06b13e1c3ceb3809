/** Brings the index up to the log: after each append, at open, and when it is rebuilt. */
import { codeOf, encodeCbor } from '#base'
import { decodeIndexPart } from './index-part.ts'
import type { IndexStore } from './index-store.ts'
import { encodeRecords } from './log-record.ts'
import { GROUP_KIND, type PackTable } from './pack-format.ts'
import type { LogEnd, LogRecord, PackId, PackRecord } from './types.ts'

export interface Applying {
  readonly index: IndexStore
  /** Whether the pack lies on the local disk. */
  isLocal(id: PackId): boolean
  /** The table of a local pack, read from its file. */
  readTable(record: PackRecord): PackTable
  /** The plaintext of a metadata chunk that the index knows. */
  readTree(id: Uint8Array): Uint8Array
}

export interface AppliedFrame {
  readonly end: LogEnd
  readonly records: readonly LogRecord[]
}

/** One transaction a frame; `tables` are those of packs that were just closed, so that their files are not read again. */
export function applyFrame(applying: Applying, frame: AppliedFrame, tables: ReadonlyMap<PackId, PackTable>): void {
  const { index } = applying
  index.transaction(() => {
    for (const record of frame.records) applyRecord(applying, record, tables)
    index.setMeta('end', encodeCbor({ frames: frame.end.frames, hash: frame.end.hash }))
  })
}

function applyRecord(applying: Applying, record: LogRecord, tables: ReadonlyMap<PackId, PackTable>): void {
  const { index } = applying
  switch (record.type) {
    case 'vault':
      return
    case 'settings':
      index.setMeta('settings', encodeRecords([record]))
      return
    case 'pack':
      applyPack(applying, record, tables)
      return
    case 'placed':
      index.setPlacement(record.pack, encodeRecords([record]))
      return
    case 'released':
    case 'kept':
      for (const pack of record.packs) index.setReleased(pack, record.type === 'released')
      return
    case 'dropped':
      for (const pack of record.packs) index.setDropped(pack)
      return
    case 'snapshot':
      index.addSnapshot(record.snapshot, encodeRecords([record]))
      return
    case 'expired':
      for (const snapshot of record.snapshots) index.expire(snapshot, record.side)
      return
    case 'hold':
      index.hold(record.snapshot, record.reason)
      return
  }
}

function applyPack(applying: Applying, record: PackRecord, tables: ReadonlyMap<PackId, PackTable>): void {
  const { index } = applying
  const known = tables.get(record.pack)
  const local = known !== undefined || applying.isLocal(record.pack)
  index.addPack(record, local)
  if (!local) return
  const table = known ?? tableUnlessDamaged(applying, record)
  if (table) addTable(applying, record.pack, table)
}

/** A pack that is damaged on the disk must not keep the vault from opening: it stays without a table until it is back. */
function tableUnlessDamaged(applying: Applying, record: PackRecord): PackTable | undefined {
  return unlessDamaged(applying, record.pack, () => applying.readTable(record))
}

function unlessDamaged<Result>(applying: Applying, pack: PackId, read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (codeOf(error) !== 'PACK_DAMAGED') throw error
    applying.index.setDamaged(pack, true)
    return undefined
  }
}

/** Takes a pack's table into the index and, from the index parts in it, those of data packs that are not here. */
export function addTable(applying: Applying, id: PackId, table: PackTable): void {
  applying.index.addTable(id, table)
  for (const group of table.groups) {
    if (group.kind !== GROUP_KIND.indexPart) continue
    for (const chunk of group.chunks) addPart(applying, id, chunk.id)
  }
}

function addPart(applying: Applying, metadataPack: PackId, part: Uint8Array): void {
  const pack = applying.index.packOfPart(part)
  if (!pack || pack.indexed) return
  const decoded = unlessDamaged(applying, metadataPack, () => decodeIndexPart(applying.readTree(part)))
  if (decoded?.pack === pack.id) applying.index.addTable(pack.id, decoded.table)
}
