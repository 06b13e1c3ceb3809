/** Small files that nobody signs: a hash beside the content, since a flipped bit in them would be another order. */
import { z } from 'zod'
import {
  assert,
  type BytePath,
  bytesEqual,
  DatisError,
  type Disk,
  decodeCbor,
  ignoring,
  joinPath,
  MiB,
  readWhole,
} from '#base'
import { boundedBytes, encodeWith, fixedBytes, sha256 } from '#crypto'

/** Of any of them; how long one may be is in its format, since a schema is not made for each file. */
const CONTENT_BYTES_MAX = 64 * MiB
const fileSchema = z.strictObject({
  format: z.literal(1),
  content: boundedBytes(1, CONTENT_BYTES_MAX),
  check: fixedBytes(32),
})

const OVERHEAD_BYTES = 128

export interface CheckedFormat<Schema extends z.ZodType> {
  readonly what: string
  readonly schema: Schema
  readonly bytesMax: number
}

export function encodeChecked<Schema extends z.ZodType>(
  { schema, what, bytesMax }: CheckedFormat<Schema>,
  value: z.output<Schema>,
): Uint8Array {
  const content = encodeWith(schema, value)
  assert(content.byteLength <= bytesMax, `${what} can be read again`)
  return encodeWith(fileSchema, { format: 1, content, check: sha256(content) })
}

/** FORMAT_INVALID, when anything in it was changed. */
function decodeChecked<Schema extends z.ZodType>(
  { what, schema }: CheckedFormat<Schema>,
  bytes: Uint8Array,
): z.output<Schema> {
  const { content, check } = decodeCbor(what, fileSchema, bytes)
  if (!bytesEqual(sha256(content), check)) {
    throw new DatisError('FORMAT_INVALID', 'A file has been changed since it was written.', { what })
  }
  return decodeCbor(what, schema, content)
}

/** Null when there is none; the code of what is wrong with it when it is damaged. */
export function readChecked<Schema extends z.ZodType>(
  disk: Disk,
  folder: BytePath,
  name: string,
  format: CheckedFormat<Schema>,
): { readonly value: z.output<Schema> } | { readonly damaged: string } | null {
  try {
    const path = joinPath(folder, name)
    const bytes = ignoring(['ENOENT', 'ENOTDIR'], () => readWhole(disk, path, format.bytesMax + OVERHEAD_BYTES))
    return bytes === undefined ? null : { value: decodeChecked(format, bytes) }
  } catch (error) {
    if (error instanceof DatisError) return { damaged: error.code }
    throw error
  }
}
