import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Copies } from './copies.ts'
import { encodeFragmentFile, parseFragmentHeader } from './fragment-file.ts'
import { type PlacedStripe, recordHash, signPlacement } from './statements.ts'
import { clientOf, FakeOwner, town } from './test-town.ts'

test('a row that a host took without our knowing is counted there, beside the one that was sent instead', async () => {
  const place = await town('copies', 5)
  const owner = new FakeOwner(place, 0)
  const id = owner.addPack(50_000)
  await owner.disperse()
  const placed = owner.placed.get(id) as PlacedStripe
  const [first] = placed.rows
  assert.ok(first)
  const copies = new Copies(owner.placed)
  const about = { host: 'ab'.repeat(16), at: 7 }
  copies.note({ stripe: id, row: first.row, record: 'cd'.repeat(32) }, about)
  copies.note({ stripe: 'ef'.repeat(32), row: first.row, record: recordHash(placed.record) }, about)
  assert.deepEqual([...copies.found()], [], 'what we did not sign, or do not know, is none of ours')
  copies.note({ stripe: id, row: first.row, record: recordHash(placed.record) }, about)
  const [found] = copies.found()
  assert.deepEqual(found?.rows, [...placed.rows, { row: first.row, ...about }])
})

test('a row that went out before the power failed, unlogged, is counted where it is when its stripe is placed', async () => {
  const place = await town('unlogged', 7, { n: 3, k: 2 })
  const owner = new FakeOwner(place, 0)
  const id = owner.addPack(50_000)
  await owner.disperse()
  const { rows } = owner.placed.get(id) as PlacedStripe
  const [first] = rows
  assert.ok(first)
  const indexOf = (wanted: (host: string) => boolean) =>
    place.boxes.findIndex(({ signer }, index) => index > 0 && wanted(signer.box))
  const holds = indexOf((host) => host === first.host)
  const elsewhere = indexOf((host) => !rows.some((row) => row.host === host))
  const [from, to] = [await clientOf(place, 0, holds), await clientOf(place, 0, elsewhere)]
  const { signal } = new AbortController()
  const file = await place.clock.run(from.getFragment({ stripe: id, row: first.row }, signal))
  const { record, payloadAt } = parseFragmentHeader(file)
  const hosts = rows.map(({ row, host }) => (row === first.row ? to.host.box : host))
  const placement = signPlacement(owner.signer, { format: 1, owner: owner.signer.box, stripe: id, number: 1, hosts })
  const copy = encodeFragmentFile({ row: first.row, record, placement, payload: file.subarray(payloadAt) })
  await place.clock.run(to.putFragment({ stripe: id, row: first.row }, copy, signal))
  owner.placed.delete(id)
  assert.equal((await owner.disperse()).state, 'whole')
  const held = owner.placed.get(id)?.rows.filter(({ host }) => host === to.host.box) ?? []
  assert.deepEqual(
    held.map(({ row }) => row),
    [first.row],
  )
})
