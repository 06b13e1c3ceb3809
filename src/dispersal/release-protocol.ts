/** Answers of hosts about releases. docs/protocol/hosting.md */
import { z } from 'zod'
import { count, hexBytes, RELEASE_STRIPES_MAX, signedSchema } from '#crypto'
import { NOTICES_PAGE_MAX } from './limits.ts'

const format = z.literal(1)
const packClass = z.enum(['data', 'metadata'])

export const orderSchema = z.strictObject({ epoch: count(), number: count() })
export type ReleaseOrder = z.output<typeof orderSchema>

/** What became of each stripe of a release or cancel, in its order. `left`: lived ms until it is purged. */
export const stripeFateSchema = z.strictObject({
  stripe: hexBytes(32),
  state: z.enum(['held', 'released', 'gone']),
  left: count().nullable(),
})
export type StripeFate = z.output<typeof stripeFateSchema>

/** What the brake held back of a class: `wait` lived ms until the first of it fits, null when no time helps. */
export const heldBackSchema = z.strictObject({
  class: packClass,
  bytes: count(),
  room: count(),
  wait: count().nullable(),
})
export type HeldBack = z.output<typeof heldBackSchema>

export const releaseAnswerSchema = z.strictObject({
  format,
  last: orderSchema,
  frozen: z.boolean(),
  stripes: z.array(stripeFateSchema).max(RELEASE_STRIPES_MAX),
  refused: z.array(heldBackSchema).max(2),
})
export type ReleaseAnswer = z.output<typeof releaseAnswerSchema>

const classSummary = z.strictObject({
  class: packClass,
  held: count(),
  least: count(),
  released: count(),
  room: count(),
  once: count(),
  lasting: count(),
})

/** Where the releases of an owner stand on a host. */
export const releaseSummarySchema = z.strictObject({
  format,
  last: orderSchema,
  lived: count(),
  frozen: z.boolean(),
  classes: z.array(classSummary).max(2),
  released: z.strictObject({ fragments: count(), bytes: count(), next: count().nullable(), last: count().nullable() }),
})
export type ReleaseSummary = z.output<typeof releaseSummarySchema>

/** After undo, condemnation and budget: what they changed. */
export const verdictAnswerSchema = z.strictObject({ format, fragments: count(), bytes: count() })
export type VerdictAnswer = z.output<typeof verdictAnswerSchema>

export const noticesSchema = z.strictObject({
  format,
  /** Up to where an undo has to reach to take everything back. */
  last: orderSchema,
  notices: z.array(signedSchema).max(NOTICES_PAGE_MAX),
})
export type Notices = z.output<typeof noticesSchema>

/** The newest contacts that the host knows of. */
export const contactsAnswerSchema = z.strictObject({ format, ...orderSchema.shape })

export const timeSchema = z.strictObject({ format, at: count() })
