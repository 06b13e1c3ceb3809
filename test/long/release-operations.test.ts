import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS } from '#base'
import { simRandom } from '#base/sim'
import { OpenedBox } from '../../src/box/opened-box.ts'
import { addReleases } from '../../src/box/operations/releases.ts'
import { BOX_FOLDER, BoxTown, CONTEXT, type TestBox } from '../../src/box/test-town.ts'

async function saved(seed: string): Promise<{ town: BoxTown; boxes: TestBox[]; owner: TestBox; packs: string[] }> {
  const town = new BoxTown(seed)
  const boxes = await town.founded(5)
  const [owner] = boxes
  assert.ok(owner)
  await town.save(owner, 'first', simRandom(seed).bytes(60_000))
  const packs = [...owner.box.vault.packs()].filter((one) => one.class === 'data').map(({ id }) => id)
  await town.save(owner, 'second', simRandom(`${seed} 2`).bytes(60_000))
  return { town, boxes, owner, packs }
}

/** What the owner says that a host keeps, held and released, is what that host says. */
async function sameOnBothSides(town: BoxTown, owner: OpenedBox, boxes: readonly { box: OpenedBox }[]): Promise<void> {
  const { own } = await town.call(owner, 'hosting.show', {})
  for (const { host, classes } of own) {
    const other = boxes.find(({ box }) => box.settings.box === host)
    assert.ok(other)
    const { owners } = await town.call(other.box, 'hosting.show', {})
    assert.deepEqual(owners.find(({ box }) => box === owner.settings.box)?.classes, classes)
  }
}

async function live(town: BoxTown, days: number): Promise<void> {
  for (let day = 0; day < days; day++) await town.clock.runFor(DAY_MS)
}

test('packs are released on every host, taken back, and count as placed only where hosts said that they hold them', async () => {
  const { town, boxes, owner, packs } = await saved('release ops')
  const [, second] = boxes
  assert.ok(second)
  const bytes = 10_000_000
  const approved = await town.call(second.box, 'release.approve', {
    owner: owner.box.settings.box,
    class: 'data',
    bytes,
    lasting: false,
  })
  assert.equal(approved.hosts.length, 4, JSON.stringify(approved.trouble))
  const before = await town.call(owner.box, 'hosting.show', {})
  const { items } = await town.clock.run(addReleases(owner.box, { packs }, CONTEXT))
  assert.ok(items.length >= 4 && items.every(({ state }) => state === 'released'), JSON.stringify(items))
  const report = await town.call(owner.box, 'disperse', { waitMs: 0 })
  assert.equal(report.state, 'whole')
  const shown = await town.call(owner.box, 'hosting.show', {})
  const fragments = (result: typeof shown) => result.own.reduce((sum, one) => sum + one.fragments, 0)
  assert.equal(fragments(shown), fragments(before) - items.length)
  const hosted = await town.call(second.box, 'hosting.show', {})
  assert.ok((hosted.owners.find(({ box }) => box === owner.box.settings.box)?.releasedBytes ?? 0) > 0)
  await sameOnBothSides(town, owner.box, boxes)
  const cancelled = await town.call(owner.box, 'release.cancel', { packs: [] })
  assert.deepEqual(
    cancelled.items.map(({ pack, gone, unknown }) => ({ pack, gone, unknown })),
    packs.map((pack) => ({ pack, gone: 0, unknown: 0 })),
  )
  assert.deepEqual((await town.call(owner.box, 'release.list', {})).items, [])
  await sameOnBothSides(town, owner.box, boxes)
  await live(town, 46)
  assert.equal((await town.call(owner.box, 'disperse', { waitMs: 0 })).state, 'whole')
  assert.equal((await town.call(owner.box, 'vault.check', {})).ok, true)
})

test('another member takes a box’s releases back on all hosts; the box itself and its organisation cannot', async () => {
  const { town, boxes, owner, packs } = await saved('undo ops')
  const [, second] = boxes
  assert.ok(second)
  const id = owner.box.settings.box
  const args = { owner: id, class: 'data', bytes: 10_000_000, lasting: true } as const
  await assert.rejects(town.call(owner.box, 'release.approve', args), { code: 'RELEASE_OWN' })
  await town.call(second.box, 'release.approve', args)
  await town.clock.run(addReleases(owner.box, { packs }, CONTEXT))
  await assert.rejects(town.call(owner.box, 'release.undo', { owner: id }), { code: 'RELEASE_OWN' })
  await assert.rejects(town.call(second.box, 'release.undo', { owner: '00'.repeat(16) }), { code: 'BOX_UNKNOWN' })
  const undone = await town.call(second.box, 'release.undo', { owner: id })
  assert.ok(undone.fragments >= 4 && undone.hosts.length === 4, JSON.stringify(undone))
  const { hosts, trouble } = await town.call(owner.box, 'brake.show', {})
  assert.deepEqual(trouble, [])
  for (const { classes } of hosts) assert.ok(classes.every(({ releasedBytes }) => releasedBytes === 0))
  assert.ok(
    hosts.some(({ unusual }) => unusual.length > 0),
    'more than a twentieth in a day',
  )
})

test('a box that recovers knows what it has released, and leans on none of it', async () => {
  const { town, boxes, owner, packs } = await saved('recovered')
  const [, second] = boxes
  assert.ok(second)
  const args = { owner: owner.box.settings.box, class: 'data', bytes: 10_000_000, lasting: false } as const
  await town.call(second.box, 'release.approve', args)
  await town.clock.run(addReleases(owner.box, { packs }, CONTEXT))
  await town.call(owner.box, 'disperse', { waitMs: 0 })
  await town.run(owner.box[Symbol.asyncDispose]())
  const machine = town.machine('new')
  await town.recover(machine, { words: owner.words, peers: ['box-1:4600'] })
  const back = await town.run(OpenedBox.open(machine.world(), BOX_FOLDER))
  const released = [...back.vault.packs()].filter((one) => one.released).map(({ id }) => id)
  assert.deepEqual(released, packs)
})

test('time passes for a box that serves, whoever asks, and is kept when it stops', async () => {
  const { town, owner } = await saved('tend')
  await live(town, 3)
  const { livedMs } = await town.call(owner.box, 'hosting.show', {})
  assert.ok(livedMs >= 3 * DAY_MS)
  await town.run(owner.box[Symbol.asyncDispose]())
  await town.clock.runFor(30 * DAY_MS)
  const again = await town.run(OpenedBox.open(owner.world(), BOX_FOLDER))
  const after = await town.run(again.call('hosting.show', {}, CONTEXT))
  assert.ok(after.livedMs >= livedMs && after.livedMs < livedMs + DAY_MS)
})

test('a box takes no more snapshots when its own disk is 90 % full', async () => {
  const { town, owner } = await saved('intake')
  const { totalBytes, freeBytes } = owner.disk.space(owner.box.folder)
  owner.disk.capacityBytes = Math.floor((totalBytes - freeBytes) / 0.901)
  await assert.rejects(town.call(owner.box, 'snapshot.take', { sources: ['first'] }), { code: 'VAULT_DISK_FULL' })
  owner.disk.capacityBytes = Math.floor((totalBytes - freeBytes) / 0.89)
  const { snapshots } = await town.call(owner.box, 'snapshot.take', { sources: ['first'] })
  assert.equal(snapshots.length, 1)
})
