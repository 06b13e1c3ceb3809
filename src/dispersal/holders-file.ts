/** `holders.cbor` beside the heads: what the last round saw, for a box that starts again. docs/formats/data-folder.md */
import { z } from 'zod'
import { assert, type BytePath, codeOf, type Disk, type Log, MiB, writeDurably } from '#base'
import { CODE_FRAGMENTS_MAX, COMMUNITY_BOXES_MAX } from '#coding'
import { boundedBytes, count, hexBytes } from '#crypto'
import { type CheckedFormat, encodeChecked, readChecked } from './checked-file.ts'
import { Holders, type Shape, type ShapeGiven } from './holders.ts'
import { HOLDER_SHAPES_MAX, HOLDER_STRIPES_MAX } from './limits.ts'
import type { RowBoxes } from './margin.ts'

const FILE = 'holders.cbor'
const ID_BYTES = 8
/** Of a code bears no more losses than it has rows. */
const LOOSE_SHAPES_MAX = CODE_FRAGMENTS_MAX + 2
const BOXES_MAX = 4 * COMMUNITY_BOXES_MAX

const shapeSchema = z.strictObject({
  /** Of a shape without rows: the losses that it bears, and one. */
  k: count(0, CODE_FRAGMENTS_MAX + 1),
  rows: boundedBytes(0, CODE_FRAGMENTS_MAX * (BOXES_MAX + 1)).nullable(),
  stripes: count(),
  bytes: count(),
  ids: boundedBytes(0, HOLDER_STRIPES_MAX * ID_BYTES),
})
const holdersSchema = z.strictObject({
  format: z.literal(1),
  /** Wall ms, when the round began. */
  at: count(),
  boxes: z.array(hexBytes(16)).max(BOXES_MAX),
  shapes: z.array(shapeSchema).max(HOLDER_SHAPES_MAX + LOOSE_SHAPES_MAX),
})
const HOLDERS: CheckedFormat<typeof holdersSchema> = { what: 'holders', schema: holdersSchema, bytesMax: 48 * MiB }

interface Deps {
  readonly disk: Disk
  readonly log: Log
}

export interface KnownHolders {
  /** Wall ms. */
  readonly at: number
  readonly holders: Holders
}

/** Null: there is none, or it is damaged or out of reach; the next round makes it again. */
export function readHolders({ disk, log }: Deps, folder: BytePath): KnownHolders | null {
  const found = foundOn(disk, folder)
  if (found === null) return null
  if ('damaged' in found) {
    log.error('holders.damaged', { code: found.damaged })
    return null
  }
  const { at, boxes, shapes } = found.value
  return { at, holders: new Holders(boxes, shapes.map(shapeFrom)) }
}

/** What else is known of a box must not fail with what is made anew each hour. */
function foundOn(disk: Disk, folder: BytePath): ReturnType<typeof readChecked<typeof holdersSchema>> {
  try {
    return readChecked(disk, folder, FILE, HOLDERS)
  } catch (error) {
    return { damaged: codeOf(error) }
  }
}

/** One that cannot be kept is as good as none: the margin is unknown after the next start. */
export function keepHolders({ disk, log }: Deps, folder: BytePath, { at, holders }: KnownHolders): void {
  try {
    const shapes = [...holders.shapes.values()].map(keptShape)
    writeDurably(disk, folder, FILE, encodeChecked(HOLDERS, { format: 1, at, boxes: holders.boxes, shapes }))
  } catch (error) {
    log.error('holders.unkept', { code: codeOf(error) })
  }
}

type KeptShape = z.output<typeof shapeSchema>

function keptShape({ k, rows, plain, stripes, bytes, ids }: Shape): KeptShape {
  const all = plain === null ? rows : [...plain].map((box) => [box])
  return { k, rows: all === null ? null : packedRows(all), stripes, bytes, ids: packedIds(ids) }
}

function shapeFrom({ k, rows, stripes, bytes, ids }: KeptShape): ShapeGiven {
  return { k, rows: rows === null ? null : unpackedRows(rows), stripes, bytes, ids: unpackedIds(ids) }
}

/** Each row: how many boxes have it, and their places in `boxes`. */
function packedRows(rows: RowBoxes): Uint8Array {
  return Uint8Array.from(rows.flatMap((row) => [row.length, ...row]))
}

function unpackedRows(bytes: Uint8Array): RowBoxes {
  const rows: number[][] = []
  for (let at = 0; at < bytes.byteLength; ) {
    const length = bytes[at] ?? 0
    rows.push([...bytes.subarray(at + 1, at + 1 + length)])
    at += 1 + length
  }
  return rows
}

function packedIds(ids: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(ids.length * ID_BYTES))
  for (const [index, id] of ids.entries()) view.setFloat64(index * ID_BYTES, id)
  return new Uint8Array(view.buffer)
}

function unpackedIds(bytes: Uint8Array): number[] {
  assert(bytes.byteLength % ID_BYTES === 0, 'ids are whole')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.byteLength / ID_BYTES }, (_, index) => view.getFloat64(index * ID_BYTES))
}
