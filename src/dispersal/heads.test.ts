import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinPath, pathFromText } from '#base'
import { boxKeysFromSeed, type Head, type Signed } from '#crypto'
import type { HostClient } from './host-client.ts'
import { signHead, type VerifiedHead } from './statements.ts'
import {
  clientOf,
  epochStatement,
  FakeOwner,
  HOSTING,
  hashOf,
  hostsOf,
  signerOf,
  type Town,
  town,
} from './test-town.ts'

const signal = new AbortController().signal
const incarnation = { count: 1, bytes: 'ab'.repeat(16) }

function headOf(owner: FakeOwner, number: number, previous: string, more: Partial<Head> = {}): VerifiedHead {
  return signHead(owner.signer, {
    format: 1,
    box: owner.signer.box,
    incarnation,
    epoch: owner.signer.epoch,
    number,
    previous,
    at: 1_780_000_000_000 + number,
    log: owner.log.end(),
    stripes: '00'.repeat(32),
    keyring: hashOf(owner.keyring),
    organisations: [],
    ...more,
  })
}

async function prepared(seed: string): Promise<{
  place: Town
  owner: FakeOwner
  client: HostClient
  put: (heads: VerifiedHead[], by?: typeof incarnation) => Promise<Signed>
}> {
  const place = await town(seed, 3)
  const owner = new FakeOwner(place, 0)
  const client = await clientOf(place, 0, 1)
  await place.clock.run(client.putKeyring(hashOf(owner.keyring), owner.keyring, signal))
  await place.clock.run(client.appendLog({ from: 0, frames: owner.log.frames(0, 1e6), incarnation }, signal))
  const put = (heads: VerifiedHead[], by = incarnation) =>
    place.clock.run(
      client.putHeads(
        heads.map(({ signed }) => signed),
        by,
        signal,
      ),
    )
  return { place, owner, client, put }
}

const ZERO = '0'.repeat(64)

test('heads follow one another by number and hash; a head sent again gets the receipt it got', async () => {
  const { owner, put, place } = await prepared('chain')
  const one = headOf(owner, 1, ZERO)
  const two = headOf(owner, 2, one.hash)
  const three = headOf(owner, 3, two.hash)
  const receipt = await put([one])
  await assert.rejects(put([three]), { code: 'HEAD_NUMBER' })
  await place.clock.runFor(10_000)
  assert.deepEqual(await put([one]), receipt)
  await put([one, two, three])
  await assert.rejects(put([headOf(owner, 5, three.hash)]), { code: 'HEAD_NUMBER' })
  await assert.rejects(put([headOf(owner, 4, two.hash)]), { code: 'HEAD_FORK' })
  await assert.rejects(put([headOf(owner, 2, one.hash, { at: 7 })]), { code: 'HEAD_FORK' })
  assert.deepEqual(place.box(1).events, ['hosted.head.fork', 'hosted.head.fork'])
  const state = await place.clock.run((await clientOf(place, 0, 1)).state(signal))
  assert.deepEqual(
    state?.forks,
    [4, 2].sort((a, b) => (state?.forks[0] === 4 ? b - a : a - b)),
  )
  const list = await place.clock.run((await clientOf(place, 0, 1)).headList(4, signal))
  assert.deepEqual(
    list.map(({ number, hash }) => [number, hash]),
    [
      [3, three.hash],
      [2, two.hash],
      [1, one.hash],
    ],
  )
})

test('no receipt without the keyring and the whole log that the head names', async () => {
  const { owner, put } = await prepared('held')
  const end = owner.log.end()
  owner.log.append('not sent')
  await assert.rejects(put([headOf(owner, 1, ZERO)]), { code: 'HEAD_LOG_MISSING' })
  await assert.rejects(put([headOf(owner, 1, ZERO, { log: { ...end, hash: '11'.repeat(32) } })]), {
    code: 'HEAD_LOG_MISSING',
  })
  await assert.rejects(put([headOf(owner, 1, ZERO, { log: end, keyring: '22'.repeat(32) })]), {
    code: 'HEAD_KEYRING_MISSING',
  })
  await put([headOf(owner, 1, ZERO, { log: end })])
})

test('another log replaces what no head names, and that alone; what it replaces is kept', async () => {
  const { owner, put, client, place } = await prepared('branch')
  const named = owner.log.end()
  owner.log.append('named by nobody')
  const twin = owner.log.copy(named.frames)
  twin.append('logged after the disk was put back')
  const append = (from: number, log: FakeOwner['log'], branch: boolean) =>
    place.clock.run(client.appendLog({ from, frames: log.frames(from, 1e6), incarnation, branch }, signal))
  await append(named.frames, owner.log, false)
  await put([headOf(owner, 1, ZERO, { log: named })])
  await assert.rejects(append(named.frames, twin, false), { code: 'LOG_FORK' })
  assert.deepEqual(await append(named.frames, twin, true), twin.end())
  await assert.rejects(append(named.frames - 1, owner.log, true), { code: 'LOG_BRANCH_REFUSED' })
  assert.ok(place.box(1).disk.list(joinPath(HOSTING, owner.signer.box, 'log-cut')).length > 0)
})

test('lower incarnations, and equal counts with other bytes, are refused', async () => {
  const { owner, put, client, place } = await prepared('incarnation')
  const later = { count: 3, bytes: 'cc'.repeat(16) }
  await place.clock.run(client.announce(later, signal))
  await assert.rejects(place.clock.run(client.announce(incarnation, signal)), { code: 'HEAD_INCARNATION_REFUSED' })
  const same = { count: 3, bytes: 'dd'.repeat(16) }
  await assert.rejects(place.clock.run(client.announce(same, signal)), { code: 'HEAD_INCARNATION_REFUSED' })
  await place.clock.run(client.announce(later, signal))
  const one = headOf(owner, 1, ZERO)
  await assert.rejects(put([one]), { code: 'HEAD_INCARNATION_REFUSED' })
  await put([one], later)
  const two = headOf(owner, 2, one.hash, { incarnation: later })
  await put([two], later)
  await assert.rejects(put([headOf(owner, 3, two.hash)], later), { code: 'HEAD_INCARNATION_REFUSED' })
  await assert.rejects(put([headOf(owner, 3, two.hash, { incarnation: same })], later), {
    code: 'HEAD_INCARNATION_REFUSED',
  })
})

test('1440 heads a day, no more', async () => {
  const { owner, put } = await prepared('rate')
  let previous = ZERO
  const heads = Array.from({ length: 1441 }, (_, index) => {
    const head = headOf(owner, index + 1, previous)
    previous = head.hash
    return head
  })
  await put(heads.slice(0, 720))
  await put(heads.slice(720, 1440))
  await assert.rejects(put(heads.slice(1440)), { code: 'HEAD_RATE_REFUSED' })
})

test('heads by another key, of another box or signed as something else are refused', async () => {
  const { owner, put, place } = await prepared('signed')
  const other = new FakeOwner(place, 2)
  const foreign = headOf(other, 1, ZERO)
  await assert.rejects(put([foreign]), { code: 'CERTIFICATE_INVALID' })
  const one = headOf(owner, 1, ZERO)
  const forged = { ...one, signed: { ...one.signed, signature: foreign.signed.signature } }
  await assert.rejects(put([forged]), { code: 'SIGNATURE_INVALID' })
})

test('after a theft root ends the branch: hosts go on from the last good head and keep what was behind it', async () => {
  const place = await town('epoch', 5)
  const owner = new FakeOwner(place, 0)
  const good = owner.addPack(2000)
  await owner.disperse()
  const lastGood = owner.heads.newest
  assert.ok(lastGood)
  const goodLog = owner.log.copy()
  // The thief writes on; one host is away and does not see it.
  place.net.cut('box-0', 'box-4')
  owner.addPack(2000)
  await owner.disperse()
  place.net.heal('box-0', 'box-4')
  const { root, signer } = owner.box
  const keys = boxKeysFromSeed(place.random.bytes(32))
  const rebuilt = new FakeOwner(place, 0, pathFromText('/data/rebuilt-heads'))
  rebuilt.signer = signerOf(root, { box: signer.box, keys, epoch: 2 }, place.random)
  rebuilt.heads = rebuilt.openHeads(pathFromText('/data/rebuilt-heads'))
  rebuilt.hosts = hostsOf(place, owner.box, rebuilt.signer, keys)
  rebuilt.heads.adopt(owner.heads.run(0, lastGood.head.number, 100))
  rebuilt.log = goodLog
  const pack = owner.packs.get(good)
  const placed = owner.placed.get(good)
  assert.ok(pack && placed)
  rebuilt.packs.set(good, pack)
  rebuilt.placed.set(good, placed)
  rebuilt.epoch = epochStatement(root, signer.box, keys, 2, { number: lastGood.head.number, hash: lastGood.hash })
  rebuilt.addPack(3000)
  const report = await rebuilt.disperse()
  assert.equal(report.state, 'whole', JSON.stringify(report))
  assert.equal(report.head, lastGood.head.number + 1)
  assert.equal(report.receipts, 4)
  const folder = joinPath(HOSTING, signer.box)
  assert.equal(place.box(1).disk.list(joinPath(folder, 'heads-2')).length, 1)
  assert.ok(place.box(1).disk.list(joinPath(folder, 'log-2')).length > 0)
  // The thief's key is worth nothing any more.
  owner.addPack(100)
  const thief = await owner.disperse().then(
    (late) => late.trouble.map(({ code }) => code),
    (error: unknown) => [String(error)],
  )
  assert.ok(thief.length > 0, 'the old key is refused')
})

test('a host that took the wrong branch changes to the one that root calls good', async () => {
  const place = await town('branches', 4)
  const owner = new FakeOwner(place, 0)
  owner.addPack(2000)
  await owner.disperse()
  const { root, signer } = owner.box
  const base = owner.heads.newest
  const start = owner.heads.incarnation
  assert.ok(base && start)
  const wrongLog = owner.log.copy()
  const common = wrongLog.end().frames
  wrongLog.append('the wrong branch')
  // Host 3 gets one next head, hosts 1 and 2 another.
  place.net.cut('box-0', 'box-3')
  owner.addPack(2000)
  await owner.disperse()
  place.net.heal('box-0', 'box-3')
  const client = await clientOf(place, 0, 3)
  const tail = { from: common, frames: wrongLog.frames(common, 1e6), incarnation: start }
  await place.clock.run(client.appendLog(tail, signal))
  const wrong = headOf(owner, base.head.number + 1, base.hash, { incarnation: start, log: wrongLog.end() })
  await place.clock.run(client.putHeads([wrong.signed], start, signal))
  const forked = await owner.disperse()
  assert.deepEqual(
    forked.trouble.map(({ code }) => code),
    ['LOG_FORK'],
  )
  const lastGood = owner.heads.newest
  assert.ok(lastGood && lastGood.head.number > base.head.number)
  const newKeys = boxKeysFromSeed(place.random.bytes(32))
  owner.signer = signerOf(root, { box: signer.box, keys: newKeys, epoch: 2 }, place.random)
  owner.hosts = hostsOf(place, owner.box, owner.signer, newKeys)
  owner.heads = owner.openHeads(pathFromText('/data/heads'))
  owner.epoch = epochStatement(root, signer.box, newKeys, 2, { number: lastGood.head.number, hash: lastGood.hash })
  owner.addPack(2000)
  const report = await owner.disperse()
  assert.equal(report.state, 'whole', JSON.stringify(report))
  assert.equal(report.receipts, 3)
})
