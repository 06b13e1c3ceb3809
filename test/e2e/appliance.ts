/** A box as people have it: it does all by itself, and a browser speaks to its console. */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openBox } from '#box'
import { copySettings, openSettings } from '#settings'
import type { Town } from './town.ts'

export const PASSWORD = 'correct horse battery'
const UNTIL_MS_MAX = 60_000
const POLL_MS = 100

export interface ShownTask {
  readonly id: string
  readonly name: string
  readonly actor: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted'
  readonly progress: { readonly phase?: string }
  readonly result: unknown
  readonly error: { readonly code: string } | null
  readonly created: number
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A browser's half: its page, its cookies. */
export class Browser {
  readonly origin: string
  cookies = ''
  #elevating: Promise<unknown> | null = null

  constructor(port: number) {
    this.origin = `http://127.0.0.1:${port}`
  }

  async ask(method: string, path: string, body?: unknown, signal: AbortSignal | null = null) {
    const response = await fetch(`${this.origin}/api/${path}`, {
      method,
      signal,
      headers: {
        cookie: this.cookies,
        origin: this.origin,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const set = response.headers.getSetCookie().map((one) => one.split(';')[0])
    if (set.length > 0) this.cookies = set.join('; ')
    const text = await response.text()
    return { status: response.status, json: text.startsWith('{') ? JSON.parse(text) : null }
  }

  /** As `ask`; what asks for the password again gets it. */
  async must(method: string, path: string, body?: unknown, signal: AbortSignal | null = null) {
    let answer = await this.ask(method, path, body, signal)
    if (answer.json?.error?.code === 'STEP_UP_NEEDED') {
      // One at a time: a second try of one moment is told to wait.
      this.#elevating ??= this.ask('POST', 'session/elevate', { password: PASSWORD }, signal).finally(() => {
        this.#elevating = null
      })
      await this.#elevating
      answer = await this.ask(method, path, body, signal)
    }
    assert.ok(answer.status < 300, `${method} ${path} → ${answer.status} ${JSON.stringify(answer.json)}`)
    return answer.json
  }

  /** The answer of an operation that only looks. */
  async look(name: string, signal: AbortSignal | null = null) {
    return await this.must('POST', `operations/${name}`, {}, signal)
  }

  /** An operation that is a task, as it ended. */
  async run(name: string, args: unknown, signal: AbortSignal | null = null): Promise<ShownTask> {
    const { task } = await this.must('POST', `operations/${name}`, args, signal)
    for (;;) {
      const shown: ShownTask = await this.must('GET', `tasks/${task}`, undefined, signal)
      if (shown.state !== 'running' && shown.state !== 'waiting') return shown
      await sleep(POLL_MS)
    }
  }

  /** The first account of a box, signed in. */
  async begin(name: string, code: string | null): Promise<void> {
    const person = { name, password: PASSWORD }
    await this.must('POST', 'setup', { ...person, code })
    await this.must('POST', 'session', person)
  }

  /** What a download gives, all of it. */
  async take(path: string, signal: AbortSignal | null = null): Promise<Buffer> {
    const response = await fetch(`${this.origin}/api/${path}`, { headers: { cookie: this.cookies }, signal })
    assert.equal(response.status, 200, path)
    return Buffer.from(await response.arrayBuffer())
  }
}

export interface Ready {
  readonly web: string
  readonly setupCode: string | null
}

export interface Appliance {
  readonly child: ChildProcess
  /** Once it serves. */
  readonly ready: Promise<Ready>
}

/** A box that does all by itself, until it is killed. */
export function startAppliance(town: Town, data: string, port: number, options: readonly string[] = []): Appliance {
  const { child, ended } = town.start(['box', 'run', '--data', data, '--web', `127.0.0.1:${port}`, ...options])
  let said = ''
  const ready = new Promise<string>((resolve) => {
    child.stdout?.on('data', (part: string) => {
      said += part
      if (said.includes('"ready":true')) resolve(said)
    })
  })
  const over = ended.then(({ out, err }) => assert.fail(`the box has ended\n${out}${err.slice(-2000)}`))
  const late = sleep(UNTIL_MS_MAX, null, { ref: false }).then(() => assert.fail(`the box is not ready: ${said}`))
  const first = Promise.race([ready, over, late]).then((text) => JSON.parse(text.split('\n')[0] ?? '') as Ready)
  // Whoever kills it does not wait for it to be ready.
  for (const one of [over, late, first]) one.catch(() => undefined)
  return { child, ready: first }
}

/** The same, once it serves. */
export async function readyAppliance(...given: Parameters<typeof startAppliance>) {
  const { child, ready } = startAppliance(...given)
  return { child, ready: await ready }
}

export async function until(
  isSo: () => boolean | Promise<boolean>,
  why: () => string = () => 'in time',
): Promise<void> {
  const end = Date.now() + UNTIL_MS_MAX
  while (!(await isSo())) {
    assert.ok(Date.now() < end, why())
    await sleep(POLL_MS)
  }
}

/** The process and all that it started. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  process.kill(-child.pid, 'SIGKILL')
  await ended
}

export interface Started {
  readonly browser: Browser
  readonly setupCode: string
  stop(): Promise<void>
}

/** A free port, and the next one free as well. */
async function freePair(): Promise<number> {
  for (;;) {
    const port = await freePort()
    const next = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      next.once('error', () => resolve(false)).listen(port + 1, () => resolve(true))
    })
    if (!isFree) continue
    await new Promise((resolve) => next.close(resolve))
    return port
  }
}

/** As `npm start` does it. Its members' port is the one after. */
export async function started(town: Town, data: string): Promise<Started> {
  const port = await freePair()
  const { child, ended } = town.start(['start', '--data', data, '--port', String(port)])
  let said = ''
  child.stdout?.on('data', (part: string) => {
    said += part
  })
  void ended.catch(() => undefined)
  await until(
    () => said.includes('"ready":true'),
    () => `it is not ready: ${said}`,
  )
  const { setupCode } = JSON.parse(said.split('\n')[0] ?? '') as { setupCode: string | null }
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    assert.equal((await ended).exit, 0)
  }
  return { browser: new Browser(port), setupCode: setupCode ?? '', stop }
}

/** As a box that lives by itself does within seconds. */
export async function saveSettings(data: string): Promise<void> {
  const settings = await openSettings(join(data, 'settings.sqlite'))
  await copySettings(settings, join(data, 'settings', 'settings.sqlite'))
  await settings.destroy()
  await using box = await openBox(data)
  await box.call('settings.save', {}, { signal: new AbortController().signal, onProgress: () => undefined })
}
