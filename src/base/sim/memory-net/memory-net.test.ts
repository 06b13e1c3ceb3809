import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { test } from 'node:test'
import { codeOf } from '#base'
import { type LinkOptions, MemoryNet, type SimClock, simClock, simRandom } from '#base/sim'

const never = new AbortController().signal

interface Town {
  clock: SimClock
  net: MemoryNet
}

function newTown(seed: number, link: Partial<LinkOptions> = {}): Town {
  const clock = simClock({ startWallMs: 1_750_000_000_000 })
  return { clock, net: new MemoryNet(clock, simRandom(seed), { link }) }
}

async function pair({ net }: Town): Promise<{ near: Duplex; far: Duplex }> {
  const accepted = Promise.withResolvers<Duplex>()
  const { address } = await net.on('b').listen({ host: 'b', port: 0 }, accepted.resolve)
  const near = await net.on('a').dial({ host: 'b', port: address.port }, never)
  return { near, far: await accepted.promise }
}

function scenario(promise: string, link: Partial<LinkOptions>, act: (town: Town) => Promise<void>): void {
  test(promise, async () => {
    const town = newTown(1, link)
    await town.clock.run(act(town))
  })
}

const still = { jitterMs: 0 }

scenario('bytes take the latency, a dial both ways of it', { latencyMs: 40, ...still }, async (town) => {
  const { near, far } = await pair(town)
  assert.equal(town.clock.monotonic(), 80)
  near.write('x')
  await once(far, 'data')
  assert.equal(town.clock.monotonic(), 120)
})

scenario('bandwidth is a limit', { latencyMs: 10, bytesPerSecond: 1_000_000, ...still }, async (town) => {
  const { near, far } = await pair(town)
  const startedAt = town.clock.monotonic()
  near.write(Buffer.alloc(5_000_000))
  await once(far, 'data')
  assert.ok(Math.abs(town.clock.monotonic() - startedAt - 5010) < 1)
})

scenario('a partition holds bytes back until it heals', still, async (town) => {
  const { near, far } = await pair(town)
  town.net.cut('a', 'b')
  near.write('held')
  const received = once(far, 'data')
  await town.clock.sleep(60_000)
  assert.equal(far.readableLength, 0)
  town.net.heal('a', 'b')
  assert.equal(String((await received)[0]), 'held')
  assert.ok(town.clock.monotonic() < 65_000)
})

scenario('a partition of more than 15 minutes ends the connection of who writes', still, async (town) => {
  const { near, far } = await pair(town)
  town.net.cut('a', 'b')
  near.write('held')
  const [error] = await once(near, 'error')
  assert.equal(codeOf(error), 'ETIMEDOUT')
  assert.equal(far.destroyed, false)
})

scenario('a dial over a partition times out, or goes through once it heals', still, async (town) => {
  const { net, clock } = town
  const { address } = await net.on('b').listen({ host: 'b', port: 0 }, () => undefined)
  const target = { host: 'b', port: address.port }
  net.cut('a', 'b')
  await assert.rejects(net.on('a').dial(target, never), { code: 'ETIMEDOUT' })
  clock.schedule(5000, () => net.healAll())
  await net.on('a').dial(target, never)
})

scenario('an unknown machine is EHOSTUNREACH', still, async ({ net }) => {
  await assert.rejects(net.on('a').dial({ host: 'nowhere', port: 1 }, never), { code: 'EHOSTUNREACH' })
})

scenario('a killed program resets its connections and hears of nothing', still, async (town) => {
  const { near, far } = await pair(town)
  far.on('error', () => assert.fail('the dead hear nothing'))
  far.on('close', () => assert.fail('the dead hear nothing'))
  const gone = once(near, 'error')
  town.net.down('b', 'reset')
  assert.equal(codeOf((await gone)[0]), 'ECONNRESET')
  await town.clock.sleep(60_000)
  assert.equal(town.net.connections, 0)
})

scenario('a machine that lost its power is silent, and resets once it is back', still, async (town) => {
  const { near } = await pair(town)
  town.net.down('b')
  near.write('anybody?')
  let error: unknown
  near.on('error', (reason) => {
    error = reason
  })
  await town.clock.sleep(60_000)
  assert.equal(error, undefined)
  town.net.up('b')
  await town.clock.sleep(5_000)
  assert.equal(codeOf(error), 'ECONNRESET')
})

scenario('the net of a program that died stays dead when its machine is back', still, async ({ net }) => {
  const old = net.on('b')
  net.down('b')
  net.up('b')
  await assert.rejects(
    old.listen({ host: 'b', port: 0 }, () => undefined),
    { code: 'ENETDOWN' },
  )
  await net.on('b').listen({ host: 'b', port: 0 }, () => undefined)
})

scenario('a lost write stalls its direction in silence', { ...still, stallChance: 1 }, async (town) => {
  const { near, far } = await pair(town)
  near.write('lost')
  await town.clock.sleep(3_600_000)
  assert.deepEqual([far.readableLength, near.destroyed], [0, false])
})

scenario('who listens on loopback is reached from the machine itself alone', still, async ({ net }) => {
  const { address } = await net.on('b').listen({ host: '127.0.0.1', port: 0 }, () => undefined)
  await net.on('b').dial(address, never)
  await assert.rejects(net.on('a').dial({ host: 'b', port: address.port }, never), { code: 'ECONNREFUSED' })
})

async function traceOf(seed: number): Promise<string[]> {
  const town = newTown(seed, { latencyMs: 20, jitterMs: 30 })
  const { clock, net } = town
  const trace: string[] = []
  const note = (event: string) => trace.push(`${clock.monotonic()} ${event}`)
  const names = ['a', 'b', 'c', 'd']
  for (const name of names) {
    await net.on(name).listen({ host: name, port: 7 }, (socket) => {
      socket.on('data', (bytes) => note(`${name} got ${bytes.length}`))
      socket.on('error', (error) => note(`${name} ${codeOf(error)}`))
    })
  }
  const random = simRandom(seed).fork('traffic')
  const talk = async (from: string) => {
    for (let round = 0; round < 20; round++) {
      const socket = await net.on(from).dial({ host: random.pick(names), port: 7 }, never)
      socket.on('error', (error) => note(`${from} ${codeOf(error)}`))
      socket.write(random.bytes(1 + random.below(1000)))
      await clock.sleep(random.below(100))
      if (random.chance(0.5)) socket.destroy()
      else socket.end()
    }
  }
  await clock.run(Promise.all(names.map(talk)))
  await clock.runFor(1000)
  return trace
}

test('the same seed gives the same trace, another seed another', async () => {
  const [one, again, other] = [await traceOf(5), await traceOf(5), await traceOf(6)]
  assert.ok(one.length >= 80)
  assert.deepEqual(one, again)
  assert.notDeepEqual(one, other)
})
