/** What one host that lies, or whose disk rots, cannot do to an owner. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { encodeCbor, joinPath, pathFromText, silentLog, toHex } from '#base'
import { boxKeysFromSeed, issueCertificate } from '#crypto'
import { parseAddress } from '#network'
import { INCARNATION_COUNT_MAX } from './limits.ts'
import {
  decodeBody,
  encodeBody,
  inventoryPageSchema,
  inventorySchema,
  type OwnerState,
  ownerStateSchema,
  ownersSchema,
} from './protocol.ts'
import { Recovery } from './recover.ts'
import { clientOf, FakeOwner, HOSTING, type Meddle, type Town, town } from './test-town.ts'

const signal = new AbortController().signal
const hour = 3_600_000

function refuseAll(code: string): Meddle {
  return async () => ({ status: 403, body: encodeCbor({ code, message: 'x', details: {} }) })
}

function changeState(place: Town, index: number, change: (state: OwnerState) => unknown): void {
  place.box(index).meddle = async ({ path }, answer) => {
    const response = await answer()
    if (response.status !== 200 || !(path.endsWith('/incarnation') || path.endsWith('/state'))) return response
    const state = change(decodeBody('state', ownerStateSchema, response.body)) as OwnerState
    // Liars do not keep to the schema's bound.
    const { incarnation } = state
    const bounded = incarnation && { ...incarnation, count: Math.min(incarnation.count, INCARNATION_COUNT_MAX) }
    const wire = z.encode(ownerStateSchema, { ...state, incarnation: bounded })
    const lie = wire.incarnation && { ...wire.incarnation, count: incarnation?.count ?? 1 }
    return { status: 200, body: encodeCbor({ ...wire, incarnation: lie }) }
  }
}

async function started(seed: string, boxes = 9): Promise<{ place: Town; owner: FakeOwner; liar: string }> {
  const place = await town(seed, boxes)
  const owner = new FakeOwner(place, 0)
  owner.addPack(20_000)
  assert.equal((await owner.disperse()).state, 'whole')
  owner.addPack(20_000)
  return { place, owner, liar: place.box(3).signer.box }
}

test('a head with a bad signature is the trouble of the host that answers it', async () => {
  const { place, owner, liar } = await started('bad head')
  changeState(place, 3, (state) => ({
    ...state,
    newest: state.newest && { ...state.newest, signature: new Uint8Array(64) },
  }))
  const report = await owner.disperse()
  assert.deepEqual(report.trouble, [{ host: liar, code: 'SIGNATURE_INVALID' }])
  assert.equal(report.state, 'protected')
})

for (const count of [999_999_999_999_999, 2_000_000]) {
  test(`a host that speaks of ${count} starts does not use up the numbers`, async () => {
    const { place, owner, liar } = await started(`starts ${count}`)
    changeState(place, 3, (state) => ({ ...state, incarnation: { count, bytes: '00'.repeat(16) } }))
    owner.heads = owner.openHeads(pathFromText('/data/heads'))
    const report = await owner.disperse()
    assert.deepEqual(
      report.trouble.map(({ host }) => host),
      [liar],
    )
    assert.equal(owner.heads.incarnation?.count, 2)
  })
}

for (const code of ['BOX_REFUSED', 'HEAD_INCARNATION_REFUSED', 'HEAD_ROLLED_BACK']) {
  test(`${code} from one host stops nobody`, async () => {
    const { place, owner, liar } = await started(`says ${code}`)
    place.box(3).meddle = refuseAll(code)
    const report = await owner.disperse()
    assert.deepEqual(report.trouble, [{ host: liar, code }])
    assert.equal(report.state, 'protected')
  })
}

test('from six organisations up one host alone cannot prove a later start, two can', async () => {
  const { place, owner, liar } = await started('proof')
  const proven = (index: number): void => {
    changeState(place, index, (state) => ({ ...state, incarnation: { count: 7, bytes: 'ee'.repeat(16) } }))
    const lie = place.box(index).meddle
    const refuse = refuseAll('HEAD_INCARNATION_REFUSED')
    place.box(index).meddle = (request, answer) =>
      (request.path.endsWith('/incarnation') ? refuse : (lie ?? refuse))(request, answer)
  }
  proven(3)
  assert.deepEqual((await owner.disperse()).trouble, [{ host: liar, code: 'HEAD_INCARNATION_REFUSED' }])
  proven(4)
  await assert.rejects(owner.disperse(), { code: 'BOX_REFUSED' })
})

test('what is remembered of dead hosts makes nothing whole', async () => {
  const { place, owner } = await started('dead')
  await owner.disperse()
  for (let index = 1; index <= 8; index++) place.box(index).meddle = refuseAll('INTERNAL')
  const report = await owner.disperse()
  assert.equal(report.state, 'stored')
  assert.equal(report.receipts, 0)
  assert.deepEqual(report.stripes, { total: 2, protected: 0, whole: 0, lost: 0 })
  for (let index = 1; index <= 8; index++) place.box(index).meddle = undefined
  assert.equal((await owner.disperse()).state, 'whole')
})

test('rows on hosts that show no inventory do not count', async () => {
  const { place, owner } = await started('inventory')
  await owner.disperse()
  for (const index of [1, 2, 3, 4, 5, 6]) {
    place.box(index).meddle = (request, answer) =>
      request.path.endsWith('/inventory') ? refuseAll('INTERNAL')(request, answer) : answer()
  }
  assert.equal((await owner.disperse()).state, 'stored')
})

test('an inventory that never ends, page by late page, holds up a round for minutes only', async () => {
  const { place, owner, liar } = await started('late pages')
  await owner.disperse()
  owner.addPack(20_000)
  let page = 0
  place.box(3).meddle = async ({ path }, answer) => {
    const response = await answer()
    if (path.endsWith('/inventory')) {
      const inventory = decodeBody('inventory', inventorySchema, response.body)
      const buckets = inventory.buckets.map((bucket) => ({ ...bucket, digest: '00'.repeat(32) }))
      return { status: 200, body: encodeBody(inventorySchema, { format: 1, buckets }) }
    }
    if (!path.includes('/inventory/')) return response
    await place.clock.sleep(240_000)
    const entries = [{ stripe: '00'.repeat(32), row: page++ % 48, record: '00'.repeat(32), bytes: 64 }]
    return { status: 200, body: encodeBody(inventoryPageSchema, { format: 1, entries, more: true }) }
  }
  const startedAt = place.clock.monotonic()
  const report = await owner.disperse()
  assert.deepEqual(report.trouble, [{ host: liar, code: 'HOST_TIMEOUT' }])
  assert.equal(report.state, 'protected')
  assert.ok(place.clock.monotonic() - startedAt < 15 * 60_000, String(place.clock.monotonic() - startedAt))
})

test('a contact that certifies the box ids of others does not take their place', async () => {
  const { place, owner } = await started('squat')
  await owner.disperse()
  const liar = place.box(1)
  const contacts: string[] = []
  const none = encodeBody(ownersSchema, { format: 1, boxes: [], damaged: [] })
  for (let index = 2; index < 9; index++) {
    const keys = boxKeysFromSeed(place.random.bytes(32))
    const { box } = place.box(index).signer
    const { organisation } = liar.root
    const certificate = issueCertificate(
      liar.root,
      { box, organisation, epoch: 1, role: 'box', publicKey: keys.publicKey },
      place.random,
    )
    await liar.transport.listen(
      { host: '0.0.0.0', port: 5000 + index },
      {
        identity: () => ({ certificate, privatePem: keys.privatePem, publicKey: keys.publicKey }),
        admission: { roots: () => 'any', admit: () => true },
        bodyBytesMax: () => 0,
        handler: async () => ({ status: 200, body: none }),
      },
    )
    contacts.push(`box-1:${5000 + index}`)
  }
  const { root, transport } = owner.box
  const keys = boxKeysFromSeed(place.random.bytes(32))
  const certificate = issueCertificate(
    root,
    {
      box: toHex(place.random.bytes(16)),
      organisation: root.organisation,
      epoch: 0,
      role: 'recovery',
      publicKey: keys.publicKey,
    },
    place.random,
  )
  const identity = { certificate, privatePem: keys.privatePem, publicKey: keys.publicKey }
  const admission = { roots: () => 'any', admit: () => true } as const
  const recovery = new Recovery(
    {
      clock: place.clock,
      log: silentLog,
      dial: (address, inner) => transport.dial(parseAddress(address), { identity, admission, signal: inner }),
    },
    { organisation: root.organisation, contacts: [...contacts, 'box-1:4600'] },
  )
  const finding = await place.clock.run(recovery.find(signal), hour)
  assert.equal(finding.newest, true)
  assert.equal(finding.answered.length, 8)
  assert.equal(finding.hosts.length, 8)
  for (const { signer } of place.boxes.slice(1)) {
    const session = await recovery.hosts.session(signer.box, signal)
    assert.equal(session.peer.organisation, signer.organisation)
  }
  await place.clock.run(recovery[Symbol.asyncDispose]())
})

test('a flipped bit in the newest head of a host sets that head aside, and the owner sends it again', async () => {
  const { place, owner } = await started('bit', 4)
  await owner.disperse()
  const { disk, events } = place.box(1)
  const folder = joinPath(HOSTING, owner.signer.box, 'heads')
  disk.damage(joinPath(folder, '0000000002.cbor'), (bytes) => {
    bytes[100] = (bytes[100] ?? 0) ^ 1
  })
  place.reopen(1)
  const client = await clientOf(place, 0, 1)
  assert.ok(await place.clock.run(client.newestHead(signal)))
  assert.deepEqual(events, ['hosted.head.damaged'])
  assert.equal((await owner.disperse()).state, 'whole')
  assert.deepEqual([...disk.list(folder)].sort(), ['0000000001.cbor', '0000000002.cbor', '0000000002.damaged-1'])
})

test('the damaged state of one owner leaves the others their list', async () => {
  const { place, owner } = await started('state', 4)
  const other = new FakeOwner(place, 2)
  other.addPack(1000)
  await other.disperse()
  const { disk, events } = place.box(1)
  disk.damage(joinPath(HOSTING, other.signer.box, 'state.cbor'), (bytes) => bytes.fill(0xff))
  place.reopen(1)
  const client = await clientOf(place, 0, 1)
  const { boxes, damaged } = await place.clock.run(client.boxesOf(owner.signer.organisation, signal))
  assert.deepEqual(
    boxes.map(({ box }) => box),
    [owner.signer.box],
  )
  assert.deepEqual(damaged, [other.signer.box])
  assert.deepEqual(events, ['hosted.owner.damaged'])
})
