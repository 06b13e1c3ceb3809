/** Pack → stripe and back. Pure and synchronous: `box` runs these in a worker job beside the vault's own checks. */
import { assert, DatisError, toHex } from '#base'
import { type Code, encodeParity, fragmentBytes, reconstruct } from '#coding'
import { type BoxId, merkleRoot, type Signed, type StripeRecord } from '#crypto'

export interface EncodedStripe {
  readonly fragmentBytes: number
  /** The n − k parity fragments, one after the other. */
  readonly parity: Uint8Array
  /** Merkle roots of all n fragments, hex. */
  readonly roots: readonly string[]
  /** The n fragments: k slices of the padded pack, then parity. Views. */
  readonly payloads: readonly Uint8Array[]
}

/** A stripe ready to go out: what `prepare` gives to the disperser. */
export interface PreparedStripe {
  readonly class: 'data' | 'metadata'
  readonly code: Code
  readonly packBytes: number
  readonly payloads: readonly Uint8Array[]
  readonly roots: readonly string[]
  readonly record: Signed
}

export function encodeStripe(code: Code, pack: Uint8Array): EncodedStripe {
  const bytes = fragmentBytes(code, pack.byteLength)
  const data = padded(pack, code.k * bytes)
  const parity = code.n > code.k ? encodeParity(code, data) : new Uint8Array(0)
  const payloads = [...slices(data, bytes), ...slices(parity, bytes)]
  assert(payloads.length === code.n, 'a stripe has n fragments')
  const roots = payloads.map((payload) => toHex(merkleRoot(payload)))
  return { fragmentBytes: bytes, parity, roots, payloads }
}

export interface StripeIdentity {
  readonly owner: BoxId
  readonly stripe: string
  readonly class: 'data' | 'metadata'
}

export function buildStripe(
  identity: StripeIdentity,
  code: Code,
  pack: Uint8Array,
): EncodedStripe & { readonly record: StripeRecord } {
  const encoded = encodeStripe(code, pack)
  return { ...encoded, record: stripeRecordOf(identity, code, pack.byteLength, encoded) }
}

export function stripeRecordOf(
  { owner, stripe, class: packClass }: StripeIdentity,
  code: Code,
  packBytes: number,
  encoded: Pick<EncodedStripe, 'fragmentBytes' | 'roots'>,
): StripeRecord {
  return {
    format: 1,
    owner,
    stripe,
    class: packClass,
    n: code.n,
    k: code.k,
    packBytes,
    fragmentBytes: encoded.fragmentBytes,
    roots: [...encoded.roots],
  }
}

/** The pack from any k fragments that were verified against their record. */
export function reconstructPack(
  code: Code,
  have: readonly { row: number; bytes: Uint8Array }[],
  packBytes: number,
): Uint8Array {
  const data = reconstruct(code, fragmentBytes(code, packBytes), have)
  // Fragments that match their roots and yet do not pad with zeros were not made by an honest encoder.
  if (data.subarray(packBytes).some((byte) => byte !== 0)) {
    throw new DatisError('STRIPE_PADDING', 'A stripe is not padded as it must be.', { packBytes, ...code })
  }
  return data.subarray(0, packBytes)
}

function padded(pack: Uint8Array, bytes: number): Uint8Array {
  if (pack.byteLength === bytes) return pack
  const data = new Uint8Array(bytes)
  data.set(pack)
  return data
}

function slices(bytes: Uint8Array, each: number): Uint8Array[] {
  return Array.from({ length: bytes.byteLength / each }, (_, index) => bytes.subarray(index * each, (index + 1) * each))
}
