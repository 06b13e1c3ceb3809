import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, HOUR_MS } from '#base'
import { type SourceFacts, stateOf, worstOf } from './states.ts'

const T0 = 1_780_000_000_000

function facts(changes: Partial<SourceFacts> = {}): SourceFacts {
  return {
    snapshots: [{ id: 'a', startedAt: T0, isComplete: true }],
    periodMs: HOUR_MS,
    now: T0 + HOUR_MS,
    confirmed: { at: T0 + HOUR_MS / 2, state: 'whole', snapshots: ['a'] },
    hasHosts: true,
    drills: [{ at: T0, state: 'ok', snapshots: ['a'] }],
    ...changes,
  }
}

test('what hosts confirmed becomes unknown by itself', () => {
  const at = (hours: number, changes: Partial<SourceFacts> = {}) =>
    stateOf(facts({ now: T0 + hours * HOUR_MS, ...changes })).state
  assert.deepEqual([at(1), at(26)], ['whole', 'whole'])
  assert.equal(at(27, { confirmed: { at: T0, state: 'whole', snapshots: ['a'] } }), 'unknown')
  assert.equal(at(1, { confirmed: null }), 'stored')
  assert.equal(at(27, { confirmed: null }), 'unknown')
  assert.equal(at(27, { confirmed: null, hasHosts: false }), 'stored')
  assert.equal(
    at(1, { confirmed: { at: T0 + 9 * DAY_MS, state: 'whole', snapshots: ['a'] } }),
    'stored',
    'a wrong clock',
  )
})

test('a snapshot that no round has seen is stored, one that is not complete is incomplete', () => {
  const later = { id: 'b', startedAt: T0 + HOUR_MS / 2, isComplete: true }
  const snapshots = [...facts().snapshots, later]
  assert.equal(stateOf(facts({ snapshots })).state, 'stored')
  assert.equal(
    stateOf(facts({ snapshots: [...snapshots, { ...later, id: 'c', isComplete: false }] })).state,
    'incomplete',
  )
  assert.equal(stateOf(facts({ snapshots: [] })).state, 'unknown')
})

test('a source of which none is taken any more is late, then unknown; one that has ended is neither', () => {
  const at = (days: number, periodMs: number | null = HOUR_MS) => {
    const now = T0 + days * DAY_MS
    const { state, isLate } = stateOf(
      facts({ now, periodMs, confirmed: { at: now, state: 'protected', snapshots: ['a'] } }),
    )
    return [state, isLate]
  }
  assert.deepEqual(at(0.1), ['protected', false])
  assert.deepEqual(at(1), ['protected', true])
  assert.deepEqual(at(4), ['unknown', true])
  assert.deepEqual(at(400, null), ['protected', false])
})

test('proved is what a drill of late brought back, and the last one did', () => {
  const proved = (drills: SourceFacts['drills'], days = 0) =>
    stateOf(facts({ drills, now: T0 + days * DAY_MS })).provedAt
  const [good, bad] = [
    { at: T0, state: 'degraded', snapshots: ['a'] },
    { at: T0 + 1, state: 'failed', snapshots: ['a'] },
  ]
  assert.deepEqual([proved([good]), proved([good], 8), proved([good], 9)], [T0, T0, null])
  assert.equal(proved([bad, good]), null)
  assert.equal(proved([{ ...bad, snapshots: ['other'] }, good]), T0)
})

test('the worst of all counts, and nothing is no green', () => {
  assert.equal(worstOf(['whole', 'stored', 'protected']), 'stored')
  assert.equal(worstOf(['whole', 'unknown', 'incomplete']), 'unknown')
  assert.equal(worstOf([]), 'unknown')
})
