import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { HOUR_MS, SECOND_MS } from '#base'
import { consoleFor, PASSWORD } from '../../src/api/test-api.ts'

const GUESSES = 10_000
const ADDRESSES = 20

interface Answer {
  readonly status: number
  readonly code: string
  readonly waitMs: number
}

const agent = new Agent({ keepAlive: true })

/** Over a socket, from one of the machine's loopback addresses. */
function signIn(port: number, from: string, body: { name: string; password: string }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', origin: `http://127.0.0.1:${port}` }
    const options = {
      agent,
      host: '127.0.0.1',
      port,
      localAddress: from,
      method: 'POST',
      path: '/api/session',
      headers,
    }
    const asked = request(options, async (response) => {
      const { error } = JSON.parse(Buffer.concat(await response.toArray()).toString())
      const retryS = Number(response.headers['retry-after'] ?? 0)
      resolve({ status: response.statusCode ?? 0, code: error?.code ?? '', waitMs: retryS * SECOND_MS })
    })
    asked.on('error', reject)
    asked.end(JSON.stringify(body))
  })
}

test('ten thousand guesses in an hour from twenty addresses: few are looked at, and who has the account is in', async () => {
  const { api, clock, people } = await consoleFor('guesses')
  await people.add('box', { name: 'Anne', role: 'administrator', password: PASSWORD })
  await api.listen({ host: '127.0.0.1', port: 0 })
  const { port } = api.server.address() as AddressInfo
  let evaluated = 0
  for (let guess = 0; guess < GUESSES; guess++) {
    const from = `127.0.0.${2 + (guess % ADDRESSES)}`
    const { code } = await signIn(port, from, { name: 'Anne', password: `guess number ${guess}` })
    assert.ok(['LOGIN_REFUSED', 'LOGIN_WAIT'].includes(code), code)
    if (code === 'LOGIN_REFUSED') evaluated++
    await clock.runFor(HOUR_MS / GUESSES)
    if (guess % 2000 === 1000) assert.ok((await comesAnew(guess)) < 20 * SECOND_MS)
  }
  assert.ok(evaluated > 50 && evaluated < 200, `${evaluated} were looked at`)
  agent.destroy()
  await api.close()

  /** How long she waits at a place where she was never before, and mistypes once. */
  async function comesAnew(guess: number): Promise<number> {
    const began = clock.machine().monotonic()
    for (const password of ['mistyped by her', PASSWORD]) {
      for (;;) {
        const { code, waitMs } = await signIn(port, `127.0.1.${guess / 1000}`, { name: 'Anne', password })
        if (code !== 'LOGIN_WAIT') break
        await clock.runFor(waitMs)
      }
    }
    return clock.machine().monotonic() - began
  }
})
