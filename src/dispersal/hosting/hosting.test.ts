import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, concatBytes, encodeCbor, joinPath, silentLog } from '#base'
import { inlineWorkers, MemoryDisk, PowerCut, simRandom } from '#base/sim'
import type { PeerIdentity, PeerMethod, PeerResponse } from '#network'
import { encodeFragmentFile } from '../fragment-file.ts'
import { placementFor } from '../placement.ts'
import { type Signer, signPlacement } from '../statements.ts'
import { clientOf, FakeOwner, HOSTING, type Town, type TownBox, town } from '../test-town.ts'
import { type Hosting, openHosting } from './hosting.ts'

const signal = new AbortController().signal

function peerOf(signer: Signer, more: Partial<PeerIdentity> = {}): PeerIdentity {
  const { box, organisation, epoch, certificate } = signer
  return { box, organisation, epoch, certificate, role: 'box', ...more }
}

/** A fragment of owner 0 for the host of row 0. */
function fragmentFor(place: Town, owner: FakeOwner, bytes = 5000) {
  const id = owner.addPack(bytes)
  const { code, hosts } = placementFor({
    charter: place.charter,
    owner: owner.signer.box,
    code: { n: 2, k: 1 },
    stripe: id,
  })
  const prepared = owner.prepare({ id, class: 'data', bytes }, code)
  const statement = { format: 1 as const, owner: owner.signer.box, stripe: id, number: 1, hosts: [...hosts] }
  const placement = signPlacement(owner.signer, statement)
  const payload = prepared.payloads[0] as Uint8Array
  const file = encodeFragmentFile({ row: 0, record: prepared.record, placement, payload })
  const host = place.boxes.findIndex(({ signer }) => signer.box === hosts[0])
  const path = `/v1/owners/${owner.signer.box}/fragments/${id}.0`
  return { id, file, host, path, prepared, placement, payload }
}

function ask(
  host: { hosting: Hosting },
  peer: PeerIdentity,
  method: PeerMethod,
  path: string,
  body: Uint8Array = new Uint8Array(0),
): Promise<PeerResponse> {
  return host.hosting.handler({ peer, from: '127.0.0.1', method, path, body }, signal)
}

async function codeFrom(answer: Promise<PeerResponse>): Promise<string> {
  try {
    const { status, body } = await answer
    if (status === 200) return 'OK'
    return /[A-Z_]{6,}/.exec(Buffer.from(body).toString('latin1'))?.[0] ?? 'NONE'
  } catch (error) {
    return codeOf(error)
  }
}

test('a fragment is never overwritten: other bytes under its name are refused and shouted', async () => {
  const place = await town('conflict', 3)
  const owner = new FakeOwner(place, 0)
  const { id, file, host: index, path, placement } = fragmentFor(place, owner)
  const host = place.box(index)
  const peer = peerOf(owner.signer)
  assert.equal(await codeFrom(ask(host, peer, 'PUT', path, file)), 'OK')
  assert.equal(await codeFrom(ask(host, peer, 'PUT', path, file)), 'OK')
  const pack = owner.packs.get(id)
  assert.ok(pack)
  owner.packs.set(id, { ...pack, bytes: place.random.bytes(5000) })
  const other = owner.prepare(pack.info, { n: 2, k: 1 })
  const wrong = encodeFragmentFile({
    row: 0,
    record: other.record,
    placement,
    payload: other.payloads[0] as Uint8Array,
  })
  assert.equal(await codeFrom(ask(host, peer, 'PUT', path, wrong)), 'FRAGMENT_CONFLICT')
  assert.deepEqual(host.events, ['hosted.fragment.conflict'])
  assert.deepEqual((await ask(host, peer, 'GET', path)).body, file)
})

test('owners are kept apart, and a recovery key only reads what its organisation owns', async () => {
  const place = await town('apart', 3)
  const owner = new FakeOwner(place, 0)
  const { file, host: index, path } = fragmentFor(place, owner)
  const host = place.box(index)
  await ask(host, peerOf(owner.signer), 'PUT', path, file)
  const stranger = peerOf(place.box(index === 1 ? 2 : 1).signer)
  const recovery = peerOf(owner.signer, { role: 'recovery', box: '11'.repeat(16) })
  for (const [method, what] of [
    ['GET', path],
    ['PUT', path],
    ['GET', `/v1/owners/${owner.signer.box}/state`],
  ] as const) {
    assert.equal(await codeFrom(ask(host, stranger, method, what, file)), 'OWNER_REFUSED')
  }
  const impostor = peerOf(owner.signer, { organisation: stranger.organisation })
  assert.equal(await codeFrom(ask(host, impostor, 'GET', path)), 'OWNER_REFUSED')
  assert.equal(await codeFrom(ask(host, recovery, 'GET', path)), 'OK')
  assert.equal(await codeFrom(ask(host, recovery, 'PUT', path, file)), 'OWNER_REFUSED')
  assert.equal(
    await codeFrom(ask(host, { ...recovery, organisation: stranger.organisation }, 'GET', path)),
    'OWNER_REFUSED',
  )
  const boxes = `/v1/organisations/${owner.signer.organisation}/boxes`
  assert.equal(await codeFrom(ask(host, recovery, 'GET', boxes)), 'OK')
  assert.equal(await codeFrom(ask(host, stranger, 'GET', boxes)), 'OWNER_REFUSED')
})

test('there is no way to delete, and nothing is parsed that is not exactly ours', async () => {
  const place = await town('strict', 3)
  const owner = new FakeOwner(place, 0)
  const host = place.box(1)
  const root = `/v1/owners/${owner.signer.box}`
  const bad: [PeerMethod, string][] = [
    ['POST', `${root}/fragments/${'00'.repeat(32)}.0`],
    ['GET', `${root}/fragments/../../x`],
    ['GET', `${root}/fragments/${'00'.repeat(32)}.048`],
    ['GET', `${root}/log?from=1&from=2`],
    ['GET', `${root}/log?from=-1`],
    ['GET', `${root}/log?other=1`],
    ['POST', `${root}/log?from=0`],
    ['PUT', `${root}/keyrings/${'zz'.repeat(32)}`],
    ['GET', `${root}/heads/0x10`],
    ['GET', `${root}/inventory/data/256`],
  ]
  for (const [method, path] of bad) {
    assert.equal(await codeFrom(ask(host, peerOf(owner.signer), method, path)), 'FORMAT_REQUEST', path)
  }
  assert.equal(await codeFrom(ask(host, peerOf(owner.signer), 'GET', '/v2/anything')), 'ROUTE_UNKNOWN')
  const garbage = encodeCbor({ format: 1, surprise: true })
  assert.equal(await codeFrom(ask(host, peerOf(owner.signer), 'POST', `${root}/heads`, garbage)), 'FORMAT_INVALID')
})

test('a message of a million empty items is refused before they are built', async () => {
  const place = await town('items', 3)
  const owner = new FakeOwner(place, 0)
  const items = new Uint8Array(1 << 20).fill(0xa0)
  const body = concatBytes(Uint8Array.of(0xa1, 0x61, 0x78, 0x9a, 0x00, 0x10, 0x00, 0x00), items)
  const asked = ask(place.box(1), peerOf(owner.signer), 'POST', `/v1/owners/${owner.signer.box}/heads`, body)
  await assert.rejects(asked, (error: Error) => /more items/.test(String(error.cause)))
})

test('a bit flipped anywhere in a fragment is detected', async () => {
  const place = await town('flip', 3)
  const owner = new FakeOwner(place, 0)
  const { file, host: index, path } = fragmentFor(place, owner, 3000)
  const host = place.box(index)
  for (let at = 0; at < file.byteLength; at++) {
    if (at > 900 && at % 37 !== 0) continue
    const flipped = Uint8Array.from(file)
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
    const code = await codeFrom(ask(host, peerOf(owner.signer), 'PUT', path, flipped))
    assert.notEqual(code, 'OK', `byte ${at}`)
  }
  assert.equal(await codeFrom(ask(host, peerOf(owner.signer), 'GET', path)), 'FRAGMENT_UNKNOWN')
  assert.equal(
    await codeFrom(ask(host, peerOf(owner.signer), 'PUT', path, concatBytes(file, new Uint8Array(1)))),
    'FRAGMENT_INVALID',
  )
})

test('a fragment for another host, of another owner or epoch is refused', async () => {
  const place = await town('refuse', 3)
  const owner = new FakeOwner(place, 0)
  const { file, host: index, path } = fragmentFor(place, owner)
  const other = place.box(index === 1 ? 2 : 1)
  assert.equal(await codeFrom(ask(other, peerOf(owner.signer), 'PUT', path, file)), 'PLACEMENT_REFUSED')
  const host = place.box(index)
  await ask(host, peerOf(owner.signer, { epoch: 2 }), 'PUT', path, file)
  assert.equal(await codeFrom(ask(host, peerOf(owner.signer), 'PUT', path, file)), 'EPOCH_REFUSED')
})

/** A hosting on a disk that loses power at call `cutAt`. */
function fresh(place: Town, box: TownBox, disk: MemoryDisk): Hosting {
  const { clock } = place
  const random = simRandom('fresh')
  const workers = inlineWorkers({ disk, clock, random })
  return openHosting({ disk, clock, random, workers, log: silentLog }, { folder: HOSTING, box: () => box.signer })
}

test('power may fail at any disk call of a PUT: what was acknowledged is there afterwards, the rest can be sent again', async () => {
  const place = await town('power', 3)
  const owner = new FakeOwner(place, 0)
  const first = fragmentFor(place, owner)
  const peer = peerOf(owner.signer)
  const host = place.box(first.host)
  let acknowledged = false
  let cuts = 0
  for (let call = 1; !acknowledged; call++, cuts++) {
    const disk = new MemoryDisk({ clock: place.clock })
    let hosting = fresh(place, host, disk)
    disk.resetCalls()
    disk.cutPowerAt(call)
    try {
      acknowledged =
        (await hosting.handler({ peer, from: '127.0.0.1', method: 'PUT', path: first.path, body: first.file }, signal))
          .status === 200
    } catch (error) {
      assert.ok(error instanceof PowerCut || codeOf(error) !== 'OK')
    }
    disk.powerCut(simRandom(call))
    hosting = fresh(place, host, disk)
    const answer = await codeFrom(ask({ hosting }, peer, 'GET', first.path))
    if (acknowledged) assert.equal(answer, 'OK', `call ${call}`)
    assert.equal(await codeFrom(ask({ hosting }, peer, 'PUT', first.path, first.file)), 'OK', `again after ${call}`)
    assert.deepEqual((await ask({ hosting }, peer, 'GET', first.path)).body, first.file)
  }
  assert.ok(cuts > 5, `${cuts} calls`)
})

test('power may fail at any disk call while a log is appended: acknowledged frames survive, and the log goes on', async () => {
  const place = await town('power log', 3)
  const owner = new FakeOwner(place, 0)
  for (let index = 0; index < 6; index++) owner.log.append(`frame ${index} ${'x'.repeat(700)}`)
  const peer = peerOf(owner.signer)
  const root = `/v1/owners/${owner.signer.box}`
  const start = `incarnation=1-${'ab'.repeat(16)}`
  const put = (hosting: Hosting, from: number, log = owner.log.copy(from + 3)) =>
    ask({ hosting }, peer, 'POST', `${root}/log?from=${from}&${start}`, log.frames(from, 1_000_000))
  let done = false
  for (let call = 1; !done; call++) {
    const disk = new MemoryDisk({ clock: place.clock })
    let hosting = fresh(place, place.box(1), disk)
    assert.equal((await put(hosting, 0)).status, 200)
    disk.resetCalls()
    disk.cutPowerAt(call)
    try {
      done = (await put(hosting, 3)).status === 200
    } catch (error) {
      assert.ok(error instanceof Error)
    }
    disk.powerCut(simRandom(call))
    hosting = fresh(place, place.box(1), disk)
    const held = await ask({ hosting }, peer, 'GET', `${root}/log?from=0`)
    const kept = Buffer.compare(held.body, owner.log.copy(6).frames(0, 1_000_000)) === 0
    const before = Buffer.compare(held.body, owner.log.copy(3).frames(0, 1_000_000)) === 0
    assert.ok(kept || (before && !done) || (!done && held.body.byteLength > 2000), `call ${call}`)
    assert.equal(await codeFrom(put(hosting, 3)), 'OK', `again after ${call}`)
  }
})

test('another log is refused as a fork, and changes nothing', async () => {
  const place = await town('fork', 3)
  const owner = new FakeOwner(place, 0)
  owner.log.append('one')
  const twin = owner.log.copy(1)
  twin.append('another')
  twin.append('and more')
  const client = await clientOf(place, 0, 1)
  const incarnation = { count: 1, bytes: 'ab'.repeat(16) }
  const run = <Result>(promise: Promise<Result>) => place.clock.run(promise)
  const end = await run(client.appendLog({ from: 0, frames: owner.log.frames(0, 1e6), incarnation }, signal))
  assert.deepEqual(end, owner.log.end())
  await assert.rejects(run(client.appendLog({ from: 1, frames: twin.frames(1, 1e6), incarnation }, signal)), {
    code: 'LOG_FORK',
  })
  await assert.rejects(run(client.appendLog({ from: 2, frames: twin.frames(2, 1e6), incarnation }, signal)), {
    code: 'LOG_FORK',
  })
  const lower = { count: 1, bytes: 'cd'.repeat(16) }
  await assert.rejects(run(client.appendLog({ from: 2, frames: new Uint8Array(0), incarnation: lower }, signal)), {
    code: 'HEAD_INCARNATION_REFUSED',
  })
  assert.deepEqual(await run(client.logPage({ from: 0 }, signal)), owner.log.frames(0, 1e6))
  assert.deepEqual(await run(client.logPage({ until: 1 }, signal)), owner.log.copy(1).frames(0, 1e6))
})

test('a damaged frame is noticed when it is read; the rest is kept aside and the owner sends it again', async () => {
  const place = await town('rot', 3)
  const owner = new FakeOwner(place, 0)
  for (let index = 0; index < 5; index++) owner.log.append(`frame ${index}`)
  const client = await clientOf(place, 0, 1)
  const incarnation = { count: 1, bytes: 'ab'.repeat(16) }
  const run = <Result>(promise: Promise<Result>) => place.clock.run(promise)
  await run(client.appendLog({ from: 0, frames: owner.log.frames(0, 1e6), incarnation }, signal))
  const folder = joinPath(HOSTING, owner.signer.box)
  place.box(1).disk.damage(joinPath(folder, 'log', '00000000.log'), (bytes) => {
    bytes[130] = (bytes[130] ?? 0) ^ 4
  })
  assert.ok((await run(client.logPage({ from: 0 }, signal))).byteLength < 130)
  assert.deepEqual(place.box(1).events, ['hosted.log.damaged'])
  const end = await run(client.logEnd(signal))
  assert.ok(end.frames < 6)
  assert.ok(place.box(1).disk.list(joinPath(folder, 'log-cut')).length >= 1)
  const again = await run(
    client.appendLog({ from: end.frames, frames: owner.log.frames(end.frames, 1e6), incarnation }, signal),
  )
  assert.deepEqual(again, owner.log.end())
})

test('a keyring is kept under its hash for ever', async () => {
  const place = await town('keyring', 3)
  const client = await clientOf(place, 0, 1)
  const owner = new FakeOwner(place, 0)
  const report = owner.disperse()
  await report
  const run = <Result>(promise: Promise<Result>) => place.clock.run(promise)
  await assert.rejects(run(client.putKeyring('00'.repeat(32), owner.keyring, signal)), { code: 'FORMAT_KEYRING' })
  const state = await run(client.state(signal, true))
  assert.equal(state?.keyrings.length, 1)
  assert.deepEqual(Buffer.from(await run(client.keyring(state?.keyrings[0] ?? '', signal))), Buffer.from(owner.keyring))
})

test('a damaged store id counts as another store, and keeps nobody from opening', async () => {
  const place = await town('store', 3)
  const before = place.box(1).hosting.store
  place.box(1).disk.damage(joinPath(HOSTING, 'store.cbor'), (bytes) => bytes.fill(255, 0, 3))
  place.reopen(1)
  assert.notEqual(place.box(1).hosting.store, before)
})
