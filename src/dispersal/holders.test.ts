import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatisError, joinPath, pathFromText } from '#base'
import { clientOf, FakeOwner, HOSTING, town } from './test-town.ts'

const signal = new AbortController().signal
const NOBODY: ReadonlySet<string> = new Set()

test('a round counts what hosts confirm in it, not what the log remembers', async () => {
  const place = await town('holders', 6)
  const owner = new FakeOwner(place, 0)
  const id = owner.addPack(90_000)
  const whole = await owner.disperse()
  // RS(4, 2) on five hosts.
  assert.deepEqual(whole.holders.without(NOBODY), {
    margin: 2,
    stripes: { total: 1, held: 1 },
    bytes: { total: 90_000, held: 90_000 },
  })
  const row = owner.placed.get(id)?.rows[0]
  const index = place.boxes.findIndex(({ signer }) => signer.box === row?.host)
  const host = place.box(index)
  const fragments = joinPath(HOSTING, owner.signer.box, 'fragments', id.slice(0, 2))
  host.disk.damage(joinPath(fragments, `${id}.${row?.row}`), (bytes) => {
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
  })
  const client = await clientOf(place, 0, index)
  await place.clock.run(client.verify(null, null, signal))
  host.meddle = async (request, answer) =>
    request.method === 'PUT' && request.path.includes('fragments')
      ? { status: 507, body: new Uint8Array(0) }
      : await answer()
  const lacking = await owner.disperse()
  assert.equal(lacking.holders.without(NOBODY).margin, 1)
  host.meddle = undefined
  assert.equal((await owner.disperse()).holders.without(NOBODY).margin, 2)
})

test('who is away in a round is not counted on until the next one', async () => {
  const place = await town('away', 6)
  const owner = new FakeOwner(place, 0)
  const id = owner.addPack(90_000)
  await owner.disperse()
  const [row] = owner.placed.get(id)?.rows ?? []
  const host = place.boxes.find(({ signer }) => signer.box === row?.host)
  place.net.cut('box-0', host?.name ?? '')
  owner.hosts = new FakeOwner(place, 0, pathFromText('/elsewhere')).hosts
  assert.equal((await owner.disperse()).holders.without(NOBODY).margin, 1)
  place.net.heal('box-0', host?.name ?? '')
  assert.equal((await owner.disperse()).holders.without(NOBODY).margin, 2)
})

test('rows to which no log leads are no margin', async () => {
  const place = await town('no log', 6)
  const owner = new FakeOwner(place, 0)
  owner.addPack(90_000)
  const hosts = place.boxes.slice(1)
  for (const host of hosts) {
    host.meddle = async ({ method, path }, answer) =>
      method === 'POST' && path.includes('/log') ? { status: 507, body: new Uint8Array(0) } : await answer()
  }
  const unled = await owner.disperse()
  assert.deepEqual([unled.receipts, unled.stripes.whole], [0, 1])
  assert.deepEqual(unled.holders.without(NOBODY), {
    margin: -1,
    stripes: { total: 1, held: 1 },
    bytes: { total: 90_000, held: 90_000 },
  })
  for (const host of hosts.slice(0, 2)) host.meddle = undefined
  const { holders, receipts } = await owner.disperse()
  assert.equal(receipts, 2)
  assert.equal(holders.without(NOBODY).margin, 1, 'the log falls with the second of them')
  const [first, second] = hosts.map(({ signer }) => signer.box)
  assert.equal(holders.eachWithout(NOBODY).get(first ?? ''), 0)
  assert.equal(holders.without(new Set([first ?? '', second ?? ''])).margin, -1)
})

test('a pack that is nowhere counts unless nobody needs it', async () => {
  const place = await town('nowhere', 4)
  const owner = new FakeOwner(place, 0)
  owner.addPack(50_000)
  await owner.disperse()
  const lost = owner.addPack(60_000)
  const prepare = owner.input().prepare
  const failing: typeof prepare = async (pack, code, inner) => {
    if (pack.id === lost) {
      throw new DatisError('STRIPE_UNREACHABLE', 'Too few hosts gave theirs.', {})
    }
    return await prepare(pack, code, inner)
  }
  const needed = await owner.disperse({ prepare: failing })
  assert.deepEqual([needed.holders.without(NOBODY).margin, needed.stripes.total], [-1, 2])
  const spared = await owner.disperse({ prepare: failing, dispensable: async () => true })
  assert.deepEqual([spared.holders.without(NOBODY).margin, spared.stripes.total], [1, 1])
})
