import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startWorkers } from '#base'
import { inlineWorkers, MemoryDisk, simClock, simRandom } from '#base/sim'
import { workersConformance } from './workers.ts'
import { addJob, dyingJob } from './workers-jobs.ts'

workersConformance('threads', (size) => ({ workers: startWorkers({ size }), run: (until) => until }))

workersConformance('inline workers', (size) => {
  const clock = simClock({ startWallMs: 1_750_000_000_000 })
  const world = { clock, random: simRandom(1), disk: new MemoryDisk({ clock }) }
  return { workers: inlineWorkers(world, { size }), run: (until) => clock.run(until) }
})

test('threads: a thread that dies fails its job alone, and another takes its place', async () => {
  await using workers = startWorkers({ size: 1 })
  const dying = workers.run(dyingJob, null)
  const next = workers.run(addJob, { a: 1, b: 2 })
  await assert.rejects(dying, { code: 'WORKER_DIED' })
  assert.equal(await next, 3)
})

test('threads: an idle thread ends, and the next job gets a new one', async () => {
  await using workers = startWorkers({ size: 1, idleMs: 1 })
  for (let job = 0; job < 5; job++) {
    assert.equal(await workers.run(addJob, { a: job, b: 1 }), job + 1)
    await new Promise((resolve) => setTimeout(resolve, job * 3))
  }
})
