/** Building blocks for the zod schemas of our CBOR formats. Codecs: one schema reads (`decodeCbor`) and writes (`encodeWith`). */
import { z } from 'zod'
import { encodeCbor, fromHex, invalidValue, toHex } from '#base'

/** Exactly `length` bytes. */
export function fixedBytes(length: number) {
  return z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.byteLength === length)
}

export function boundedBytes(bytesMin: number, bytesMax: number) {
  return z.custom<Uint8Array>(
    (value) => value instanceof Uint8Array && value.byteLength >= bytesMin && value.byteLength <= bytesMax,
  )
}

/** Exactly `length` bytes in CBOR, lower-case hexadecimal in code. */
export function hexBytes(length: number) {
  const hex = z.string().regex(new RegExp(`^[0-9a-f]{${2 * length}}$`))
  return z.codec(fixedBytes(length), hex, { decode: (bytes) => toHex(bytes), encode: (text) => fromHex(text) })
}

/** A whole number that JavaScript holds exactly. */
export function count(min = 0, max = Number.MAX_SAFE_INTEGER) {
  return z.int().min(min).max(max)
}

/** CBOR of a typed value: hex becomes bytes, and what the schema would refuse to read is never written. VALUE_INVALID */
export function encodeWith<Schema extends z.ZodType>(schema: Schema, value: z.output<Schema>): Uint8Array {
  const encoded = z.safeEncode(schema, value)
  if (!encoded.success) throw invalidValue(encoded.error)
  return encodeCbor(encoded.data)
}
