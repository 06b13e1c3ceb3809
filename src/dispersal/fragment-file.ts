/**
 * A fragment as it travels and as hosts keep it. docs/formats/fragment.md
 *
 *     offset  bytes  field
 *          0      4  magic 'DFR1'
 *          4      4  length of the header, little-endian
 *          8      …  header, CBOR {format, row, stripe: Signed, placement: Signed}
 *          …      …  payload: one of the n fragments, as long as the stripe record says
 */

import { z } from 'zod'
import { bytesEqual, DatisError, decodeCbor, encodeCbor, fromHex } from '#base'
import { CODE_FRAGMENTS_MAX } from '#coding'
import { count, merkleRoot, type Placement, type Signed, type StripeRecord, signedSchema } from '#crypto'
import { FRAGMENT_HEADER_BYTES_MAX, FRAGMENT_PREFIX_BYTES } from './limits.ts'
import { type Owner, verifyPlacement, verifyStripeRecord } from './statements.ts'

const MAGIC = 0x31524644 // 'DFR1' read little-endian

const headerSchema = z.strictObject({
  format: z.literal(1),
  row: count(0, CODE_FRAGMENTS_MAX - 1),
  stripe: signedSchema,
  placement: signedSchema,
})

export interface FragmentHeader {
  readonly row: number
  readonly record: Signed
  readonly placement: Signed
}

export interface FragmentFile extends FragmentHeader {
  readonly payload: Uint8Array
}

export function encodeFragmentFile({ row, record, placement, payload }: FragmentFile): Uint8Array {
  const header = encodeCbor({ format: 1, row, stripe: record, placement })
  const file = new Uint8Array(FRAGMENT_PREFIX_BYTES + header.byteLength + payload.byteLength)
  const view = new DataView(file.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, header.byteLength, true)
  file.set(header, FRAGMENT_PREFIX_BYTES)
  file.set(payload, FRAGMENT_PREFIX_BYTES + header.byteLength)
  return file
}

function fragmentInvalid(at: string, cause?: unknown): DatisError {
  return new DatisError('FRAGMENT_INVALID', 'A fragment is not what its stripe record says.', { at }, { cause })
}

/** The length of the header that follows the first 8 bytes. */
export function headerLength(prefix: Uint8Array): number {
  if (prefix.byteLength < FRAGMENT_PREFIX_BYTES) throw fragmentInvalid('length')
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength)
  if (view.getUint32(0, true) !== MAGIC) throw fragmentInvalid('magic')
  const bytes = view.getUint32(4, true)
  if (bytes > FRAGMENT_HEADER_BYTES_MAX) throw fragmentInvalid('header-length')
  return bytes
}

/** The header of a fragment, from at least all bytes before the payload. */
export function parseFragmentHeader(bytes: Uint8Array): FragmentHeader & { readonly payloadAt: number } {
  const length = headerLength(bytes)
  const payloadAt = FRAGMENT_PREFIX_BYTES + length
  if (bytes.byteLength < payloadAt) throw fragmentInvalid('length')
  const { row, stripe, placement } = readHeader(bytes.subarray(FRAGMENT_PREFIX_BYTES, payloadAt))
  return { row, record: stripe, placement, payloadAt }
}

function readHeader(bytes: Uint8Array): z.output<typeof headerSchema> {
  const header = decodeCbor('fragment header', headerSchema, bytes)
  // One header, one encoding: else equal fragments could differ in bytes that nobody signed.
  const { row, stripe, placement } = header
  if (!bytesEqual(encodeCbor({ format: 1, row, stripe, placement }), bytes)) throw fragmentInvalid('header-form')
  return header
}

export interface VerifiedFragment extends FragmentFile {
  readonly stripe: StripeRecord
  readonly placed: Placement
}

/** All that can be known of a fragment: owner, record, placement, row, length, Merkle root. FRAGMENT_INVALID {at}, … */
export function verifyFragmentFile(
  bytes: Uint8Array,
  owner: Owner,
  id: { stripe: string; row: number },
): VerifiedFragment {
  const { payloadAt, ...header } = parseFragmentHeader(bytes)
  const stripe = verifyStripeRecord(header.record, owner, id.stripe)
  if (header.row !== id.row || header.row >= stripe.n) throw fragmentInvalid('row')
  const placed = verifyPlacement(header.placement, owner, stripe)
  const payload = bytes.subarray(payloadAt)
  checkPayload(payload, stripe, header.row)
  return { ...header, stripe, placed, payload }
}

function checkPayload(payload: Uint8Array, stripe: StripeRecord, row: number): void {
  if (payload.byteLength !== stripe.fragmentBytes) throw fragmentInvalid('payload-length')
  const root = stripe.roots[row]
  if (root === undefined) throw fragmentInvalid('row')
  if (!bytesEqual(merkleRoot(payload), fromHex(root))) throw fragmentInvalid('root')
}

export function fragmentName(stripe: string, row: number): string {
  return `${stripe}.${row}`
}

const NAME = /^([0-9a-f]{64})\.(0|[1-9][0-9]?)$/

/** Null for anything else: temp files and copies set aside stand in the same folders. */
export function parseFragmentName(name: string): { stripe: string; row: number } | null {
  const match = NAME.exec(name)
  const row = Number(match?.[2])
  if (match?.[1] === undefined || row >= CODE_FRAGMENTS_MAX) return null
  return { stripe: match[1], row }
}
