import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, HOUR_MS } from '#base'
import { simRandom } from '#base/sim'
import {
  Brake,
  type BrakeView,
  countedBytes,
  dayOf,
  isFree,
  isUnusual,
  leastHeld,
  type ReleasedBytes,
  roomOf,
} from './brake.ts'

const HUNDRED = { data: 1000, metadata: 100 }
const NOTHING = { data: 0, metadata: 0 }
const LONG_AGO = 5 * DAY_MS

/** A host that has held 1000 bytes of data and 100 of metadata since day 0; it is day 100. */
function view(changes: Partial<BrakeView> = {}): BrakeView {
  const samples = Array.from({ length: 101 }, (_, day) => ({ day, least: HUNDRED })).slice(-91)
  return { now: 100 * DAY_MS, held: HUNDRED, samples, released: [], lasting: NOTHING, ...changes }
}

function released(at: number, bytes: number, more: Partial<ReleasedBytes> = {}): ReleasedBytes {
  return { class: 'data', bytes, received: LONG_AGO, at, by: 'brake', ...more }
}

function takes(brakeView: BrakeView, bytes: number, packClass: 'data' | 'metadata' = 'data'): boolean {
  return new Brake(brakeView).take({ class: packClass, bytes, received: LONG_AGO })
}

test('a tenth in 7 days and 30 % in 90 may be released of each class, not a byte more', () => {
  const { now } = view()
  assert.ok(takes(view(), 100))
  assert.ok(!takes(view(), 101))
  assert.ok(takes(view(), 10, 'metadata'))
  assert.ok(!takes(view(), 11, 'metadata'))
  const weekAgo = [released(now - 7 * DAY_MS, 100)]
  assert.ok(takes(view({ released: weekAgo }), 100), 'seven days ago is over')
  const almost = [released(now - 7 * DAY_MS + 1, 100)]
  assert.ok(!takes(view({ released: almost }), 1), 'a moment less is not')
  const quarter = [90, 60, 30].map((days) => released(now - days * DAY_MS + 1, 90))
  assert.ok(takes(view({ released: quarter }), 30))
  assert.ok(!takes(view({ released: quarter }), 31))
  const later = [90, 60, 30].map((days) => released(now - days * DAY_MS, 90))
  assert.ok(takes(view({ released: later }), 100), 'ninety days ago is over')
})

test('classes are braked apart, and what a budget paid for or was young does not count', () => {
  const { now } = view()
  assert.ok(takes(view({ released: [released(now - 1, 100)] }), 10, 'metadata'))
  assert.ok(takes(view({ released: [released(now - 1, 10, { class: 'metadata' })] }), 100))
  for (const by of ['budget', 'free'] as const)
    assert.ok(takes(view({ released: [released(now - 1, 900, { by })] }), 100))
  const young = { class: 'metadata', bytes: 90, received: now - 48 * HOUR_MS + 1 } as const
  assert.ok(isFree(young, now))
  assert.ok(!isFree({ ...young, received: now - 48 * HOUR_MS }, now))
  assert.ok(!isFree({ ...young, received: null }, now))
  assert.ok(!isFree({ ...young, class: 'data' }, now))
})

test('shares are of what was held for all of 30 lived days', () => {
  const grown = { data: 5000, metadata: 100 }
  const samples = (from: number) =>
    Array.from({ length: 91 }, (_, index) => ({ day: 10 + index, least: 10 + index >= from ? grown : HUNDRED }))
  assert.equal(leastHeld(view({ held: grown, samples: samples(71) }), 'data'), 1000, 'grown 29 days ago')
  assert.equal(leastHeld(view({ held: grown, samples: samples(70) }), 'data'), 5000, 'grown 30 days ago')
  assert.equal(leastHeld(view({ held: { data: 400, metadata: 100 } }), 'data'), 400, 'shrunk just now')
  const unknown = view({ samples: [{ day: 71, least: HUNDRED }] })
  assert.equal(leastHeld(unknown, 'data'), 0, 'an owner known for 29 days releases nothing by itself')
  assert.equal(roomOf(unknown, 'data'), 0)
  const sparse = view({ samples: [{ day: 40, least: HUNDRED }] })
  assert.equal(leastHeld({ ...sparse, held: grown }, 'data'), 1000, 'days without a sample are as the one before them')
})

test('a lasting budget lets that much pass each week whatever the shares are', () => {
  const { now } = view()
  const lasting = { data: 500, metadata: 0 }
  const unknown = view({ samples: [], lasting })
  assert.ok(takes(unknown, 500))
  assert.ok(!takes(unknown, 501))
  assert.ok(takes({ ...unknown, released: [released(now - 8 * DAY_MS, 500)] }, 500))
  assert.ok(!takes({ ...unknown, released: [released(now - 1, 1)] }, 500))
})

test('the wait that is told is the one after which it fits', () => {
  const { now } = view()
  const some = [released(now - 6 * DAY_MS, 60), released(now - 2 * DAY_MS, 40)]
  const brake = new Brake(view({ released: some }))
  assert.equal(brake.waitFor({ class: 'data', bytes: 60, received: LONG_AGO }), DAY_MS)
  assert.equal(brake.waitFor({ class: 'data', bytes: 61, received: LONG_AGO }), 5 * DAY_MS)
  assert.equal(brake.waitFor({ class: 'data', bytes: 101, received: LONG_AGO }), null)
})

test('more than a twentieth in a day is unusual', () => {
  const { now } = view()
  const before = released(now - 29 * DAY_MS, 1)
  assert.ok(!isUnusual(view({ released: [before, released(now - 1, 50)] }), 'data'))
  assert.ok(isUnusual(view({ released: [before, released(now - 1, 51)] }), 'data'))
  assert.ok(!isUnusual(view({ released: [before, released(now - DAY_MS, 51)] }), 'data'))
  assert.ok(isUnusual(view({ released: [released(now - 1, 51, { by: 'budget' })] }), 'data'))
})

test('the first release after 30 days is unusual, and so is a tenth in 30 days', () => {
  const { now } = view()
  assert.ok(isUnusual(view({ released: [released(now - 1, 1)] }), 'data'))
  assert.ok(!isUnusual(view({ released: [released(now - 1, 1)] }), 'metadata'))
  assert.ok(!isUnusual(view({ released: [released(now - 30 * DAY_MS + 1, 1), released(now - 1, 1)] }), 'data'))
  assert.ok(isUnusual(view({ released: [released(now - 30 * DAY_MS, 1), released(now - 1, 1)] }), 'data'))
  const daily = (bytes: number) => [1, 8, 15].map((days) => released(now - days * DAY_MS, bytes))
  assert.ok(!isUnusual(view({ released: [...daily(33), released(now - 1, 1)] }), 'data'))
  assert.ok(isUnusual(view({ released: [...daily(33), released(now - 1, 2)] }), 'data'))
})

test('a row counts for its share of what destroys a stripe', () => {
  assert.equal(countedBytes(100, { n: 2, k: 1 }), 100)
  assert.equal(countedBytes(100, { n: 4, k: 2 }), 134)
  assert.equal(countedBytes(100, { n: 48, k: 32 }), 283)
})

test('a thief who adds and releases as he likes for 90 days gets at most 30 % of what was there', (context) => {
  for (const seed of Array.from({ length: 30 }, (_, index) => `thief ${index}`)) {
    context.diagnostic(seed)
    const random = simRandom(seed)
    const original = 100_000
    const samples = Array.from({ length: 31 }, (_, day) => ({ day, least: { data: original, metadata: 0 } }))
    const all: ReleasedBytes[] = []
    let held = original
    let lost = 0
    for (let now = 31 * DAY_MS; now < 121 * DAY_MS; now += random.below(DAY_MS) + HOUR_MS) {
      const last = samples.at(-1)
      if (last?.day !== dayOf(now)) samples.push({ day: dayOf(now), least: { data: held, metadata: 0 } })
      if (random.below(4) === 0) held += random.below(3 * original)
      const brake = new Brake({ now, held: { data: held, metadata: 0 }, samples, released: all, lasting: NOTHING })
      for (let tries = random.below(20); tries > 0; tries--) {
        const bytes = 1 + random.below(3000)
        // What he added is his to lose; he releases it too when that helps him.
        const own = random.below(5) === 0
        const received = own ? now - DAY_MS : 0
        if (!brake.take({ class: 'data', bytes, received })) continue
        all.push({ class: 'data', bytes, received, at: now, by: 'brake' })
        if (!own) lost += bytes
      }
    }
    assert.ok(lost <= 0.3 * original, `${seed}: ${lost}`)
    assert.ok(lost > 0.2 * original, `${seed}: ${lost}, so the brake was tried`)
  }
})
