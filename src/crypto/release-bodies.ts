/** Bodies of the statements by which fragments are forgotten, and kept from it. docs/formats/statements.md */
import { z } from 'zod'
import { decodeCbor } from '#base'
import { HASH_BYTES } from './hash.ts'
import { count, encodeWith, hexBytes } from './schema.ts'

/** Stripes that one release or cancel names. */
export const RELEASE_STRIPES_MAX = 4096

const format = z.literal(1)
const box = hexBytes(16)
const hash = hexBytes(HASH_BYTES)
const at = count()
const packClass = z.enum(['data', 'metadata'])
/** The owner's own order of its releases and cancels: by the epoch of its key, then by number. */
const order = { epoch: count(), number: count(1) }
const stripes = z.array(hexBytes(32)).min(1).max(RELEASE_STRIPES_MAX).refine(rising)

/** The owner wishes that hosts forget these stripes. `log`: parts of the log, which no version cuts yet. */
export const releaseSchema = z.strictObject({ format, owner: box, ...order, stripes, log: z.null(), at })

/** The owner takes its own releases of these stripes back, as far as they are not purged. */
export const cancelSchema = z.strictObject({ format, owner: box, ...order, stripes, at })

/** Root, or a box of another member, takes back all that an owner has released up to there. */
export const undoSchema = z.strictObject({ format, owner: box, until: z.strictObject(order), by: box.nullable(), at })

/** Root: what was put behind this head, under a key of this epoch or an earlier one, was not put by the owner. */
export const condemnSchema = z.strictObject({
  format,
  owner: box,
  head: z.strictObject({ number: count(1), hash }),
  epoch: count(),
  at,
})

/** Root, or a box of another member, lets an owner release more than the brake does: once, or each week. */
export const brakeBudgetSchema = z.strictObject({
  format,
  owner: box,
  id: hexBytes(16),
  class: packClass,
  bytes: count(),
  lasting: z.boolean(),
  by: box.nullable(),
  at,
})

/** A host tells the members that much is being released, or more than it takes. */
export const unusualReleaseSchema = z.strictObject({
  format,
  owner: box,
  host: box,
  store: hexBytes(16),
  release: z.strictObject({ ...order, hash }),
  class: packClass,
  /** Of that class: released in the last lived day, asked for beyond that, held when the release came. */
  bytes: count(),
  refused: count(),
  held: count(),
  reason: z.enum(['day', 'brake']),
  at,
})

export type Release = z.output<typeof releaseSchema>
export type Cancel = z.output<typeof cancelSchema>
export type Undo = z.output<typeof undoSchema>
export type Condemn = z.output<typeof condemnSchema>
export type BrakeBudget = z.output<typeof brakeBudgetSchema>
export type UnusualRelease = z.output<typeof unusualReleaseSchema>

export const encodeRelease = (release: Release): Uint8Array => encodeWith(releaseSchema, release)
export const decodeRelease = (body: Uint8Array): Release => decodeCbor('release', releaseSchema, body)

export const encodeCancel = (cancel: Cancel): Uint8Array => encodeWith(cancelSchema, cancel)
export const decodeCancel = (body: Uint8Array): Cancel => decodeCbor('cancel', cancelSchema, body)

export const encodeUndo = (undo: Undo): Uint8Array => encodeWith(undoSchema, undo)
export const decodeUndo = (body: Uint8Array): Undo => decodeCbor('undo', undoSchema, body)

export const encodeCondemn = (condemn: Condemn): Uint8Array => encodeWith(condemnSchema, condemn)
export const decodeCondemn = (body: Uint8Array): Condemn => decodeCbor('condemn', condemnSchema, body)

export const encodeBrakeBudget = (budget: BrakeBudget): Uint8Array => encodeWith(brakeBudgetSchema, budget)
export const decodeBrakeBudget = (body: Uint8Array): BrakeBudget => decodeCbor('brake budget', brakeBudgetSchema, body)

export const encodeUnusualRelease = (notice: UnusualRelease): Uint8Array => encodeWith(unusualReleaseSchema, notice)
export const decodeUnusualRelease = (body: Uint8Array): UnusualRelease =>
  decodeCbor('unusual release', unusualReleaseSchema, body)

/** Rising without repeats: a list has one form, and no stripe twice. */
function rising(ids: readonly string[]): boolean {
  return ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? ''))
}
