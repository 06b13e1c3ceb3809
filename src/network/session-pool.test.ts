import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatisError, type Net } from '#base'
import { MemoryNet, simClock, simRandom } from '#base/sim'
import { memoryTransport, type PeerHandler, SessionPool, type Transport } from '#network'
import { codeIs } from '../../test/conformance/transport.ts'
import { admitting, type TestBox, testBox } from '../../test/conformance/transport-people.ts'
import { RESETS_IN_A_ROW_MAX } from './session-pool.ts'

const never = new AbortController().signal
const [alice, bob, carol] = [testBox('alice'), testBox('bob'), testBox('carol')]
const get = { method: 'GET', path: '/' } as const

/** The first connection is opened, pings, and resets every request. */
function resettingAtFirst(inner: Transport): Transport {
  let dials = 0
  return {
    ...inner,
    async dial(address, options) {
      const session = await inner.dial(address, options)
      if (dials++ > 0) return session
      const request = async () => {
        throw new DatisError('PEER_RESET', 'reset')
      }
      return {
        peer: session.peer,
        closed: session.closed,
        request,
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      }
    },
  }
}

function town(wrap: (inner: Transport) => Transport = (inner) => inner) {
  const clock = simClock({ startWallMs: 0 })
  const net = new MemoryNet(clock, simRandom('pool'))
  const dials: string[] = []
  const counted = (inner: Net): Net => ({
    ...inner,
    dial(address, signal) {
      dials.push(`${address.host}:${address.port}`)
      return inner.dial(address, signal)
    },
  })
  const own = { of: alice }
  const admitted = new Set([alice, bob, carol])
  const admission = admitting(admitted)
  const transport = wrap(memoryTransport({ net: counted(net.on('alice')), clock }))
  const pool = new SessionPool(
    { transport, clock, random: simRandom('jitter') },
    { identity: () => own.of.identity, admission },
  )
  const ok: PeerHandler = async ({ peer }) => ({ status: 200, body: Buffer.from(peer.box) })
  const listen = (host: string, of: TestBox, handler = ok) =>
    clock.run(
      memoryTransport({ net: net.on(host), clock }).listen(
        { host, port: 4600 },
        { identity: () => of.identity, admission, handler, bodyBytesMax: () => 100 },
      ),
    )
  const to = (box: TestBox, addresses: string[]) => clock.run(pool.to(box.box, addresses, never))
  const ask = async (box: TestBox, addresses: string[]) => clock.run((await to(box, addresses)).request(get, never))
  return { clock, net, dials, pool, listen, to, ask, admitted, own }
}

test('under a new certificate of ours peers are dialled anew: on the old sessions they know the old one', async () => {
  const { clock, dials, pool, listen, ask, own } = town()
  const seen: number[] = []
  await listen('bob', bob, async ({ peer }) => {
    seen.push(peer.epoch)
    return { status: 200, body: new Uint8Array(0) }
  })
  await ask(bob, ['bob:4600'])
  own.of = testBox('alice', { epoch: 2 })
  for (let count = 0; count < 2; count++) await ask(bob, ['bob:4600'])
  assert.deepEqual(seen, [1, 2, 2])
  assert.equal(dials.length, 2)
  await clock.run(pool[Symbol.asyncDispose]() as Promise<void>)
})

test('asking in turn uses one connection; asking at once opens a second, and no third', async () => {
  const { clock, dials, pool, listen, ask } = town()
  await listen('bob', bob, async () => {
    await clock.sleep(100)
    return { status: 200, body: new Uint8Array(0) }
  })
  for (let count = 0; count < 3; count++) await ask(bob, ['bob:4600'])
  assert.equal(dials.length, 1)
  const many = Array.from({ length: 6 }, async (_, number) => {
    await clock.sleep(number * 10)
    return (await pool.to(bob.box, ['bob:4600'], never)).request(get, never)
  })
  await clock.run(Promise.all(many))
  assert.equal(dials.length, 2)
  await clock.run(pool[Symbol.asyncDispose]() as Promise<void>)
})

test('callers that come while a dial is under way share it, and one that gives up does not end it', async () => {
  const { clock, dials, pool, listen } = town()
  await listen('bob', bob)
  const controller = new AbortController()
  const lost = assert.rejects(pool.to(bob.box, ['bob:4600'], controller.signal), /impatient/)
  const kept = pool.to(bob.box, ['bob:4600'], never)
  controller.abort(new Error('impatient'))
  await lost
  assert.equal((await clock.run(kept)).peer.box, bob.box)
  assert.equal(dials.length, 1)
})

test('addresses are tried in order, and a silent one costs 10 s', async () => {
  const { clock, net, dials, listen, ask } = town()
  net.on('far')
  net.cut('alice', 'far')
  await listen('bob', bob)
  await ask(bob, ['nowhere:1', 'far:4600', 'bob:4600'])
  assert.deepEqual(dials, ['nowhere:1', 'far:4600', 'bob:4600'])
  assert.ok(clock.monotonic() > 10_000 && clock.monotonic() < 11_000, String(clock.monotonic()))
})

test('a box that answers at the address of another is not taken for it', async () => {
  const { listen, to, ask } = town()
  await listen('carol', carol)
  await assert.rejects(to(bob, ['carol:4600']), codeIs('PEER_WRONG_BOX', { box: bob.box, answered: carol.box }))
  await listen('bob', bob)
  await ask(bob, ['carol:4600', 'bob:4600'])
})

test('a peer that failed is left alone for a while that grows, up to a minute; new addresses are tried at once', async () => {
  const { clock, dials, listen, to, ask } = town()
  const unreachable = (details = {}) => codeIs('PEER_UNREACHABLE', { box: bob.box, cause: 'EHOSTUNREACH', ...details })
  await assert.rejects(to(bob, ['gone:4600']), unreachable())
  await assert.rejects(to(bob, ['gone:4600']), unreachable())
  assert.equal(dials.length, 1)
  for (let second = 0; second < 600; second++) {
    await assert.rejects(to(bob, ['gone:4600']), unreachable())
    await clock.runFor(1000)
  }
  assert.ok(dials.length > 12 && dials.length < 30, `${dials.length} dials in 10 minutes`)
  await listen('bob', bob)
  await ask(bob, ['bob:4600'])
})

test('a connection that died in silence is noticed while asking, and the next call reconnects', async () => {
  const { clock, net, dials, listen, to, ask } = town()
  await listen('bob', bob)
  await ask(bob, ['bob:4600'])
  net.cut('alice', 'bob')
  const started = clock.monotonic()
  await assert.rejects(ask(bob, ['bob:4600']), codeIs('PEER_DISCONNECTED', { peer: bob.box }))
  assert.ok(clock.monotonic() - started <= 100_000)
  net.heal('alice', 'bob')
  await clock.runFor(120_000)
  await ask(bob, ['bob:4600'])
  assert.ok(dials.length >= 2)
  await to(bob, ['bob:4600'])
})

test('a connection on which a peer resets every request is given up for a new one', async () => {
  const { dials, listen, ask } = town(resettingAtFirst)
  await listen('bob', bob)
  for (let count = 0; count < RESETS_IN_A_ROW_MAX; count++) {
    await assert.rejects(ask(bob, ['bob:4600']), codeIs('PEER_RESET'))
  }
  await ask(bob, ['bob:4600'])
  assert.equal(dials.length, 2)
})

test('recheck closes the sessions of boxes that left', async () => {
  const { clock, pool, listen, to, admitted } = town()
  await listen('bob', bob)
  const session = await to(bob, ['bob:4600'])
  pool.recheck()
  await clock.run(session.request(get, never))
  admitted.delete(bob)
  pool.recheck()
  await clock.run(session.closed)
})

test('a closed pool gives nothing', async () => {
  const { clock, pool, listen, to } = town()
  await listen('bob', bob)
  const session = await to(bob, ['bob:4600'])
  await clock.run(pool[Symbol.asyncDispose]() as Promise<void>)
  await clock.run(session.closed)
  await assert.rejects(to(bob, ['bob:4600']), codeIs('SESSIONS_CLOSED'))
})
