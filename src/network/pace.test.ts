import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KiB, MiB, SECOND_MS } from '#base'
import { simClock } from '#base/sim'
import { SLICE_BYTES } from './limits.ts'
import { Pace } from './pace.ts'

const never = new AbortController().signal

function paced(bytesPerSecond: number | null): { clock: ReturnType<typeof simClock>; pace: Pace } {
  const clock = simClock({ startWallMs: 0 })
  const pace = new Pace(clock.machine())
  pace.rate = () => bytesPerSecond
  return { clock, pace }
}

/** When each of so many slices passed, in ms. */
async function passed(clock: ReturnType<typeof simClock>, pace: Pace, slices: number): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; index < slices; index++) {
    await clock.run(pace.pass(pace.sliceBytes))
    times.push(clock.monotonic())
  }
  return times
}

test('without a limit nothing waits, and slices are long', async () => {
  const { clock, pace } = paced(null)
  assert.equal(pace.sliceBytes, SLICE_BYTES)
  assert.deepEqual(await passed(clock, pace, 3), [0, 0, 0])
})

test('at a limit the rate is kept to the byte, whoever sends', async () => {
  const { clock, pace } = paced(64 * KiB)
  assert.equal(pace.sliceBytes, 16 * KiB)
  assert.deepEqual(await passed(clock, pace, 5), [0, 250, 500, 750, 1000])
  const both = Promise.all([pace.pass(64 * KiB), pace.pass(64 * KiB)])
  await clock.run(both)
  assert.equal(clock.monotonic(), 1000 + 250 + 1000)
})

test('a pause gives no right to a burst', async () => {
  const { clock, pace } = paced(64 * KiB)
  await clock.run(pace.pass(64 * KiB))
  await clock.runFor(60 * SECOND_MS)
  assert.equal(pace.count(64 * KiB), 0)
  assert.equal(pace.count(1), 1000)
})

test('a limit that is lifted, or set, applies from the next slice on', async () => {
  const { clock, pace } = paced(1 * KiB)
  await clock.run(pace.pass(4 * KiB))
  pace.rate = () => null
  const from = clock.monotonic()
  await clock.run(pace.pass(100 * MiB))
  assert.equal(clock.monotonic(), from)
})

test('at a limit one body goes after the other; one that is given up leaves its place', async () => {
  const { clock, pace } = paced(1 * KiB)
  const order: string[] = []
  const first = await pace.turn(1, never)
  const stop = new AbortController()
  const gaveUp = assert.rejects(pace.turn(1, stop.signal), /enough/)
  const third = pace.turn(1, never).then((turn) => {
    order.push('third')
    turn[Symbol.dispose]()
  })
  stop.abort(new Error('enough'))
  assert.equal(pace.waitMs(1024), 1000 + (3 * 1000) / 1024)
  order.push('first')
  first[Symbol.dispose]()
  await clock.run(Promise.all([gaveUp, third]))
  assert.deepEqual(order, ['first', 'third'])
  assert.equal(pace.waitMs(0), 0)
})
