/**
 * CBOR (RFC 8949) as all our formats use it: deterministic encoding (shortest forms, map keys sorted), strict
 * decoding (no duplicate keys, no indefinite lengths, no tags, no `undefined`), then a zod schema that refuses what
 * it does not know.
 */
import { decode, encode } from 'cborg'
import type { z } from 'zod'
import { DatisError } from './errors.ts'

export function encodeCbor(value: unknown): Uint8Array {
  return encode(value)
}

/** `what` names the format in the error `FORMAT_INVALID`. */
export function decodeCbor<Schema extends z.ZodType>(
  what: string,
  schema: Schema,
  bytes: Uint8Array,
): z.output<Schema> {
  const parsed = schema.safeParse(decodeStrict(what, bytes))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new DatisError('FORMAT_INVALID', `A ${what} does not have the form it must have.`, {
      what,
      at: issue?.path.join('.') ?? '',
      issue: issue?.code ?? '',
    })
  }
  return parsed.data
}

function decodeStrict(what: string, bytes: Uint8Array): unknown {
  try {
    return decode(bytes, {
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowInfinity: false,
      allowNaN: false,
      rejectDuplicateMapKeys: true,
    })
  } catch (cause) {
    throw new DatisError('FORMAT_INVALID', `A ${what} is not valid CBOR.`, { what, bytes: bytes.byteLength }, { cause })
  }
}
