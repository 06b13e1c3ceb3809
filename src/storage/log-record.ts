/** Records of the log as CBOR: docs/formats/log.md. Ids are bytes there and hex here. */

import { z } from 'zod'
import { decodeCbor, encodeCbor, fromHex, invalidValue, pathFromBytes, pathToBytes, toHex } from '#base'
import type { LogRecord } from './types.ts'

/** One batch; a frame of this size is written and fsynced at once. */
export const LOG_BATCH_BYTES_MAX = 1024 * 1024
const TEXT_MAX = 4096
const SOURCES_MAX = 1000
const PATHS_MAX = 1000
const EXCLUDES_MAX = 10_000
const FRAGMENTS_MAX = 48
/** As many as one release names. */
export const RELEASED_A_RECORD_MAX = 4096
export const EXPIRED_A_RECORD_MAX = 4096
export const HOLD_REASON_CHARS_MAX = 500
const STATEMENT_BYTES_MAX = 16 * 1024
/** A folder's own metadata, with access rights. */
export const ROOT_ENTRY_BYTES_MAX = 64 * 1024

/** As of the line. */
export const SOURCE_KBIT_MIN = 256
export const SOURCE_KBIT_MAX = 100_000_000

const bytesBetween = (min: number, max: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length >= min && value.length <= max)
const hexOf = (bytes: number) => bytesBetween(bytes, bytes).transform(toHex)
const hash = bytesBetween(32, 32)
const count = z.int().nonnegative()
const text = z.string().max(TEXT_MAX)
const path = bytesBetween(1, TEXT_MAX).transform(pathFromBytes)
const chunkRef = z.strictObject({ id: hash, bytes: count })

const source = z.strictObject({
  name: text,
  paths: z.array(path).max(PATHS_MAX),
  excludes: z.array(text).max(EXCLUDES_MAX),
  oneFileSystem: z.boolean(),
  local: text.exactOptional(),
  remote: text.exactOptional(),
  importance: z.enum(['high', 'normal', 'low']).exactOptional(),
  kbit: count.min(SOURCE_KBIT_MIN).max(SOURCE_KBIT_MAX).exactOptional(),
  ended: z.literal(true).exactOptional(),
})

const vaultRecord = z.strictObject({ type: z.literal('vault'), box: hexOf(16), at: count })

const settingsRecord = z.strictObject({
  type: z.literal('settings'),
  boxName: text,
  zone: text,
  sources: z.array(source).max(SOURCES_MAX),
  at: count,
})

const packRecord = z.strictObject({
  type: z.literal('pack'),
  pack: hexOf(32),
  class: z.enum(['data', 'metadata']),
  generation: count,
  bytes: count,
  tableBytes: count,
  part: hash.nullable(),
  at: count,
})

const placedRecord = z.strictObject({
  type: z.literal('placed'),
  pack: hexOf(32),
  code: z.strictObject({ n: count.max(FRAGMENTS_MAX), k: count.max(FRAGMENTS_MAX) }),
  length: count,
  rows: z.array(z.strictObject({ row: count, host: hexOf(16), at: count })).max(FRAGMENTS_MAX),
  roots: z.array(hash).max(FRAGMENTS_MAX),
  statement: bytesBetween(0, STATEMENT_BYTES_MAX),
})

const releasedRecord = z.strictObject({
  type: z.enum(['released', 'kept']),
  packs: z.array(hexOf(32)).min(1).max(RELEASED_A_RECORD_MAX),
  at: count,
})

const droppedRecord = z.strictObject({
  type: z.literal('dropped'),
  packs: z.array(hexOf(32)).min(1).max(RELEASED_A_RECORD_MAX),
  at: count,
})

const expiredRecord = z.strictObject({
  type: z.literal('expired'),
  side: z.enum(['local', 'remote']),
  snapshots: z.array(hexOf(16)).min(1).max(EXPIRED_A_RECORD_MAX),
  at: count,
})

const holdRecord = z.strictObject({
  type: z.literal('hold'),
  snapshot: hexOf(16),
  reason: z.string().min(1).max(HOLD_REASON_CHARS_MAX).nullable(),
  at: count,
})

const snapshotRecord = z.strictObject({
  type: z.literal('snapshot'),
  snapshot: hexOf(16),
  source: text,
  startedAt: count,
  at: count,
  paths: z.array(path).max(PATHS_MAX),
  single: z.boolean(),
  root: chunkRef,
  rootEntry: bytesBetween(1, ROOT_ENTRY_BYTES_MAX),
  state: z.enum(['complete', 'incomplete']),
  files: count,
  folders: count,
  bytes: count,
  newBytes: count,
  incompleteCount: count,
  incomplete: chunkRef.nullable(),
})

const record = z.discriminatedUnion('type', [
  vaultRecord,
  settingsRecord,
  packRecord,
  placedRecord,
  releasedRecord,
  droppedRecord,
  snapshotRecord,
  expiredRecord,
  holdRecord,
])
const batch = z.strictObject({ format: z.literal(1), records: z.array(record) })

/** What could not be read again would end the log: it is never written. VALUE_INVALID */
export function encodeRecords(records: readonly LogRecord[]): Uint8Array {
  const value = { format: 1, records: records.map(toFormat) }
  const checked = batch.safeParse(value)
  if (!checked.success) throw invalidValue(checked.error)
  return encodeCbor(value)
}

export function decodeRecords(bytes: Uint8Array): LogRecord[] {
  return decodeCbor('log batch', batch, bytes).records
}

function toFormat(given: LogRecord): unknown {
  switch (given.type) {
    case 'vault':
      return { ...given, box: fromHex(given.box) }
    case 'settings':
      return { ...given, sources: given.sources.map((one) => ({ ...one, paths: one.paths.map(pathToBytes) })) }
    case 'pack':
      return { ...given, pack: fromHex(given.pack) }
    case 'placed':
      return {
        ...given,
        pack: fromHex(given.pack),
        rows: given.rows.map((row) => ({ ...row, host: fromHex(row.host) })),
      }
    case 'released':
    case 'kept':
    case 'dropped':
      return { ...given, packs: given.packs.map(fromHex) }
    case 'expired':
      return { ...given, snapshots: given.snapshots.map(fromHex) }
    case 'hold':
      return { ...given, snapshot: fromHex(given.snapshot) }
    case 'snapshot':
      return { ...given, snapshot: fromHex(given.snapshot), paths: given.paths.map(pathToBytes) }
  }
}
