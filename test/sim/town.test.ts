import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runSeed } from '#sim'
import { hashes, townSeeds } from './seeds.ts'

townSeeds(1, 12)

test('the same seed twice gives the same trace hash', async () => {
  const { hash } = await runSeed(3)
  assert.equal(hash, hashes.get(3))
  assert.equal(new Set(hashes.values()).size, hashes.size)
})
