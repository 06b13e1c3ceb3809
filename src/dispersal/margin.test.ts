import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathFromText, silentLog } from '#base'
import { MemoryDisk, simClock, simRandom } from '#base/sim'
import { Holders } from './holders.ts'
import { keepHolders, readHolders } from './holders-file.ts'
import { fewestLosses } from './margin.ts'

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e6))
type Random = ReturnType<typeof simRandom>

interface Stripe {
  readonly id: string
  readonly bytes: number
  readonly k: number
  readonly rows: { row: number; host: string }[]
}

function subsets(boxes: readonly string[]): Set<string>[] {
  return Array.from(
    { length: 1 << boxes.length },
    (_, mask) => new Set(boxes.filter((_box, index) => (mask & (1 << index)) !== 0)),
  )
}

function comesBack({ k, rows }: Stripe, gone: ReadonlySet<string>): boolean {
  return new Set(rows.filter(({ host }) => !gone.has(host)).map(({ row }) => row)).size >= k
}

/** As it is defined: all sets of boxes are tried. */
function bruteMargin(stripes: readonly Stripe[], boxes: readonly string[], gone: ReadonlySet<string>): number {
  const left = boxes.filter((box) => !gone.has(box))
  const taking = subsets(left).filter((more) => stripes.some((one) => !comesBack(one, gone.union(more))))
  return Math.min(...taking.map(({ size }) => size)) - 1
}

/** Of several codes, with several rows on a box, rows on several boxes, and rows lost since. */
function somewhere(random: Random, boxes: readonly string[], index: number): Stripe {
  const n = 1 + random.below(6)
  const rows = Array.from({ length: n }, (_, row) => row).flatMap((row) => {
    const copies = random.below(10) === 0 ? 0 : random.below(4) === 0 ? 2 : 1
    return Array.from({ length: copies }, () => ({ row, host: boxes[random.below(boxes.length)] ?? '' }))
  })
  return {
    id: index.toString(16).padStart(13, '0').repeat(5).slice(0, 64),
    bytes: 1 + random.below(99),
    k: 1 + random.below(n),
    rows,
  }
}

function holdersOf(stripes: readonly Stripe[]): Holders {
  const holders = new Holders()
  for (const one of stripes) holders.add(one)
  return holders
}

test(`the margin is that of all sets of boxes that could fall (SEED=${SEED})`, () => {
  const random = simRandom(`margin ${SEED}`)
  for (let round = 0; round < 300; round++) {
    const boxes = Array.from({ length: 2 + random.below(5) }, (_, index) => `${index}`.repeat(32))
    const stripes = Array.from({ length: 1 + random.below(5) }, (_, index) => somewhere(random, boxes, index))
    const holders = holdersOf(stripes)
    const canHold = stripes.some((one) => comesBack(one, new Set()))
    const gone = new Set(boxes.filter(() => random.below(4) === 0))
    const held = stripes.filter((one) => comesBack(one, gone))
    const what = JSON.stringify({ stripes, gone: [...gone] })
    const standing = holders.without(gone)
    assert.equal(standing.margin, canHold ? bruteMargin(stripes, boxes, gone) : null, what)
    assert.deepEqual(standing.stripes, { total: stripes.length, held: held.length }, what)
    assert.equal(
      standing.bytes.held,
      held.reduce((sum, one) => sum + one.bytes, 0),
      what,
    )
    assert.equal(holders.heldIds(gone).size, held.length, what)
    for (const [box, margin] of holders.eachWithout(gone)) {
      if (!gone.has(box))
        assert.equal(margin, bruteMargin(stripes, boxes, gone.union(new Set([box]))), `${box} ${what}`)
    }
  }
})

test('two rows on one box fall with it, and a row on two boxes with the second of them', () => {
  assert.equal(fewestLosses(2, [[0], [0], [1]]), 1)
  assert.equal(
    fewestLosses(2, [
      [0, 1],
      [2, 3],
    ]),
    2,
  )
  assert.equal(fewestLosses(3, [[0], [1]]), 0)
  assert.equal(fewestLosses(1, []), 0)
  assert.equal(fewestLosses(1, [Array.from({ length: 40 }, (_, box) => box)]), 40, 'a copy on all')
})

test('of boxes that share more rows than can be tried, no more is promised than is true', () => {
  const ring = Array.from({ length: 12 }, (_, row) => [row, (row + 1) % 12])
  const promised = fewestLosses(6, ring)
  // Each box that falls alone takes no row; seven in a row take six, eight take seven.
  assert.ok(promised >= 1 && promised <= 8, `${promised}`)
})

const hex = (index: number): string => index.toString(16).padStart(2, '0').repeat(16)

function ofManyShapes(random: Random, count: number): Holders {
  const holders = new Holders()
  for (let index = 0; index < count; index++) {
    const hosts = Array.from({ length: 36 }, (_, box) => box).filter(() => random.below(3) > 0)
    const rows = hosts.map((box, row) => ({ row, host: hex(box) }))
    const id = index.toString(16).padStart(13, '0').padEnd(64, '0')
    holders.add({ id, bytes: 16, k: Math.max(1, hosts.length - 8), rows })
  }
  return holders
}

test('more shapes than are kept apart bear what they bear at least, and the counting is quick', (t) => {
  const holders = ofManyShapes(simRandom('shapes'), 100_000)
  assert.ok(holders.shapes.size <= 20_050, `${holders.shapes.size}`)
  assert.equal(holders.without(new Set()).margin, 8)
  const from = performance.now()
  const gone = new Set([hex(1), hex(2), hex(3)])
  const { margin, stripes } = holders.without(gone)
  const each = holders.eachWithout(gone)
  t.diagnostic(`100 000 stripes: ${Math.round(performance.now() - from)} ms`)
  assert.deepEqual([margin, stripes, each.get(hex(9))], [5, { total: 100_000, held: 100_000 }, 4])
  const nine = new Set(Array.from({ length: 9 }, (_, box) => hex(box)))
  assert.equal(holders.without(nine).margin, -1)
})

test('where hosts came back to rows that others have by now, the counting is quick, too', (t) => {
  const random = simRandom('copies')
  const holders = new Holders()
  for (let index = 0; index < 500; index++) {
    const hosts = Array.from({ length: 60 }, (_, box) => box).filter(() => random.below(6) > 0)
    const rows = hosts.map((box, row) => ({ row, host: hex(box) }))
    const copies = Array.from({ length: 3 }, () => ({ row: random.below(rows.length), host: hex(random.below(60)) }))
    const id = index.toString(16).padStart(13, '0').padEnd(64, '0')
    holders.add({ id, bytes: 16, k: 20, rows: [...rows, ...copies] })
  }
  const from = performance.now()
  const gone = new Set([hex(0)])
  const { margin } = holders.without(gone)
  assert.equal(holders.eachWithout(gone).size, 60)
  const ms = Math.round(performance.now() - from)
  t.diagnostic(`500 shapes: ${ms} ms`)
  assert.ok(margin !== null && margin > 10 && ms < 4000, `${margin}, ${ms} ms`)
})

test('what is kept on the disk is what was counted, and damage makes it unknown', () => {
  const clock = simClock({ startWallMs: 1 })
  const disk = new MemoryDisk({ clock })
  const folder = pathFromText('/heads')
  disk.makeFolder(folder)
  const deps = { disk, log: silentLog }
  assert.equal(readHolders(deps, folder), null)
  const random = simRandom('kept')
  const boxes = Array.from({ length: 5 }, (_, index) => hex(index))
  const stripes = Array.from({ length: 40 }, (_, index) => somewhere(random, boxes, index))
  for (const holders of [holdersOf(stripes), ofManyShapes(random, 30_000)]) {
    holders.witnessed(boxes)
    keepHolders(deps, folder, { at: 7, holders })
    const back = readHolders(deps, folder)
    assert.equal(back?.at, 7)
    for (const gone of [new Set<string>(), new Set([hex(0)]), new Set([hex(1), hex(3)])]) {
      assert.deepEqual(back?.holders.without(gone), holders.without(gone))
      assert.deepEqual(back?.holders.heldIds(gone), holders.heldIds(gone))
    }
  }
  disk.damage(pathFromText('/heads/holders.cbor'), (bytes) => {
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
  })
  assert.equal(readHolders(deps, folder), null)
  disk.deny(pathFromText('/heads/holders.cbor'), 'EIO')
  assert.equal(readHolders(deps, folder), null, 'out of reach it hides nothing else')
})
