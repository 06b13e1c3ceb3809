import assert from 'node:assert/strict'
import { test } from 'node:test'
import { webWordsIn } from '#text/web'
import { dayIn, instantIn, partOfDay } from './zone.ts'

const PARIS = 'Europe/Paris'
const REUNION = 'Indian/Reunion'

test('a typed date is one of the box, in summer and in winter', () => {
  assert.equal(instantIn(PARIS, '2026-07-14T12:00'), '2026-07-14T10:00:00.000Z')
  assert.equal(instantIn(PARIS, '2026-12-24T12:00'), '2026-12-24T11:00:00.000Z')
  assert.equal(instantIn(REUNION, '2026-07-14T12:00'), '2026-07-14T08:00:00.000Z')
  assert.equal(instantIn('America/St_Johns', '2026-07-14T12:00'), '2026-07-14T14:30:00.000Z')
})

test('where the clocks change, what they leap over is counted on, and what they show twice is its first', () => {
  assert.equal(instantIn(PARIS, '2026-03-29T01:59'), '2026-03-29T00:59:00.000Z')
  assert.equal(instantIn(PARIS, '2026-03-29T02:30'), '2026-03-29T01:30:00.000Z')
  assert.equal(instantIn(PARIS, '2026-03-29T03:00'), '2026-03-29T01:00:00.000Z')
  assert.equal(instantIn(PARIS, '2026-10-25T02:30'), '2026-10-25T00:30:00.000Z')
  assert.equal(instantIn(PARIS, '2026-10-25T03:00'), '2026-10-25T02:00:00.000Z')
})

test('days and times of day are those of the zone', () => {
  assert.deepEqual(
    [PARIS, REUNION].map((zone) => dayIn(zone, '2026-03-28T23:30:00Z')),
    ['2026-03-29', '2026-03-29'],
  )
  assert.deepEqual(
    [PARIS, REUNION].map((zone) => dayIn(zone, '2026-03-28T20:30:00Z')),
    ['2026-03-28', '2026-03-29'],
  )
  assert.equal(partOfDay(REUNION, '2026-03-28T20:00:00Z'), 0)
  assert.equal(partOfDay(PARIS, '2026-07-14T10:00:00Z'), 0.5)
})

test('words for dates are in the zone of the box, those for days in none', () => {
  const at = '2026-10-24T22:30:00Z'
  assert.match(webWordsIn('fr', PARIS).formats.instant(at), /^25 oct. 2026.* 00:30$/)
  assert.match(webWordsIn('en', REUNION).formats.instant(at), /^(?:Oct 25|25 Oct),? 2026.* 2:30/)
  const { formats } = webWordsIn('fr', REUNION)
  assert.equal(formats.day('2026-11-27'), 'vendredi 27 novembre 2026')
  assert.equal(formats.month('2026-11'), 'novembre 2026')
  assert.deepEqual(formats.weekdays, ['L', 'M', 'M', 'J', 'V', 'S', 'D'])
})
