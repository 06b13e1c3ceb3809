import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, joinPath, pathFromText, readWhole, silentLog, writeDurably } from '#base'
import { MemoryDisk } from '#base/sim'
import { OwnContacts } from './own-contacts.ts'
import { FakeOwner, hostsOf, signerOf, type Town, town } from './test-town.ts'

const signal = new AbortController().signal
const FOLDER = pathFromText('/data/heads')
const FILE = 'contacts.cbor'

interface Case {
  readonly place: Town
  readonly owner: FakeOwner
  readonly hosts: readonly string[]
  readonly send: (contacts: OwnContacts) => Promise<void>
  readonly open: () => OwnContacts
}

async function setUp(seed: string): Promise<Case> {
  const place = await town(`own contacts ${seed}`, 4)
  const owner = new FakeOwner(place, 0)
  const hosts = place.boxes.slice(1).map(({ signer }) => signer.box)
  const send = (contacts: OwnContacts) => place.clock.run(contacts.send(owner.signer, hosts, signal))
  const { disk } = owner.box
  const open = () => new OwnContacts({ disk, clock: place.clock, log: silentLog, hosts: () => owner.hosts }, FOLDER)
  // Folders are there when a box opens.
  owner.heads = owner.openHeads(FOLDER)
  return { place, owner, hosts, send, open }
}

async function peopleOn(place: Town, owner: FakeOwner, index: number): Promise<number | undefined> {
  const { owners } = await place.clock.run(place.box(index).hosting.describe())
  return owners.find(({ box }) => box === owner.signer.box)?.contacts.contacts
}

test('contacts are kept over a restart, and go to each host that does not have the newest', async () => {
  const { place, owner, hosts, send, open } = await setUp('newest')
  const contacts = open()
  assert.equal(contacts.current, null)
  await send(contacts)
  contacts.set(owner.signer, ['a@example.org', 'b@example.org'])
  place.box(2).meddle = async () => ({ status: 500, body: new Uint8Array(0) })
  await send(contacts)
  assert.deepEqual(
    hosts.map((host) => contacts.isKnownTo(host)),
    [true, false, true],
  )
  assert.notEqual(contacts.troubleOf(hosts[1] ?? ''), null)
  place.box(2).meddle = undefined
  const again = open()
  assert.deepEqual(again.current?.contacts, ['a@example.org', 'b@example.org'])
  await send(again)
  assert.ok(hosts.every((host) => again.isKnownTo(host)))
  again.set(owner.signer, [])
  assert.ok(!hosts.some((host) => again.isKnownTo(host)))
  await send(again)
  assert.deepEqual([await peopleOn(place, owner, 1), await peopleOn(place, owner, 3)], [0, 0])
})

test('a host that lost its disk is told again within a day', async () => {
  const { place, owner, send, open } = await setUp('lost disk')
  const contacts = open()
  contacts.set(owner.signer, ['a@example.org'])
  await send(contacts)
  Object.assign(place.box(1), { disk: new MemoryDisk({ clock: place.clock }) })
  place.reopen(1)
  await send(contacts)
  assert.equal(await peopleOn(place, owner, 1), undefined)
  await place.clock.runFor(DAY_MS)
  await send(contacts)
  assert.equal(await peopleOn(place, owner, 1), 1)
})

test('who was a contact is told for 90 days more, however often they change', async () => {
  const { place, owner, open } = await setUp('former')
  const contacts = open()
  contacts.set(owner.signer, ['mayor@example.org'])
  for (let day = 0; day < 40; day++) {
    await place.clock.runFor(DAY_MS)
    contacts.set(owner.signer, [`a${day}@example.org`, `b${day}@example.org`])
  }
  const again = open()
  assert.deepEqual(again.current?.contacts, ['a39@example.org', 'b39@example.org'])
  assert.ok(again.told.includes('mayor@example.org'))
  assert.ok(again.told.includes('a39@example.org'))
  await place.clock.runFor(52 * DAY_MS)
  assert.ok(!again.told.includes('mayor@example.org'))
  assert.ok(again.told.includes('a39@example.org'))
})

test('under a new key the same contacts are signed again', async () => {
  const { place, owner, hosts, send, open } = await setUp('epoch')
  const contacts = open()
  contacts.set(owner.signer, ['a@example.org'])
  await send(contacts)
  const { root, keys } = owner.box
  owner.signer = signerOf(root, { box: owner.signer.box, keys, epoch: 2 }, place.random)
  owner.hosts = hostsOf(place, owner.box, owner.signer)
  await send(contacts)
  assert.equal(contacts.current?.epoch, 2)
  assert.ok(hosts.every((host) => contacts.isKnownTo(host)))
  assert.equal(await peopleOn(place, owner, 1), 1)
})

test('a disk that was put back does not bring earlier contacts back', async () => {
  const { place, owner, hosts, send, open } = await setUp('put back')
  const { disk } = owner.box
  const contacts = open()
  contacts.set(owner.signer, ['a@example.org'])
  const image = readWhole(disk, joinPath(FOLDER, FILE), 100_000)
  await place.clock.runFor(1000)
  contacts.set(owner.signer, ['a@example.org', 'b@example.org'])
  await send(contacts)
  writeDurably(disk, FOLDER, FILE, image)
  const back = open()
  await send(back)
  assert.equal(back.troubleOf(hosts[0] ?? ''), 'CONTACTS_REFUSED')
  assert.equal(await peopleOn(place, owner, 1), 2)
  back.set(owner.signer, ['c@example.org'])
  await send(back)
  assert.ok(hosts.every((host) => back.isKnownTo(host)))
})
