import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newestComplete } from './disperse.ts'

test('the newest complete snapshot of a source is the last one in the log, whatever the clock said', () => {
  const ahead = { source: 'documents', state: 'complete', at: 9_000 } as const
  const last = { source: 'documents', state: 'complete', at: 1_000 } as const
  const broken = { source: 'documents', state: 'incomplete', at: 2_000 } as const
  const other = { source: 'mail', state: 'complete', at: 500 } as const
  assert.deepEqual(newestComplete([other, ahead, last, broken]), [other, last])
})
