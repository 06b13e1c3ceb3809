import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SECOND_MS } from '#base'
import { simClock, simRandom } from '#base/sim'
import { Yielding } from './yielding.ts'

const STEP_MS = 50
const WAY_MS = 20

/** A line that carries so much, with a long queue before it, as cheap routers have. */
class Line {
  readonly clock = simClock({ startWallMs: 0 })
  readonly yielding: Yielding
  /** What others send meanwhile. */
  others = 0
  sent = 0
  readonly delays: number[] = []
  readonly #bytesPerSecond: number
  #queue = 0

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond
    this.yielding = new Yielding(this.clock.machine())
  }

  get delayMs(): number {
    return WAY_MS + (this.#queue / this.#bytesPerSecond) * 1000
  }

  readonly ping = async (): Promise<number> => {
    const ms = this.delayMs
    await this.clock.sleep(ms)
    return ms
  }

  /** We send as fast as we may; what we wait for is the queue, which takes three seconds of the line. */
  async send(seconds: number): Promise<void> {
    this.sent = 0
    this.delays.length = 0
    for (let at = 0; at < (seconds * 1000) / STEP_MS; at++) {
      const room = 3 * this.#bytesPerSecond - this.#queue
      const wanted = (this.yielding.rate ?? 10 * this.#bytesPerSecond) * (STEP_MS / 1000)
      const ours = Math.max(0, Math.min(wanted, room))
      this.yielding.passed(ours)
      this.sent += ours
      const served = this.#bytesPerSecond * (STEP_MS / 1000)
      this.#queue = Math.max(0, this.#queue + ours + this.others * (STEP_MS / 1000) - served)
      this.delays.push(this.delayMs)
      await this.clock.sleep(STEP_MS)
    }
  }

  /** Share of the time in which the queue was longer than that. */
  share(delayMs: number): number {
    return this.delays.filter((ms) => ms > delayMs).length / this.delays.length
  }
}

function on(line: Line, act: () => Promise<void>): Promise<void> {
  return line.clock.run(act())
}

for (const kbit of [1_000, 5_000, 20_000]) {
  test(`on a line of ${kbit} kbit/s most of it is used, and its queue stays short`, async () => {
    const rate = (kbit * 1000) / 8
    const line = new Line(rate)
    const session = {}
    await on(line, async () => {
      using _watch = line.yielding.watch(session, 'peer', line.ping)
      await line.clock.sleep(100)
      await line.send(30)
      await line.send(120)
    })
    assert.ok(line.sent / 120 > 0.75 * rate, `${line.sent / 120 / rate} of the line`)
    assert.ok(line.share(WAY_MS + 250) < 0.05, `late for ${line.share(WAY_MS + 250)} of the time`)
  })
}

test('what others send comes first, and when they have ended the line is ours again', async () => {
  const rate = 1_000_000
  const line = new Line(rate)
  await on(line, async () => {
    using _watch = line.yielding.watch({}, 'peer', line.ping)
    await line.clock.sleep(100)
    await line.send(30)
    line.others = 0.7 * rate
    await line.send(20)
    await line.send(60)
    assert.ok(line.share(WAY_MS + 300) < 0.1, `late for ${line.share(WAY_MS + 300)} of the time`)
    assert.ok(line.sent / 60 > 0.15 * rate, 'we go on, more slowly')
    line.others = 0
    await line.send(30)
    await line.send(60)
  })
  assert.ok(line.sent / 60 > 0.75 * rate)
})

test('a fast line is left alone, and so is one on which a single peer is slow', async () => {
  const line = new Line(50_000_000)
  await on(line, async () => {
    using _watch = line.yielding.watch({}, 'peer', line.ping)
    await line.send(20)
  })
  assert.equal(line.yielding.rate, null)
  const other = new Line(1_000_000)
  let slow = 0
  await on(other, async () => {
    using _fast = other.yielding.watch({}, 'fast', async () => 20)
    using _slow = other.yielding.watch({}, 'slow', async () => 20 + 300 * slow++)
    await other.clock.sleep(10 * SECOND_MS)
  })
  assert.equal(other.yielding.rate, null)
})

test('short bodies one after the other are measured as a long one is', async () => {
  const rate = 500_000
  const line = new Line(rate)
  const session = {}
  const sent = async (seconds: number) => {
    let bytes = 0
    for (let body = 0; body < 10 * seconds; body++) {
      using _watch = line.yielding.watch(session, 'peer', line.ping)
      await line.send(0.1)
      bytes += line.sent
    }
    return bytes / seconds
  }
  await on(line, async () => {
    assert.ok((await sent(20)) > 0.5 * rate)
    assert.notEqual(line.yielding.rate, null, 'it was slowed down')
    line.others = 0.7 * rate
    await sent(30)
    const slow = await sent(20)
    line.others = 0
    await sent(40)
    assert.ok((await sent(20)) > 1.5 * slow, 'and found its way up again')
  })
})

test('after a pause of a minute the line may be another one', async () => {
  const line = new Line(500_000)
  await on(line, async () => {
    {
      using _watch = line.yielding.watch({}, 'peer', line.ping)
      await line.clock.sleep(100)
      await line.send(20)
    }
    assert.notEqual(line.yielding.rate, null)
    await line.clock.sleep(30 * SECOND_MS)
    line.yielding.watch({}, 'peer', line.ping)[Symbol.dispose]()
    assert.notEqual(line.yielding.rate, null)
    await line.clock.sleep(80 * SECOND_MS)
    line.yielding.watch({}, 'peer', line.ping)[Symbol.dispose]()
  })
  assert.equal(line.yielding.rate, null)
})

test('a line whose answers come unevenly, as over radio, is not held back', async () => {
  const line = new Line(2_500_000)
  const random = simRandom('radio')
  const jitterMs = () => -60 * Math.log((random.below(1_000_000) + 1) / 1_000_001)
  const ping = async () => {
    const ms = line.delayMs + jitterMs()
    await line.clock.sleep(ms)
    return ms
  }
  await on(line, async () => {
    using _watch = line.yielding.watch({}, 'peer', ping)
    await line.send(60)
    await line.send(600)
  })
  assert.ok(line.sent / 600 > 0.6 * 2_500_000, `${line.sent / 600 / 2_500_000} of the line`)
})

test('the last body of many, to a host that is slow, holds nothing back that goes to others', async () => {
  const { clock, yielding } = new Line(10_000_000)
  const answer = (ms: number) => async () => {
    await clock.sleep(ms)
    return ms
  }
  let slowMs = 20
  const slow = async () => answer(slowMs)()
  const ways = [...Array(3).keys()].map((index) => ({ session: {}, peer: `fast-${index}`, ping: answer(20) }))
  const last = { session: {}, peer: 'slow', ping: slow }
  await clock.run(
    (async () => {
      for (let round = 0; round < 20; round++) {
        for (const { session, peer, ping } of [...ways, last]) {
          using _watch = yielding.watch(session, peer, ping)
          slowMs = peer === 'slow' ? 500 : 20
          yielding.passed(1_000_000)
          await clock.sleep(peer === 'slow' ? 16_000 : 100)
        }
      }
    })(),
  )
  assert.equal(yielding.rate, null)
})
