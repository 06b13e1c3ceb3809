import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatisError } from '#base'
import type { Charter } from '#community'
import { decodePlacement } from '#crypto'
import { encodeFragmentFile, parseFragmentHeader } from './fragment-file.ts'
import { stayingCharter } from './placement.ts'
import { type PlacedStripe, signPlacement } from './statements.ts'
import { clientOf, FakeOwner, type Town, town } from './test-town.ts'

/** As the act of a box that is about to leave makes it. */
function withLeaving(charter: Charter, ...hosts: readonly string[]): Charter {
  const members = charter.members.map((member) => ({
    ...member,
    boxes: member.boxes.map((box) => (hosts.includes(box.box) ? { ...box, leaving: 1 } : box)),
  }))
  return { ...charter, members }
}

function hostsOf(owner: FakeOwner, stripe: string): string[] {
  return owner.placed.get(stripe)?.rows.map(({ host }) => host) ?? []
}

function indexOf(place: Town, host: string): number {
  return place.boxes.findIndex(({ signer }) => signer.box === host)
}

test('rows on a member that is leaving go to a spare host while they count where they are', async () => {
  const place = await town('leaving', 7, { n: 3, k: 2 })
  const owner = new FakeOwner(place, 0)
  const id = owner.addPack(60_000)
  assert.deepEqual((await owner.disperse()).drained, [])
  const before = hostsOf(owner, id)
  const leaving = before[0] as string
  const charter = withLeaving(place.charter, leaving)
  const spares = place.boxes.filter(({ signer }, index) => index > 0 && !before.includes(signer.box))
  for (const spare of spares) {
    spare.meddle = async (request, answer) =>
      request.method === 'PUT' && request.path.includes('/fragments/')
        ? { status: 503, body: new Uint8Array(0) }
        : await answer()
  }
  const held = await owner.disperse({ charter })
  assert.deepEqual([held.stripes.whole, held.drained], [1, []], 'nothing is worse, and nobody may go')
  for (const spare of spares) spare.meddle = undefined
  const moved = await owner.disperse({ charter })
  assert.deepEqual([moved.state, moved.drained], ['whole', [leaving]])
  assert.equal(hostsOf(owner, id).filter((host) => host !== leaving).length, 3)
  assert.ok(hostsOf(owner, id).includes(leaving), 'it is still there')
  const later = owner.addPack(10_000)
  assert.deepEqual((await owner.disperse({ charter })).drained, [leaving])
  assert.ok(!hostsOf(owner, later).includes(leaving))
  const client = await clientOf(place, 0, indexOf(place, leaving))
  const { buckets } = await place.clock.run(client.inventory(new AbortController().signal))
  assert.ok(buckets.length > 0, 'nothing was taken from it')
})

test('without a spare host the stripes are to be packed anew for those who stay', async () => {
  const place = await town('no spare', 4, { n: 3, k: 2 })
  const owner = new FakeOwner(place, 0)
  const id = owner.addPack(60_000)
  await owner.disperse()
  const leaving = hostsOf(owner, id)[1] as string
  const report = await owner.disperse({ charter: withLeaving(place.charter, leaving) })
  assert.deepEqual([report.state, report.drained, [...report.stuck]], ['whole', [], [id]])
})

test('when everybody else is leaving there is nobody to go to', async () => {
  const place = await town('all', 3)
  const others = place.boxes.slice(1).map(({ signer }) => signer.box)
  const [owner] = place.boxes
  const charter = withLeaving(place.charter, ...others)
  assert.equal(stayingCharter(charter, owner?.signer.box ?? ''), charter)
  assert.notEqual(stayingCharter(withLeaving(place.charter, others[0] ?? ''), owner?.signer.box ?? ''), place.charter)
})

test('two rows on one disk are one: a spare host that holds a row already gets no other', async () => {
  for (const seed of [0, 1, 2, 3]) {
    const place = await town(`one disk ${seed}`, 6, { n: 3, k: 2 })
    const owner = new FakeOwner(place, 0)
    const id = owner.addPack(20_000)
    await owner.disperse()
    const first = hostsOf(owner, id)
    const [away = '', , back = ''] = first
    await owner.disperse({ charter: withLeaving(place.charter, back) })
    await owner.disperse()
    const spare = hostsOf(owner, id).find((host) => !first.includes(host)) ?? ''
    const gone = [away, spare]
    const { drained } = await owner.disperse({ charter: withLeaving(place.charter, ...gone) })
    const left = owner.placed.get(id)?.rows.filter(({ host }) => !gone.includes(host)) ?? []
    assert.deepEqual(new Set(drained), new Set(gone))
    assert.equal(new Set(left.map(({ host }) => host)).size, 3)
    assert.equal(new Set(left.map(({ row }) => row)).size, 3)
  }
})

test('two rows on one disk count as one, and the one is where the placement wants it', async () => {
  const place = await town('counted once', 4, { n: 3, k: 2 })
  const owner = new FakeOwner(place, 0)
  const id = owner.addPack(20_000)
  await owner.disperse()
  const placed = owner.placed.get(id) as PlacedStripe
  const [first, second] = placed.rows
  assert.ok(first && second)
  // Beside its own row the second host has the first one's, whose host loses it.
  const [from, to] = [first.host, second.host].map((host) => indexOf(place, host)) as [number, number]
  const client = await clientOf(place, 0, to)
  const { signal } = new AbortController()
  const file = await place.clock.run(
    (await clientOf(place, 0, from)).getFragment({ stripe: id, row: first.row }, signal),
  )
  const { record, payloadAt } = parseFragmentHeader(file)
  const swapped = new Map([
    [first.row, second.host],
    [second.row, first.host],
  ])
  const hosts = decodePlacement(placed.placement.body).hosts.map((host, row) => swapped.get(row) ?? host)
  const placement = signPlacement(owner.signer, { format: 1, owner: owner.signer.box, stripe: id, number: 2, hosts })
  const copy = encodeFragmentFile({ row: first.row, record, placement, payload: file.subarray(payloadAt) })
  await place.clock.run(client.putFragment({ stripe: id, row: first.row }, copy, signal))
  const box = place.box(from)
  box.meddle = async () => ({ status: 503, body: new Uint8Array(0) })
  const rows = [{ ...first, host: second.host }, ...placed.rows.slice(1)]
  owner.placed.set(id, { ...placed, rows })
  assert.equal((await owner.disperse()).state, 'stored', 'two disks of three')
  box.meddle = undefined
  assert.equal((await owner.disperse()).state, 'whole')
  assert.equal(new Set(hostsOf(owner, id)).size, 3)
})

test('receipts of who is leaving are no witnesses of what stays', async () => {
  const place = await town('witnesses', 4, { n: 2, k: 1 })
  const owner = new FakeOwner(place, 0)
  owner.addPack(60_000)
  await owner.disperse()
  owner.addPack(50_000)
  const { signer } = place.box(3)
  const other = place.box(2)
  other.meddle = async (request, answer) =>
    request.method === 'POST' && /heads|log/.test(request.path)
      ? { status: 503, body: new Uint8Array(0) }
      : await answer()
  const report = await owner.disperse({ charter: withLeaving(place.charter, signer.box) })
  assert.deepEqual([report.receipts, report.needed, report.drained], [2, 2, []])
  other.meddle = undefined
  assert.deepEqual((await owner.disperse({ charter: withLeaving(place.charter, signer.box) })).drained, [signer.box])
})

test('a pack that is out of reach for a moment may need the rows that leave', async () => {
  const place = await town('out of reach', 5, { n: 3, k: 2 })
  const owner = new FakeOwner(place, 0)
  const id = owner.addPack(60_000)
  await owner.disperse()
  const [leaving = ''] = hostsOf(owner, id)
  const changes = {
    charter: withLeaving(place.charter, leaving),
    dispensable: async () => true,
    prepare: async () => {
      throw new DatisError('STRIPE_UNREACHABLE', 'Too few hosts answer.')
    },
  }
  const report = await owner.disperse(changes)
  assert.deepEqual([report.stripes.lost, report.drained], [1, []])
  const stays = place.boxes.map(({ signer }) => signer.box).find((box) => !hostsOf(owner, id).includes(box)) ?? ''
  const elsewhere = await owner.disperse({ ...changes, charter: withLeaving(place.charter, stays) })
  assert.deepEqual(elsewhere.drained, stays === owner.signer.box ? [] : [stays], 'nothing of it is there')
})
