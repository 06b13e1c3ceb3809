import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shortened } from './index.ts'

test('ids are shown by beginnings that tell them apart', () => {
  assert.deepEqual(shortened([]), [])
  assert.deepEqual(shortened(['0123456789abcdef']), ['01234567'])
  const [one, other] = ['0123456789abcdef', '0123456789fbcdef']
  assert.deepEqual(shortened([one, other, one]), ['0123456789ab', '0123456789fb', '0123456789ab'])
})
