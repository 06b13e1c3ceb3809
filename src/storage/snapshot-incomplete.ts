/** The list of what a snapshot could not read: docs/formats/snapshot.md. */

import { z } from 'zod'
import { type BytePath, decodeCbor, encodeCbor, MiB, pathFromBytes, pathToBytes } from '#base'

export interface IncompletePath {
  readonly path: BytePath
  /** `EACCES`, `EIO`, `TORN`, … */
  readonly cause: string
}

export const INCOMPLETE_ITEMS_MAX = 10_000
const INCOMPLETE_BYTES_MAX = 2 * MiB
const PATH_BYTES_MAX = 4096 * 2
const CAUSE_LENGTH_MAX = 64

/** Keeps the first items and counts all. */
export class IncompleteList {
  readonly items: IncompletePath[] = []
  count = 0
  #bytes = 0

  add(path: BytePath, cause: string): void {
    this.count++
    this.#bytes += path.length + cause.length + 16
    if (this.items.length >= INCOMPLETE_ITEMS_MAX || this.#bytes > INCOMPLETE_BYTES_MAX) return
    this.items.push({ path: path.slice(0, PATH_BYTES_MAX) as BytePath, cause })
  }
}

export function encodeIncomplete(items: readonly IncompletePath[]): Uint8Array {
  return encodeCbor({ format: 1, items: items.map(({ path, cause }) => [pathToBytes(path), cause]) })
}

const listSchema = z.strictObject({
  format: z.literal(1),
  items: z
    .array(
      z.tuple([
        z.instanceof(Uint8Array).refine((path) => path.byteLength <= PATH_BYTES_MAX),
        z.string().min(1).max(CAUSE_LENGTH_MAX),
      ]),
    )
    .max(INCOMPLETE_ITEMS_MAX),
})

export function parseIncomplete(bytes: Uint8Array): IncompletePath[] {
  const { items } = decodeCbor('list of incomplete items', listSchema, bytes)
  return items.map(([path, cause]) => ({ path: pathFromBytes(path), cause }))
}
