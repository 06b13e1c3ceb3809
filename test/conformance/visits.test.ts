/** The joiners' door, over both transports. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { DatisError, MiB, realNet, silentLog, toHex, utf8 } from '#base'
import { http2Transport, memoryTransport, type VisitHandler, type Visitor } from '#network'
import { codeIs, type TransportWorld } from './transport.ts'
import { admitting, countedRandom, manualClock, pipeNet, testBox, turns } from './transport-people.ts'

const never = new AbortController().signal
const wait = { timeout: 10_000 }
const [alice, mallory] = [testBox('alice'), testBox('mallory')]

function visitConformance(name: string, makeWorld: () => TransportWorld): void {
  describe(name, () => {
    const open: AsyncDisposable[] = []
    after(async () => {
      for (const one of open.reverse()) await one[Symbol.asyncDispose]()
    })

    async function start(visit?: VisitHandler) {
      const world = makeWorld()
      const transport = world.transport(silentLog)
      const listener = await transport.listen(world.listenAt, {
        identity: () => alice.identity,
        admission: admitting([alice]),
        handler: async () => ({ status: 200, body: utf8('served') }),
        bodyBytesMax: () => 0,
        ...(visit !== undefined && { visit }),
      })
      open.push(listener)
      const say = (text: string, onBinding = (_: Uint8Array): void => undefined) =>
        transport.visit(listener.address, {
          identity: mallory.identity,
          signal: never,
          message(binding) {
            onBinding(binding)
            return utf8(text)
          },
        })
      return { world, listener, transport, say }
    }

    test(
      'a stranger says one thing and gets an answer in pieces; both know the connection by the same bytes',
      wait,
      async () => {
        const seen: Visitor[] = []
        const { say } = await start(async (visitor) => {
          seen.push(visitor)
          return [utf8('one'), new Uint8Array(0), new Uint8Array(300_000).fill(7)]
        })
        const bindings: string[] = []
        for (const text of ['hello', 'again']) {
          const pieces = await say(text, (binding) => bindings.push(toHex(binding)))
          assert.deepEqual(
            pieces.map(({ byteLength }) => byteLength),
            [3, 0, 300_000],
          )
        }
        assert.deepEqual(
          seen.map(({ message }) => Buffer.from(message).toString()),
          ['hello', 'again'],
        )
        assert.deepEqual(
          seen.map(({ claims }) => claims.box),
          [mallory.box, mallory.box],
        )
        assert.deepEqual(
          seen.map(({ binding }) => toHex(binding)),
          bindings,
        )
        assert.notEqual(bindings[0], bindings[1])
        assert.equal(bindings[0]?.length, 64)
      },
    )

    test('a refusal comes with its code; a proof that fails gets no word at all', wait, async () => {
      const { say } = await start(async ({ message }) => {
        if (Buffer.from(message).toString() === 'silence') return null
        throw new DatisError('INVITATION_UNKNOWN', 'No such invitation.')
      })
      await assert.rejects(say('x'), codeIs('INVITATION_UNKNOWN', { status: 404 }))
      await assert.rejects(say('silence'))
    })

    test('more than 4 KiB is cut unread', wait, async () => {
      let calls = 0
      const { say } = await start(async () => {
        calls++
        return []
      })
      await assert.rejects(say('a'.repeat(4097)))
      await say('a'.repeat(4096))
      assert.equal(calls, 1)
    })

    test('an answer longer than a piece may be is refused', wait, async () => {
      const { say } = await start(async () => [new Uint8Array(MiB + 1)])
      await assert.rejects(say('x'), codeIs('FORMAT_TOO_LARGE'))
    })

    test('four are served at once, a fifth is cut, and members are served meanwhile', wait, async () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      let calls = 0
      const { say, listener, transport } = await start(async () => {
        calls++
        await promise
        return []
      })
      const waiting = [say('1'), say('2'), say('3'), say('4')]
      while (calls < 4) await turns(5)
      await assert.rejects(say('5'))
      const options = { identity: alice.identity, admission: admitting([alice]), signal: never }
      await using session = await transport.dial(listener.address, options)
      assert.equal((await session.request({ method: 'GET', path: '/' }, never)).status, 200)
      resolve()
      await Promise.all(waiting)
    })

    test('where no door is open to joiners, none is found', wait, async () => {
      const { say } = await start()
      await assert.rejects(say('x'), codeIs(['HANDSHAKE_FAILED', 'PEER_REFUSED']))
    })

    test('a visitor is no peer: its connection carries no request', wait, async () => {
      const { listener, transport } = await start(async () => [])
      const options = { identity: mallory.identity, admission: admitting([alice]), signal: never }
      await assert.rejects(transport.dial(listener.address, options), codeIs(['PEER_REFUSED', 'HANDSHAKE_FAILED']))
    })
  })
}

visitConformance('http2Transport', () => {
  const [net, clock] = [realNet(), manualClock()]
  const transport = () => http2Transport({ net, clock, random: countedRandom() })
  return { net, clock, listenAt: { host: '127.0.0.1', port: 0 }, transport }
})

visitConformance('memoryTransport', () => {
  const [net, clock] = [pipeNet(), manualClock()]
  return { net, clock, listenAt: { host: 'here', port: 0 }, transport: () => memoryTransport({ net, clock }) }
})
