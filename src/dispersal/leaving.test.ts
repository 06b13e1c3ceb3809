import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Charter } from '#community'
import { stayingCharter } from './placement.ts'
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
