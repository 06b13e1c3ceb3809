import { hkdfSync } from 'node:crypto'
import { assert, DatisError, KiB, MiB } from '#base'
import type { Scan } from './scan.ts'

export interface ChunkSizes {
  readonly minBytes: number
  readonly averageBytes: number
  readonly maxBytes: number
}

/** Source: ARCHITECTURE.md, "The way of the data". Part of the format: other sizes are other chunks. */
export const CHUNK_SIZES: ChunkSizes = { minBytes: 256 * KiB, averageBytes: MiB, maxBytes: 4 * MiB }

/** The hash needs 32 bytes, and chunks of less than 64 would cost more in ids than they hold. */
export const CHUNK_BYTES_MIN = 64

/** The longest buffer for one call of `cut`. */
export const CUT_BYTES_MAX = 16 * MiB

export const CHUNKER_KEY_BYTES = 32

export interface Chunker {
  readonly sizes: ChunkSizes
  /**
   * The lengths of the chunks at the start of `buffer`, which begins where a chunk begins. Unless `last`, the tail that
   * more bytes could still change is left uncut: the caller keeps it and puts more bytes behind it. A buffer of at least
   * `maxBytes` always gives a chunk.
   */
  cut(buffer: Uint8Array, last: boolean): number[]
}

/** The table that makes the cuts secret: 256 numbers of 32 bits, little-endian, straight from HKDF. */
export function gearTable(key: Uint8Array): Uint32Array {
  assert(key.byteLength === CHUNKER_KEY_BYTES, 'a chunker key has 32 bytes')
  const stream = new DataView(hkdfSync('sha256', key, new Uint8Array(0), 'datis/1/gear', 256 * 4))
  return Uint32Array.from({ length: 256 }, (_, value) => stream.getUint32(4 * value, true))
}

export function chunkerWith(scan: Scan, key: Uint8Array, sizes: ChunkSizes): Chunker {
  checkSizes(sizes)
  const gear = gearTable(key)
  const masks = masksFor(sizes)
  return {
    sizes,
    cut(buffer, last) {
      assert(buffer.byteLength <= CUT_BYTES_MAX, 'a buffer to cut has at most 16 MiB')
      const lengths: number[] = []
      for (let start = 0; start < buffer.byteLength; ) {
        const end = nextCut(scan, gear, buffer, start, sizes, masks) || (last ? buffer.byteLength : 0)
        if (end === 0) break
        lengths.push(end - start)
        start = end
      }
      return lengths
    },
  }
}

interface Masks {
  readonly strict: number
  readonly loose: number
}

/**
 * Two masks instead of one (normalised chunking): below the average a cut needs one zero bit more than log2(average),
 * above it one less, which draws the lengths together. The bits are the highest: they depend on the most bytes.
 */
function masksFor({ averageBytes }: ChunkSizes): Masks {
  const bits = Math.round(Math.log2(averageBytes))
  return { strict: highBits(bits + 1), loose: highBits(bits - 1) }
}

function highBits(count: number): number {
  return (0xffffffff << (32 - count)) >>> 0
}

/** Where the chunk that begins at `start` ends, or 0 while the buffer does not tell. */
function nextCut(
  scan: Scan,
  gear: Uint32Array,
  buffer: Uint8Array,
  start: number,
  { minBytes, averageBytes, maxBytes }: ChunkSizes,
  { strict, loose }: Masks,
): number {
  const end = Math.min(buffer.byteLength, start + maxBytes)
  const early = Math.min(end, start + averageBytes)
  const from = start + minBytes
  if (from >= end) return end === start + maxBytes ? end : 0
  const cut = scan(gear, buffer, from, early, strict) || (early < end && scan(gear, buffer, early, end, loose))
  return cut || (end === start + maxBytes ? end : 0)
}

function checkSizes(sizes: ChunkSizes): void {
  const { minBytes, averageBytes, maxBytes } = sizes
  const ordered = CHUNK_BYTES_MIN <= minBytes && minBytes <= averageBytes && averageBytes <= maxBytes
  if (ordered && maxBytes <= CUT_BYTES_MAX && [minBytes, averageBytes, maxBytes].every(Number.isInteger)) return
  throw new DatisError('CHUNK_SIZES_INVALID', 'Sizes of chunks need 64 ≤ min ≤ average ≤ max ≤ 16 MiB.', { ...sizes })
}
