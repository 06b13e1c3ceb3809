/** Hostile peers on real TLS: what the suite that both transports share cannot do through their own dialler. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import http2 from 'node:http2'
import { connect as connectTcp } from 'node:net'
import { after, test } from 'node:test'
import tls from 'node:tls'
import { MiB, realNet } from '#base'
import { http2Transport, LinePace, type LocalIdentity, type PeerHandler } from '#network'
import { codeIs } from '../../test/conformance/transport.ts'
import {
  admitting,
  countedRandom,
  manualClock,
  type TestBox,
  testBox,
  turns,
} from '../../test/conformance/transport-people.ts'
import { toPem } from './pem.ts'

const never = new AbortController().signal
const wait = { timeout: 10_000 }
const [alice, bob] = [testBox('alice'), testBox('bob')]
const open: AsyncDisposable[] = []
after(async () => {
  for (const one of open.reverse()) await one[Symbol.asyncDispose]()
})

async function listening(handler: PeerHandler = async ({ body }) => ({ status: 200, body })) {
  const clock = manualClock()
  const transport = http2Transport({ net: realNet(), clock, random: countedRandom() })
  const options = {
    identity: () => alice.identity,
    admission: admitting([alice, bob]),
    handler,
    bodyBytesMax: () => MiB,
  }
  const listener = await transport.listen({ host: '127.0.0.1', port: 0 }, options)
  open.push(listener)
  return { clock, transport, port: listener.address.port }
}

function pems({ certificate, privatePem }: LocalIdentity): tls.ConnectionOptions {
  return { cert: toPem('CERTIFICATE', certificate), key: privatePem }
}

function rawTls(port: number, options: tls.ConnectionOptions): tls.TLSSocket {
  const base = { host: '127.0.0.1', port, rejectUnauthorized: false, checkServerIdentity: () => undefined }
  const socket = tls.connect({ ...base, ALPNProtocols: ['datis/1'], ...options })
  socket.on('error', () => undefined)
  return socket
}

/** What a connection got before it was closed. */
async function received(socket: tls.TLSSocket): Promise<number> {
  let bytes = 0
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength
  })
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
  return bytes
}

async function rawHttp(port: number, from = bob): Promise<http2.ClientHttp2Session> {
  const socket = rawTls(port, pems(from.identity))
  await once(socket, 'secureConnect')
  const session = http2.connect('https://datis', { createConnection: () => socket })
  session.on('error', () => undefined)
  await once(session, 'remoteSettings')
  open.push({ [Symbol.asyncDispose]: async () => session.destroy() })
  return session
}

async function statusOf(stream: http2.ClientHttp2Stream): Promise<number | string> {
  const status = new Promise<number>((resolve) => stream.on('response', (headers) => resolve(headers[':status'] ?? 0)))
  const closed = new Promise<string>((resolve) => stream.on('close', () => resolve(`reset ${stream.rstCode}`)))
  stream.on('error', () => undefined)
  return await Promise.race([status, closed])
}

/** A certificate in which the key of `box` was replaced by that of `thief`. */
function withKey(certificate: Uint8Array, box: TestBox, thief: TestBox): Uint8Array {
  const forged = Buffer.from(certificate)
  const at = forged.indexOf(box.keys.publicKey)
  assert.ok(at > 0)
  forged.set(thief.keys.publicKey, at)
  return forged
}

test(
  'strangers get not one byte of HTTP: no certificate, self-signed, stolen name, wrong protocol, old TLS',
  wait,
  async () => {
    const { port } = await listening()
    const keys = generateKeyPairSync('ed25519')
    const mallory = testBox('mallory')
    const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    // A certificate of alice's organisation for another key: the signature of her root no longer fits.
    const forged = pems({ ...mallory.identity, certificate: withKey(bob.identity.certificate, bob, mallory) })
    const strangers: tls.ConnectionOptions[] = [
      {},
      pems(mallory.identity),
      forged,
      { ...pems(bob.identity), ALPNProtocols: ['h2'] },
      { ...pems(bob.identity), ALPNProtocols: [] },
      { ...pems(bob.identity), maxVersion: 'TLSv1.2' },
    ]
    for (const [number, options] of strangers.entries()) {
      assert.equal(await received(rawTls(port, options)), 0, `stranger ${number}`)
    }
    // A certificate without its key fails in the handshake.
    assert.throws(() => rawTls(port, { ...pems(bob.identity), key }))
    await rawHttp(port)
  },
)

test('a session is never resumed: each connection shows its certificate', wait, async () => {
  const { port } = await listening()
  const sessions: Buffer[] = []
  const first = rawTls(port, pems(bob.identity))
  first.on('session', (session) => sessions.push(session))
  await once(first, 'secureConnect')
  await once(first, 'data')
  first.destroy()
  const second = rawTls(port, { ...pems(bob.identity), ...(sessions[0] && { session: sessions[0] }) })
  await once(second, 'secureConnect')
  assert.equal(second.isSessionReused(), false)
  second.destroy()
})

test('a handshake that drips is cut after 10 s, however often it says something', wait, async () => {
  const { port, clock } = await listening()
  const socket = connectTcp(port, '127.0.0.1').on('error', () => undefined)
  await once(socket, 'connect')
  // The start of a record that announces 16 KiB of handshake.
  const closed = once(socket.resume(), 'close')
  socket.write(Buffer.from([0x16, 0x03, 0x01, 0x40, 0x00]))
  for (let second = 0; second < 11; second++) {
    if (!socket.destroyed) socket.write(Buffer.from([1]))
    await clock.advance(1000)
  }
  await closed
})

test('above 64 open handshakes, connections are cut at once', wait, async () => {
  const { port } = await listening()
  const sockets = Array.from({ length: 64 }, () => connectTcp(port, '127.0.0.1').on('error', () => undefined))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  await turns(50)
  const late = connectTcp(port, '127.0.0.1').on('error', () => undefined)
  await once(late.resume(), 'close')
  for (const socket of sockets) socket.destroy()
  await turns(50)
  await rawHttp(port)
})

test('a body shorter or longer than announced never reaches the handler', wait, async () => {
  let calls = 0
  const { port } = await listening(async () => {
    calls++
    return { status: 200, body: new Uint8Array(0) }
  })
  const put = async (headers: Record<string, string | number>, body: Uint8Array, end = true) => {
    // A session each: nghttp2 ends the whole session of who sends more than it announced.
    const session = await rawHttp(port)
    const stream = session.request({ ':method': 'PUT', ':path': '/', ...headers }, { endStream: false })
    if (end) stream.end(body)
    else stream.write(body)
    return await statusOf(stream)
  }
  const ten = new Uint8Array(10)
  for (const length of [11, 9]) assert.match(String(await put({ 'content-length': length }, ten)), /^reset [^0]/)
  assert.match(String(await put({}, ten)), /^reset [^0]/)
  assert.equal(await put({ 'content-length': MiB + 1 }, ten, false), 413)
  assert.equal(calls, 0)
  assert.equal(await put({ 'content-length': 10 }, ten), 200)
})

test('methods, paths and headers that we do not speak are refused', wait, async () => {
  const { port } = await listening()
  const session = await rawHttp(port)
  const ask = (headers: http2.OutgoingHttpHeaders) => statusOf(session.request({ ':path': '/', ...headers }))
  assert.equal(await ask({ ':method': 'DELETE' }), 400)
  assert.equal(await ask({ ':path': `/${'a'.repeat(1024)}` }), 400)
  assert.match(String(await ask({ big: 'a'.repeat(20_000) })), /reset/)
  assert.equal(await statusOf((await rawHttp(port)).request({ ':path': '/' })), 200)
})

test('who resets its requests to start more does not get more handlers than streams', wait, async () => {
  let [now, most] = [0, 0]
  const { port } = await listening(async (_request, _signal) => {
    most = Math.max(most, ++now)
    await new Promise((resolve) => setTimeout(resolve, 300))
    now--
    return { status: 200, body: new Uint8Array(0) }
  })
  const session = await rawHttp(port)
  for (let count = 0; count < 400 && !session.destroyed; count++) {
    const stream = session.request({ ':path': '/' })
    stream.on('error', () => undefined)
    await turns(1)
    stream.close(http2.constants.NGHTTP2_CANCEL)
  }
  await turns(20)
  assert.ok(most >= 1 && most <= 64, String(most))
})

test('a body that stops is given up within 45 s, and the session goes on', wait, async () => {
  const { port, clock } = await listening()
  const session = await rawHttp(port)
  const stream = session.request({ ':method': 'PUT', ':path': '/', 'content-length': 10 }, { endStream: false })
  const status = statusOf(stream)
  stream.write(new Uint8Array(5))
  await turns(200)
  await clock.advance(46_000)
  assert.match(String(await status), /^reset [^0]/)
  assert.equal(await statusOf(session.request({ ':path': '/' })), 200)
})

test('a peer that answers no ping is dropped after two misses', wait, async () => {
  const { port, clock } = await listening()
  const socket = rawTls(port, pems(bob.identity))
  await once(socket, 'secureConnect')
  socket.write(
    Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])]),
  )
  const closed = once(socket.resume(), 'close')
  await clock.advance(49_000)
  assert.equal(socket.destroyed, false)
  await clock.advance(27_000)
  await closed
})

test('an answer in a form that is not ours is said so', wait, async () => {
  const { port, transport } = await listening(async () => ({ status: 418, body: new Uint8Array([1, 2, 3]) }))
  const options = { identity: bob.identity, admission: admitting([alice]), signal: never }
  const session = await transport.dial({ host: '127.0.0.1', port }, options)
  open.push(session)
  const refused = codeIs('PEER_ANSWER_INVALID', { status: 418, peer: alice.box })
  await assert.rejects(session.request({ method: 'GET', path: '/' }, never), refused)
})

test(
  'while much goes out over a line the way to the peer is measured; on this machine alone it is not',
  wait,
  async () => {
    const { port, clock } = await listening()
    const pace = new LinePace(clock)
    const asked: number[] = []
    const { watch } = pace.yielding
    pace.yielding.watch = (session, peer, ping) => {
      void ping().then((ms) => asked.push(ms ?? -1))
      return watch.call(pace.yielding, session, peer, ping)
    }
    const transport = http2Transport({ net: realNet(), clock, random: countedRandom(), pace })
    const options = { identity: bob.identity, admission: admitting([alice]), signal: never }
    const send = async (host: string, bytes: number) => {
      const session = await transport.dial({ host, port }, options)
      open.push(session)
      await session.request({ method: 'PUT', path: '/', body: new Uint8Array(bytes) }, never)
    }
    await send('127.0.0.1', MiB)
    // As good a name of this machine, but not known for one.
    await send('0.0.0.0', 1000)
    assert.deepEqual(asked, [])
    await send('0.0.0.0', MiB)
    await turns(20)
    assert.deepEqual(asked, [0])
  },
)

test('what is no TLS at an address is named HANDSHAKE_FAILED', wait, async () => {
  const { transport } = await listening()
  const plain = await realNet().listen({ host: '127.0.0.1', port: 0 }, (socket) => {
    socket.on('error', () => undefined)
    socket.end('SSH-2.0-OpenSSH_9.9\r\n'.repeat(10))
  })
  open.push(plain)
  const options = { identity: bob.identity, admission: admitting([alice]), signal: never }
  await assert.rejects(transport.dial(plain.address, options), codeIs('HANDSHAKE_FAILED'))
})
