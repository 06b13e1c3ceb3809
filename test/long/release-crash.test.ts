import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS } from '#base'
import { MemoryDisk, simRandom } from '#base/sim'
import { type PutFragment, ReleaseCase } from '../../src/dispersal/hosting/release-fixture.ts'

const signal = new AbortController().signal
const BUDGET = 1_000_000

interface Prepared {
  readonly on: ReleaseCase
  readonly released: PutFragment
  readonly other: PutFragment
}

/** On an empty disk: two fragments, and a budget that lets both go. */
async function prepare(on: ReleaseCase): Promise<Prepared> {
  on.restart(new MemoryDisk({ clock: on.clock }))
  const released = await on.put()
  const other = await on.put()
  await on.deliver('budget', on.budgetStatement(null, BUDGET))
  return { on, released, other }
}

/** Does `act` with power failing at its first disk call, its second … until it comes through. How many calls it took. */
async function withPowerCuts(
  seed: string,
  steps: {
    before(prepared: Prepared): Promise<unknown>
    act(prepared: Prepared): Promise<unknown>
    after(prepared: Prepared, acknowledged: boolean, call: number): Promise<void>
  },
): Promise<number> {
  const on = await ReleaseCase.open(seed)
  for (let call = 1; ; call++) {
    const prepared = await prepare(on)
    await steps.before(prepared)
    on.disk.resetCalls()
    on.disk.cutPowerAt(call)
    const acknowledged = (await on.codeOf(steps.act(prepared))) === 'OK'
    on.disk.powerCut(simRandom(`${seed} ${call}`))
    on.restart()
    await steps.after(prepared, acknowledged, call)
    if (acknowledged) return call
  }
}

async function isReleased({ on }: Prepared): Promise<boolean> {
  return (await on.summary()).released.fragments > 0
}

async function live(on: ReleaseCase, days: number): Promise<void> {
  await on.clock.runFor(days * DAY_MS)
  await on.hosting.look(signal)
}

test('power may fail at any disk call of a release: what was accepted stays so, and nothing goes before 44 days', async () => {
  const calls = await withPowerCuts('release', {
    before: async () => undefined,
    act: ({ on, released }) => on.release([released.stripe]),
    after: async (prepared, acknowledged, call) => {
      const { on, released, other } = prepared
      const stands = await isReleased(prepared)
      if (acknowledged) assert.ok(stands, `call ${call}`)
      await live(on, 43.9)
      assert.ok(await on.isThere(released), `call ${call}`)
      await live(on, 0.2)
      assert.equal(await on.isThere(released), !stands, `call ${call}`)
      assert.ok(await on.isThere(other))
    },
  })
  assert.ok(calls > 5, `${calls} calls`)
})

test('power may fail at any disk call of a cancel: what was called held is never purged', async () => {
  const calls = await withPowerCuts('cancel', {
    before: ({ on, released }) => on.release([released.stripe]),
    act: ({ on, released }) => on.cancel([released.stripe]),
    after: async (prepared, acknowledged, call) => {
      const { on, released } = prepared
      const stands = await isReleased(prepared)
      if (acknowledged) assert.ok(!stands, `call ${call}`)
      await live(on, 60)
      assert.equal(await on.isThere(released), !stands, `call ${call}`)
    },
  })
  assert.ok(calls > 5, `${calls} calls`)
})

test('power may fail at any disk call of a purge: only what was due is gone, and what is put again afterwards stays', async () => {
  const calls = await withPowerCuts('purge', {
    before: async ({ on, released }) => {
      await on.release([released.stripe])
      await on.clock.runFor(45 * DAY_MS)
      await on.hosting.rest()
    },
    act: async ({ on, released }) => {
      await on.hosting.look(signal)
      assert.ok(!(await on.isThere(released)), 'the look came to its end')
    },
    after: async ({ on, released, other }, _acknowledged, call) => {
      assert.ok(await on.isThere(other), `call ${call}`)
      await on.put(released)
      await live(on, 60)
      assert.ok(await on.isThere(released), `put again after call ${call}`)
      assert.ok(await on.isThere(other), `call ${call}`)
    },
  })
  assert.ok(calls > 5, `${calls} calls`)
})
