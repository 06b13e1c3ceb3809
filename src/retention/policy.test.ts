import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatPolicy, parsePolicy } from './policy.ts'
import { READY_MADE } from './ready-made.ts'

test('a policy is read as people write it, in both languages', () => {
  const policy = parsePolicy(
    ' Bureau :  <2h,5 min>,<30 jours, 1 j>, <12 mois, 1 mois> , <5 ans,1 an>, <toujours, 2 ans>',
  )
  assert.equal(policy.name, 'Bureau')
  assert.equal(formatPolicy(policy), 'Bureau: <2 h, 5 min>, <30 d, 1 d>, <12 mo, 1 mo>, <5 y, 1 y>, <for ever, 2 y>')
  assert.deepEqual(parsePolicy(formatPolicy(policy)), policy)
  assert.equal(parsePolicy('<7 d, 1 d>').name, '')
  for (const one of READY_MADE) assert.deepEqual(parsePolicy(formatPolicy(one)), one)
})

const WRONG: readonly (readonly [text: string, code: string, reason?: string])[] = [
  ['', 'POLICY_INVALID', 'form'],
  ['daily', 'POLICY_INVALID', 'form'],
  ['daily <7 d, 1 d>', 'POLICY_INVALID', 'form'],
  ['daily: <7 d, 1 d> and more', 'POLICY_INVALID', 'form'],
  ['daily: <7 d>', 'POLICY_INVALID', 'form'],
  ['daily: <7 d, 1 d, 1 d>', 'POLICY_INVALID', 'form'],
  ['daily: <7 d, 1 d', 'POLICY_INVALID', 'form'],
  ['<7 fortnights, 1 d>', 'SPAN_INVALID'],
  ['<0 d, 1 d>', 'SPAN_INVALID'],
  ['<7 d, -1 d>', 'SPAN_INVALID'],
  ['<99999 y, 1 d>', 'SPAN_INVALID'],
  ['<7 d, for ever>', 'SPAN_INVALID'],
  ['<1 h, 7 min>', 'POLICY_INVALID', 'slot'],
  ['<5 d, 5 h>', 'POLICY_INVALID', 'slot'],
  ['<2 y, 5 mo>', 'POLICY_INVALID', 'slot'],
  ['<1 h, 1 d>', 'POLICY_INVALID', 'period'],
  ['<7 d, 1 d>, <7 d, 2 d>', 'POLICY_INVALID', 'durations'],
  ['<for ever, 1 d>, <9 y, 1 y>', 'POLICY_INVALID', 'durations'],
  ['<7 d, 1 d>, <9 d, 1 h>', 'POLICY_INVALID', 'periods'],
  [Array.from({ length: 13 }, (_, index) => `<${index + 1} d, 1 d>`).join(','), 'POLICY_INVALID', 'tiers'],
  [`${'x'.repeat(101)}: <7 d, 1 d>`, 'POLICY_INVALID', 'name'],
]

for (const [text, code, reason] of WRONG) {
  test(`is refused: ${text.slice(0, 40)}`, () => {
    assert.throws(
      () => parsePolicy(text),
      (error: { code?: string; details?: { reason?: string } }) =>
        error.code === code && error.details?.reason === reason,
    )
  })
}
