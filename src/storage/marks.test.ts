import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simRandom } from '#base/sim'
import { Marks, SIDE } from './marks.ts'

test('ids are remembered with their sides, however many there are', () => {
  const random = simRandom('marks')
  const ids = Array.from({ length: 20_000 }, () => random.bytes(32))
  const marks = new Marks()
  for (const [index, id] of ids.entries()) assert.equal(marks.add(id, index % 2 === 0 ? SIDE.local : SIDE.remote), 0)
  for (const [index, id] of ids.entries()) {
    assert.equal(marks.add(id, SIDE.local | SIDE.remote), index % 2 === 0 ? SIDE.local : SIDE.remote)
    assert.equal(marks.add(id, SIDE.local), SIDE.local | SIDE.remote)
  }
  assert.equal(marks.count, ids.length)
})

test('ids that begin alike are told apart, and one of zeros is an id', () => {
  const marks = new Marks()
  const alike = Array.from({ length: 50 }, (_, index) => {
    const id = new Uint8Array(32).fill(7)
    id[15] = index
    return id
  })
  for (const id of [...alike, new Uint8Array(32)]) assert.equal(marks.add(id, SIDE.remote), 0)
  for (const id of [...alike, new Uint8Array(32)]) assert.equal(marks.add(id, SIDE.remote), SIDE.remote)
})
