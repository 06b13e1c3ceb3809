import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, HOUR_MS, joinPath } from '#base'
import { decodeUnusualRelease, encodeSigned } from '#crypto'
import { verifyUnusualRelease } from '../release-statements.ts'
import { HOSTING, signerOf } from '../test-town.ts'
import type { OwnerRoom } from './owner-room.ts'
import { ReleaseCase, settled } from './release-fixture.ts'

const states = (answer: { stripes: readonly { state: string }[] }) => answer.stripes.map(({ state }) => state)

test('nothing is purged before 44 lived days, and then it is', async () => {
  const { on, kept } = await settled('44 days')
  const [one, two] = kept
  assert.ok(one && two)
  const answer = await on.release([one.stripe])
  assert.deepEqual(states(answer), ['released'])
  assert.equal(answer.stripes[0]?.left, 44 * DAY_MS)
  const look = () => on.hosting.look(new AbortController().signal)
  await on.live(43, DAY_MS)
  await on.clock.runFor(DAY_MS - 1)
  await look()
  assert.ok(await on.isThere(one), 'a moment before')
  await on.clock.runFor(1)
  await look()
  assert.ok(!(await on.isThere(one)))
  assert.ok(await on.isThere(two))
  assert.deepEqual(states(await on.release([one.stripe])), ['gone'])
})

test('a lost counter of lived time starts all waits again', async () => {
  const { on, kept } = await settled('lost counter')
  const [one] = kept
  assert.ok(one)
  await on.release([one.stripe])
  await on.live(43, DAY_MS)
  on.disk.removeFile(joinPath(HOSTING, 'lived.cbor'))
  on.restart()
  await on.live(43, DAY_MS)
  assert.ok(await on.isThere(one))
  await on.live(2)
  assert.ok(!(await on.isThere(one)))
})

test('clocks that disagree stop the purge until they have agreed for 24 lived hours', async () => {
  const { on, kept } = await settled('frozen')
  const [one] = kept
  assert.ok(one)
  await on.release([one.stripe])
  await on.live(43, DAY_MS)
  on.hosting.noteClocks([30 * HOUR_MS, 40 * HOUR_MS, 29 * HOUR_MS])
  await on.live(20, DAY_MS)
  assert.ok(await on.isThere(one), 'members disagree')
  on.hosting.noteClocks([0, 100, -100])
  await on.live(0.75)
  assert.ok(await on.isThere(one), 'not long enough')
  await on.live(1)
  assert.ok(!(await on.isThere(one)))
  assert.ok(on.events.includes('hosting.clock.frozen'))
})

test('silence is no release: no list, no absence, no lost file ever makes a host forget', async () => {
  const { on, kept } = await settled('silence')
  const [one] = kept
  assert.ok(one)
  await on.release([one.stripe])
  on.disk.damage(joinPath(HOSTING, on.owner.signer.box, 'releases.cbor'), (bytes) => {
    bytes[200] = (bytes[200] ?? 0) ^ 1
  })
  on.restart()
  await on.live(200, DAY_MS)
  for (const each of kept) assert.ok(await on.isThere(each))
  assert.ok(on.events.includes('hosted.releases.damaged'))
})

test('the owner takes its release back as long as it is there, and is told when it is gone', async () => {
  const { on, kept } = await settled('cancel')
  const [one, two] = kept
  assert.ok(one && two)
  await on.release([one.stripe])
  const before = await on.inventoryBytes()
  await on.live(43, DAY_MS)
  assert.deepEqual(states(await on.cancel([one.stripe])), ['held'])
  assert.equal(await on.inventoryBytes(), before + one.bytes)
  await on.live(100, DAY_MS)
  assert.ok(await on.isThere(one))
  await on.release([two.stripe])
  await on.live(45, DAY_MS)
  assert.deepEqual(states(await on.cancel([two.stripe])), ['gone'])
})

test('a cancelled release gives its room back to the brake', async () => {
  const { on, kept } = await settled('room')
  const [one, two] = kept
  assert.ok(one && two)
  assert.deepEqual(states(await on.release([one.stripe])), ['released'])
  assert.deepEqual(states(await on.release([two.stripe])), ['held'])
  await on.cancel([one.stripe])
  assert.deepEqual(states(await on.release([two.stripe])), ['released'])
})

test('what is released is held no more: no inventory and no check names it', async () => {
  const { on, kept } = await settled('inventory')
  const [one] = kept
  assert.ok(one)
  await on.release([one.stripe])
  const total = kept.reduce((sum, { bytes }) => sum + bytes, 0)
  assert.equal(await on.inventoryBytes(), total - one.bytes)
  const { classes, released } = await on.summary()
  assert.equal(classes[0]?.released, one.bytes)
  assert.equal(released.fragments, 1)
  assert.ok(await on.isThere(one), 'a recovery can still have it')
})

test('a fragment that is put again is held: a purge never touches it', async () => {
  const { on } = await settled('again', 5)
  const fragment = on.fragment()
  await on.put(fragment)
  await on.deliver('budget', on.budgetStatement(null, 100_000))
  for (const cancelled of [true, false]) {
    await on.release([fragment.stripe])
    await on.live(43, DAY_MS)
    if (cancelled) await on.cancel([fragment.stripe])
    await on.put(fragment)
    await on.live(60, DAY_MS)
    assert.ok(await on.isThere(fragment), `cancelled: ${cancelled}`)
    await on.deliver('budget', on.budgetStatement(null, 100_000))
  }
  await on.release([fragment.stripe])
  await on.live(45, DAY_MS)
  assert.ok(!(await on.isThere(fragment)))
  await on.put(fragment)
  await on.live(60, DAY_MS)
  assert.ok(await on.isThere(fragment), 'put again after its purge')
})

test('a release that comes late or twice changes nothing', async () => {
  const { on, kept } = await settled('replay')
  const [one] = kept
  assert.ok(one)
  const statement = on.releaseStatement([one.stripe])
  await on.release([one.stripe], statement)
  const { stripes } = await on.release([one.stripe], statement)
  assert.equal(stripes[0]?.state, 'released')
  await on.cancel([one.stripe])
  assert.deepEqual(states(await on.release([one.stripe], statement)), ['held'], 'replayed after the cancel')
  const early = on.releaseStatement([one.stripe], 1)
  assert.deepEqual(states(await on.release([one.stripe], early)), ['held'], 'an earlier number')
})

test('root and a box of another member undo; the own key of the owner, and its own organisation, may not', async () => {
  const { on, kept } = await settled('undo')
  const [one] = kept
  assert.ok(one)
  const second = signerOf(on.owner.root, { box: '77'.repeat(16), keys: on.other.keys, epoch: 1 }, on.random)
  for (const signer of [null, on.other.signer, on.host.signer]) {
    await on.release([one.stripe])
    for (const wrong of [on.owner.signer, second]) {
      const code = await on.codeOf(on.deliver('undo', on.undoStatement(wrong)))
      assert.match(code, /STATEMENT_INVALID/)
      assert.equal((await on.summary()).released.fragments, 1)
    }
    const { fragments } = await on.deliver('undo', on.undoStatement(signer))
    assert.equal(fragments, 1)
    assert.equal((await on.summary()).released.fragments, 0)
  }
  await on.live(50, DAY_MS)
  assert.ok(await on.isThere(one))
})

test('an undo of a stranger, or of another owner, is refused; one that comes first keeps a late release out', async () => {
  const { on, kept } = await settled('undo strangers')
  const [one] = kept
  assert.ok(one)
  const late = on.releaseStatement([one.stripe])
  const undo = on.undoStatement(on.other.signer)
  await on.deliver('undo', undo)
  assert.deepEqual(states(await on.release([one.stripe], late)), ['held'])
  const forged = { ...undo, signature: Uint8Array.from(undo.signature).fill(1) }
  assert.equal(await on.codeOf(on.deliver('undo', forged)), 'SIGNATURE_INVALID')
  const stranger = (await ReleaseCase.open('elsewhere')).other.signer
  assert.equal(await on.codeOf(on.deliver('undo', on.undoStatement(stranger))), 'STATEMENT_INVALID')
})

test('the brake of each class is exact at its border', async () => {
  const on = await ReleaseCase.open('border')
  const data = await on.putMany(20)
  const metadata = await on.putMany(10, 'metadata')
  await on.live(31, DAY_MS)
  assert.ok(data.every(({ bytes }) => bytes === data[0]?.bytes))
  const answer = await on.release([...data, ...metadata].map(({ stripe }) => stripe))
  const released = (some: readonly { stripe: string }[]) =>
    answer.stripes.filter(({ stripe, state }) => state === 'released' && some.some((one) => one.stripe === stripe))
  assert.equal(released(data).length, 2)
  assert.equal(released(metadata).length, 1)
  const back = answer.refused.find((one) => one.class === 'data')
  assert.equal(back?.bytes, 18 * (data[0]?.bytes ?? 0))
  assert.equal(back?.wait, 7 * DAY_MS)
  const rest = data.filter(({ stripe }) => !released(data).some((one) => one.stripe === stripe))
  await on.clock.runFor(7 * DAY_MS - 1)
  assert.deepEqual(new Set(states(await on.release(rest.map(({ stripe }) => stripe)))), new Set(['held']))
  await on.clock.runFor(1)
  const next = states(await on.release(rest.map(({ stripe }) => stripe)))
  assert.equal(next.filter((state) => state === 'released').length, 2)
})

test('young metadata is free, old is not, and data never is', async () => {
  const { on } = await settled('young')
  const young = await on.putMany(3, 'metadata')
  const data = await on.putMany(3)
  await on.live(1.9)
  const answer = await on.release([...young, ...data].map(({ stripe }) => stripe))
  const of = (stripe: string) => answer.stripes.find((one) => one.stripe === stripe)?.state
  assert.deepEqual(
    young.map(({ stripe }) => of(stripe)),
    ['released', 'released', 'released'],
  )
  assert.ok(data.filter(({ stripe }) => of(stripe) === 'released').length <= 1)
  const old = await on.putMany(3, 'metadata')
  await on.live(2)
  assert.deepEqual(new Set(states(await on.release(old.map(({ stripe }) => stripe)))), new Set(['held']))
})

test('a budget of root or of another member lets more pass, once; the owner cannot give itself one', async () => {
  const { on, kept } = await settled('budget')
  const stripes = kept.map(({ stripe }) => stripe)
  const each = kept[0]?.bytes ?? 0
  assert.equal(
    await on.codeOf(on.deliver('budget', on.budgetStatement(on.owner.signer, 9 * each))),
    'STATEMENT_INVALID',
  )
  const budget = on.budgetStatement(on.other.signer, 3 * each)
  for (let times = 0; times < 2; times++) await on.deliver('budget', budget)
  const first = states(await on.release(stripes))
  assert.equal(first.filter((state) => state === 'released').length, 4, 'a tenth, and three that were paid for')
  assert.ok(states(await on.release(stripes)).filter((state) => state === 'released').length === 4)
  await on.deliver('budget', on.budgetStatement(null, 2 * each, { class: 'metadata' }))
  assert.equal(states(await on.release(stripes)).filter((state) => state === 'released').length, 4, 'of another class')
  await on.deliver('budget', on.budgetStatement(null, 3 * each, { lasting: true }))
  assert.equal(states(await on.release(stripes)).filter((state) => state === 'released').length, 6, 'three each week')
  await on.live(7, DAY_MS)
  assert.equal(states(await on.release(stripes)).filter((state) => state === 'released').length, 9)
})

test('a budget from the future is refused: no later one could end it', async () => {
  const { on } = await settled('future')
  const at = on.clock.wall() + 2 * DAY_MS
  for (const lasting of [true, false]) {
    const budget = on.budgetStatement(on.other.signer, 1000, { lasting, at })
    assert.equal(await on.codeOf(on.deliver('budget', budget)), 'STATEMENT_INVALID')
  }
})

test('a budget that has run out pays for nothing, though nobody looked since', async () => {
  const { on, kept } = await settled('run out')
  const stripes = kept.map(({ stripe }) => stripe)
  await on.deliver('budget', on.budgetStatement(on.other.signer, 5 * (kept[0]?.bytes ?? 0)))
  await on.clock.runFor(30 * DAY_MS)
  assert.equal(states(await on.release(stripes)).filter((state) => state === 'released').length, 1, 'a tenth')
})

test('an undo by a member never ends the numbers of an owner', async () => {
  const { on, kept } = await settled('numbers')
  const [one] = kept
  assert.ok(one)
  await on.deliver('undo', on.undoStatement(on.other.signer, { epoch: 1_000_000, number: 1 }))
  assert.deepEqual(states(await on.release([one.stripe])), ['released'])
})

test('who has left the community asks for nothing of others', async () => {
  const { on } = await settled('former')
  const former = { ...on.peer(on.other.signer), former: true as const }
  assert.equal(await on.codeOf(on.ask('GET', 'unusual', new Uint8Array(0), former)), 'OWNER_REFUSED')
})

test('a damaged notice hides no other', async () => {
  const { on, kept } = await settled('rotten notice', 30)
  await on.release(kept.map(({ stripe }) => stripe))
  const before = await on.notices()
  assert.ok(before.length >= 1)
  const folder = joinPath(HOSTING, on.owner.signer.box, 'unusual')
  const [name] = on.disk.list(folder)
  assert.ok(name)
  on.disk.damage(joinPath(folder, name), (bytes) => bytes.fill(0xff, 0, 4))
  assert.equal((await on.notices()).length, before.length - 1)
})

test('unusual releases are kept as signed notices that any member may read', async () => {
  const { on, kept } = await settled('unusual', 30)
  const stripes = kept.map(({ stripe }) => stripe).sort()
  await on.release(stripes.slice(0, 1))
  assert.equal((await on.notices()).length, 1, 'the first after a long time')
  await on.release(stripes.slice(1, 3))
  await on.release(stripes.slice(3))
  const notices = await on.notices()
  const told = notices.map((notice) => verifyUnusualRelease(notice, on.host.signer, on.owner.signer.box))
  assert.deepEqual(
    told.map(({ reason, class: packClass }) => `${reason} ${packClass}`),
    ['brake data', 'day data'],
  )
  assert.ok((told[0]?.refused ?? 0) > 20 * (kept[0]?.bytes ?? 0))
  const [newest] = notices
  assert.ok(newest)
  assert.equal(decodeUnusualRelease(newest.body).held, 30 * (kept[0]?.bytes ?? 0))
  on.restart()
  assert.equal((await on.notices()).length, 2)
})

test('root condemns what came after a head, and only that, once', async () => {
  const { on, kept } = await settled('condemn')
  const head = { number: 7, hash: 'ab'.repeat(32) }
  assert.equal(await on.codeOf(on.deliver('condemn', on.condemnStatement(head))), 'HEAD_UNKNOWN')
  const { received } = await roomOf(on)
  await received.noteHeads([head])
  await on.clock.runFor(1)
  const bad = await on.putMany(3)
  const good = await on.put(on.fragment(), { ...on.peer(), epoch: 2 })
  await on.clock.runFor(1)
  const condemn = on.condemnStatement(head)
  assert.match(await on.codeOf(on.deliver('condemn', on.undoStatement(null))), /SIGNATURE_INVALID/)
  assert.equal((await on.deliver('condemn', condemn)).fragments, 3)
  for (const one of bad) assert.ok(!(await on.codeOf(on.ask('GET', `fragments/${one.stripe}.0`))).includes('OK'))
  await on.clock.runFor(1)
  const peer = { ...on.peer(), epoch: 2 }
  const later = await on.put(on.fragment(), peer)
  assert.equal((await on.deliver('condemn', condemn)).fragments, 0)
  for (const one of [...kept, good, later]) {
    await on.ask('GET', `fragments/${one.stripe}.0`, new Uint8Array(0), peer)
  }
})

test('what comes again after a condemnation stays, whenever the host dies', async () => {
  const { on } = await settled('condemned again')
  const head = { number: 7, hash: 'ab'.repeat(32) }
  const { received } = await roomOf(on)
  await received.noteHeads([head])
  await on.clock.runFor(1)
  const bad = await on.put()
  await received.flush()
  await on.clock.runFor(1)
  const condemn = on.condemnStatement(head)
  assert.equal((await on.deliver('condemn', condemn)).fragments, 1)
  await on.clock.runFor(1)
  await on.put(bad)
  on.restart()
  assert.equal((await on.deliver('condemn', condemn)).fragments, 0)
  assert.ok(await on.isThere(bad))
})

async function roomOf(on: ReleaseCase) {
  const { rooms } = on.hosting as unknown as { rooms(): AsyncGenerator<OwnerRoom> }
  for await (const room of rooms.call(on.hosting)) return room
  throw new Error('no room')
}

test('a release is signed by the box of the owner, under the key that brings it', async () => {
  const { on, kept } = await settled('signers')
  const stripes = kept.map(({ stripe }) => stripe)
  const good = on.releaseStatement(stripes)
  const byOther = on.releaseStatement(stripes, 5, on.other.signer)
  assert.equal(await on.codeOf(on.release(stripes, byOther)), 'CERTIFICATE_INVALID')
  assert.equal(await on.codeOf(on.ask('POST', 'cancels', encodeSigned(good))), 'SIGNATURE_INVALID')
  assert.equal(
    await on.codeOf(on.ask('POST', 'releases', encodeSigned(good), on.peer(on.other.signer))),
    'OWNER_REFUSED',
  )
  assert.equal(
    await on.codeOf(on.ask('POST', 'releases', encodeSigned(good), { ...on.peer(), epoch: 2 })),
    'STATEMENT_INVALID',
  )
})
