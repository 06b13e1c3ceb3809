import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runSeed } from '#sim'
import { townSeeds } from './seeds.ts'

townSeeds(1, 12)

test('the same seed twice gives the same trace hash', async () => {
  const [one, again, other] = [await runSeed(3), await runSeed(3), await runSeed(4)]
  assert.equal(one.hash, again.hash)
  assert.notEqual(one.hash, other.hash)
})
