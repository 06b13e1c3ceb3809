import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simClock, simRandom } from '#base/sim'

const startWallMs = 1_750_000_000_000

test('ten virtual days pass in a moment, and only inside run', async () => {
  const clock = simClock({ startWallMs })
  const woken: number[] = []
  const daily = (async () => {
    for (let day = 0; day < 10; day++) {
      await clock.sleep(86_400_000)
      woken.push(clock.monotonic() / 86_400_000)
    }
  })()
  assert.equal(clock.monotonic(), 0)
  await clock.run(daily)
  assert.deepEqual(woken, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  assert.equal(clock.wall(), startWallMs + 864_000_000)
})

test('timers of one time fire in the order in which they were made', async () => {
  const clock = simClock({ startWallMs })
  const order: number[] = []
  for (let timer = 0; timer < 100; timer++) clock.schedule(timer % 3, () => order.push(timer))
  await clock.run(10)
  const expected = Array.from({ length: 100 }, (_, timer) => timer).sort((a, b) => (a % 3) - (b % 3) || a - b)
  assert.deepEqual(order, expected)
})

test('run with a time stops at that time exactly, with later timers pending', async () => {
  const clock = simClock({ startWallMs })
  let fired = 0
  clock.schedule(10, () => fired++)
  clock.schedule(11, () => fired++)
  await clock.run(10)
  assert.deepEqual([clock.monotonic(), fired, clock.pendingTimers], [10, 1, 1])
  await clock.runFor(100)
  assert.deepEqual([clock.monotonic(), fired, clock.pendingTimers], [110, 2, 0])
})

test('cancelled timers neither fire nor pend, however many', async () => {
  const clock = simClock({ startWallMs })
  const random = simRandom('timers')
  const live: number[] = []
  const fired: number[] = []
  for (let timer = 0; timer < 5000; timer++) {
    const at = random.below(1_000_000)
    const cancel = clock.schedule(at, () => fired.push(at))
    if (random.chance(0.9)) cancel()
    else live.push(at)
  }
  assert.equal(clock.pendingTimers, live.length)
  await clock.run(1_000_000)
  assert.deepEqual(
    fired,
    live.sort((a, b) => a - b),
  )
})

test('a promise that nothing can settle ends the run with an error instead of hanging', async () => {
  const clock = simClock({ startWallMs })
  await assert.rejects(clock.run(new Promise(() => undefined)), /stuck at 0 ms/)
  clock.schedule(1e9, () => undefined)
  await assert.rejects(clock.run(new Promise(() => undefined), 1000), /has run out/)
})

test('a failure comes out of run', async () => {
  const clock = simClock({ startWallMs })
  await assert.rejects(
    clock.run(
      clock.sleep(5).then(() => {
        throw new Error('inside')
      }),
    ),
    /inside/,
  )
})

test('each machine has its own wall clock, and they can jump', async () => {
  const clock = simClock({ startWallMs })
  const dead = clock.machine({ wallOffsetMs: -startWallMs })
  const good = clock.machine()
  await clock.run(1000)
  assert.deepEqual([dead.wall(), good.wall()], [1000, startWallMs + 1000])
  good.setWallOffset(3_600_000)
  assert.equal(good.wall(), startWallMs + 3_601_000)
  assert.equal(clock.wall(), startWallMs + 1000)
  assert.equal(good.monotonic(), 1000)
})

test('a machine that stopped never wakes again; the others go on', async () => {
  const clock = simClock({ startWallMs })
  const machine = clock.machine()
  let woken = 0
  const count = () => {
    woken++
  }
  void machine.sleep(10).then(count)
  void clock.sleep(10).then(count)
  using deadline = machine.deadline(10)
  machine.stop()
  void machine.sleep(1).then(count)
  await clock.run(100)
  assert.equal(woken, 1)
  assert.equal(deadline.signal.aborted, false)
  assert.equal(clock.pendingTimers, 0)
})

test('forks of a random stream depend on seed and label alone', () => {
  const one = simRandom(7)
  const before = one.fork('disk').bytes(16)
  one.bytes(1000)
  assert.deepEqual(one.fork('disk').bytes(16), before)
  assert.notDeepEqual(one.fork('net').bytes(16), before)
  assert.notDeepEqual(simRandom(8).fork('disk').bytes(16), before)
})
