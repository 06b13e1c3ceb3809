import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathFromText, silentLog } from '#base'
import { MemoryDisk } from '#base/sim'
import { limitAt, NO_LIMITS, readLimits, writeLimits } from './line-limits.ts'
import type { LimitRule } from './operations.ts'

const PARIS = 'Europe/Paris'
const office: LimitRule = { days: [1, 2, 3, 4, 5], from: 8 * 60, to: 18 * 60, kbit: 2000 }
const night: LimitRule = { days: [5], from: 22 * 60, to: 6 * 60, kbit: 500 }
const always: LimitRule = { days: [1, 2, 3, 4, 5, 6, 7], from: 0, to: 24 * 60, kbit: 9000 }
const at = (text: string) => Temporal.ZonedDateTime.from(`${text}[${PARIS}]`).epochMilliseconds

test('the first rule that holds counts, half-open, in the time of the box', () => {
  const rules = [office, night, always]
  for (const [time, kbit] of [
    ['2026-03-09T07:59', 9000],
    ['2026-03-09T08:00', 2000],
    ['2026-03-09T17:59', 2000],
    ['2026-03-09T18:00', 9000],
    ['2026-03-14T10:00', 9000],
  ] as const) {
    assert.equal(limitAt(rules, at(time), PARIS), kbit, time)
  }
  assert.equal(limitAt([office], at('2026-03-14T10:00'), PARIS), null)
})

test('over midnight a rule goes into the day after', () => {
  for (const [time, kbit] of [
    ['2026-03-13T21:59', null],
    ['2026-03-13T22:00', 500],
    ['2026-03-14T05:59', 500],
    ['2026-03-14T06:00', null],
    ['2026-03-13T05:00', null],
  ] as const) {
    assert.equal(limitAt([night], at(time), PARIS), kbit, time)
  }
})

test('the hour that the clock is put forward or back keeps the rules of its name', () => {
  const early: LimitRule = { days: [7], from: 2 * 60, to: 3 * 60, kbit: 700 }
  // On 25 October 2026 the hour from two to three comes twice, on 29 March not at all.
  assert.equal(limitAt([early], at('2026-10-25T02:30:00+02:00'), PARIS), 700)
  assert.equal(limitAt([early], at('2026-10-25T02:30:00+01:00'), PARIS), 700)
  assert.equal(limitAt([early], at('2026-03-29T03:00'), PARIS), null)
})

test('limits are kept; a file that cannot be read limits nothing', () => {
  const disk = new MemoryDisk({ clock: { wall: () => 0 } })
  const folder = pathFromText('/data')
  disk.makeFolder(folder)
  assert.deepEqual(readLimits({ disk, log: silentLog }, folder), NO_LIMITS)
  const limits = { up: [office], down: [always] }
  writeLimits(disk, folder, limits)
  assert.deepEqual(readLimits({ disk, log: silentLog }, folder), limits)
  using file = disk.open(pathFromText('/data/limits.cbor'), 'write')
  file.write(Uint8Array.of(0xff), 0)
  assert.deepEqual(readLimits({ disk, log: silentLog }, folder), NO_LIMITS)
})
