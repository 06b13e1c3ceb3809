import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinPath, pathFromText, silentLog } from '#base'
import { encodeFragmentFile } from './fragment-file.ts'
import { Releaser } from './releaser.ts'
import { type PlacedStripe, signPlacement } from './statements.ts'
import { Strays } from './strays.ts'
import { allowReleases, clientOf, FakeOwner, type Town, town } from './test-town.ts'

const signal = new AbortController().signal
const FOLDER = pathFromText('/data/heads')
const never = () => false
const always = () => true

/** A box further has a row of the stripe under the record of another code: of the community as it was. */
async function withStray(name: string) {
  const place = await town(name, 7, { n: 3, k: 2 })
  const owner = new FakeOwner(place, 0)
  const stripe = owner.addPack(50_000)
  await owner.disperse()
  const placed = owner.placed.get(stripe) as PlacedStripe
  const others = place.boxes.map((_, index) => index).slice(1)
  const [first = 0] = others.filter((index) => !placed.rows.some(({ host }) => host === idOf(place, index)))
  const client = await clientOf(place, 0, first)
  const { info } = owner.packs.get(stripe) ?? {}
  assert.ok(info)
  const { record, payloads } = owner.prepare(info, { n: 4, k: 3 })
  const [payload] = payloads
  assert.ok(payload)
  const hosts = [client.host.box, ...placed.rows.map(({ host }) => host)]
  const placement = signPlacement(owner.signer, { format: 1, owner: owner.signer.box, stripe, number: 1, hosts })
  const file = encodeFragmentFile({ row: 0, record, placement, payload })
  await place.clock.run(client.putFragment({ stripe, row: 0 }, file, signal))
  const stray = { host: client.host.box, stripe, row: 0, bytes: payload.byteLength }
  return { place, owner, stripe, placed, client, stray, strays: new Strays({ ...owner.box, log: silentLog }, FOLDER) }
}

function idOf(place: Town, index: number): string {
  return place.box(index).signer.box
}

test('a row under another record protects nothing, and is found on its host until it is released', async () => {
  const { owner, strays, stray } = await withStray('found')
  owner.addPack(10_000)
  const report = await owner.disperse()
  assert.equal(report.state, 'whole')
  strays.note(report.unnamed, never)
  assert.deepEqual(strays.all, [stray])
  const again = new Strays({ ...owner.box, log: silentLog }, FOLDER)
  assert.deepEqual(again.all, [stray], 'kept over a start')
  strays.note(new Map([['ab'.repeat(16), []]]), never)
  assert.deepEqual(strays.all, [stray], 'its host was not compared')
  strays.note(new Map([[stray.host, []]]), always)
  assert.deepEqual(strays.all, [stray], 'what is released no host shows')
  strays.note(new Map([[stray.host, []]]), never)
  assert.deepEqual(strays.all, [])
  const { unnamed } = await owner.disperse({ knows: never })
  assert.deepEqual(unnamed.get(stray.host), [], 'of a pack that the log does not name')
})

test('a stray is released with its stripe, and taken back with it', async () => {
  const { place, owner, stripe, placed, client, stray } = await withStray('released')
  const releaser = new Releaser({ ...owner.box, clock: place.clock, log: silentLog, hosts: owner.hosts }, FOLDER)
  await allowReleases(place, owner)
  const released = { ...placed, strays: [stray.host] }
  const { items } = await place.clock.run(releaser.send(owner.signer, [released], signal))
  assert.equal(items.length, placed.rows.length + 1)
  assert.equal(items.find(({ host }) => host === stray.host)?.state, 'released')
  const shown = () => place.clock.run(client.verify([{ stripe, row: 0 }], null, signal))
  assert.equal((await shown()).good, 0)
  const [back] = await place.clock.run(releaser.cancel(owner.signer, [released], signal))
  assert.equal((await shown()).good, 1)
  assert.ok(back?.held.every(({ host }) => host !== stray.host))
})

test('a file of strays that was damaged is told, and hosts show them again', async () => {
  const { owner, strays, stray } = await withStray('damaged')
  const { unnamed } = await owner.disperse()
  strays.note(unnamed, never)
  owner.box.disk.damage(joinPath(FOLDER, 'strays.cbor'), (bytes) => {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  })
  const told: string[] = []
  const again = new Strays({ ...owner.box, log: { ...silentLog, error: (event) => void told.push(event) } }, FOLDER)
  assert.deepEqual([again.all, told], [[], ['strays.damaged']])
  again.note((await owner.disperse()).unnamed, never)
  assert.deepEqual(again.all, [stray])
})
