/**
 * The table of a data pack as a metadata chunk, so that a recovered box learns from metadata packs alone what the
 * data packs hold. docs/formats/index.md.
 */

import { z } from 'zod'
import { decodeCbor, encodeCbor, fromHex, toHex } from '#base'
import { CHUNK_BYTES_MAX } from './limits.ts'
import { type PackTable, parseTable } from './pack-format.ts'
import type { PackId } from './types.ts'

const bytesUpTo = (max: number) => z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length <= max)

const indexPart = z.strictObject({
  format: z.literal(1),
  pack: bytesUpTo(32),
  table: bytesUpTo(CHUNK_BYTES_MAX),
})

export function encodeIndexPart(pack: PackId, table: Uint8Array): Uint8Array {
  return encodeCbor({ format: 1, pack: fromHex(pack), table })
}

export function decodeIndexPart(plain: Uint8Array): { pack: PackId; table: PackTable } {
  const { pack, table } = decodeCbor('index part', indexPart, plain)
  return { pack: toHex(pack), table: parseTable(table) }
}
