import assert from 'node:assert/strict'
import { mkdirSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Chance, writeFiles } from './material.ts'
import { Town } from './town.ts'

const PASSWORD = 'correct horse battery'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A browser's half: its page, its cookies. */
class Browser {
  readonly #origin: string
  #cookies = ''

  constructor(port: number) {
    this.#origin = `http://127.0.0.1:${port}`
  }

  async ask(method: string, path: string, body?: unknown) {
    const response = await fetch(`${this.#origin}/api/${path}`, {
      method,
      headers: {
        cookie: this.#cookies,
        origin: this.#origin,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const set = response.headers.getSetCookie().map((one) => one.split(';')[0])
    if (set.length > 0) this.#cookies = set.join('; ')
    const text = await response.text()
    return { status: response.status, json: text.startsWith('{') ? JSON.parse(text) : null }
  }
}

test('a box by itself has a console; its first account, sessions and tasks survive kill -9', {
  timeout: 120_000,
}, async (t) => {
  const town = new Town(t)
  const anna = await town.box('anna')
  const source = town.path('source')
  mkdirSync(source)
  writeFiles(new Chance(t), source, 200_000)
  await town.ok(['source', 'add', 'house', source, '--data', anna.data])
  const port = await freePort()
  const begin = async () => {
    const { child } = town.start(['box', 'run', '--data', anna.data, '--web', `127.0.0.1:${port}`])
    let said = ''
    child.stdout?.on('data', (part: string) => {
      said += part
    })
    const until = Date.now() + 30_000
    while (!said.includes('"ready":true')) {
      assert.ok(Date.now() < until, said)
      await sleep(50)
    }
    return { child, ready: JSON.parse(said.split('\n')[0] ?? '') as { web: string; setupCode: string | null } }
  }
  const first = await begin()
  assert.equal(first.ready.web, `http://127.0.0.1:${port}`)
  const browser = new Browser(port)
  assert.deepEqual((await browser.ask('GET', 'health')).json, { status: 'ok', version: '0.1.0' })
  const { code } = await town.ok<{ code: string }>(['box', 'setup-code', '--data', anna.data])
  const person = { name: 'Anne', password: PASSWORD }
  const old = await browser.ask('POST', 'setup', { ...person, code: first.ready.setupCode })
  assert.equal(old.json.error.code, 'SETUP_REFUSED', 'a newer code took its place')
  assert.equal((await browser.ask('POST', 'setup', { ...person, code })).status, 201)
  assert.equal((await browser.ask('POST', 'session', person)).status, 200)
  const until = Date.now() + 60_000
  const snapshots = async () => (await browser.ask('POST', 'operations/snapshot.list', {})).json.items
  while ((await snapshots()).length === 0) {
    assert.ok(Date.now() < until, 'a snapshot is taken by itself')
    await sleep(200)
  }
  for (const file of ['settings.sqlite', 'settings.sqlite-wal']) {
    assert.equal(statSync(join(anna.data, file)).mode & 0o077, 0, file)
  }
  const ended = new Promise((resolve) => first.child.once('exit', resolve))
  first.child.kill('SIGKILL')
  await ended
  const second = await begin()
  assert.equal(second.ready.setupCode, null, 'somebody has an account')
  assert.equal((await browser.ask('GET', 'session')).json.name, 'Anne')
  const { items } = (await browser.ask('GET', 'tasks')).json
  assert.ok(items.some((one: { name: string; state: string }) => one.name === 'snapshot.take' && one.state === 'done'))
  const audit = (await browser.ask('GET', 'audit')).json
  assert.equal(audit.firstBroken, null)
  second.child.kill('SIGTERM')
})
