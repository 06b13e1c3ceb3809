import assert from 'node:assert/strict'
import { test } from 'node:test'
import { covers, formatPolicy, parsePolicy } from './policy.ts'
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

test('a policy covers another when it keeps as long and as often, in slots that nest', () => {
  const isCovered = (wide: string, narrow: string) => covers(parsePolicy(wide), parsePolicy(narrow))
  assert.ok(isCovered('<for ever, 1 d>', '<30 d, 1 d>, <5 y, 1 mo>'))
  assert.ok(isCovered('<30 d, 5 min>', '<2 h, 15 min>, <30 d, 1 w>'))
  assert.ok(isCovered('<2 y, 1 mo>', '<2 y, 6 mo>'))
  assert.ok(!isCovered('<5 y, 1 d>', '<for ever, 1 d>'))
  assert.ok(!isCovered('<30 d, 20 min>', '<30 d, 30 min>'))
  assert.ok(!isCovered('<1 y, 1 w>', '<1 y, 1 mo>'), 'a month does not begin with a week')
  assert.ok(!isCovered('<24 h, 1 h>, <90 d, 1 d>', '<48 h, 1 h>, <90 d, 1 d>'))
})

test('what covers another keeps as long in short months, and when clocks are put on', () => {
  for (const [wide, narrow, covered] of [
    ['<61 d, 1 d>', '<2 mo, 1 d>', false],
    ['<63 d, 1 d>', '<2 mo, 1 d>', true],
    ['<1 mo, 1 d>', '<30 d, 1 d>', false],
    ['<2 mo, 1 d>', '<30 d, 1 d>', true],
    ['<12 mo, 1 d>', '<1 y, 1 d>', true],
    ['<4 w, 1 d>', '<28 d, 1 d>', true],
    ['<720 h, 1 d>', '<30 d, 1 d>', false],
    ['<721 h, 1 d>', '<30 d, 1 d>', true],
  ] as const) {
    assert.equal(covers(parsePolicy(wide), parsePolicy(narrow)), covered, `${wide} for ${narrow}`)
  }
})
