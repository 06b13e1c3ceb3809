import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { test } from 'node:test'
import { type Clock, codeOf, type Listener, type Net } from '#base'

export interface NetUnderTest {
  readonly dialler: Net
  readonly listener: Net
  /** A name of the listening machine. */
  readonly host: string
  readonly clock: Clock
  run<Result>(until: Promise<Result>): Promise<Result>
}

const never = new AbortController().signal

async function pair(net: NetUnderTest): Promise<{ near: Duplex; far: Duplex; listener: Listener }> {
  const accepted = Promise.withResolvers<Duplex>()
  const listener = await net.listener.listen({ host: net.host, port: 0 }, accepted.resolve)
  const near = await net.dialler.dial({ host: net.host, port: listener.address.port }, never)
  return { near, far: await accepted.promise, listener }
}

async function readAll(stream: Duplex): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of stream.iterator({ destroyOnReturn: false })) parts.push(part)
  return Buffer.concat(parts)
}

export function netConformance(name: string, make: () => NetUnderTest): void {
  const scenario = (promise: string, act: (net: NetUnderTest) => Promise<void>) =>
    test(`${name}: ${promise}`, async () => {
      const net = make()
      await net.run(act(net))
    })

  scenario('bytes arrive whole and in order, both ways', async (net) => {
    const { near, far, listener } = await pair(net)
    await using _listener = listener
    near.write('to ')
    near.end('you')
    assert.equal(String(await readAll(far)), 'to you')
    far.end('and back')
    assert.equal(String(await readAll(near)), 'and back')
  })

  scenario('a side that has ended its stream still receives', async (net) => {
    const { near, far, listener } = await pair(net)
    await using _listener = listener
    near.end()
    assert.equal((await readAll(far)).byteLength, 0)
    far.write('late ')
    far.end('answer')
    assert.equal(String(await readAll(near)), 'late answer')
  })

  scenario('8 MiB pass a reader that is slow to start, and the writer waits meanwhile', async (net) => {
    const { near, far, listener } = await pair(net)
    await using _listener = listener
    const slice = Buffer.alloc(64 * 1024, 7)
    let written = 0
    let waited = 0
    const writing = (async () => {
      for (; written < 128; written++) {
        slice[0] = written
        if (near.write(Uint8Array.from(slice))) continue
        waited++
        await once(near, 'drain')
      }
      near.end()
    })()
    const received = await readAll(far)
    await writing
    assert.equal(received.byteLength, 8 * 1024 * 1024)
    for (let part = 0; part < 128; part++) assert.equal(received[part * slice.byteLength], part)
    assert.ok(waited > 0)
    far.end()
    near.resume()
  })

  scenario(
    'a listener learns where a connection comes from, an address stands for itself, a name may be none',
    async (net) => {
      const from = Promise.withResolvers<string>()
      const listener = await net.listener.listen({ host: net.host, port: 0 }, (socket, address) => {
        socket.on('error', () => undefined).destroy()
        from.resolve(address)
      })
      await using _listener = listener
      const near = await net.dialler.dial({ host: net.host, port: listener.address.port }, never)
      near.on('error', () => undefined).destroy()
      assert.match(await from.promise, /^(127\.0\.0\.1|near)$/)
      assert.deepEqual(await net.dialler.resolve(net.host), [net.host])
      await assert.rejects(net.dialler.resolve('no-such-name.invalid'))
    },
  )

  scenario('nobody listening is ECONNREFUSED', async (net) => {
    const { near, far, listener } = await pair(net)
    const { port } = listener.address
    await listener[Symbol.asyncDispose]()
    await assert.rejects(net.dialler.dial({ host: net.host, port }, never), { code: 'ECONNREFUSED' })
    near.destroy()
    far.destroy()
  })

  scenario('a port taken twice is EADDRINUSE, and is free again after the listener', async (net) => {
    const first = await net.listener.listen({ host: net.host, port: 0 }, () => undefined)
    await assert.rejects(
      net.listener.listen({ host: net.host, port: first.address.port }, () => undefined),
      {
        code: 'EADDRINUSE',
      },
    )
    await first[Symbol.asyncDispose]()
    const second = await net.listener.listen({ host: net.host, port: first.address.port }, () => undefined)
    await second[Symbol.asyncDispose]()
  })

  scenario('a dial that is aborted rejects with the reason', async (net) => {
    const listener = await net.listener.listen({ host: net.host, port: 0 }, (socket) => socket.destroy())
    await using _listener = listener
    const address = { host: net.host, port: listener.address.port }
    const reason = new Error('no longer wanted')
    await assert.rejects(net.dialler.dial(address, AbortSignal.abort(reason)), (error) => error === reason)
    const controller = new AbortController()
    const dial = net.dialler.dial(address, controller.signal)
    controller.abort(reason)
    await assert.rejects(dial, (error) => error === reason)
  })

  scenario('an abort after the dial changes nothing', async (net) => {
    const accepted = Promise.withResolvers<Duplex>()
    const listener = await net.listener.listen({ host: net.host, port: 0 }, accepted.resolve)
    await using _listener = listener
    const controller = new AbortController()
    const near = await net.dialler.dial({ host: net.host, port: listener.address.port }, controller.signal)
    controller.abort()
    near.end('still here')
    const far = await accepted.promise
    assert.equal(String(await readAll(far)), 'still here')
    far.end()
    near.resume()
  })

  scenario('closing the listener leaves open connections alone', async (net) => {
    const { near, far, listener } = await pair(net)
    await listener[Symbol.asyncDispose]()
    near.end('through')
    assert.equal(String(await readAll(far)), 'through')
    far.end()
    near.resume()
  })

  scenario('a destroyed end is seen by the other, whose writes then fail', async (net) => {
    const { near, far, listener } = await pair(net)
    await using _listener = listener
    near.destroy()
    const failed = once(far, 'error').then(([error]) => codeOf(error))
    await readAll(far).catch(codeOf)
    while (!far.destroyed) {
      far.write('anybody?')
      await net.clock.sleep(5)
    }
    assert.match(await failed, /^(ECONNRESET|EPIPE)$/)
  })
}
