import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, HOUR_MS, joinPath, MINUTE_MS } from '#base'
import { MemoryDisk, simRandom } from '#base/sim'
import { encodeContacts, encodeSigned, issueCertificate } from '#crypto'
import { decodeBody } from '../protocol.ts'
import { contactsAnswerSchema } from '../release-protocol.ts'
import { type Signer, sign } from '../statements.ts'
import { HOSTING } from '../test-town.ts'
import type { Warning } from './contacts-room.ts'
import { ReleaseCase, settled } from './release-fixture.ts'

const OWNER = 'owner@example.org'
const THIEF = 'thief@example.net'

function statement(on: ReleaseCase, contacts: readonly string[], number: number, signer: Signer = on.owner.signer) {
  const { box: owner, epoch } = signer
  const body = encodeContacts({ format: 1, owner, epoch, number, contacts: [...contacts], at: on.clock.wall() })
  return sign(signer, 'contacts', body)
}

async function put(on: ReleaseCase, contacts: readonly string[], number = on.number(), signer = on.owner.signer) {
  const signed = statement(on, contacts, number, signer)
  const answer = await on.ask('PUT', 'contacts', encodeSigned(signed), on.peer(signer))
  return decodeBody('answer', contactsAnswerSchema, answer)
}

async function dueTo(on: ReleaseCase): Promise<string[]> {
  return (await on.hosting.warnings()).map(({ address }) => address).sort()
}

async function send(on: ReleaseCase, outcome: 'sent' | 'failed' = 'sent'): Promise<Warning[]> {
  const due = await on.hosting.warnings()
  for (const warning of due) await on.hosting.noteWarning(warning, outcome)
  return due
}

/** A host that has kept ten fragments for a month; what is released of them is unusual. */
async function noticed(seed: string, contacts: readonly string[]) {
  const { on, kept } = await settled(seed)
  await put(on, contacts)
  const unusual = async () => void (await on.release([kept.shift()?.stripe ?? '']))
  return { on, unusual }
}

const summaryOf = async (on: ReleaseCase) => (await on.hosting.describe()).owners[0]?.contacts

test('the newest contacts count: earlier ones and others of the same number are refused', async () => {
  const on = await ReleaseCase.open('contacts order')
  assert.deepEqual(await put(on, [OWNER], 10), { format: 1, epoch: 1, number: 10 })
  assert.deepEqual(await put(on, [OWNER], 10), { format: 1, epoch: 1, number: 10 })
  assert.equal(await on.codeOf(put(on, [THIEF], 10)), 'CONTACTS_CONFLICT')
  assert.equal(await on.codeOf(put(on, [THIEF], 9)), 'CONTACTS_REFUSED')
  on.restart()
  assert.equal(await on.codeOf(put(on, [THIEF], 9)), 'CONTACTS_REFUSED')
  assert.equal((await put(on, [], 11)).number, 11)
  assert.deepEqual(await summaryOf(on), { known: true, contacts: 0, former: 1, untold: 0, toldAt: null, failing: 0 })
})

test('nobody but the box itself names its contacts', async () => {
  const on = await ReleaseCase.open('contacts of others')
  await on.put()
  const signed = encodeSigned(statement(on, [THIEF], 5))
  assert.equal(await on.codeOf(on.ask('PUT', 'contacts', signed, on.peer(on.other.signer))), 'OWNER_REFUSED')
  const byOther = encodeSigned(statement(on, [THIEF], 5, { ...on.other.signer, box: on.owner.signer.box }))
  assert.match(await on.codeOf(on.ask('PUT', 'contacts', byOther)), /INVALID/)
  assert.equal((await summaryOf(on))?.known, false)
})

test('an unusual release is told at once, then once a day at most what is new', async () => {
  const { on, unusual } = await noticed('contacts told', [OWNER])
  assert.deepEqual(await dueTo(on), [])
  await unusual()
  const [first] = await send(on)
  assert.equal(first?.address, OWNER)
  assert.deepEqual(
    first?.notices.map(({ class: packClass, reason }) => [packClass, reason]),
    [['data', 'day']],
  )
  assert.deepEqual(await dueTo(on), [])
  await on.live(0.5)
  await unusual()
  assert.deepEqual(await dueTo(on), [])
  on.restart()
  await on.live(0.5)
  const again = await send(on)
  assert.deepEqual(
    again.map(({ notices, more }) => [notices.length, notices[0]?.reason, more]),
    [[1, 'brake', 0]],
  )
  await on.live(3)
  assert.deepEqual(await dueTo(on), [])
  assert.equal((await summaryOf(on))?.untold, 0)
})

test('a mail that does not go is tried again, each time later, whatever restarts', async () => {
  const { on, unusual } = await noticed('contacts failing', [OWNER])
  await unusual()
  let failed = 0
  for (let passed = 0; passed < 2 * DAY_MS; passed += 5 * MINUTE_MS) {
    failed += (await send(on, 'failed')).length
    await on.clock.runFor(5 * MINUTE_MS)
    if (passed % HOUR_MS === 0) await on.hosting.look(new AbortController().signal)
    if (passed % (6 * HOUR_MS) === 0) {
      await on.hosting.rest()
      on.restart()
    }
  }
  assert.ok(failed >= 8 && failed <= 16, `${failed} tries in two days`)
  assert.deepEqual(await summaryOf(on), { known: true, contacts: 1, former: 0, untold: 1, toldAt: null, failing: 1 })
  await on.live(0.5)
  assert.equal((await send(on)).length, 1)
  assert.deepEqual(await summaryOf(on), {
    known: true,
    contacts: 1,
    former: 0,
    untold: 0,
    toldAt: on.clock.wall(),
    failing: 0,
  })
})

test('old contacts are told for 90 lived days after a thief has changed them, and not after', async () => {
  const { on, unusual } = await noticed('contacts thief', [OWNER])
  await put(on, [THIEF])
  await unusual()
  assert.deepEqual(await dueTo(on), [OWNER, THIEF])
  await send(on)
  await on.live(89.5)
  on.restart()
  await unusual()
  assert.deepEqual(await dueTo(on), [OWNER, THIEF])
  await on.live(1)
  assert.deepEqual(await dueTo(on), [THIEF])
})

test('clearing the contacts silences nobody, and time off counts as nothing', async () => {
  const { on, unusual } = await noticed('contacts cleared', [OWNER])
  await put(on, [])
  await on.live(80)
  await on.hosting.rest()
  // The host is off for a year.
  await on.clock.runFor(365 * DAY_MS)
  on.restart()
  await unusual()
  assert.deepEqual(await dueTo(on), [OWNER])
  // Its count of lived time is lost: what was left before is left still.
  on.disk.removeFile(joinPath(HOSTING, 'lived.cbor'))
  on.restart()
  assert.deepEqual(await dueTo(on), [OWNER])
  await on.live(91)
  assert.deepEqual(await dueTo(on), [])
})

test('who changes the contacts often pushes nobody out; a later epoch changes them', async () => {
  const { on, unusual } = await noticed('contacts flood', [OWNER])
  const lists = Array.from({ length: 8 }, (_, list) =>
    Array.from({ length: 4 }, (_, one) => `x${list}.${one}@example.net`),
  )
  const codes: string[] = []
  for (const list of lists) codes.push(await on.codeOf(put(on, list)))
  assert.deepEqual(codes, [...Array(7).fill('OK'), 'CONTACTS_RATE_REFUSED'])
  await unusual()
  assert.ok((await dueTo(on)).includes(OWNER))
  const { signer, root, keys } = on.owner
  const { box, organisation } = signer
  const claims = { box, organisation, epoch: 2, role: 'box' as const, publicKey: keys.publicKey }
  const certificate = issueCertificate(root, claims, on.random)
  assert.equal((await put(on, ['new@example.org'], 1, { ...signer, epoch: 2, certificate })).epoch, 2)
  assert.ok((await dueTo(on)).includes('new@example.org'))
})

test('a contact that is new hears of what can still be undone, not of what is long over', async () => {
  const { on, unusual } = await noticed('contacts new', [])
  await unusual()
  await on.live(45)
  await unusual()
  assert.equal((await summaryOf(on))?.untold, 1)
  await put(on, [OWNER])
  const [warning] = await on.hosting.warnings()
  assert.equal(warning?.notices.length, 1)
  assert.equal(warning.more, 0)
})

test('contacts of which the file is damaged are asked for again', async () => {
  const { on } = await noticed('contacts rot', [OWNER])
  const folder = joinPath(HOSTING, on.owner.signer.box)
  const path = joinPath(folder, 'contacts.cbor')
  const file = on.disk.open(path, 'write')
  file.write(new Uint8Array([1, 2, 3]), 40)
  file[Symbol.dispose]()
  on.restart()
  assert.equal((await summaryOf(on))?.known, false)
  await put(on, [OWNER], 1)
  assert.equal((await summaryOf(on))?.contacts, 1)
  assert.ok(on.disk.list(folder).includes('contacts.cbor.damaged-1' as typeof path))
  assert.ok(on.events.includes('hosted.contacts.damaged'))
})

test('power may fail at any disk call while contacts change: old ones or new ones are there, and old ones stay told', async () => {
  const on = await ReleaseCase.open('contacts power')
  for (let call = 1, acknowledged = false; !acknowledged; call++) {
    on.restart(new MemoryDisk({ clock: on.clock }))
    await put(on, [OWNER], 1)
    on.disk.resetCalls()
    on.disk.cutPowerAt(call)
    acknowledged = (await on.codeOf(put(on, [THIEF], 2))) === 'OK'
    on.disk.powerCut(simRandom(`contacts ${call}`))
    on.restart()
    const { contacts, former } = (await summaryOf(on)) ?? {}
    assert.equal(contacts, 1)
    assert.ok(former === 1 || (former === 0 && !acknowledged), `power cut at call ${call}`)
    assert.equal((await put(on, [THIEF], 2)).number, 2)
    assert.equal((await summaryOf(on))?.former, 1)
  }
})
