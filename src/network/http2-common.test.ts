import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { type Clock, realClock } from '#base'
import { keepAlive } from './http2-common.ts'

/** Time passes when the test says so. */
function handClock(): { clock: Clock; pass: () => void } {
  const waiting: AbortController[] = []
  const deadline: Clock['deadline'] = () => {
    const controller = new AbortController()
    waiting.push(controller)
    return { signal: controller.signal, [Symbol.dispose]: () => undefined }
  }
  return { clock: { ...realClock(), deadline }, pass: () => waiting.shift()?.abort() }
}

test('a ping that falls due while a session is torn down is no crash', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  client.on('error', () => undefined)
  const [session] = (await once(server, 'session')) as [ServerHttp2Session]
  session.on('error', () => undefined)
  const thrown: unknown[] = []
  const note = (error: unknown): void => void thrown.push(error)
  process.on('uncaughtException', note)
  try {
    const { clock, pass } = handClock()
    keepAlive(clock, session)
    pass()
    session.destroy()
    assert.equal(session.destroyed, true)
    pass()
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(thrown, [])
  } finally {
    process.off('uncaughtException', note)
    client.destroy()
    server.close()
  }
})
