import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runSeed } from '#sim'

/** Of the traces of the seeds that have run. */
export const hashes = new Map<number, string>()

/** Twenty seeds in all; in two files, since a file has one core. */
export function townSeeds(from: number, to: number): void {
  for (let seed = from; seed <= to; seed += 1) {
    test(`a town keeps what it acknowledged, SEED ${seed}`, async () => {
      const { failures, hash } = await runSeed(seed)
      hashes.set(seed, hash)
      assert.deepEqual(failures, [], `replay: npm run sim -- --seeds 1 --from ${seed}`)
    })
  }
}
