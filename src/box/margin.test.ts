import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOUR_MS, silentLog } from '#base'
import { MemoryDisk, simClock } from '#base/sim'
import { Disperser, Holders } from '#dispersal'
import { Margin } from './margin.ts'
import { OpenedBox } from './opened-box.ts'
import { BOX_FOLDER, BoxTown, CONTEXT, type TestBox } from './test-town.ts'

type Founded = [TestBox, ...TestBox[]]

test('the margin is that of the stripes that there are, and falls with each host that is down', async () => {
  const town = new BoxTown('margin')
  const [owner, ...hosts] = (await town.founded(6)) as Founded
  const state = async () => await town.call(owner.box, 'state.show', {})
  assert.deepEqual([(await state()).margin, (await state()).silent], [null, []], 'nothing is with hosts yet')
  await town.save(owner, 'papers', town.random.bytes(20_000))
  // RS(4, 2) for data, copies on all five for metadata.
  assert.equal((await state()).margin, 2)
  const held = owner.box.vault.packs()
  const data = [...held].find((pack) => pack.class === 'data')
  const rows = owner.box.vault.placement(data?.id ?? '')?.rows ?? []
  const [first, second] = hosts.filter(({ box }) => rows.some(({ host }) => host === box.settings.box)) as Founded
  town.net.cut('box-0', first.name)
  await town.call(owner.box, 'peer.list', {})
  const down = await state()
  assert.deepEqual([down.margin, down.silent.map(({ name }) => name)], [1, [first.name]])
  assert.ok(second)
  const without = await town.call(owner.box, 'community.without', { without: [second.name] })
  assert.deepEqual([without.margin, without.snapshots], [0, { total: 1, held: 1 }])
  assert.deepEqual(without.stripes?.held, without.stripes?.total)
  assert.ok(without.each.every((one) => one.box !== first.box.settings.box && one.box !== second.box.settings.box))
  const all = await town.call(owner.box, 'community.without', { without: hosts.map(({ name }) => name) })
  assert.deepEqual([all.margin, all.stripes?.held, all.snapshots], [-1, 0, { total: 1, held: 0 }])
  const others = await town.call(owner.box, 'community.without', { without: [], within: ['of somebody else'] })
  assert.deepEqual(others.snapshots, { total: 0, held: 0 })
  town.net.heal('box-0', first.name)
  owner.box.dialAgain(first.box.settings.box)
  await town.call(owner.box, 'peer.list', {})
  assert.deepEqual([(await state()).margin, (await state()).silent], [2, []])
  await assert.rejects(town.call(owner.box, 'community.without', { without: ['nobody'] }), { code: 'BOX_UNKNOWN' })
})

test('a folder that cannot be read here hides no more than which snapshots come back', async () => {
  const town = new BoxTown('unread')
  const [owner] = (await town.founded(6)) as Founded
  await town.save(owner, 'papers', town.random.bytes(20_000))
  const { vault } = owner.box
  for (const { id, class: of } of vault.packs()) if (of === 'metadata') owner.disk.removeFile(vault.packPath(id))
  const { margin, snapshots } = await town.call(owner.box, 'community.without', { without: [] })
  assert.deepEqual([margin, snapshots], [2, { total: 1, held: null }])
})

test('rows that hosts showed days ago are no margin, however lately the round was over that asked for them', async (t) => {
  const town = new BoxTown('long')
  const [owner] = (await town.founded(6)) as Founded
  await town.save(owner, 'papers', town.random.bytes(20_000))
  const { run } = Disperser.prototype
  t.mock.method(Disperser.prototype, 'run', async function (this: Disperser, ...asked: Parameters<typeof run>) {
    const report = await run.apply(this, asked)
    await town.clock.sleep(27 * HOUR_MS, CONTEXT.signal)
    return report
  })
  await town.clock.run(owner.box.call('disperse', { waitMs: 0 }, CONTEXT), 30 * HOUR_MS)
  assert.equal((await town.call(owner.box, 'state.show', {})).margin, null)
})

test('who fell silent while a round went on is not counted on because it showed its rows at the beginning', () => {
  const clock = simClock({ startWallMs: 1 })
  const margin = new Margin({ disk: new MemoryDisk({ clock }), log: silentLog }, BOX_FOLDER)
  const [fallen, there] = ['aa'.repeat(16), 'bb'.repeat(16)]
  const holders = new Holders()
  holders.add({ id: '0'.repeat(64), bytes: 1, k: 1, rows: [fallen, there].map((host, row) => ({ row, host })) })
  for (const host of [fallen, there]) margin.noteAnswer(host, false)
  margin.note({ holders, trouble: [{ host: fallen, code: 'PEER_TIMEOUT' }] }, 1)
  assert.deepEqual([margin.isSilent(fallen), margin.isSilent(there)], [true, false])
})

test('a start later the margin is known still, and a day later it is not', async () => {
  const town = new BoxTown('again')
  const [owner] = (await town.founded(6)) as Founded
  await town.save(owner, 'papers', town.random.bytes(20_000))
  assert.equal((await town.call(owner.box, 'state.show', {})).margin, 2)
  await town.run(owner.box[Symbol.asyncDispose]())
  await using again = await town.run(OpenedBox.open(owner.world(), BOX_FOLDER))
  assert.equal((await town.call(again, 'state.show', {})).margin, 2)
  await town.clock.runFor(27 * 3_600_000)
  assert.equal((await town.call(again, 'state.show', {})).margin, null, 'older than a day it says nothing')
})
