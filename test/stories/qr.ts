/** Reads a QR code as a scanner does, but for errors, which a drawing has none of: ISO/IEC 18004, versions 5 to 10 at level M. */
import assert from 'node:assert/strict'
import type { Box } from './pdf.ts'

/** Of each version: where its alignment patterns are, and how many bytes each of its blocks has. */
const VERSIONS: Readonly<Record<number, { readonly marks: readonly number[]; readonly blocks: readonly number[] }>> = {
  5: { marks: [6, 30], blocks: [43, 43] },
  6: { marks: [6, 34], blocks: [27, 27, 27, 27] },
  7: { marks: [6, 22, 38], blocks: [31, 31, 31, 31] },
  8: { marks: [6, 24, 42], blocks: [38, 38, 39, 39] },
  9: { marks: [6, 26, 46], blocks: [36, 36, 36, 37, 37] },
  10: { marks: [6, 28, 50], blocks: [43, 43, 43, 43, 44] },
}
const LEVEL_M = 0
const FORMAT_MASK = 0b101_0100_0001_0010
const CAPITALS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const MASKS: readonly ((row: number, at: number) => number)[] = [
  (row, at) => (row + at) % 2,
  (row) => row % 2,
  (_row, at) => at % 3,
  (row, at) => (row + at) % 3,
  (row, at) => (Math.floor(row / 2) + Math.floor(at / 3)) % 2,
  (row, at) => ((row * at) % 2) + ((row * at) % 3),
  (row, at) => (((row * at) % 2) + ((row * at) % 3)) % 2,
  (row, at) => (((row + at) % 2) + ((row * at) % 3)) % 2,
]

type IsDark = (row: number, at: number) => boolean

/** Of its dark squares, one a module. */
export function readQr(squares: readonly Box[]): string {
  const [left, top] = [Math.min(...squares.map((one) => one.left)), Math.min(...squares.map((one) => one.top))]
  // The upper left corner is dark in every code, and so are the six to the right of it.
  const lefts = [...new Set(squares.map((one) => one.left.toFixed(2)))].map(Number).sort((a, b) => a - b)
  const side = Math.min(
    ...lefts
      .slice(1)
      .map((one, at) => one - (lefts[at] ?? 0))
      .filter((step) => step > 0.5),
  )
  const cells = new Set(
    squares.map((one) => `${Math.round((one.top - top) / side)} ${Math.round((one.left - left) / side)}`),
  )
  const size = 1 + Math.max(...squares.map((one) => Math.round((one.left - left) / side)))
  const isDark: IsDark = (row, at) => cells.has(`${row} ${at}`)
  return decoded(bytesOf(isDark, size), (size - 17) / 4)
}

function bytesOf(isDark: IsDark, size: number): number[] {
  const version = (size - 17) / 4
  const known = VERSIONS[version]
  assert.ok(known, `a QR code of ${size} modules`)
  const format = formatOf(isDark) ^ FORMAT_MASK
  assert.equal(format >> 13, LEVEL_M)
  const mask = MASKS[(format >> 10) & 7]
  assert.ok(mask)
  const bits = way(size)
    .filter(([row, at]) => !isFixed(row, at, size, known.marks))
    .map(([row, at]) => Number(isDark(row, at)) ^ Number(mask(row, at) === 0))
  const total = known.blocks.reduce((sum, one) => sum + one, 0)
  const bytes = Array.from({ length: total }, (_, n) => Number.parseInt(bits.slice(8 * n, 8 * n + 8).join(''), 2))
  return inOrder(bytes, known.blocks)
}

/** Fifteen bits around the upper left corner, the first one in the last column of them. */
function formatOf(isDark: IsDark): number {
  const places = [
    ...[0, 1, 2, 3, 4, 5, 7, 8].map((at) => [8, at] as const),
    ...[7, 5, 4, 3, 2, 1, 0].map((row) => [row, 8] as const),
  ]
  return places.reduce((sum, [row, at]) => 2 * sum + Number(isDark(row, at)), 0)
}

/** Two columns at a time from the right, up and down, past the column of timing. */
function way(size: number): [number, number][] {
  const places: [number, number][] = []
  let isUp = true
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right--
    for (let step = 0; step < size; step++) {
      const row = isUp ? size - 1 - step : step
      places.push([row, right], [row, right - 1])
    }
    isUp = !isUp
  }
  return places
}

function isFixed(row: number, at: number, size: number, marks: readonly number[]): boolean {
  if (row === 6 || at === 6) return true
  const [isTop, isLeft, isBottom, isRight] = [row < 9, at < 9, row >= size - 8, at >= size - 8]
  if ((isTop && isLeft) || (isTop && isRight) || (isBottom && isLeft)) return true
  // From version 7 on it says its number twice.
  if (size >= 45 && ((row < 6 && at >= size - 11) || (at < 6 && row >= size - 11))) return true
  return marks.some((y) =>
    marks.some((x) => {
      const isCorner = (y === 6 && x === 6) || (y === 6 && x === size - 7) || (y === size - 7 && x === 6)
      return !isCorner && Math.abs(row - y) <= 2 && Math.abs(at - x) <= 2
    }),
  )
}

/** Blocks are written a byte of each in turn. */
function inOrder(bytes: readonly number[], lengths: readonly number[]): number[] {
  const blocks: number[][] = lengths.map(() => [])
  let next = 0
  for (let n = 0; n < Math.max(...lengths); n++) {
    for (const [at, length] of lengths.entries()) if (n < length) blocks[at]?.push(bytes[next++] ?? 0)
  }
  return blocks.flat()
}

function decoded(bytes: readonly number[], version: number): string {
  const bits = bytes.map((one) => one.toString(2).padStart(8, '0')).join('')
  let from = 0
  const take = (count: number): number => {
    from += count
    return Number.parseInt(bits.slice(from - count, from), 2)
  }
  assert.equal(take(4), 2, 'capitals and digits')
  let left = take(version < 10 ? 9 : 11)
  let text = ''
  for (; left >= 2; left -= 2) {
    const pair = take(11)
    text += `${CAPITALS[Math.floor(pair / 45)]}${CAPITALS[pair % 45]}`
  }
  return left === 1 ? `${text}${CAPITALS[take(6)]}` : text
}
