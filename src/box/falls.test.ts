import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MiB } from '#base'
import type { Snapshot } from '#storage'
import { fallOf } from './falls.ts'

function snapshot(startedAt: number, files: number, bytes: number, more: Partial<Snapshot> = {}): Snapshot {
  return { source: 'papers', startedAt, files, bytes, state: 'complete', ...more } as Snapshot
}

test('less than half of the files or bytes of the complete snapshot before is a fall', () => {
  const before = snapshot(1, 100, 8 * MiB)
  const next = (files: number, bytes: number) => fallOf(snapshot(5, files, bytes), [before])
  assert.equal(next(50, 4 * MiB), null)
  assert.deepEqual(next(49, 8 * MiB), { filesBefore: 100, bytesBefore: 8 * MiB })
  assert.deepEqual(next(100, 4 * MiB - 1), { filesBefore: 100, bytesBefore: 8 * MiB })
  assert.equal(next(300, 9 * MiB), null)
})

test('it is compared with the complete one before it, of its source', () => {
  const others = [
    snapshot(9, 1000, MiB),
    snapshot(1, 1000, MiB),
    snapshot(2, 30, MiB),
    snapshot(3, 1000, MiB, { state: 'incomplete' }),
    snapshot(3, 1000, MiB, { source: 'mail' }),
  ]
  assert.equal(fallOf(snapshot(4, 20, MiB), others), null)
  assert.equal(fallOf(snapshot(4, 10, MiB), others)?.filesBefore, 30)
  assert.equal(fallOf(snapshot(1, 0, 0), others), null, 'the first one')
})

test('a few files more or less are no alarm', () => {
  assert.equal(fallOf(snapshot(2, 1, 10), [snapshot(1, 19, MiB - 1)]), null)
})
