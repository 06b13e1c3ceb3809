import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS } from '#base'
import { simRandom } from '#base/sim'
import { type PutFragment, ReleaseCase } from '../../src/dispersal/hosting/release-fixture.ts'

const SEEDS = Number(process.env.DATIS_ATTACKS ?? 3)

test('who has the box key and releases all that a host takes for 90 days destroys nothing for 44, and at most 30 % of a class by day 90', async (context) => {
  for (let index = 0; index < SEEDS; index++) {
    const seed = `attack ${process.env.DATIS_SEED ?? index}`
    context.diagnostic(seed)
    const random = simRandom(seed)
    const on = await ReleaseCase.open(seed)
    const data = await fragments(on, 20, 'data')
    const metadata = await fragments(on, 10, 'metadata')
    await on.live(31, DAY_MS)
    const own: PutFragment[] = []
    for (let day = 0; day < 90; day++) {
      await attackFor(on, random, [...data, ...metadata, ...own])
      if (random.below(3) === 0) own.push(...(await fragments(on, 1 + random.below(4), 'data')))
      // In every second life the clock of the host goes wrong, too: that only keeps more.
      on.clock.setWallOffset(index % 2 === 1 && random.below(5) === 0 ? random.below(400) * DAY_MS - 200 * DAY_MS : 0)
      if (random.below(10) === 0) on.restart()
      await on.live(1, DAY_MS)
      if (day >= 44 && day % 15 !== 0 && day < 89) continue
      for (const one of [data, metadata]) {
        const lost = await lostOf(on, one)
        const bytes = lost.reduce((sum, { bytes: each }) => sum + each, 0)
        const all = one.reduce((sum, { bytes: each }) => sum + each, 0)
        if (day < 43) assert.equal(bytes, 0, `${seed}, day ${day}`)
        assert.ok(bytes <= 0.3 * all, `${seed}, day ${day}: ${bytes} of ${all}`)
      }
    }
    if (index % 2 === 0) assert.ok((await lostOf(on, data)).length > 0, `${seed}: nothing was even tried`)
  }
})

async function fragments(on: ReleaseCase, count: number, packClass: 'data' | 'metadata'): Promise<PutFragment[]> {
  const all: PutFragment[] = []
  for (let index = 0; index < count; index++) all.push(await on.put(on.fragment(500 + 100 * (index % 5), packClass)))
  return all
}

/** In any order, in lists of any length, some taken back. */
async function attackFor(on: ReleaseCase, random: ReturnType<typeof simRandom>, all: readonly PutFragment[]) {
  const some = all.filter(() => random.below(2) === 0).map(({ stripe }) => stripe)
  if (some.length > 0) await on.release(some)
  const back = all.filter(() => random.below(40) === 0).map(({ stripe }) => stripe)
  if (back.length > 0 && random.below(3) === 0) await on.cancel(back)
}

async function lostOf(on: ReleaseCase, all: readonly PutFragment[]): Promise<PutFragment[]> {
  const lost: PutFragment[] = []
  for (const one of all) if (!(await on.isThere(one))) lost.push(one)
  return lost
}
