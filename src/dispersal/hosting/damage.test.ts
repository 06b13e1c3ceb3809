/** What a host makes of its own rotting disk: docs/formats/hosting.md */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BytePath, joinPath, readWhole } from '#base'
import type { HostClient } from '../host-client.ts'
import { signHead, type VerifiedHead } from '../statements.ts'
import { clientOf, FakeOwner, HOSTING, hashOf, type Town, type TownBox, town } from '../test-town.ts'
import { readHostedState } from './hosted-state.ts'

const signal = new AbortController().signal
const HEADS = 4

interface Grown {
  readonly place: Town
  readonly owner: FakeOwner
  readonly host: TownBox
  readonly client: HostClient
  /** What the host keeps of the owner. */
  readonly folder: BytePath
  run<Result>(work: Promise<Result>): Promise<Result>
}

/** An owner whose heads, each over a longer log, two hosts have; the first of them will rot. */
async function grown(seed: string): Promise<Grown> {
  const place = await town(seed, 3)
  const owner = new FakeOwner(place, 0)
  for (let round = 0; round < HEADS; round++) {
    owner.log.append(`round ${round} ${'x'.repeat(200)}`)
    await owner.disperse()
  }
  assert.equal(owner.heads.newest?.head.number, HEADS)
  const host = place.box(1)
  const run = <Result>(work: Promise<Result>) => place.clock.run(work)
  return { place, owner, host, client: await clientOf(place, 0, 1), folder: joinPath(HOSTING, owner.signer.box), run }
}

function headFile(folder: BytePath, number: number): BytePath {
  return joinPath(folder, 'heads', `${String(number).padStart(10, '0')}.cbor`)
}

function flip(host: TownBox, path: BytePath, at: number): void {
  host.disk.damage(path, (bytes) => {
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8))
  })
}

function bytesOf(host: TownBox, path: BytePath): number {
  return host.disk.stat(path).bytes
}

function contentOf(host: TownBox, path: BytePath): Uint8Array {
  return readWhole(host.disk, path, 1e6)
}

function ownHeads(owner: FakeOwner, ...numbers: number[]): VerifiedHead[] {
  return numbers.map((number) => owner.heads.head(number) as VerifiedHead)
}

function sentAgain({ owner, client, run }: Grown, ...heads: VerifiedHead[]) {
  const { incarnation } = owner.heads
  assert.ok(incarnation)
  return run(
    client.putHeads(
      heads.map(({ signed }) => signed),
      incarnation,
      signal,
    ),
  )
}

async function numbersAt({ client, owner, run }: Grown): Promise<number[]> {
  const page = await run(client.headsFrom(1, signal))
  const known = new Map(ownHeads(owner, 1, 2, 3, 4).map(({ signed, head }) => [hashOf(signed.body), head.number]))
  return page.map((signed) => known.get(hashOf(signed.body)) ?? Number.NaN)
}

test('a bit flipped anywhere in a head between others hides that head only, is named, and put right by the next dispersal', async () => {
  const all = await grown('middle')
  const { place, owner, host, folder, client, run } = all
  const other = new FakeOwner(place, 2)
  await other.disperse()
  const path = headFile(folder, 2)
  for (let at = 0; at < bytesOf(host, path); at += 197) {
    flip(host, path, at)
    place.reopen(1)
    host.events.length = 0
    assert.deepEqual(await numbersAt(all), [1, 3, 4], `byte ${at}`)
    assert.deepEqual(host.events, ['hosted.head.damaged'])
    assert.deepEqual(
      (await run(client.headList(9, signal))).map(({ number }) => number),
      [4, 3, 1],
    )
    await assert.rejects(run(client.head(2, signal)), { code: 'HEAD_UNKNOWN' })
    assert.deepEqual((await run(client.state(signal)))?.lost, [2])
    const report = await owner.disperse()
    assert.deepEqual([report.receipts, report.trouble], [2, []])
    assert.deepEqual(await numbersAt(all), [1, 2, 3, 4])
  }
  assert.deepEqual((await run(client.state(signal)))?.lost, [])
  const aside = host.disk.list(joinPath(folder, 'heads')).filter((name) => name.includes('.damaged-'))
  assert.ok(aside.length > 5, 'what was damaged is kept')
  assert.equal((await other.disperse()).receipts, 2)
})

test('in the place of a damaged head a host takes the very one that was there, and no other', async () => {
  const all = await grown('very one')
  const { owner, host, folder, client, run } = all
  for (const number of [2, 3]) flip(host, headFile(folder, number), 50)
  assert.deepEqual(await numbersAt(all), [1, 4])
  const [one, two, three] = ownHeads(owner, 1, 2, 3)
  assert.ok(one && two && three)
  const false2 = signHead(owner.signer, { ...two.head, at: 7 })
  const false3 = signHead(owner.signer, { ...three.head, at: 7 })
  await assert.rejects(sentAgain(all, two), { code: 'HEAD_NUMBER' }, 'nothing says that it was this one')
  await assert.rejects(sentAgain(all, false3), { code: 'HEAD_FORK' })
  await assert.rejects(sentAgain(all, false2, signHead(owner.signer, { ...three.head, previous: false2.hash })), {
    code: 'HEAD_FORK',
  })
  assert.deepEqual(await numbersAt(all), [1, 4])
  const receipt = await sentAgain(all, one, two, three)
  assert.deepEqual(await numbersAt(all), [1, 2, 3, 4])
  assert.deepEqual(await sentAgain(all, three), receipt)
  assert.deepEqual((await run(client.state(signal)))?.newest, owner.heads.newest?.signed)
})

test('a host whose newest head has rotted signs for it only when it has it again, and for no other behind it', async () => {
  const all = await grown('newest')
  const { owner, host, folder, client, run } = all
  const newest = owner.heads.newest
  assert.ok(newest)
  flip(host, headFile(folder, HEADS), 60)
  const next = signHead(owner.signer, { ...newest.head, number: HEADS + 1, previous: newest.hash })
  await assert.rejects(sentAgain(all, next), { code: 'HEAD_NUMBER' })
  assert.deepEqual(host.events, ['hosted.head.damaged'])
  assert.equal((await run(client.newestHead(signal)))?.body.byteLength, ownHeads(owner, 3)[0]?.signed.body.byteLength)
  assert.equal((await owner.disperse()).receipts, 2)
  assert.deepEqual(await run(client.newestHead(signal)), newest.signed)
  // The receipt is on the disk beside the head: one that rots is signed anew, not given away.
  flip(host, headFile(folder, HEADS), bytesOf(host, headFile(folder, HEADS)) - 20)
  assert.equal((await owner.disperse()).receipts, 2)
  await sentAgain(all, newest, next)
})

test('no receipt for the newest head, new or again, over a log that is damaged', async () => {
  const all = await grown('log receipt')
  const { owner, host, folder, client, run } = all
  const newest = owner.heads.newest
  assert.ok(newest)
  const log = joinPath(folder, 'log', '00000000.log')
  await sentAgain(all, newest)
  flip(host, log, bytesOf(host, log) - 5)
  await assert.rejects(sentAgain(all, newest), { code: 'HEAD_LOG_MISSING' }, 'the last frame is looked at')
  assert.equal((await owner.disperse()).receipts, 2)
  flip(host, log, 300)
  await run(client.logPage({ from: 0 }, signal))
  await assert.rejects(sentAgain(all, newest), { code: 'HEAD_LOG_MISSING' }, 'what a read has found counts')
  assert.equal((await owner.disperse()).receipts, 2)
  await sentAgain(all, newest)
})

test('a bit flipped anywhere in a hosted log or its marks is named, and the next dispersal puts back what lacks', async () => {
  const all = await grown('log')
  const { place, owner, host, folder, client, run } = all
  const whole = owner.log.frames(0, 1e6)
  for (const [name, step] of [
    ['00000000.log', 171],
    ['marks', 31],
  ] as const) {
    const path = joinPath(folder, 'log', name)
    const lastMark = bytesOf(host, path) - 48
    for (let at = 0; at < (name === 'marks' ? lastMark : bytesOf(host, path)); at += step) {
      flip(host, path, at)
      place.reopen(1)
      host.events.length = 0
      const { receipts, trouble } = await owner.disperse()
      assert.deepEqual([receipts, trouble], [2, []], `${name} ${at}`)
      assert.deepEqual(host.events, ['hosted.log.damaged'], `${name} ${at}`)
      assert.deepEqual(await run(client.logPage({ from: 0 }, signal)), whole)
    }
  }
  assert.ok(host.disk.list(joinPath(folder, 'log-cut')).length > 10, 'what was damaged is kept')
})

test('a lost or emptied log file is put back by the next dispersal', async () => {
  const { owner, host, folder, client, run, place } = await grown('log file')
  const path = joinPath(folder, 'log', '00000000.log')
  for (const spoil of [() => host.disk.removeFile(path), () => emptied(host, path)]) {
    spoil()
    place.reopen(1)
    assert.equal((await owner.disperse()).receipts, 2)
    assert.deepEqual(await run(client.logPage({ from: 0 }, signal)), owner.log.frames(0, 1e6))
  }
  assert.ok(host.events.includes('hosted.log.damaged'))
})

function emptied(host: TownBox, path: BytePath): void {
  using file = host.disk.open(path, 'write')
  file.truncate(0)
}

test('a recovery reads the good frames on both sides of a damaged one; nothing is cut while the owner is away', async () => {
  const { owner, host, folder, client, run } = await grown('both sides')
  const frames = owner.log.frameList
  const before = Buffer.concat(frames.slice(0, 2))
  flip(host, joinPath(folder, 'log', '00000000.log'), before.byteLength + 60)
  const asOwner = host.meddle
  host.meddle = (request) => host.hosting.handler({ ...request, peer: { ...request.peer, role: 'recovery' } }, signal)
  const end = frames.length
  assert.deepEqual(Buffer.from(await run(client.logPage({ until: end }, signal))), Buffer.concat(frames.slice(3)))
  await assert.rejects(run(client.logPage({ until: 3 }, signal)), { code: 'HOSTED_LOG_DAMAGED' })
  assert.deepEqual(Buffer.from(await run(client.logPage({ until: 2 }, signal))), before)
  assert.equal((await run(client.logEnd(signal))).frames, end)
  host.meddle = asOwner
  assert.equal((await run(client.logEnd(signal))).frames, 2)
})

test('a rotten keyring is put back by the next dispersal', async () => {
  const { owner, host, folder, client, run } = await grown('keyring')
  const name = hashOf(owner.keyring)
  flip(host, joinPath(folder, 'keyrings', name), 3)
  assert.equal((await owner.disperse()).receipts, 2)
  assert.deepEqual(Buffer.from(await run(client.keyring(name, signal))), Buffer.from(owner.keyring))
})

test('an owner whose state is damaged or gone is not nobody: nothing new is written over it, and others are served', async () => {
  const { place, owner, host, folder } = await grown('state')
  const other = new FakeOwner(place, 2)
  await other.disperse()
  const state = joinPath(folder, 'state.cbor')
  const good = Uint8Array.from(contentOf(host, state))
  for (let at = 0; at < good.byteLength; at++) {
    flip(host, state, at)
    assert.throws(() => readHostedState(host.disk, folder), { code: 'HOSTED_OWNER_DAMAGED' }, `byte ${at}`)
    flip(host, state, at)
  }
  for (const spoil of [() => flip(host, state, 40), () => host.disk.removeFile(state)]) {
    spoil()
    place.reopen(1)
    const report = await owner.disperse()
    assert.deepEqual(report.trouble, [{ host: host.signer.box, code: 'HOSTED_OWNER_DAMAGED' }])
  }
  assert.ok(!(host.disk.list(folder) as string[]).includes('state.cbor'), 'whoever asks first would own it')
  const client = await clientOf(place, 0, 1)
  const answer = await place.clock.run(client.boxesOf(owner.signer.organisation, signal))
  assert.deepEqual(answer, { format: 1, boxes: [], damaged: [owner.signer.box] })
  assert.equal((await other.disperse()).receipts, 2)
})
