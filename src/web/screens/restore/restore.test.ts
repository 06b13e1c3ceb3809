import assert from 'node:assert/strict'
import { test } from 'node:test'
import { daysOf, lineOf, monthBeside, weeksOf } from './days.ts'
import { base64From, bytesFrom, codeFrom, joined, stepsOf } from './paths.ts'

test('a path keeps its bytes, whatever they are', () => {
  const odd = Uint8Array.from([0xff, 0x20, 0xc3, 0x2f, 0x61])
  assert.deepEqual(bytesFrom(codeFrom(odd)), odd)
  assert.deepEqual(new Uint8Array(Buffer.from(base64From(codeFrom(odd)), 'base64')), odd)
  const name = Buffer.from('été.txt').toString('base64')
  const code = joined(codeFrom(Buffer.from('Photos')), name)
  assert.deepEqual(
    stepsOf(code).map((step) => step.name),
    ['Photos', 'été.txt'],
  )
  assert.equal(joined('', name), codeFrom(Buffer.from('été.txt')))
  assert.deepEqual(stepsOf(''), [])
})

test('days hold their snapshots, newest first, and weeks begin on Monday', () => {
  const at = (startedAt: string) => ({ id: startedAt, startedAt, state: 'complete' as const })
  const days = daysOf([at('2026-03-01T10:00:00Z'), at('2026-03-02T09:00:00Z'), at('2026-03-02T18:00:00Z')], 'UTC')
  assert.deepEqual(
    days.map(({ day, snapshots }) => [day, snapshots.length]),
    [
      ['2026-03-02', 2],
      ['2026-03-01', 1],
    ],
  )
  assert.equal(days[0]?.snapshots[0]?.startedAt, '2026-03-02T18:00:00Z')
  const march = weeksOf('2026-03')
  assert.deepEqual(march[0], [null, null, null, null, null, null, '2026-03-01'])
  assert.equal(march.flat().filter((day) => day !== null).length, 31)
  assert.equal(monthBeside('2026-01', -1), '2025-12')
  assert.equal(monthBeside('2026-12', 1), '2027-01')
})

test('a day is one of the box, whichever that of the reader is', () => {
  const taken = [{ id: 'a', startedAt: '2026-11-27T23:30:00Z', state: 'complete' as const }]
  assert.equal(daysOf(taken, 'Europe/Paris')[0]?.day, '2026-11-28')
  assert.equal(daysOf(taken, 'America/Guadeloupe')[0]?.day, '2026-11-27')
})

test('days without a snapshot are counted, up to today', () => {
  const of = (day: string) => ({ day, snapshots: [] })
  const gaps = (days: string[], after: string) => lineOf(days.map(of), after).map(({ gap }) => gap)
  assert.deepEqual(gaps(['2026-11-27', '2026-11-26', '2026-11-16'], '2026-11-27'), [0, 0, 9])
  assert.deepEqual(gaps(['2026-11-24'], '2026-11-27'), [2])
  // Over a change of summer time, which makes a day of 23 hours.
  assert.deepEqual(gaps(['2026-03-30', '2026-03-28'], '2026-03-31'), [0, 1])
})
