import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shownState } from './safe.ts'

const of = (state: 'whole' | 'protected' | 'unknown', margin: number | null, count: number) =>
  shownState({ state, ended: false }, { margin, silent: Array.from({ length: count }, () => ({ box: '', name: '' })) })

test('a source has no full margin while a host is silent, and is no more than stored when too many are', () => {
  assert.equal(of('whole', 2, 0), 'whole')
  assert.equal(of('whole', 1, 1), 'protected')
  assert.equal(of('whole', 0, 2), 'protected')
  assert.equal(of('whole', -1, 3), 'stored')
  assert.equal(of('protected', -1, 3), 'stored')
  assert.equal(of('unknown', -1, 3), 'unknown')
  assert.equal(shownState({ state: 'whole', ended: true }, { margin: 2, silent: [] }), 'ended')
})
