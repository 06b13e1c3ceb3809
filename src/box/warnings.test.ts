import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, HOUR_MS, joinPath } from '#base'
import type { FakeMailServer } from '#base/sim'
import { foldersOf } from './data-folder.ts'
import { OpenedBox } from './opened-box.ts'
import { sendContacts } from './operations/contacts.ts'
import { addReleases } from './operations/releases.ts'
import { BOX_FOLDER, BoxTown, CONTEXT, read, type TestBox } from './test-town.ts'
import { warnContacts } from './warnings.ts'

const { signal } = CONTEXT
const PASSWORD = 'open sesame'
const SERVER = {
  host: 'mail.example.org',
  port: 587,
  implicitTls: false,
  user: 'box',
  password: PASSWORD,
  from: 'box@example.org',
}

interface Case {
  readonly town: BoxTown
  readonly owner: TestBox
  readonly host: TestBox
  readonly server: FakeMailServer
  readonly unusual: () => Promise<void>
}

/** A box that has named a contact, and a host of it that can mail. All that it releases is unusual: it just came. */
async function place(seed: string): Promise<Case> {
  const town = new BoxTown(seed)
  const [owner, host] = await town.founded(3)
  assert.ok(owner && host)
  await town.save(owner, 'papers', town.random.bytes(60_000))
  await town.call(owner.box, 'contacts.set', { contacts: ['owner@example.org'] })
  const server = town.mail.serve(SERVER.host, SERVER.port)
  server.login = { user: SERVER.user, password: PASSWORD }
  const packs = [...owner.box.vault.packs()].filter((one) => one.class === 'data').map(({ id }) => id)
  const unusual = async () => void (await town.run(addReleases(owner.box, { packs }, CONTEXT)))
  return { town, owner, host, server, unusual }
}

async function hostedOf(town: BoxTown, host: OpenedBox, owner: TestBox) {
  const { mail, owners } = await town.call(host, 'hosting.show', {})
  return { mail, ...owners.find(({ box }) => box === owner.box.settings.box)?.contacts }
}

test('a host tells the contacts of a box in French and English what is released, and what to do', async () => {
  const { town, owner, host, server, unusual } = await place('warned')
  await town.call(host.box, 'mail.set', { server: SERVER })
  await town.run(warnContacts(host.box, signal))
  assert.equal(server.taken.length, 0)
  await unusual()
  await town.run(warnContacts(host.box, signal))
  await town.run(warnContacts(host.box, signal))
  assert.deepEqual(
    server.taken.map(({ to, from }) => ({ to, from })),
    [{ to: 'owner@example.org', from: SERVER.from }],
  )
  const { subject = '', text = '' } = server.taken[0] ?? {}
  assert.equal(subject, 'Datis : libérations inhabituelles / unusual releases: box-0')
  for (const part of [/Le Datis « box-0 »/, /The box “box-0”/, /retenus/, /held back/, /frein/, /brake/, /recover/]) {
    assert.match(text, part)
  }
  assert.ok(text.includes(host.box.settings.box))
  assert.equal(text.split(`datis release undo ${owner.box.settings.box} --data`).length, 3)
  assert.ok(!text.includes(PASSWORD) && !text.includes('@'))
  const told = await hostedOf(town, host.box, owner)
  assert.deepEqual([told.mail, told.known, told.people, told.untold, told.failing], [true, true, 1, 0, 0])
  assert.ok(told.toldAt)
})

test('without a mail server nobody is told, and hosting show says so', async () => {
  const { town, owner, host, server, unusual } = await place('no server')
  await unusual()
  await town.run(warnContacts(host.box, signal))
  const told = await hostedOf(town, host.box, owner)
  assert.deepEqual([told.mail, told.untold, told.toldAt, told.failing], [false, 1, null, 0])
  await town.call(host.box, 'mail.set', { server: SERVER })
  await town.run(warnContacts(host.box, signal))
  assert.equal(server.taken.length, 1)
})

test('a mail server that fails is tried again later, after a restart too; its password is never shown', async () => {
  const { town, owner, host, server, unusual } = await place('failing server')
  await town.call(host.box, 'mail.set', { server: { ...SERVER, password: 'wrong' } })
  await unusual()
  await town.run(warnContacts(host.box, signal))
  await town.run(warnContacts(host.box, signal))
  assert.equal((await hostedOf(town, host.box, owner)).failing, 1)
  assert.deepEqual(
    host.events.filter((event) => event.startsWith('warning')),
    ['warning.failed'],
  )
  await town.run(host.box[Symbol.asyncDispose]())
  const again = await town.run(OpenedBox.open(host.world(), BOX_FOLDER))
  await town.run(again.serve())
  const shown = await town.call(again, 'mail.set', { server: SERVER })
  assert.deepEqual(shown, { smtp: 'smtp://box@mail.example.org:587', from: SERVER.from, password: true })
  await town.run(warnContacts(again, signal))
  assert.equal(server.taken.length, 0)
  await town.clock.runFor(HOUR_MS)
  await town.run(warnContacts(again, signal))
  assert.equal(server.taken.length, 1)
})

test('one address that a server refuses keeps no mail from another', async () => {
  const { town, owner, host, server, unusual } = await place('refused address')
  await town.call(host.box, 'mail.set', { server: SERVER })
  await town.call(owner.box, 'contacts.set', { contacts: ['thief@example.net'] })
  server.rejects.add('thief@example.net')
  await unusual()
  await town.run(warnContacts(host.box, signal))
  assert.deepEqual(
    server.taken.map(({ to }) => to),
    ['owner@example.org'],
  )
})

test('names of boxes add neither headers nor lines', async () => {
  const { town, owner, host, server, unusual } = await place('evil names')
  const { charter } = host.box
  const evil = `x\r\nBcc: other@example.net\r\n\r\n${'\u202e'}<b>`
  const members = charter.members.map((member) => ({
    ...member,
    boxes: member.boxes.map((box) => (box.box === owner.box.settings.box ? { ...box, name: evil } : box)),
  }))
  Object.defineProperty(host.box.charters, 'current', { get: () => ({ ...charter, members }) })
  host.box.settings = { ...host.box.settings, name: evil }
  await town.call(host.box, 'mail.set', { server: SERVER })
  await unusual()
  await town.run(warnContacts(host.box, signal))
  const { subject = '', text = '' } = server.taken[0] ?? {}
  assert.match(subject, /unusual releases: x\\x0d\\x0aBcc: /)
  assert.ok(!text.split('\n').some((line) => line.startsWith('Bcc')) && !/[\r\u202e]/.test(text))
  await town.call(host.box, 'mail.test', { to: 'someone@example.org' })
  assert.equal(server.taken.length, 2)
})

test('contacts reach hosts that were away, and each host once a day', async () => {
  const { town, owner, host } = await place('away')
  await town.run(host.box[Symbol.asyncDispose]())
  const changed = await town.call(owner.box, 'contacts.set', { contacts: [] })
  assert.deepEqual(
    changed.hosts.map(({ name, known }) => [name, known]),
    [
      ['box-1', false],
      ['box-2', true],
    ],
  )
  const again = await town.run(OpenedBox.open(host.world(), BOX_FOLDER))
  await town.run(again.serve())
  await town.clock.runFor(2 * HOUR_MS)
  await town.run(sendContacts(owner.box, signal))
  assert.ok((await town.call(owner.box, 'contacts.show', {})).hosts.every(({ known }) => known))
  assert.equal((await hostedOf(town, again, owner)).people, 0)
  await town.clock.runFor(DAY_MS)
  const path = joinPath(foldersOf(BOX_FOLDER).heads, 'contacts.cbor')
  const before = read(owner.disk, path)
  await town.run(sendContacts(owner.box, signal))
  assert.notDeepEqual(read(owner.disk, path), before)
})

test('a damaged file of mail settings sends nothing and says so', async () => {
  const { town, host } = await place('damaged settings')
  await town.call(host.box, 'mail.set', { server: SERVER })
  const file = host.disk.open(joinPath(foldersOf(BOX_FOLDER).keys, 'mail.cbor'), 'write')
  file.write(new Uint8Array([255, 255, 255]), 0)
  file[Symbol.dispose]()
  await assert.rejects(town.call(host.box, 'mail.show', {}), { code: 'MAIL_SETTINGS_DAMAGED' })
  assert.equal((await town.call(host.box, 'hosting.show', {})).mail, false)
  const off = await town.call(host.box, 'mail.set', { server: null })
  assert.deepEqual(off, { smtp: null, from: null, password: false })
  await assert.rejects(town.call(host.box, 'mail.test', { to: 'someone@example.org' }), { code: 'MAIL_NOT_SET' })
})

test('what cannot be undone is told to the contacts of the box itself, in both languages', async () => {
  const { town, owner, server } = await place('notice')
  const notice = {
    intent: 'ab',
    operation: 'policy.set',
    about: 'papers',
    by: 'Anne\n',
    due: 1_780_000_000_000,
  } as const
  assert.deepEqual(await town.call(owner.box, 'notice.send', notice), { sent: 0 })
  await town.call(owner.box, 'mail.set', { server: SERVER })
  assert.deepEqual(await town.call(owner.box, 'notice.send', notice), { sent: 1 })
  const [{ to = '', subject = '', text = '' } = {}] = server.taken
  assert.equal(to, 'owner@example.org')
  assert.match(subject, /irréversible.*cannot be undone.*box-0/)
  const items = [{ kind: 'fell', about: 'papers', since: 1_780_000_000_000 }] as const
  await town.call(owner.box, 'notice.send', { items })
  assert.match(server.taken[1]?.text ?? '', /« papers » : le dernier.*“papers”: the newest/s)
  for (const part of [/“Anne\\x0a”/, /« papers »/, /“papers”/, /2026/]) assert.match(text, part)
})
