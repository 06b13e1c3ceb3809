import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MiB } from '#base'
import { type Code, codeForBoxes, fragmentBytes, metadataCodeForBoxes } from './index.ts'

// Copied from ARCHITECTURE.md, "Codes".
const TABLE = `
 2 (1,1)   10 (8,5)    18 (15,9)    26 (23,16)   34 (31,21)   42 (39,26)
 3 (2,1)   11 (9,6)    19 (16,10)   27 (24,16)   35 (32,22)   43 (40,27)
 4 (2,1)   12 (10,6)   20 (17,10)   28 (25,17)   36 (33,22)   44 (41,28)
 5 (4,2)   13 (11,7)   21 (18,11)   29 (26,18)   37 (34,23)   45 (42,28)
 6 (4,2)   14 (12,7)   22 (19,12)   30 (27,18)   38 (35,24)   46 (43,29)
 7 (5,3)   15 (13,8)   23 (20,13)   31 (28,19)   39 (36,24)   47 (44,30)
 8 (6,3)   16 (13,8)   24 (21,14)   32 (29,20)   40 (37,25)   48 (45,30)
 9 (7,4)   17 (14,8)   25 (22,15)   33 (30,20)   41 (38,26)   49 (46,31)  50 (47,32)  51…64 (48,32)
`

const boxCounts = Array.from({ length: 63 }, (_, index) => index + 2)

function fromTable(): Map<number, Code> {
  const codes = new Map<number, Code>()
  for (const [, from, to, n, k] of TABLE.matchAll(/(\d+)(?:…(\d+))? \((\d+),(\d+)\)/g)) {
    for (let boxes = Number(from); boxes <= Number(to ?? from); boxes++)
      codes.set(boxes, { n: Number(n), k: Number(k) })
  }
  return codes
}

test('each size of community has the code of the table', () => {
  const codes = fromTable()
  assert.equal(codes.size, 63)
  for (const boxes of boxCounts) assert.deepEqual(codeForBoxes(boxes), codes.get(boxes))
})

const lossesSurvived = ({ n, k }: Code): number => n - k

test('the losses a data stripe survives never fall as the community grows', () => {
  const losses = boxCounts.map((boxes) => lossesSurvived(codeForBoxes(boxes)))
  assert.deepEqual(
    losses,
    losses.toSorted((a, b) => a - b),
  )
})

test('metadata survives as many losses as data, and more from four boxes on', () => {
  for (const boxes of boxCounts) {
    const more = lossesSurvived(metadataCodeForBoxes(boxes)) - lossesSurvived(codeForBoxes(boxes))
    assert.ok(boxes < 4 ? more === 0 : more > 0, `${boxes} boxes`)
  }
})

// Plain copies on five hosts survive more than RS(5, 2). The only place where it falls: see docs/formats/code.md.
test('the losses a metadata stripe survives fall once, from four to three at the seventh box', () => {
  const losses = boxCounts.map((boxes) => lossesSurvived(metadataCodeForBoxes(boxes)))
  const falls = boxCounts.filter((_, index) => (losses[index] ?? 0) < (losses[index - 1] ?? 0))
  assert.deepEqual(falls, [7])
  assert.deepEqual(losses.slice(4, 6), [4, 3])
})

test('fragments go to other boxes only', () => {
  for (const boxes of boxCounts) {
    assert.ok(codeForBoxes(boxes).n < boxes)
    assert.ok(metadataCodeForBoxes(boxes).n < boxes)
  }
})

test('metadata is copied to all up to six boxes, and then twice as redundant as data', () => {
  for (const boxes of [2, 3, 4, 5, 6]) assert.deepEqual(metadataCodeForBoxes(boxes), { n: boxes - 1, k: 1 })
  assert.deepEqual(metadataCodeForBoxes(7), { n: 5, k: 2 })
  assert.deepEqual(metadataCodeForBoxes(64), { n: 48, k: 16 })
})

test('there is no code for one box, for 65 or for a part of one', () => {
  for (const boxes of [-1, 0, 1, 65, 2.5, Number.NaN]) {
    assert.throws(() => codeForBoxes(boxes), { code: 'CODE_INVALID' })
    assert.throws(() => metadataCodeForBoxes(boxes), { code: 'CODE_INVALID' })
  }
})

test('k fragments hold the pack, rounded up to 64 bytes and by no more', () => {
  assert.equal(fragmentBytes({ n: 5, k: 3 }, 1), 64)
  assert.equal(fragmentBytes({ n: 5, k: 3 }, 192), 64)
  assert.equal(fragmentBytes({ n: 5, k: 3 }, 193), 128)
  for (let k = 1; k <= 48; k++) {
    for (const packBytes of [1, 63, 64, 65, 12_345, 16 * MiB, 64 * MiB - 1, 64 * MiB]) {
      const bytes = fragmentBytes({ n: 48, k }, packBytes)
      assert.ok(bytes % 64 === 0 && bytes * k >= packBytes && (bytes - 64) * k < packBytes, `${k} ${packBytes}`)
    }
  }
})

test('a pack of no length or beyond the limit has no fragments', () => {
  for (const packBytes of [0, -1, 1.5, Number.NaN, 64 * MiB + 1]) {
    assert.throws(() => fragmentBytes({ n: 2, k: 1 }, packBytes), { code: 'FRAGMENT_LENGTH' })
  }
})

test('a code outside 1 ≤ k ≤ n ≤ 48 is refused', () => {
  for (const [n, k] of [
    [0, 0],
    [1, 0],
    [1, 2],
    [49, 1],
    [2.5, 1],
    [3, 1.5],
    [Number.NaN, 1],
  ] as const) {
    assert.throws(() => fragmentBytes({ n, k }, 100), { code: 'CODE_INVALID' })
  }
})
