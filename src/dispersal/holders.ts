/**
 * Who holds the stripes that count, as the last round of dispersal confirmed it: what the margin is computed from. Stripes
 * that the same boxes hold in the same way are counted together, so that 100 000 of them are some thousands of shapes.
 */
import type { BoxId } from '#crypto'
import { HOLDER_SHAPES_MAX, HOLDER_STRIPES_MAX } from './limits.ts'
import { fewestLosses, type RowBoxes } from './margin.ts'

export interface HeldStripe {
  readonly id: string
  readonly bytes: number
  /** So many rows bring it back. */
  readonly k: number
  /** All that are confirmed. */
  readonly rows: readonly { readonly row: number; readonly host: BoxId }[]
}

/** What is left when some boxes are gone. */
export interface Standing {
  /**
   * The data bears so many more losses, whichever boxes they are: one less than the fewest whose loss would take a stripe
   * below its k rows, or the log with its last witness. −1: one is there already. Null: there are no stripes, or none that hosts could ever bring back.
   */
  readonly margin: number | null
  readonly stripes: Counted
  readonly bytes: Counted
}

export interface Counted {
  readonly total: number
  /** That hosts bring back. */
  readonly held: number
}

/** `rows` null: of one shape too many only how many losses it bears is remembered. */
export interface Shape {
  readonly k: number
  readonly rows: RowBoxes | null
  /** Each row on one box and each box with one row: nearly always. */
  readonly plain: Uint8Array | null
  /** The fewest losses that take it below k rows. */
  readonly losses: number
  stripes: number
  bytes: number
  readonly ids: number[]
}

/** As it is kept. */
export type ShapeGiven = Omit<Shape, 'plain' | 'losses'>

/** 52 bits of an id tell one stripe from another: that two of a million are alike has a chance of 10^-4. */
const ID_DIGITS = 13

export function shortId(stripe: string): number {
  return Number.parseInt(stripe.slice(0, ID_DIGITS), 16)
}

export class Holders {
  readonly boxes: BoxId[]
  readonly shapes: Map<string, Shape>
  readonly #numbers: Map<BoxId, number>
  #stripes: number
  #last: { readonly named: string; readonly losses: ReadonlyMap<Shape, number> } | null = null

  constructor(boxes: readonly BoxId[] = [], shapes: readonly ShapeGiven[] = []) {
    this.boxes = [...boxes]
    this.#numbers = new Map(boxes.map((box, index) => [box, index]))
    this.shapes = new Map(shapes.map((one) => [keyOf(one.k, one.rows), shapeOf(one)]))
    this.#stripes = sum(shapes, ({ stripes }) => stripes)
  }

  add({ id, bytes, k, rows }: HeldStripe): void {
    const byRow = new Map<number, number[]>()
    for (const { row, host } of rows) {
      const box = this.#numberOf(host)
      const known = byRow.get(row)
      if (known === undefined) byRow.set(row, [box])
      else if (!known.includes(box)) known.push(box)
    }
    const shape = this.#shape(k, [...byRow.values()])
    shape.stripes++
    shape.bytes += bytes
    this.#stripes++
    if (this.#stripes <= HOLDER_STRIPES_MAX) shape.ids.push(shortId(id))
  }

  /**
   * Who signed for the head that names the stripes, and so has the log whole: without one of them no row is found. It is
   * a shape of no stripe.
   */
  witnessed(hosts: Iterable<BoxId>): void {
    const boxes = [...new Set(hosts)].map((host) => this.#numberOf(host))
    if (this.#stripes > 0) this.#shape(1, boxes.length === 0 ? [] : [boxes])
  }

  #numberOf(host: BoxId): number {
    const known = this.#numbers.get(host)
    if (known !== undefined) return known
    this.#numbers.set(host, this.boxes.length)
    return this.boxes.push(host) - 1
  }

  #shape(k: number, rows: RowBoxes): Shape {
    this.#last = null
    const sorted = rows.map((row) => row.toSorted((a, b) => a - b)).sort(byBoxes)
    const key = keyOf(k, sorted)
    const known = this.shapes.get(key)
    if (known !== undefined) return known
    const fresh = shapeOf({ k, rows: sorted, stripes: 0, bytes: 0, ids: [] })
    // Shapes without rows are as few as the losses that a code bears.
    if (this.shapes.size < HOLDER_SHAPES_MAX) return this.#keep(key, fresh)
    const loose = keyOf(fresh.losses, null)
    return this.shapes.get(loose) ?? this.#keep(loose, shapeOf({ ...fresh, k: fresh.losses, rows: null }))
  }

  #keep(key: string, shape: Shape): Shape {
    this.shapes.set(key, shape)
    return shape
  }

  /** For each of the stripes there is a short id: else nobody can say which ones come back. */
  get areNamed(): boolean {
    return this.#stripes <= HOLDER_STRIPES_MAX
  }

  without(gone: ReadonlySet<BoxId>): Standing {
    let [least, stripes, bytes] = [Number.POSITIVE_INFINITY, 0, 0]
    let canHold = false
    for (const [shape, losses] of this.#losses(gone)) {
      least = Math.min(least, losses)
      canHold ||= shape.losses > 0 && shape.stripes > 0
      if (losses === 0) continue
      stripes += shape.stripes
      bytes += shape.bytes
    }
    const all = [...this.shapes.values()]
    return {
      margin: canHold ? least - 1 : null,
      stripes: { total: this.#stripes, held: stripes },
      bytes: { total: sum(all, (one) => one.bytes), held: bytes },
    }
  }

  /** The margin if one more of those falls that are not gone, by box; of who holds nothing it is as it was. */
  eachWithout(gone: ReadonlySet<BoxId>): Map<BoxId, number> {
    const isGone = this.#flags(gone)
    const known = this.#losses(gone)
    let least = Number.POSITIVE_INFINITY
    for (const losses of known.values()) least = Math.min(least, losses)
    // One box more takes one off at most: only what bears least already can come to bear less.
    const left = new Set(least > 0 ? this.boxes.keys().filter((box) => isGone[box] === 0) : [])
    for (const [shape, losses] of known) {
      if (losses > least) continue
      for (const box of left) if (lossesAlso(shape, isGone, { losses, box }) < losses) left.delete(box)
      if (left.size === 0) break
    }
    return new Map(this.boxes.map((box, index) => [box, least - (least === 0 || left.has(index) ? 1 : 2)]))
  }

  /** Short ids of the stripes that hosts bring back. */
  heldIds(gone: ReadonlySet<BoxId>): Set<number> {
    const held = new Set<number>()
    for (const [shape, losses] of this.#losses(gone)) {
      if (losses > 0) for (const id of shape.ids) held.add(id)
    }
    return held
  }

  /** Kept for the next question about the same boxes: shapes by the thousand whose boxes share rows take a while. */
  #losses(gone: ReadonlySet<BoxId>): ReadonlyMap<Shape, number> {
    const named = [...gone].sort().join()
    if (this.#last?.named !== named) {
      const isGone = this.#flags(gone)
      const count = countOf(isGone)
      const shapes = [...this.shapes.values()].map((shape) => [shape, lossesWithout(shape, isGone, count)] as const)
      this.#last = { named, losses: new Map(shapes) }
    }
    return this.#last.losses
  }

  #flags(gone: ReadonlySet<BoxId>): Uint8Array {
    return Uint8Array.from(this.boxes, (box) => (gone.has(box) ? 1 : 0))
  }
}

function shapeOf(one: ShapeGiven): Shape {
  const { k, rows } = one
  if (rows === null) return { ...one, plain: null, losses: k }
  const isPlain = rows.every((row) => row.length === 1) && new Set(rows.flat()).size === rows.length
  const plain = isPlain ? Uint8Array.from(rows.flat()) : null
  return {
    ...one,
    rows: isPlain ? [] : rows,
    plain,
    losses: isPlain ? plainLosses(rows.length, k) : fewestLosses(k, rows),
  }
}

function plainLosses(there: number, k: number): number {
  return Math.max(0, there - k + 1)
}

function lossesWithout(shape: Shape, isGone: Uint8Array, gone: number): number {
  const { k, rows, plain, losses } = shape
  if (rows === null) return Math.max(0, losses - gone)
  if (plain !== null) {
    let there = 0
    for (const box of plain) if (isGone[box] === 0) there++
    return plainLosses(there, k)
  }
  const left = rows.map((row) => row.filter((box) => isGone[box] === 0)).filter((row) => row.length > 0)
  return fewestLosses(k, left)
}

function lossesAlso(
  shape: Shape,
  isGone: Uint8Array,
  { losses, box }: { readonly losses: number; readonly box: number },
): number {
  const { plain, rows } = shape
  if (plain !== null) return plain.includes(box) ? Math.max(0, losses - 1) : losses
  if (rows === null) return Math.max(0, losses - 1)
  if (!rows.some((row) => row.includes(box))) return losses
  const also = Uint8Array.from(isGone)
  also[box] = 1
  return lossesWithout(shape, also, 0)
}

function countOf(flags: Uint8Array): number {
  return flags.reduce((count, flag) => count + flag, 0)
}

/** Of a shape without rows k is the losses that it bears. */
function keyOf(k: number, rows: RowBoxes | null): string {
  return rows === null ? `any ${k}` : `${k} ${rows.map((row) => row.join('+')).join(' ')}`
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((all, item) => all + of(item), 0)
}

function byBoxes(a: readonly number[], b: readonly number[]): number {
  for (const [index, box] of a.entries()) {
    const difference = box - (b[index] ?? -1)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
