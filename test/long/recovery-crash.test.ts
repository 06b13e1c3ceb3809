import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simRandom } from '#base/sim'
import { isBoxFolder } from '../../src/box/data-folder.ts'
import { OpenedBox } from '../../src/box/opened-box.ts'
import { BOX_FOLDER, burnt } from '../../src/box/test-town.ts'

const peers = ['box-1:4600']

test('a recovery that loses power at any moment starts over in its folder, or has made the box', async () => {
  const { town, owner, content, snapshot } = await burnt('cut', 2)
  const probe = town.machine('probe')
  await town.recover(probe, { words: owner.words, peers })
  const calls = probe.disk.calls
  const cuts = new Set(Array.from({ length: 8 }, (_, index) => Math.ceil((calls * index) / 8) + 3))
  for (let last = 0; last < 16; last++) cuts.add(calls - last)
  let cutShort = 0
  for (const call of cuts) {
    const machine = town.machine(`new ${call}`)
    machine.disk.resetCalls()
    machine.disk.cutPowerAt(call)
    // It fails with whatever the layer says in which the power went; at the very last calls it has ended already.
    const [ended] = await Promise.allSettled([town.recover(machine, { words: owner.words, peers })])
    if (ended.status === 'rejected') cutShort++
    machine.disk.powerCut(simRandom(call))
    if (!isBoxFolder(machine.disk, BOX_FOLDER)) await town.recover(machine, { words: owner.words, peers })
    const box = await town.run(OpenedBox.open(machine.world(), BOX_FOLDER))
    assert.deepEqual(await town.restored(machine, box, snapshot), content, `call ${call}`)
    assert.ok(!(machine.disk.list(BOX_FOLDER) as string[]).includes('recovering'), `call ${call}`)
    await town.run(box[Symbol.asyncDispose]())
  }
  assert.ok(cutShort > cuts.size - 6, `${cutShort} of ${cuts.size}`)
})
