import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { DatisError } from '#base'
import * as door from './index.ts'
import { type Fragment, reedSolomon } from './reed-solomon.ts'
import { multiplyRowsOracle } from './reed-solomon-oracle.ts'
import { bytesFromSeed, fragmentsOf, kernels } from './test-data.ts'

const { encodeParity, reconstruct, rebuildRow } = door
const seed = Number(process.env.SEED ?? randomInt(2 ** 31))

function same(actual: Uint8Array, expected: Uint8Array, what: string): void {
  if (Buffer.compare(actual, expected) !== 0) assert.fail(`other bytes: ${what}`)
}

/** All sets of k of the numbers 0 … n − 1, as bits. */
function* subsets(n: number, k: number): Generator<number[]> {
  for (let bits = 0; bits < 1 << n; bits++) {
    const rows = Array.from({ length: n }, (_, row) => row).filter((row) => (bits >> row) & 1)
    if (rows.length === k) yield rows
  }
}

const pick = (all: readonly Fragment[], rows: readonly number[]): Fragment[] =>
  all.filter(({ row }) => rows.includes(row))

for (const [name, multiplyRows] of kernels()) {
  // The oracle takes half a minute for 12, and is compared with the kernels below.
  const nMax = multiplyRows === multiplyRowsOracle ? 9 : 12
  test(`${name}: any k of n ≤ ${nMax} fragments give back the pack and every other fragment`, () => {
    const coder = reedSolomon(multiplyRows)
    for (let n = 1; n <= nMax; n++) {
      for (let k = 1; k <= n; k++) {
        const data = bytesFromSeed(n * 100 + k, k * 64)
        const all = fragmentsOf(coder, { n, k }, data)
        for (const rows of subsets(n, k)) {
          const have = pick(all, rows)
          same(coder.reconstruct({ n, k }, 64, have), data, `RS(${n}, ${k}) from ${rows}`)
          for (const { row, bytes } of all) {
            same(coder.rebuildRow({ n, k }, have, row), bytes, `RS(${n}, ${k}) row ${row} from ${rows}`)
          }
        }
      }
    }
  })
}

test(`large codes give back packs of any length from random fragments (SEED=${seed})`, () => {
  const cases = fc.record({
    n: fc.integer({ min: 13, max: 48 }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    steps: fc.integer({ min: 1, max: 700 }),
    bytesSeed: fc.nat(),
    order: fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
  })
  const property = fc.property(cases, ({ n, part, steps, bytesSeed, order }) => {
    const k = Math.max(1, Math.ceil(part * n))
    const data = bytesFromSeed(bytesSeed, k * steps * 64)
    const all = fragmentsOf(door, { n, k }, data)
    const shuffled = all.map((fragment) => ({ fragment, place: order.next().value })).sort((a, b) => a.place - b.place)
    const have = shuffled.slice(0, k).map(({ fragment }) => fragment)
    same(reconstruct({ n, k }, steps * 64, have), data, 'pack')
    const lost = shuffled.at(-1)?.fragment ?? assert.fail()
    same(rebuildRow({ n, k }, have, lost.row), lost.bytes, `row ${lost.row}`)
  })
  fc.assert(property, { numRuns: 60, seed })
})

test('RS(48, 32) gives back the pack when only parity and the last data fragments are left', () => {
  const data = bytesFromSeed('worst', 32 * 33_344)
  const all = fragmentsOf(door, { n: 48, k: 32 }, data)
  same(reconstruct({ n: 48, k: 32 }, 33_344, all.slice(16)), data, 'pack')
  const parity = Buffer.concat(all.slice(32).map(({ bytes }) => bytes))
  same(reedSolomon(multiplyRowsOracle).encodeParity({ n: 48, k: 32 }, data), parity, 'parity of the oracle')
})

test('with k = 1 every fragment is the pack itself', () => {
  for (let n = 1; n <= 48; n++) {
    const data = bytesFromSeed(n, 192)
    for (const fragment of fragmentsOf(door, { n, k: 1 }, data)) same(fragment.bytes, data, `row ${fragment.row}`)
  }
})

test('with k = n there is no parity', () => {
  assert.equal(encodeParity({ n: 3, k: 3 }, new Uint8Array(192)).byteLength, 0)
})

test('memory given to write to is written and given back', () => {
  const data = bytesFromSeed('into', 2 * 64)
  const parity = new Uint8Array(2 * 64).fill(255)
  assert.equal(encodeParity({ n: 4, k: 2 }, data, parity), parity)
  same(parity, encodeParity({ n: 4, k: 2 }, data), 'parity')
  const into = new Uint8Array(2 * 64).fill(255)
  const have = fragmentsOf(door, { n: 4, k: 2 }, data).slice(2)
  assert.equal(reconstruct({ n: 4, k: 2 }, 64, have, into), into)
  same(into, data, 'pack')
  assert.throws(() => encodeParity({ n: 4, k: 2 }, data, new Uint8Array(64)), /assertion failed/)
})

test('more fragments than needed are no harm, and nothing given is changed', () => {
  const data = bytesFromSeed('more', 3 * 64)
  const all = fragmentsOf(door, { n: 6, k: 3 }, data)
  const before = Buffer.concat(all.map(({ bytes }) => bytes))
  same(reconstruct({ n: 6, k: 3 }, 64, all.slice(1).reverse()), data, 'pack')
  same(rebuildRow({ n: 6, k: 3 }, all.slice(1), 0), data.subarray(0, 64), 'row 0')
  same(Buffer.concat(all.map(({ bytes }) => bytes)), before, 'inputs')
})

test('a row that is there is copied, not shared', () => {
  const all = fragmentsOf(door, { n: 3, k: 2 }, bytesFromSeed('copy', 128))
  const rebuilt = rebuildRow({ n: 3, k: 2 }, all.slice(1), 2)
  rebuilt.fill(0)
  assert.notDeepEqual(all[2]?.bytes, rebuilt)
})

test('too few fragments, wrong rows, lengths and codes are refused by name', () => {
  const code = { n: 4, k: 2 }
  const fragment = (row: number, bytes = 64): Fragment => ({ row, bytes: new Uint8Array(bytes) })
  const refused = (expected: string, work: () => unknown) => {
    assert.throws(work, (error) => error instanceof DatisError && error.code === expected, expected)
  }
  refused('FRAGMENTS_TOO_FEW', () => reconstruct(code, 64, [fragment(3)]))
  refused('FRAGMENTS_TOO_FEW', () => reconstruct(code, 64, []))
  refused('FRAGMENTS_TOO_FEW', () => rebuildRow(code, [], 0))
  refused('FRAGMENT_ROW', () => reconstruct(code, 64, [fragment(3), fragment(4)]))
  refused('FRAGMENT_ROW', () => reconstruct(code, 64, [fragment(0), fragment(-1)]))
  refused('FRAGMENT_ROW', () => reconstruct(code, 64, [fragment(0), fragment(0.5)]))
  refused('FRAGMENT_ROW', () => reconstruct(code, 64, [fragment(3), fragment(3), fragment(0)]))
  refused('FRAGMENT_ROW', () => rebuildRow(code, [fragment(0), fragment(1)], 4))
  refused('FRAGMENT_LENGTH', () => reconstruct(code, 64, [fragment(0), fragment(1, 128)]))
  refused('FRAGMENT_LENGTH', () => reconstruct(code, 100, [fragment(0, 100), fragment(1, 100)]))
  refused('FRAGMENT_LENGTH', () => reconstruct(code, 0, [fragment(0, 0), fragment(1, 0)]))
  refused('FRAGMENT_LENGTH', () => rebuildRow(code, [fragment(0), fragment(1, 128)], 2))
  refused('FRAGMENT_LENGTH', () => encodeParity(code, new Uint8Array(130)))
  refused('FRAGMENT_LENGTH', () => encodeParity(code, new Uint8Array(0)))
  refused('CODE_INVALID', () => encodeParity({ n: 49, k: 2 }, new Uint8Array(128)))
  refused('CODE_INVALID', () => reconstruct({ n: 2, k: 0 }, 64, []))
  refused('CODE_INVALID', () => rebuildRow({ n: 2, k: 3 }, [], 0))
})
