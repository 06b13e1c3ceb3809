/** What every Transport keeps, whatever carries it. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { type Address, DatisError, type Log, MiB, type Net, silentLog, utf8 } from '#base'
import type { ListenOptions, PeerHandler, PeerListener, PeerRequest, PeerSession, Transport } from '#network'
import { admitting, type ManualClock, type TestBox, testBox, turns } from './transport-people.ts'

export interface TransportWorld {
  readonly net: Net
  readonly clock: ManualClock
  readonly listenAt: Address
  transport(log: Log): Transport
}

const never = new AbortController().signal
const empty = new Uint8Array(0)
const ok: PeerHandler = async () => ({ status: 200, body: empty })
const serving = { handler: ok, bodyBytesMax: () => 0 }
const wait = { timeout: 5_000 }

export function codeIs(code: string | string[], details: Record<string, unknown> = {}) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof DatisError, String(error))
    assert.ok([code].flat().includes(error.code), `${error.code}: ${error.message} ${JSON.stringify(error.details)}`)
    for (const [name, value] of Object.entries(details)) assert.deepEqual(error.details[name], value, name)
    return true
  }
}

export function transportConformance(name: string, makeWorld: () => TransportWorld): void {
  describe(name, () => {
    const [alice, bob, mallory] = [testBox('alice'), testBox('bob'), testBox('mallory')]
    const open: AsyncDisposable[] = []
    after(async () => {
      for (const one of open.reverse()) await one[Symbol.asyncDispose]()
    })

    interface Start {
      readonly handler?: PeerHandler
      readonly admitted?: readonly TestBox[] | Set<TestBox>
      readonly bodyBytesMax?: ListenOptions['bodyBytesMax']
      readonly log?: Log
      readonly lent?: ListenOptions['lent']
    }
    async function start({
      handler = ok,
      admitted = [alice, bob],
      bodyBytesMax = () => 8 * MiB,
      log = silentLog,
      lent,
    }: Start) {
      const world = makeWorld()
      const transport = world.transport(log)
      const admission = admitting(admitted)
      const listener: PeerListener = await transport.listen(world.listenAt, {
        identity: () => alice.identity,
        admission,
        handler,
        bodyBytesMax,
        ...(lent !== undefined && { lent }),
      })
      open.push(listener)
      const dial = async (from: TestBox = bob, knows: readonly TestBox[] = [alice]): Promise<PeerSession> => {
        const options = { identity: from.identity, admission: admitting(knows), signal: never }
        const session = await transport.dial(listener.address, options)
        open.push(session)
        return session
      }
      return { world, transport, listener, dial }
    }

    test('a request and its answer arrive whole, and each side knows the other', wait, async () => {
      const seen: unknown[] = []
      const { dial } = await start({
        async handler({ peer, method, path, body }) {
          seen.push(peer.box, peer.organisation, peer.role, peer.epoch, method, path, Buffer.from(body).toString())
          return { status: 201, body: utf8('done') }
        },
      })
      const session = await dial()
      assert.equal(session.peer.box, alice.box)
      assert.equal(session.peer.organisation, alice.organisation)
      const response = await session.request({ method: 'PUT', path: '/v1/a?b=c', body: utf8('hello') }, never)
      assert.deepEqual({ ...response, body: Buffer.from(response.body).toString() }, { status: 201, body: 'done' })
      assert.deepEqual(seen, [bob.box, bob.organisation, 'box', 1, 'PUT', '/v1/a?b=c', 'hello'])
    })

    test('bodies of several MiB go both ways at once, each in a buffer of its own', wait, async () => {
      const { dial } = await start({
        async handler({ body }) {
          assert.equal(body.byteLength, body.buffer.byteLength)
          return { status: 200, body: body.toReversed() }
        },
      })
      const session = await dial()
      const bodies = [1, 2, 3, 4, 5].map((fill) => new Uint8Array(fill * MiB + fill).map((_, at) => (at * fill) & 255))
      const answers = await Promise.all(
        bodies.map((body) => session.request({ method: 'POST', path: '/', body, bodyBytesMax: 8 * MiB }, never)),
      )
      const same = answers.map((answer, at) => Buffer.compare(answer.body.toReversed(), bodies[at] as Uint8Array))
      assert.deepEqual(same, [0, 0, 0, 0, 0])
    })

    test('a hundred requests are all answered, never more than 64 at work', wait, async () => {
      let [now, most] = [0, 0]
      const { dial } = await start({
        async handler({ path }) {
          most = Math.max(most, ++now)
          await turns(3)
          now--
          return { status: 200, body: utf8(path) }
        },
      })
      const session = await dial()
      const paths = Array.from({ length: 100 }, (_, number) => `/${number}`)
      const answers = await Promise.all(paths.map((path) => session.request({ method: 'GET', path }, never)))
      assert.deepEqual(
        answers.map(({ body }) => Buffer.from(body).toString()),
        paths,
      )
      assert.ok(most <= 64 && most > 1, String(most))
    })

    test('a DatisError crosses with its code, sentence and plain details', wait, async () => {
      const { dial } = await start({
        async handler() {
          throw new DatisError('PACK_UNKNOWN', 'No such pack.', { row: 3, id: 'ab', odd: { deep: 1 }, peer: 'forged' })
        },
      })
      const session = await dial()
      await assert.rejects(session.request({ method: 'GET', path: '/' }, never), (error) => {
        codeIs('PACK_UNKNOWN', { row: 3, id: 'ab', odd: undefined, peer: alice.box, status: 404 })(error)
        assert.equal((error as Error).message, 'No such pack.')
        return true
      })
    })

    test('an unexpected error tells the peer nothing and is logged', wait, async () => {
      const warned: string[] = []
      const { dial } = await start({
        handler: () => Promise.reject(new TypeError('secret of /home/x')),
        log: { ...silentLog, warn: (event, fields) => warned.push(`${event} ${JSON.stringify(fields)}`) },
      })
      const session = await dial()
      await assert.rejects(session.request({ method: 'GET', path: '/' }, never), (error) => {
        codeIs('INTERNAL', { status: 500 })(error)
        assert.doesNotMatch(JSON.stringify(error) + (error as Error).message, /secret/)
        return true
      })
      assert.match(warned.join(), /peer\.request\.unexpected.*secret/)
    })

    test('a body above the limit of its route is refused unread, and the session goes on', wait, async () => {
      let calls = 0
      const { dial } = await start({
        handler: async () => ({ status: 200, body: utf8(String(++calls)) }),
        bodyBytesMax: (method, path) => (method === 'PUT' && path === '/big' ? 2 * MiB : 10),
      })
      const session = await dial()
      const body = new Uint8Array(2 * MiB)
      const refused = codeIs('BODY_TOO_LARGE', { status: 413, bytesMax: 10 })
      await assert.rejects(session.request({ method: 'PUT', path: '/small', body }, never), refused)
      assert.equal(calls, 0)
      const { body: answer } = await session.request({ method: 'PUT', path: '/big', body }, never)
      assert.equal(Buffer.from(answer).toString(), '1')
    })

    test('an answer longer than asked for is refused, and the session goes on', wait, async () => {
      const { dial } = await start({ handler: async () => ({ status: 200, body: new Uint8Array(100_000) }) })
      const session = await dial()
      const call = { method: 'GET', path: '/' } as const
      const refused = codeIs('PEER_ANSWER_TOO_LARGE')
      await assert.rejects(session.request({ ...call, bodyBytesMax: 99_999 }, never), refused)
      const { body } = await session.request({ ...call, bodyBytesMax: 100_000 }, never)
      assert.equal(body.byteLength, 100_000)
    })

    test('a session that is lent carries requests the other way, and each side knows the other', wait, async () => {
      const lentTo: PeerSession[] = []
      const { transport, listener } = await start({ lent: (session) => lentTo.push(session) })
      const seen: unknown[] = []
      const options = {
        identity: bob.identity,
        admission: admitting([alice]),
        signal: never,
        bodyBytesMax: () => 3 * MiB,
        async handler({ peer, path, body }: PeerRequest) {
          seen.push(peer.box, path)
          return { status: 200, body }
        },
      }
      const lent = await transport.lend(listener.address, options)
      open.push(lent)
      assert.equal(lent.peer.box, alice.box)
      await turns()
      const [session] = lentTo
      assert.ok(session)
      assert.equal(session.peer.box, bob.box)
      const body = new Uint8Array(2 * MiB).fill(7)
      const answer = await session.request({ method: 'PUT', path: '/x', body, bodyBytesMax: 2 * MiB }, never)
      assert.deepEqual(Buffer.from(answer.body), Buffer.from(body))
      assert.deepEqual(seen, [alice.box, '/x'])
      await lent[Symbol.asyncDispose]()
      await session.closed
    })

    test('who takes no lent sessions cuts them, as it cuts a stranger who lends one', wait, async () => {
      const options = { identity: bob.identity, admission: admitting([alice]), signal: never, ...serving }
      const closed = await start({})
      const cut = codeIs(['PEER_REFUSED', 'HANDSHAKE_FAILED'])
      await assert.rejects(closed.transport.lend(closed.listener.address, options), cut)
      const lentTo: PeerSession[] = []
      const strict = await start({ admitted: [alice], lent: (session) => lentTo.push(session) })
      await assert.rejects(strict.transport.lend(strict.listener.address, options), cut)
      assert.deepEqual(lentTo, [])
    })

    test('a look tells a box, something else, and that nobody answers', wait, async () => {
      const { transport, listener, world } = await start({})
      const options = { identity: bob.identity, signal: never }
      const { host } = listener.address
      const { box, organisation } = alice
      assert.deepEqual(await transport.look(listener.address, options), { outcome: 'box', ip: host, box, organisation })
      const talker = await world.net.listen({ ...world.listenAt, port: 0 }, (socket) => {
        socket.on('error', () => undefined)
        socket.end('220 mail.example.org\r\n')
      })
      open.push(talker)
      assert.deepEqual(await transport.look(talker.address, options), { outcome: 'other', ip: host, subject: null })
      await talker[Symbol.asyncDispose]()
      assert.deepEqual(await transport.look(talker.address, options), { outcome: 'refused', ip: host })
    })

    test('a path that is too long or not plain is refused', wait, async () => {
      const { dial } = await start({})
      const session = await dial()
      for (const path of [`/${'a'.repeat(1024)}`, 'v1', '/ä']) {
        await assert.rejects(session.request({ method: 'GET', path }, never), codeIs('FORMAT_REQUEST'))
      }
    })

    test('strangers are cut: another root, and a member that is admitted no more', wait, async () => {
      let calls = 0
      const handler: PeerHandler = async () => ({ status: 200, body: utf8(String(++calls)) })
      const forged = testBox('mallory', { box: bob.box })
      const { dial } = await start({ handler, admitted: [alice, bob] })
      for (const from of [mallory, forged]) {
        await assert.rejects(dial(from), codeIs(['PEER_REFUSED', 'HANDSHAKE_FAILED']))
      }
      // Its root is known, yet the admission says no.
      const unlisted = testBox('bob', { box: '33'.repeat(16) })
      await assert.rejects(dial(unlisted), codeIs(['PEER_REFUSED', 'HANDSHAKE_FAILED']))
      const { dial: dialLater } = await start({ handler, admitted: [alice] })
      await assert.rejects(dialLater(bob), codeIs(['PEER_REFUSED', 'HANDSHAKE_FAILED']))
      assert.equal(calls, 0)
    })

    test('a stolen certificate without its key opens nothing', wait, async () => {
      const { dial } = await start({})
      const thief = { ...bob, identity: { ...bob.identity, privatePem: mallory.identity.privatePem } }
      await assert.rejects(dial(thief))
    })

    test('a dialler cuts a listener that it does not know', wait, async () => {
      const { dial } = await start({})
      await assert.rejects(dial(bob, [mallory]), codeIs('PEER_STRANGER', { reason: 'unknown-root' }))
    })

    test('recheck cuts the live sessions of boxes that left, and only those', wait, async () => {
      const carol = testBox('carol')
      const admitted = new Set([alice, bob, carol])
      const { dial, listener } = await start({ admitted })
      const [leaving, staying] = [await dial(bob), await dial(carol)]
      listener.recheck()
      await leaving.request({ method: 'GET', path: '/' }, never)
      admitted.delete(bob)
      listener.recheck()
      await leaving.closed
      await assert.rejects(leaving.request({ method: 'GET', path: '/' }, never), codeIs('PEER_DISCONNECTED'))
      await staying.request({ method: 'GET', path: '/' }, never)
    })

    test('giving up a request aborts its handler', wait, async () => {
      const { promise: aborted, resolve } = Promise.withResolvers<void>()
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
      const { dial } = await start({
        handler(_, signal) {
          begin()
          return new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              resolve()
              reject(signal.reason)
            })
          })
        },
      })
      const session = await dial()
      const controller = new AbortController()
      const asked = session.request({ method: 'GET', path: '/' }, controller.signal)
      await begun
      controller.abort(new Error('changed my mind'))
      await assert.rejects(asked, /changed my mind/)
      await aborted
    })

    test('requests under way fail when the listener closes, and it waits for its handlers', wait, async () => {
      let ended = false
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
      const { dial, listener, transport } = await start({
        async handler(_, signal) {
          begin()
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
          ended = true
          throw signal.reason
        },
      })
      const session = await dial()
      const asked = assert.rejects(session.request({ method: 'GET', path: '/' }, never), codeIs('PEER_DISCONNECTED'))
      await begun
      await listener[Symbol.asyncDispose]()
      assert.ok(ended)
      await asked
      await session.closed
      const options = { identity: bob.identity, admission: admitting([alice]), signal: never }
      await assert.rejects(transport.dial(listener.address, options), { code: 'ECONNREFUSED' })
    })

    test('a ninth session of a box replaces its oldest', wait, async () => {
      const { dial } = await start({})
      const sessions: PeerSession[] = []
      for (let count = 0; count < 9; count++) sessions.push(await dial())
      await sessions[0]!.closed
      for (const session of sessions.slice(1)) await session.request({ method: 'GET', path: '/' }, never)
    })

    test('two boxes dial each other at the same time', wait, async () => {
      const world = makeWorld()
      const transport = world.transport(silentLog)
      const listen = (of: TestBox) => {
        const handler: PeerHandler = async () => ({ status: 200, body: utf8(of.box) })
        const admission = admitting([alice, bob])
        const options = { identity: () => of.identity, admission, handler, bodyBytesMax: () => 0 }
        return transport.listen(world.listenAt, options)
      }
      const [atAlice, atBob] = [await listen(alice), await listen(bob)]
      open.push(atAlice, atBob)
      const dial = (of: TestBox, to: PeerListener) =>
        transport.dial(to.address, { identity: of.identity, admission: admitting([alice, bob]), signal: never })
      const sessions = await Promise.all([dial(alice, atBob), dial(bob, atAlice)])
      open.push(...sessions)
      const answers = await Promise.all(sessions.map((one) => one.request({ method: 'GET', path: '/' }, never)))
      assert.deepEqual(
        answers.map(({ body }) => Buffer.from(body).toString()),
        [bob.box, alice.box],
      )
    })

    test('who connects and says nothing is cut after 10 s', wait, async () => {
      const { listener, world } = await start({})
      const socket = await world.net.dial(listener.address, never)
      socket.on('error', () => undefined)
      const closed = new Promise((resolve) => socket.resume().once('close', resolve).once('end', resolve))
      await world.clock.advance(9_900)
      assert.equal(socket.readableEnded || socket.destroyed, false)
      await world.clock.advance(200)
      await closed
      socket.destroy()
    })

    test('who speaks garbage is cut, and others are served', wait, async () => {
      const { listener, world, dial } = await start({})
      for (const text of ['GET / HTTP/1.1\r\n\r\n', '\0\0\0\x02\0\0\0\0\xff\xff', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']) {
        const socket = await world.net.dial(listener.address, never)
        socket.on('error', () => undefined)
        const closed = new Promise((resolve) => socket.resume().once('close', resolve).once('end', resolve))
        socket.write(text.repeat(100))
        await closed
        socket.destroy()
      }
      await (await dial()).request({ method: 'GET', path: '/' }, never)
    })

    test('a dial to who says nothing ends after 10 s', wait, async () => {
      const world = makeWorld()
      const silent = await world.net.listen(
        world.listenAt,
        (socket) => void socket.on('error', () => undefined).resume(),
      )
      open.push(silent)
      const options = { identity: bob.identity, admission: admitting([alice]), signal: never }
      const dialled = world.transport(silentLog).dial(silent.address, options)
      const failed = assert.rejects(dialled, codeIs('PEER_TIMEOUT', { what: 'handshake', ms: 10_000 }))
      await world.clock.advance(10_100)
      await failed
    })

    test('a dial that is given up stops at once', wait, async () => {
      const world = makeWorld()
      const silent = await world.net.listen(
        world.listenAt,
        (socket) => void socket.on('error', () => undefined).resume(),
      )
      open.push(silent)
      const controller = new AbortController()
      const options = { identity: bob.identity, admission: admitting([alice]), signal: controller.signal }
      const failed = assert.rejects(world.transport(silentLog).dial(silent.address, options), /stop/)
      await turns()
      controller.abort(new Error('stop'))
      await failed
    })
  })
}
