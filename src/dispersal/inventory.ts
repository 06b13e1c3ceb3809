/** Comparing what a host holds with what its owner expects, by digests: 256 buckets of the stripe id's first byte. */
import { concatBytes, fromHex, toHex } from '#base'
import { sha256 } from '#crypto'
import type { FragmentId, RecordedFragment } from './protocol.ts'

/** SHA-256 over (stripe 32, row u16 big-endian, hash of the stripe record 32), sorted by stripe and row. */
export function digestOf(entries: readonly RecordedFragment[]): string {
  const sorted = [...entries].sort(byFragment)
  return toHex(
    sha256(
      concatBytes(
        ...sorted.map(({ stripe, row, record }) => concatBytes(fromHex(stripe), rowBytes(row), fromHex(record))),
      ),
    ),
  )
}

function byFragment(a: FragmentId, b: FragmentId): number {
  if (a.stripe === b.stripe) return a.row - b.row
  return a.stripe < b.stripe ? -1 : 1
}

function rowBytes(row: number): Uint8Array {
  return Uint8Array.of(row >> 8, row & 0xff)
}
