import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, pathFromText, silentLog } from '#base'
import { MemoryDisk } from '#base/sim'
import { FAST_GRACES } from './graces.ts'
import { type ReleasedStripe, Releaser } from './releaser.ts'
import type { PlacedStripe } from './statements.ts'
import { allowReleases, clientOf, FakeOwner, HOSTING, type Town, town } from './test-town.ts'

const signal = new AbortController().signal
const FOLDER = pathFromText('/data/heads')

function releaserOf(owner: FakeOwner): Releaser {
  const { disk } = owner.box
  return new Releaser({ disk, clock: owner.place.clock, log: silentLog, hosts: owner.hosts }, FOLDER)
}

async function live(place: Town, days: number): Promise<void> {
  for (let day = 0; day < days; day++) {
    await place.clock.runFor(DAY_MS)
    for (const box of place.boxes) await place.clock.run(box.hosting.look(signal))
  }
}

function released(owner: FakeOwner, strays: readonly string[] = []): ReleasedStripe[] {
  return [...owner.released].map((id) => ({ ...(owner.placed.get(id) as PlacedStripe), strays }))
}

async function heldBytes(place: Town): Promise<number> {
  let bytes = 0
  for (let index = 1; index < place.boxes.length; index++) {
    const client = await clientOf(place, 0, index)
    bytes += (await place.clock.run(client.state(signal, true)))?.held?.bytes ?? 0
  }
  return bytes
}

test('released stripes go out to all hosts of their rows, count nowhere, and are gone after 44 lived days', async () => {
  const place = await town('send', 5)
  const owner = new FakeOwner(place, 0)
  const old = owner.addPack(50_000)
  owner.addPack(60_000)
  assert.equal((await owner.disperse()).state, 'whole')
  await allowReleases(place, owner)
  owner.released.add(old)
  const releaser = releaserOf(owner)
  const before = await heldBytes(place)
  const { items, trouble } = await place.clock.run(releaser.send(owner.signer, released(owner), signal))
  assert.deepEqual(trouble, [])
  assert.equal(items.length, owner.placed.get(old)?.rows.length)
  assert.ok(items.every(({ state, until }) => state === 'released' && (until ?? 0) >= place.clock.wall() + 43 * DAY_MS))
  assert.ok((await heldBytes(place)) < before)
  const report = await owner.disperse()
  assert.equal(report.stripes.total, 1)
  assert.equal(report.state, 'whole')
  await live(place, 45)
  const again = releaserOf(owner)
  assert.deepEqual(again.items, releaser.items, 'kept over a start')
  const after = await place.clock.run(again.send(owner.signer, released(owner), signal))
  assert.ok(after.items.every(({ state }) => state === 'gone'))
  for (const { row, host } of owner.placed.get(old)?.rows ?? []) {
    const index = place.boxes.findIndex(({ signer }) => signer.box === host)
    const client = await clientOf(place, 0, index)
    await assert.rejects(place.clock.run(client.getFragment({ stripe: old, row }, signal)), {
      code: 'FRAGMENT_UNKNOWN',
    })
  }
})

test('in a practice community a release is over in minutes, and so are its waits', async () => {
  const place = await town('fast', 5)
  const owner = new FakeOwner(place, 0)
  const old = owner.addPack(50_000)
  assert.equal((await owner.disperse()).state, 'whole')
  await allowReleases(place, owner)
  owner.released.add(old)
  const deps = { disk: owner.box.disk, clock: place.clock, log: silentLog, hosts: owner.hosts, graces: FAST_GRACES }
  const { items } = await place.clock.run(new Releaser(deps, FOLDER).send(owner.signer, released(owner), signal))
  const overMs = place.clock.wall() + 44 * 10_000
  assert.ok(items.length > 0)
  for (const { state, until } of items) assert.ok(state === 'released' && until !== null && until <= overMs)
})

test('what the brake holds back waits with the time at which there is room', async () => {
  const place = await town('queue', 5)
  const owner = new FakeOwner(place, 0)
  const ids = Array.from({ length: 16 }, () => owner.addPack(20_000))
  await owner.disperse()
  await live(place, 31)
  for (const id of ids.slice(0, 2)) owner.released.add(id)
  const releaser = releaserOf(owner)
  const first = await place.clock.run(releaser.send(owner.signer, released(owner), signal))
  const waiting = first.items.filter(({ state }) => state === 'queued')
  assert.ok(waiting.length > 0 && first.items.some(({ state }) => state === 'released'))
  for (const { until } of waiting) assert.ok((until ?? 0) > place.clock.wall() + 6 * DAY_MS)
  const early = await place.clock.run(releaser.send(owner.signer, released(owner), signal))
  assert.deepEqual(early.items, first.items, 'nobody is asked before')
  await live(place, 8)
  const later = await place.clock.run(releaser.send(owner.signer, released(owner), signal))
  assert.ok(later.items.every(({ state }) => state === 'released'))
})

test('what was queued while our clock was ten years ahead is asked for again once it is right', async () => {
  const place = await town('queue ahead', 5)
  const owner = new FakeOwner(place, 0)
  const ids = Array.from({ length: 20 }, () => owner.addPack(20_000))
  await owner.disperse()
  await live(place, 31)
  for (const id of ids.slice(0, 2)) owner.released.add(id)
  const releaser = releaserOf(owner)
  place.clock.setWallOffset(3652 * DAY_MS)
  const first = await place.clock.run(releaser.send(owner.signer, released(owner), signal))
  assert.ok(first.items.some(({ state }) => state === 'queued'))
  place.clock.setWallOffset(0)
  await live(place, 8)
  const later = await place.clock.run(releaser.send(owner.signer, released(owner), signal))
  assert.ok(later.items.every(({ state }) => state === 'released'))
})

test('a cancel brings rows back that hosts confirm; the others are not counted, and come back by being sent', async () => {
  const place = await town('cancel', 5)
  const owner = new FakeOwner(place, 0)
  const id = owner.addPack(50_000)
  await owner.disperse()
  await allowReleases(place, owner)
  owner.released.add(id)
  const releaser = releaserOf(owner)
  await place.clock.run(releaser.send(owner.signer, released(owner), signal))
  const away = owner.placed.get(id)?.rows[0]?.host
  const index = place.boxes.findIndex(({ signer }) => signer.box === away)
  place.box(index).meddle = async () => ({ status: 500, body: new Uint8Array(0) })
  const [answer] = await place.clock.run(releaser.cancel(owner.signer, released(owner), signal))
  const placed = owner.placed.get(id) as PlacedStripe
  assert.equal(answer?.held.length, placed.rows.length - 1)
  assert.deepEqual(
    answer?.unknown.map(({ host }) => host),
    [away],
  )
  assert.deepEqual(answer?.gone, [])
  owner.placed.set(id, { ...placed, rows: answer?.held ?? [] })
  owner.released.delete(id)
  place.box(index).meddle = undefined
  assert.equal((await owner.disperse()).state, 'whole')
  await live(place, 60)
  assert.equal((await owner.disperse()).state, 'whole')
  const { rows } = owner.placed.get(id) as PlacedStripe
  for (const { row, host } of rows) {
    const client = await clientOf(
      place,
      0,
      place.boxes.findIndex(({ signer }) => signer.box === host),
    )
    assert.equal((await place.clock.run(client.verify([{ stripe: id, row }], null, signal))).good, 1)
  }
})

test('what a thief releases the owner sends again, without knowing of it', async () => {
  const place = await town('thief', 5)
  const owner = new FakeOwner(place, 0)
  const id = owner.addPack(50_000)
  await owner.disperse()
  await allowReleases(place, owner)
  const thief = releaserOf(owner)
  await place.clock.run(thief.send(owner.signer, [{ ...(owner.placed.get(id) as PlacedStripe), strays: [] }], signal))
  assert.equal((await owner.disperse()).state, 'whole')
  await live(place, 60)
  assert.equal((await owner.disperse()).state, 'whole')
  assert.ok((await heldBytes(place)) > 0)
})

test('a host with a new store has lost all: its rows are sent again, and nobody calls it a liar', async () => {
  const place = await town('store', 5)
  const owner = new FakeOwner(place, 0)
  owner.addPack(50_000)
  await owner.disperse()
  const { host } = [...owner.placed.values()][0]?.rows[0] ?? { host: '' }
  const index = place.boxes.findIndex(({ signer }) => signer.box === host)
  const box = place.box(index)
  const store = box.hosting.store
  Object.assign(box, { disk: new MemoryDisk({ clock: place.clock }) })
  place.reopen(index)
  assert.notEqual(box.hosting.store, store)
  const report = await owner.disperse()
  assert.equal(report.state, 'whole', JSON.stringify(report.trouble))
  assert.equal(owner.knownHosts.storeOf(host), box.hosting.store)
  assert.ok(box.disk.list(HOSTING).includes(owner.signer.box as never))
})
