/** Bodies of requests and answers between owners and hosts, and the paths. docs/protocol/{hosting,heads,recovery}.md */

import { z } from 'zod'
import { bytesEqual, DatisError, decodeCbor, encodeCbor } from '#base'
import { CODE_FRAGMENTS_MAX, COMMUNITY_BOXES_MAX } from '#coding'
import { boundedBytes, count, encodeWith, fixedBytes, hexBytes, type Signed, sha256, signedSchema } from '#crypto'
import { MESSAGE_ITEMS_MAX } from '#network'
import {
  HEAD_LIST_MAX,
  HEADS_A_DAY_MAX,
  HEADS_PAGE_MAX,
  INCARNATION_COUNT_MAX,
  INVENTORY_BUCKETS,
  INVENTORY_PAGE_MAX,
  KEYRINGS_MAX,
  LOST_HEADS_MAX,
  OWNERS_MAX,
  ROT_LIST_MAX,
  STATE_BYTES_MAX,
  VERIFY_PAGE_MAX,
} from './limits.ts'

const format = z.literal(1)
const hash = hexBytes(32)
const fragmentId = z.strictObject({ stripe: hexBytes(32), row: count(0, CODE_FRAGMENTS_MAX - 1) })
const incarnationSchema = z.strictObject({ count: count(1, INCARNATION_COUNT_MAX), bytes: hexBytes(16) })
export const logEndSchema = z.strictObject({ frames: count(), hash })
const packClassSchema = z.enum(['data', 'metadata'])

export type FragmentId = z.output<typeof fragmentId>
export type Incarnation = z.output<typeof incarnationSchema>

export const inventorySchema = z.strictObject({
  format,
  buckets: z
    .array(
      z.strictObject({
        class: packClassSchema,
        prefix: count(0, INVENTORY_BUCKETS - 1),
        count: count(1),
        bytes: count(),
        digest: hash,
      }),
    )
    .max(2 * INVENTORY_BUCKETS),
})
export type Inventory = z.output<typeof inventorySchema>

export const inventoryPageSchema = z.strictObject({
  format,
  entries: z
    .array(
      z.strictObject({ stripe: hexBytes(32), row: count(0, CODE_FRAGMENTS_MAX - 1), record: hash, bytes: count() }),
    )
    .max(INVENTORY_PAGE_MAX),
  more: z.boolean(),
})
export type InventoryPage = z.output<typeof inventoryPageSchema>
export type InventoryEntry = InventoryPage['entries'][number]
/** What digests are made of. */
export type RecordedFragment = Omit<InventoryEntry, 'bytes'>

export const verifyRequestSchema = z.strictObject({
  format,
  /** Null: all, from `after` on. */
  fragments: z.array(fragmentId).max(VERIFY_PAGE_MAX).nullable(),
  after: fragmentId.nullable(),
})
export const verifyAnswerSchema = z.strictObject({
  format,
  good: count(),
  missing: z.array(fragmentId).max(VERIFY_PAGE_MAX),
  next: fragmentId.nullable(),
})
export type VerifyAnswer = z.output<typeof verifyAnswerSchema>

export const headsRequestSchema = z.strictObject({
  format,
  incarnation: incarnationSchema,
  heads: z.array(signedSchema).min(1).max(HEADS_A_DAY_MAX),
})

export const incarnationRequestSchema = z.strictObject({ format, incarnation: incarnationSchema })

/** What a host knows of an owner; `incarnation` is the highest. */
export const ownerStateSchema = z.strictObject({
  format,
  store: hexBytes(16),
  epoch: count(),
  statement: signedSchema.nullable(),
  settled: z.boolean(),
  incarnation: incarnationSchema.nullable(),
  newest: signedSchema.nullable(),
  /** Numbers of heads before it that were damaged: to be sent again. */
  lost: z.array(count(1)).max(LOST_HEADS_MAX),
  log: logEndSchema,
  keyrings: z.array(hash).max(KEYRINGS_MAX),
  forks: z.array(count(1)).max(64),
  /** Fragments that were damaged here and have not come again. */
  rot: z.array(fragmentId).max(ROT_LIST_MAX),
  /** Null when not asked for (`?counts=1`): they cost a look at every folder. */
  held: z.strictObject({ fragments: count(), bytes: count() }).nullable(),
})
export type OwnerState = z.output<typeof ownerStateSchema>

export const headListSchema = z.strictObject({
  format,
  heads: z.array(z.strictObject({ number: count(1), at: count(), hash })).max(HEAD_LIST_MAX),
})
export type HeadList = z.output<typeof headListSchema>

export const headsPageSchema = z.strictObject({ format, heads: z.array(signedSchema).max(HEADS_PAGE_MAX) })

export const ownersSchema = z.strictObject({
  format,
  boxes: z
    .array(
      z.strictObject({
        box: hexBytes(16),
        newest: signedSchema.nullable(),
        statement: signedSchema.nullable(),
        log: logEndSchema,
        forks: z.array(count(1)).max(64),
      }),
    )
    .max(COMMUNITY_BOXES_MAX),
  /** Of whomever they are: boxes of which something is kept, but not so that anything could be said of it. */
  damaged: z.array(hexBytes(16)).max(OWNERS_MAX),
})
export type OwnersAnswer = z.output<typeof ownersSchema>

/** What a host keeps of an owner beside fragments, log and heads: in `state.cbor`. */
const hostedStateSchema = z.strictObject({
  format,
  organisation: hexBytes(32),
  epoch: count(),
  statement: signedSchema.nullable(),
  settled: z.boolean(),
  incarnation: incarnationSchema.nullable(),
})
export type HostedState = z.output<typeof hostedStateSchema>

/** Nobody signs a state: without the hash a flipped bit in it would be another organisation, or a later epoch. */
const hostedStateFileSchema = z.strictObject({
  format,
  state: boundedBytes(1, STATE_BYTES_MAX),
  check: fixedBytes(32),
})

export function encodeHostedState(state: HostedState): Uint8Array {
  const bytes = encodeBody(hostedStateSchema, state)
  return encodeBody(hostedStateFileSchema, { format: 1, state: bytes, check: sha256(bytes) })
}

/** FORMAT_INVALID, when anything in it was changed. */
export function decodeHostedState(file: Uint8Array): HostedState {
  const { state, check } = decodeCbor('hosted state', hostedStateFileSchema, file)
  if (!bytesEqual(sha256(state), check)) {
    throw new DatisError('FORMAT_INVALID', 'A file has been changed since it was written.', { what: 'hosted state' })
  }
  return decodeCbor('hosted state', hostedStateSchema, state)
}

export const storedHeadSchema = z.strictObject({ format, head: signedSchema, receipt: signedSchema })
export const storeIdSchema = z.strictObject({ format, store: hexBytes(16) })
export const ownReceiptsSchema = z.strictObject({ format, receipts: z.array(signedSchema).max(COMMUNITY_BOXES_MAX) })
export const ownHeadSchema = z.strictObject({ format, head: signedSchema })
export const ownIncarnationSchema = z.strictObject({ format, incarnation: incarnationSchema })

export function encodeBody<Schema extends z.ZodType>(schema: Schema, value: z.output<Schema>): Uint8Array {
  return encodeWith(schema, value)
}

export function decodeBody<Schema extends z.ZodType>(what: string, schema: Schema, body: Uint8Array): z.output<Schema> {
  return decodeCbor(what, schema, body, MESSAGE_ITEMS_MAX)
}

/** A statement or null, as the body of an answer. */
export function encodeSignedOrNull(signed: Signed | null): Uint8Array {
  return encodeCbor(signed)
}

export const pathOf = {
  owner: (owner: string) => `/v1/owners/${owner}`,
  fragment: (owner: string, stripe: string, row: number) => `/v1/owners/${owner}/fragments/${stripe}.${row}`,
  organisation: (organisation: string) => `/v1/organisations/${organisation}/boxes`,
}
