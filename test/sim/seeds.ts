import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runSeed } from '#sim'

/** Twenty seeds in all; in two files, since a file has one core. */
export function townSeeds(from: number, to: number): void {
  for (let seed = from; seed <= to; seed += 1) {
    test(`a town keeps what it acknowledged, SEED ${seed}`, async () => {
      const { failures } = await runSeed(seed)
      assert.deepEqual(failures, [], `replay: npm run sim -- --seeds 1 --from ${seed}`)
    })
  }
}
