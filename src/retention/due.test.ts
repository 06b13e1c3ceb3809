import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dueAt } from './due.ts'
import { parsePolicy } from './policy.ts'

const zone = 'Europe/Paris'
const at = (text: string): number => Temporal.ZonedDateTime.from(`${text}[${zone}]`).epochMilliseconds
const due = (policy: string, now: string, last: string | null) => {
  const found = dueAt(parsePolicy(policy), last === null ? null : at(last), { now: at(now), zone })
  return found === null ? null : Temporal.Instant.fromEpochMilliseconds(found).toZonedDateTimeISO(zone).toString()
}

test('the next snapshot is due where the next slot begins, and at once when this slot has none', () => {
  assert.match(due('<7 d, 1 h>', '2026-03-10T14:20', '2026-03-10T14:05') ?? '', /^2026-03-10T15:00:00/)
  assert.match(due('<7 d, 1 h>', '2026-03-10T14:20', '2026-03-10T13:05') ?? '', /^2026-03-10T14:00:00/)
  assert.match(due('<7 d, 1 h>', '2026-03-10T14:20', null) ?? '', /^2026-03-10T14:00:00/)
  assert.match(due('<7 d, 1 d>', '2026-10-24T12:00', '2026-10-24T01:00') ?? '', /^2026-10-25T00:00:00/)
})
