/** Rows of the index as SQLite gives them, and what they say. */
import { z } from 'zod'
import { DatisError, toHex } from '#base'
import type { GroupPlace, PackClass, PackInfo } from './types.ts'

const blob = z.instanceof(Uint8Array)
const int = z.int()
export const packRow = z.object({
  n: int,
  id: blob.transform(toHex),
  class: z.enum(['data', 'metadata']),
  generation: int,
  bytes: int,
  part: blob.nullable(),
  at: int,
  local: int.transform(Boolean),
  damaged: int.transform(Boolean),
  indexed: int.transform(Boolean),
  released: int.transform(Boolean),
  dropped: int.transform(Boolean),
  table_bytes: int,
})
/** Of an index that something else wrote to. FORMAT_INVALID */
export function readRow<Schema extends z.ZodType>(schema: Schema, row: unknown): z.output<Schema> {
  const parsed = schema.safeParse(row)
  if (parsed.success) return parsed.data
  const at = parsed.error.issues[0]?.path.join('.') ?? ''
  throw new DatisError('FORMAT_INVALID', 'A row of the index does not have the form it must have.', { what: 'row', at })
}

export type PackRow = z.output<typeof packRow>

export const snapshotRow = z.object({
  id: blob.transform(toHex),
  local: int.transform(Boolean),
  remote: int.transform(Boolean),
  hold: z.string().nullable(),
})
export type SnapshotRow = z.output<typeof snapshotRow>

/** Rows of our own writing: their shape is checked once here, in the cheapest way. */
export interface GroupRow {
  n: number
  id: Uint8Array
  class: PackClass
  local: number
  damaged: number
  released: number
  generation: number
  position: number
  offset: number
  length: number
  plain_bytes: number
  codec: number
  binding: Uint8Array
}

export function groupPlace(row: GroupRow): GroupPlace {
  return {
    pack: toHex(row.id),
    packClass: row.class,
    packLocal: row.local === 1,
    generation: row.generation,
    position: row.position,
    offset: row.offset,
    length: row.length,
    plainBytes: row.plain_bytes,
    codec: row.codec,
    binding: row.binding,
  }
}

export function packInfo(row: PackRow): PackInfo {
  const { id, class: packClass, generation, bytes, local, released, dropped, at } = row
  return { id, class: packClass, generation, bytes, local, released, dropped, at }
}
