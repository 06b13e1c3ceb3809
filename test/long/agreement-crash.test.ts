import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOUR_MS } from '#base'
import { hashesOf, type LivingBox, rename, townOf } from '../../src/community/test-community.ts'

test('the power of a voter goes at any disk call: the others go on, and it catches up on the same chain', async () => {
  let cut = true
  for (let call = 1; cut; call += 4) {
    const { town, boxes } = await townOf(`crash ${call}`, 'alice', 'bob', 'carol')
    const [a, b] = boxes as [LivingBox, LivingBox]
    b.disk.resetCalls()
    b.disk.cutPowerAt(call)
    const work = Promise.allSettled([rename(a, 'one'), rename(b, 'two')])
    await town.run(work)
    await town.clock.runFor(30_000)
    cut = b.disk.calls >= call
    b.disk.powerCut(town.random.fork('cut'))
    await town.run(town.restart(b))
    await town.clock.runFor(HOUR_MS)
    for (let round = 0; round < 3; round++) await town.rounds()
    const [chainOfOne, ...others] = boxes.map(hashesOf)
    for (const other of others) assert.deepEqual(other, chainOfOne, `call ${call}`)
    assert.ok((chainOfOne?.length ?? 0) >= 2, `call ${call}`)
    for (const { program } of boxes) assert.deepEqual(program.keeper.alarms, [])
  }
})
