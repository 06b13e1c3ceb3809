import assert from 'node:assert/strict'
import { test } from 'node:test'
import { age, at, bench, put, source, take } from '../../src/storage/snapshot-fixture.ts'
import { entryAt } from '../../src/storage/tree-reader.ts'

test('thousands of unchanged files behind one that is read do not pile up, nor wait for ever', async () => {
  const b = await bench('pile')
  for (let i = 0; i < 9000; i++) put(b.disk, at(`/source/${String(i).padStart(5, '0')}`), '')
  await take(b, source('/source'))
  age(b)
  await take(b, source('/source'))
  put(b.disk, at('/source/00000'), 'changed')
  const snapshot = await take(b, source('/source'))
  assert.equal(snapshot.files, 9000)
  assert.equal((await entryAt(b.store, snapshot, at('00000'))).bytes, 7)
})
