import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Copies } from './copies.ts'
import { type PlacedStripe, recordHash } from './statements.ts'
import { FakeOwner, town } from './test-town.ts'

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
