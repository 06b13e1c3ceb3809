import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outcomeOf } from './outcome.ts'

const done = (result: unknown) => outcomeOf({ state: 'done', result })

test('a task that has ended well is green only when it did all of it', () => {
  assert.equal(done(null), 'done')
  assert.equal(done({ state: 'whole' }), 'done')
  assert.equal(done({ state: 'ok', failed: [] }), 'done')
  assert.equal(done({ state: 'stored' }), 'partial')
  assert.equal(done({ state: 'degraded' }), 'partial')
  assert.equal(done({ failed: [{ path: 'a.txt', cause: 'EACCES' }] }), 'partial')
  assert.equal(done({ state: 'failed', failed: [{ path: 'a.txt', cause: 'WRONG' }] }), 'failed')
  assert.equal(outcomeOf({ state: 'cancelled', result: { state: 'whole' } }), 'cancelled')
})
