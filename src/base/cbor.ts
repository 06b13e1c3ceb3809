/**
 * CBOR (RFC 8949) as all our formats use it: deterministic encoding (shortest forms, map keys sorted), strict
 * decoding (no duplicate keys, no indefinite lengths, no tags, no `undefined`), then a zod schema that refuses what
 * it does not know.
 */
import { decode, encode, Tokenizer } from 'cborg'
import type { z } from 'zod'
import { DatisError } from './errors.ts'

export function encodeCbor(value: unknown): Uint8Array {
  return encode(value)
}

/**
 * `what` names the format in the error `FORMAT_INVALID`. `itemsMax`: for long messages of peers, in which millions of
 * empty items would cost seconds and hundreds of megabytes before the schema is asked.
 */
export function decodeCbor<Schema extends z.ZodType>(
  what: string,
  schema: Schema,
  bytes: Uint8Array,
  itemsMax = Number.POSITIVE_INFINITY,
): z.output<Schema> {
  const parsed = schema.safeParse(decodeStrict(what, bytes, itemsMax))
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

/** For who writes: what its schema would refuse to read is refused before. */
export function invalidValue({ issues: [issue] }: z.ZodError): DatisError {
  return new DatisError('VALUE_INVALID', 'A value does not have the form in which it could be written.', {
    at: issue?.path.join('.') ?? '',
    issue: issue?.code ?? '',
  })
}

const STRICT = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: true,
  rejectDuplicateMapKeys: true,
}

class CountingTokenizer extends Tokenizer {
  #left: number

  constructor(bytes: Uint8Array, itemsMax: number) {
    // A plain array, as cborg itself would take it: slices of a Buffer are slower and of another class.
    super(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), STRICT)
    this.#left = itemsMax
  }

  override next(): ReturnType<Tokenizer['next']> {
    if (this.#left-- <= 0) throw new Error('more items than such a message has')
    return super.next()
  }
}

function decodeStrict(what: string, bytes: Uint8Array, itemsMax: number): unknown {
  try {
    if (itemsMax === Number.POSITIVE_INFINITY) return decode(bytes, STRICT)
    return decode(bytes, { ...STRICT, tokenizer: new CountingTokenizer(bytes, itemsMax) })
  } catch (cause) {
    throw new DatisError('FORMAT_INVALID', `A ${what} is not valid CBOR.`, { what, bytes: bytes.byteLength }, { cause })
  }
}
