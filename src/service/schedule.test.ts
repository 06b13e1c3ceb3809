import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#base'
import { parsePolicy } from '#retention'
import { isSnapshotDue, jobsDue } from './schedule.ts'

const zone = 'Europe/Paris'
const policy = parsePolicy('<2 h, 15 min>, <24 h, 1 h>')
const at = (text: string): number => Temporal.ZonedDateTime.from(`${text}[${zone}]`).epochMilliseconds
const due = (now: string, lastStart: string | null, tried: { at: string; good: boolean } | null = null) =>
  isSnapshotDue(
    { name: 'x', policy, lastStart: lastStart === null ? null : at(lastStart) },
    tried === null ? null : { ...tried, at: at(tried.at) },
    { now: at(now), zone },
  )

test('one snapshot a slot of the finest period, by the clock and not by what the last one took', () => {
  assert.equal(due('2026-03-10T14:05', null), true)
  assert.equal(due('2026-03-10T14:14', '2026-03-10T14:00'), false)
  assert.equal(due('2026-03-10T14:15', '2026-03-10T14:00'), true)
  assert.equal(due('2026-03-10T14:16', '2026-03-10T14:14:59'), true)
  assert.equal(due('2026-03-13T09:00', '2026-03-10T14:00'), true, 'missed ones are one')
})

test('a run that failed is tried again in its slot after a while, or in the next', () => {
  const daily = parsePolicy('<7 d, 1 d>')
  const tried = { at: at('2026-03-10T00:01'), good: false }
  const now = (text: string) =>
    isSnapshotDue({ name: 'x', policy: daily, lastStart: null }, tried, { now: at(text), zone })
  assert.deepEqual(['2026-03-10T00:05', '2026-03-10T00:17', '2026-03-11T00:00'].map(now), [false, true, true])
})

test('a clock that was ahead stops nothing when it is right again', () => {
  assert.equal(due('2026-03-10T14:05', '2031-01-01T00:00'), true)
  assert.equal(due('2026-03-10T14:05', '2031-01-01T00:00', { at: '2031-01-01T00:00', good: true }), true)
  assert.deepEqual(jobsDue(new Map([['disperse', { at: 10 * DAY_MS, good: true }]]), DAY_MS)[0], 'disperse')
})

test('jobs come again in their time, sooner when they failed', () => {
  const last = new Map([
    ['disperse', { at: 0, good: true }],
    ['snapshot.expire', { at: 0, good: false }],
    ['vault.collect', { at: 0, good: true }],
    ['peer.probe', { at: 0, good: true }],
    ['vault.scrub', { at: 0, good: true }],
    ['drill.run', { at: 0, good: true }],
  ] as const)
  assert.deepEqual(jobsDue(last, 14 * MINUTE_MS), [])
  assert.deepEqual(jobsDue(last, 15 * MINUTE_MS), ['snapshot.expire'])
  assert.deepEqual(jobsDue(last, HOUR_MS), ['disperse', 'snapshot.expire'])
  assert.deepEqual(jobsDue(new Map(), 0), [
    'disperse',
    'snapshot.expire',
    'vault.collect',
    'peer.probe',
    'vault.scrub',
    'drill.run',
  ])
})
