import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simClock } from '#base/sim'
import type { OwnerRoom } from './owner-room.ts'
import { scrubAll } from './scrub.ts'

test('a slow disk is left alone for twice as long as it was read', async () => {
  const clock = simClock({ startWallMs: 0 })
  const id = (page: number) => ({ stripe: String(page).repeat(64), row: 0 })
  let page = 0
  const fragments = {
    totals: async () => ({ fragments: 3, bytes: 3000 }),
    verify: async () => {
      await clock.sleep(1000)
      page++
      return { good: 1, missing: [], next: page < 3 ? id(page) : null }
    },
  }
  async function* rooms() {
    yield { owner: { box: 'ab'.repeat(16) }, fragments } as unknown as OwnerRoom
  }
  const report = await clock.run(scrubAll(clock.machine(), rooms(), { signal: new AbortController().signal }))
  assert.deepEqual(report, { fragments: 3, rotten: [] })
  assert.equal(clock.monotonic(), 3 * 1000 + 2 * 2000)
})
