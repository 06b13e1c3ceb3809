import assert from 'node:assert/strict'
import { test } from 'node:test'
import { playSequence } from './sequence.ts'
import { SCRIPTED } from './strategies.ts'

/** Some of those that `npm run redteam` plays: one of each kind, unanswered, all from one past. */
const SHORT = [
  'a little every day',
  'other stripes on each host',
  'grow, then release',
  'another log',
  'cut rubbish off the log, again and again',
]

for (const name of SHORT) {
  test(`a thief of the box key tries: ${name}`, async () => {
    const strategy = SCRIPTED.find((one) => one.name === name)
    assert.ok(strategy)
    const { failures } = await playSequence(0, { strategy, past: 0, trouble: 'calm', undoDay: null })
    assert.deepEqual(failures, [])
  })
}

test('one undo brings back all that a thief released before', async () => {
  const { failures } = await playSequence(3, { past: 0, trouble: 'power cuts', undoDay: 20 })
  assert.deepEqual(failures, [])
})
