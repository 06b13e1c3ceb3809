/** Bodies of the statements that boxes sign. One schema each, read and written by it. docs/formats/statements.md */
import { z } from 'zod'
import { decodeCbor, MiB } from '#base'
import { HASH_BYTES } from './hash.ts'
import { KEY_BYTES } from './keys.ts'
import { count, encodeWith, fixedBytes, hexBytes } from './schema.ts'

/** Boxes, and organisations, of a community. */
const COMMUNITY_BOXES_MAX = 64
/** The longest pack that any reader takes. */
const PACK_BYTES_MAX = 64 * MiB
/** A pack coded as copies. */
const FRAGMENT_BYTES_MAX = PACK_BYTES_MAX
/** Fragments of one stripe. Said again here, since this layer does not know `coding`, which checks the code itself. */
const STRIPE_FRAGMENTS_MAX = 48

const format = z.literal(1)
const box = hexBytes(16)
const organisation = hexBytes(32)
const stripe = hexBytes(32)
const hash = hexBytes(HASH_BYTES)
/** Drawn when a disk is made a host's store; another one declares the loss of the first. */
const store = hexBytes(16)
const at = count()
const row = count(0, STRIPE_FRAGMENTS_MAX - 1)
/** A recovery takes the time in ms. */
const epochNumber = count()
const namedHead = z.strictObject({ number: count(1), hash })

/** Where an owner stands: rule 4. `previous`: zeros in the first head (number 1). */
export const headSchema = z.strictObject({
  format,
  box,
  incarnation: z.strictObject({ count: count(1), bytes: hexBytes(16) }),
  epoch: epochNumber,
  number: count(1),
  /** hashOfStatement('head', the one before); 64 zeros for the first. */
  previous: hash,
  at,
  log: z.strictObject({ frames: count(), hash }),
  /** rootOfIds(ids of all live stripes). */
  stripes: hash,
  /** SHA-256 of the wrapped keyring, as hosts keep it. */
  keyring: hash,
  /** All other organisations of the community, sorted. */
  organisations: z
    .array(organisation)
    .max(COMMUNITY_BOXES_MAX - 1)
    .refine(sorted),
})

/** A host holds what a head names, fsynced. */
export const receiptSchema = z.strictObject({ format, owner: box, number: count(1), head: hash, host: box, store, at })

/** The clear record of a fragment: what audits and repair go by (rule 9). `roots`: Merkle roots of all n fragments. */
export const stripeRecordSchema = z
  .strictObject({
    format,
    owner: box,
    stripe,
    class: z.enum(['data', 'metadata']),
    n: count(1, STRIPE_FRAGMENTS_MAX),
    k: count(1, STRIPE_FRAGMENTS_MAX),
    packBytes: count(1, PACK_BYTES_MAX),
    fragmentBytes: count(1, FRAGMENT_BYTES_MAX),
    roots: z.array(hash).max(STRIPE_FRAGMENTS_MAX),
  })
  .refine(({ n, k, packBytes, fragmentBytes, roots }) => k <= n && roots.length === n && k * fragmentBytes >= packBytes)

/** Which host keeps which row; the highest `number` counts. */
export const placementSchema = z.strictObject({
  format,
  owner: box,
  stripe,
  number: count(1),
  /** hosts[row]. */
  hosts: z.array(box).min(1).max(STRIPE_FRAGMENTS_MAX),
})

/** A host holds one fragment, fsynced. */
export const fragmentReceiptSchema = z.strictObject({
  format,
  owner: box,
  stripe,
  row,
  root: hash,
  host: box,
  store,
  at,
})

/** Signed by root: ends a fork and starts a branch of heads. `lastGood`: null when no head was found. */
export const epochSchema = z.strictObject({
  format,
  box,
  epoch: epochNumber,
  lastGood: namedHead.nullable(),
  /** The box key that signs heads of this epoch. */
  publicKey: fixedBytes(KEY_BYTES),
  at,
})

export type Head = z.output<typeof headSchema>
export type Receipt = z.output<typeof receiptSchema>
export type StripeRecord = z.output<typeof stripeRecordSchema>
export type Placement = z.output<typeof placementSchema>
export type FragmentReceipt = z.output<typeof fragmentReceiptSchema>
export type Epoch = z.output<typeof epochSchema>

export const encodeHead = (head: Head): Uint8Array => encodeWith(headSchema, head)
export const decodeHead = (body: Uint8Array): Head => decodeCbor('head', headSchema, body)

export const encodeReceipt = (receipt: Receipt): Uint8Array => encodeWith(receiptSchema, receipt)
export const decodeReceipt = (body: Uint8Array): Receipt => decodeCbor('receipt', receiptSchema, body)

export const encodeStripeRecord = (record: StripeRecord): Uint8Array => encodeWith(stripeRecordSchema, record)
export const decodeStripeRecord = (body: Uint8Array): StripeRecord =>
  decodeCbor('stripe record', stripeRecordSchema, body)

export const encodePlacement = (placement: Placement): Uint8Array => encodeWith(placementSchema, placement)
export const decodePlacement = (body: Uint8Array): Placement => decodeCbor('placement', placementSchema, body)

export const encodeFragmentReceipt = (receipt: FragmentReceipt): Uint8Array =>
  encodeWith(fragmentReceiptSchema, receipt)
export const decodeFragmentReceipt = (body: Uint8Array): FragmentReceipt =>
  decodeCbor('fragment receipt', fragmentReceiptSchema, body)

export const encodeEpoch = (epoch: Epoch): Uint8Array => encodeWith(epochSchema, epoch)
export const decodeEpoch = (body: Uint8Array): Epoch => decodeCbor('epoch', epochSchema, body)

/** Rising without repeats: one set has one form. */
function sorted(ids: readonly string[]): boolean {
  return ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? ''))
}
