import { assert, DatisError, MiB } from '#base'

/** RS(n, k): n fragments in all, any k of them give the pack back. */
export interface Code {
  readonly n: number
  readonly k: number
}

/** Boxes in a community. Source: ARCHITECTURE.md, "Codes". */
export const COMMUNITY_BOXES_MIN = 2
export const COMMUNITY_BOXES_MAX = 64

/** Fragments of one stripe. The kernels' memory has this many rows; see reed-solomon-wasm.ts. */
export const CODE_FRAGMENTS_MAX = 48

/** Fragments are a whole number of these: a cache line, and twice what a kernel takes in one step. */
export const FRAGMENT_BYTES_STEP = 64

/** The longest fragment: a pack of the longest form (64 MiB), coded as copies. */
export const FRAGMENT_BYTES_MAX = 64 * MiB

/** Up to this many boxes metadata packs are plain copies: a recovered box browses after one fragment. */
const METADATA_COPIES_BOXES_MAX = 6

/** Data codes by number of boxes, 2 … 50; above 50 the last one holds. Source: ARCHITECTURE.md, "Codes". */
// biome-ignore format: rows of ten after the first eight
const DATA_CODES: readonly (readonly [n: number, k: number])[] = [
  [1, 1], [2, 1], [2, 1], [4, 2], [4, 2], [5, 3], [6, 3], [7, 4],
  [8, 5], [9, 6], [10, 6], [11, 7], [12, 7], [13, 8], [13, 8], [14, 8], [15, 9], [16, 10],
  [17, 10], [18, 11], [19, 12], [20, 13], [21, 14], [22, 15], [23, 16], [24, 16], [25, 17], [26, 18],
  [27, 18], [28, 19], [29, 20], [30, 20], [31, 21], [32, 22], [33, 22], [34, 23], [35, 24], [36, 24],
  [37, 25], [38, 26], [39, 26], [40, 27], [41, 28], [42, 28], [43, 29], [44, 30], [45, 30], [46, 31],
  [47, 32], [48, 32],
]

/** The code for data packs in a community of so many boxes, the owner's own counted. */
export function codeForBoxes(boxes: number): Code {
  if (!Number.isInteger(boxes) || boxes < COMMUNITY_BOXES_MIN || boxes > COMMUNITY_BOXES_MAX) {
    throw new DatisError('CODE_INVALID', 'There is no code for this number of boxes.', { boxes })
  }
  const row = DATA_CODES[Math.min(boxes - COMMUNITY_BOXES_MIN, DATA_CODES.length - 1)]
  assert(row !== undefined, 'the table of codes has no holes')
  return { n: row[0], k: row[1] }
}

/** The code for packs of trees and index parts: more redundant, so that browsing after a disaster needs few hosts. */
export function metadataCodeForBoxes(boxes: number): Code {
  const data = codeForBoxes(boxes)
  if (boxes <= METADATA_COPIES_BOXES_MAX) return { n: boxes - 1, k: 1 }
  return { n: data.n, k: Math.ceil(data.k / 2) }
}

export function checkCode({ n, k }: Code): void {
  const valid = Number.isInteger(n) && Number.isInteger(k) && k >= 1 && k <= n && n <= CODE_FRAGMENTS_MAX
  if (!valid) throw new DatisError('CODE_INVALID', 'A code must have 1 ≤ k ≤ n ≤ 48.', { n, k })
}

/** The length of each of the n fragments of a pack: the k-th part, rounded up to 64. */
export function fragmentBytes(code: Code, packBytes: number): number {
  checkCode(code)
  const bytes = Math.ceil(packBytes / code.k / FRAGMENT_BYTES_STEP) * FRAGMENT_BYTES_STEP
  if (!Number.isInteger(packBytes) || packBytes < 1 || bytes > FRAGMENT_BYTES_MAX) {
    throw new DatisError('FRAGMENT_LENGTH', 'A pack of this length has no fragments.', { packBytes, ...code })
  }
  return bytes
}

export function checkFragmentBytes(bytes: number): void {
  if (!Number.isInteger(bytes) || bytes < 1 || bytes % FRAGMENT_BYTES_STEP !== 0 || bytes > FRAGMENT_BYTES_MAX) {
    throw new DatisError('FRAGMENT_LENGTH', 'A fragment must be a whole number of 64 bytes, at most 64 MiB.', { bytes })
  }
}
