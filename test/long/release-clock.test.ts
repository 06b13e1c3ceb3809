import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#base'
import { settled } from '../../src/dispersal/hosting/release-fixture.ts'

const TEN_YEARS_MS = 3652 * DAY_MS

test('whatever the wall clock does nothing is purged before 44 lived days', async () => {
  const jumps = [TEN_YEARS_MS, -TEN_YEARS_MS, 40 * DAY_MS, -3 * DAY_MS, 44 * DAY_MS + 1]
  for (const [index, jump] of jumps.entries()) {
    const { on, kept } = await settled(`jump ${index}`)
    const [one] = kept
    assert.ok(one)
    await on.release([one.stripe])
    on.clock.setWallOffset(jump)
    await on.live(3)
    assert.ok(await on.isThere(one), `${jump} while it runs`)
    await on.hosting.rest()
    on.clock.setWallOffset(-jump)
    await on.clock.runFor(400 * DAY_MS)
    on.restart()
    on.clock.setWallOffset(2 * jump)
    await on.live(40, DAY_MS)
    assert.ok(await on.isThere(one), `${jump} while it is off`)
    await on.live(4)
    assert.ok(!(await on.isThere(one)), `${jump} and then 44 lived days`)
  }
})

test('a host that is killed again and again purges late, never early', async () => {
  const { on, kept } = await settled('killed')
  const [one] = kept
  assert.ok(one)
  await on.release([one.stripe])
  let lived = 0
  for (let start = 0; lived < 44 * DAY_MS; start++) {
    // Four minutes of each start are never written down.
    await on.live(1, 12 * HOUR_MS)
    await on.clock.runFor(4 * MINUTE_MS)
    lived += DAY_MS
    on.restart()
    if (lived < 44 * DAY_MS) assert.ok(await on.isThere(one), `start ${start}`)
  }
  await on.live(1, HOUR_MS)
  assert.ok(!(await on.isThere(one)))
})
