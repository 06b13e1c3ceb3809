import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runSeed } from '#sim'

const SEEDS = 20

for (let seed = 1; seed <= SEEDS; seed += 1) {
  test(`a town keeps what it acknowledged, SEED ${seed}`, async () => {
    const { failures } = await runSeed(seed)
    assert.deepEqual(failures, [], `replay: npm run sim -- --seeds 1 --from ${seed}`)
  })
}

test('the same seed twice gives the same trace hash', async () => {
  const [one, again, other] = [await runSeed(3), await runSeed(3), await runSeed(4)]
  assert.equal(one.hash, again.hash)
  assert.notEqual(one.hash, other.hash)
})
