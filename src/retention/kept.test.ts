import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keptOf, simulated, type Taken } from './kept.ts'
import { parsePolicy } from './policy.ts'
import { READY_MADE } from './ready-made.ts'

const PARIS = 'Europe/Paris'
const CONTINUOUS = parsePolicy('continuous: <2 h, 5 min>, <4 h, 15 min>, <24 h, 1 h>, <30 d, 1 d>')
const at = (text: string): number => Temporal.ZonedDateTime.from(`${text}[${PARIS}]`).epochMilliseconds
const local = (ms: number): string =>
  Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(PARIS).toPlainDateTime().toString().slice(0, 16)

function every(minutes: number, from: number, to: number): Taken[] {
  const count = Math.floor((to - from) / (minutes * 60_000)) + 1
  return Array.from({ length: count }, (_, index) => ({ at: from + index * minutes * 60_000, isComplete: true }))
}

function keptAt(policy = CONTINUOUS, taken: readonly Taken[] = [], now = 0): string[] {
  return [...keptOf(policy, taken, { now, zone: PARIS })].map((one) => local(one.at)).sort()
}

test('at 14:05 it keeps 24, 8, 20 and 29', () => {
  const now = at('2026-03-10T14:05')
  const kept = keptAt(CONTINUOUS, every(5, at('2026-01-20T00:00'), now), now)
  assert.equal(kept.length, 81)
  assert.deepEqual(kept, simulated(CONTINUOUS, { now, zone: PARIS }).map(local).sort())
  const expected = [
    ...Array.from({ length: 29 }, (_, day) => local(at('2026-03-09T00:00') - day * 86_400_000)),
    ...Array.from({ length: 20 }, (_, hour) => local(at('2026-03-10T10:00') - hour * 3_600_000)),
    ...Array.from({ length: 8 }, (_, quarter) => local(at('2026-03-10T12:00') - quarter * 900_000)),
    ...Array.from({ length: 24 }, (_, five) => local(now - five * 300_000)),
  ]
  assert.deepEqual(kept, expected.sort())
})

test('what is kept at one time was kept at all times before', () => {
  const policy = parsePolicy('<1 h, 5 min>, <6 h, 1 h>, <3 d, 1 d>')
  const from = at('2026-03-27T00:00')
  // Over the night in which the clock is put forward; some runs are missed, others fail.
  let left = every(5, from, at('2026-03-31T00:00')).filter((_, index) => index % 7 !== 3 && index % 11 !== 5)
  const all = left.map((one, index) => ({ ...one, isComplete: index % 13 !== 4 }))
  left = []
  let next = 0
  for (let now = from; now < at('2026-03-31T00:00'); now += 300_000) {
    while ((all[next]?.at ?? Number.POSITIVE_INFINITY) <= now) left.push(all[next++] as Taken)
    left = [...keptOf(policy, left, { now, zone: PARIS })]
    const ever = keptOf(policy, all.slice(0, next), { now, zone: PARIS })
    assert.deepEqual(new Set(left), ever, local(now))
  }
})

test('days of 23 and 25 hours are days', () => {
  const policy = parsePolicy('<10 d, 1 d>')
  for (const [from, now] of [
    ['2026-03-25T00:00', '2026-04-01T12:00'],
    ['2026-10-21T00:00', '2026-10-28T12:00'],
  ] as const) {
    const kept = keptAt(policy, every(60, at(from), at(now)), at(now))
    assert.equal(kept.length, 9)
    assert.equal(kept.filter((one) => one.endsWith('T00:00')).length, 8, kept.join())
  }
})

test('the hour that comes twice is two hours', () => {
  const now = at('2026-10-25T06:00')
  const kept = keptAt(parsePolicy('<6 h, 1 h>'), every(20, now - 5 * 3_600_000, now), now)
  assert.deepEqual(
    kept.map((one) => one.slice(11)),
    ['02:00', '02:00', '03:00', '04:00', '05:00', '06:00'],
  )
})

test('months and years are those of the calendar', () => {
  const policy = parsePolicy('<3 mo, 1 mo>, <3 y, 1 y>')
  const now = at('2026-05-31T12:00')
  const taken = every(1440, at('2022-01-01T00:00'), now)
  const kept = keptAt(policy, taken, now).map((one) => one.slice(0, 10))
  assert.deepEqual(kept, [
    '2024-01-01',
    '2025-01-01',
    '2026-01-01',
    '2026-03-01',
    '2026-04-01',
    '2026-05-01',
    '2026-05-31',
  ])
})

test('of a slot the earliest complete one is kept, and of one without any the earliest', () => {
  const now = at('2026-03-10T12:00')
  const taken = [
    { at: at('2026-03-10T08:10'), isComplete: false },
    { at: at('2026-03-10T08:20'), isComplete: true },
    { at: at('2026-03-10T08:40'), isComplete: true },
    { at: at('2026-03-10T09:10'), isComplete: false },
    { at: at('2026-03-10T09:20'), isComplete: false },
  ]
  const kept = keptAt(parsePolicy('<24 h, 1 h>'), taken, now)
  assert.deepEqual(
    kept.map((one) => one.slice(11)),
    ['08:20', '08:40', '09:10', '09:20'],
  )
})

test('the newest complete one is kept however old it is, and so is what comes from a clock that was ahead', () => {
  const now = at('2026-03-10T12:00')
  const old = { at: at('2019-01-01T00:00'), isComplete: true }
  const ahead = { at: at('2031-01-01T00:00'), isComplete: false }
  assert.deepEqual([...keptOf(CONTINUOUS, [old, ahead], { now, zone: PARIS })].length, 2)
  assert.deepEqual([...keptOf(CONTINUOUS, [], { now, zone: PARIS })], [])
})

test('ready-made policies can be shown', () => {
  const now = at('2026-03-10T14:05')
  const counts = READY_MADE.map((policy) => [policy.name, simulated(policy, { now, zone: PARIS }).length])
  assert.deepEqual(counts[0], ['continuous', 81])
  for (const [name, count] of counts) assert.ok(Number(count) > 5 && Number(count) < 300, `${name}: ${count}`)
})

test('what would keep more snapshots than can be shown says so', () => {
  const now = at('2026-03-10T14:05')
  assert.throws(() => simulated(parsePolicy('<10000 d, 1 min>'), { now, zone: PARIS }), { code: 'POLICY_TOO_FINE' })
})
