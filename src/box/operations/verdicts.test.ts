import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, HOUR_MS, pathFromText } from '#base'
import { foundWith } from '../found.ts'
import { OpenedBox } from '../opened-box.ts'
import { BOX_FOLDER, BoxTown, CONTEXT, type Place, place, type TestBox, write } from '../test-town.ts'

const BUDGET = { class: 'data', bytes: 5000, lasting: false } as const

/** Of the class `data`, by host. */
async function onceOf({ town, owner }: Place): Promise<number[]> {
  const { hosts } = await town.call(owner.box, 'brake.show', {})
  return hosts.map(({ classes }) => classes.find((one) => one.class === 'data')?.onceBytes ?? -1)
}

async function reopened({ town }: Place, machine: TestBox): Promise<TestBox> {
  await town.run(machine.box[Symbol.asyncDispose]())
  const box = await town.run(OpenedBox.open(machine.world(), BOX_FOLDER))
  await town.run(box.serve())
  return { ...machine, box }
}

test('a box is meant by its name, its id or the beginning of it', async () => {
  const { town, owner, others } = await place('meant')
  const [one] = others
  const id = owner.box.settings.box
  for (const text of [owner.name, id, id.slice(0, 8), id.toUpperCase()]) {
    const undone = await town.call(one.box, 'release.undo', { owner: text })
    assert.deepEqual([undone.owner, undone.ownerName, undone.hosts.length], [id, owner.name, 2], text)
  }
  for (const text of ['', 'nobody', id.slice(1)]) {
    await assert.rejects(town.call(one.box, 'release.undo', { owner: text }), { code: 'BOX_UNKNOWN' }, text)
  }
  await assert.rejects(town.call(one.box, 'release.undo', { owner: one.name }), { code: 'RELEASE_OWN' })
})

test('of two boxes of one name the beginning of an id says which', async () => {
  const town = new BoxTown('two of a name')
  const [one, ...twins] = [await town.create('one'), await town.create('twin'), await town.create('twin')]
  assert.ok(one)
  const boxes = [one, ...twins].map(({ box }) => box)
  await town.run(foundWith(boxes, one.world(), CONTEXT))
  await town.run(one.box.serve())
  const ids = twins.map(({ box }) => box.settings.box)
  await assert.rejects(town.call(one.box, 'release.undo', { owner: 'twin' }), ({ code, details }) => {
    assert.equal(code, 'BOX_AMBIGUOUS')
    assert.deepEqual([details.count, [...details.ids].sort()], [2, ids.map((id) => id.slice(0, 8)).sort()])
    return true
  })
  const { owner } = await town.call(one.box, 'release.undo', { owner: ids[0]?.slice(0, 8) ?? '' })
  assert.equal(owner, ids[0])
})

test('an approval that is given again because a host was away counts once where it came the first time', async () => {
  const on = await place('again')
  const { town, owner, others } = on
  const [one, away] = others
  await town.run(away.box[Symbol.asyncDispose]())
  const args = { owner: owner.box.settings.box, ...BUDGET }
  const first = await town.call(one.box, 'release.approve', args)
  assert.deepEqual(
    [first.repeated, first.hosts, first.trouble.map(({ name }) => name)],
    [false, [one.box.settings.box], [away.name]],
  )
  const back = await town.run(OpenedBox.open(away.world(), BOX_FOLDER))
  await town.run(back.serve())
  // It is kept by the box, whatever starts between.
  const again = await reopened(on, one)
  await town.clock.runFor(HOUR_MS)
  const second = await town.call(again.box, 'release.approve', { ...args, owner: owner.name })
  assert.deepEqual([second.repeated, second.at, second.hosts.length, second.trouble], [true, first.at, 2, []])
  assert.deepEqual(await onceOf(on), [5000, 5000])

  const other = await town.call(again.box, 'release.approve', { ...args, bytes: 3000 })
  assert.equal(other.repeated, false, 'another size is another approval')
  assert.equal((await town.call(again.box, 'release.approve', args)).repeated, true)
  assert.deepEqual(await onceOf(on), [8000, 8000])
  const meant = await town.call(again.box, 'release.approve', { ...args, again: true })
  assert.equal(meant.repeated, false)
  assert.deepEqual(await onceOf(on), [13_000, 13_000])
  assert.equal((await town.call(again.box, 'release.approve', args)).at, meant.at, 'the newest of one size')
  await town.clock.runFor(DAY_MS)
  assert.equal((await town.call(again.box, 'release.approve', args)).repeated, false, 'a day later it is meant')
})

test('a lasting approval takes the place of the one before, so that each is signed anew', async () => {
  const { town, owner, others } = await place('lasting')
  const [one] = others
  for (const bytes of [5000, 0, 5000]) {
    await town.clock.runFor(1000)
    const args = { ...BUDGET, owner: owner.name, bytes, lasting: true }
    assert.equal((await town.call(one.box, 'release.approve', args)).repeated, false)
  }
  const { hosts } = await town.call(owner.box, 'brake.show', {})
  assert.deepEqual(
    hosts.map(({ classes }) => classes[0]?.lastingBytes),
    [5000, 5000],
  )
})

test('approvals that cannot be read keep nobody from approving, and are told', async () => {
  const { town, owner, others } = await place('damaged')
  const [one] = others
  const args = { ...BUDGET, owner: owner.name }
  await town.call(one.box, 'release.approve', args)
  one.disk.removeFile(pathFromText('/data/box/approvals.cbor'))
  write(one.disk, pathFromText('/data/box/approvals.cbor'), Uint8Array.of(1, 2, 3))
  assert.equal((await town.call(one.box, 'release.approve', args)).repeated, false)
  assert.ok(one.events.includes('approvals.damaged'))
  assert.equal((await town.call(one.box, 'release.approve', args)).repeated, true)
})

test('a box whose organisation was put out says so, where it cannot be answered', async () => {
  const { town, owner, others } = await place('put out')
  const [one, two] = others
  const { act } = await town.call(one.box, 'community.expel', { organisation: owner.name })
  await town.clock.runFor(HOUR_MS)
  assert.equal((await town.call(two.box, 'community.approve', { act })).state, 'done')
  await town.clock.runFor(HOUR_MS)
  const budget = { ...BUDGET, owner: one.name }
  for (const [name, args] of [
    ['brake.show', {}],
    ['release.undo', { owner: one.name }],
    ['release.approve', budget],
    ['peer.probe', {}],
  ] as const) {
    await assert.rejects(town.call(owner.box, name, args as never), { code: 'COMMUNITY_LEFT' }, name)
  }
  // Its hosts still answer it.
  const { items, reachability, membership } = await town.call(owner.box, 'peer.list', {})
  assert.deepEqual(
    [items.map(({ state }) => state), reachability, membership],
    [['answers', 'answers'], null, 'expelled'],
  )
  const { owners } = await town.call(one.box, 'hosting.show', {})
  const { name, former } = owners[0] ?? {}
  assert.deepEqual([name, former?.how], [owner.name, 'expelled'])
  const days = (Temporal.Instant.from(former?.until ?? '').epochMilliseconds - town.clock.wall()) / DAY_MS
  assert.ok(days > 89 && days < 90)
})
