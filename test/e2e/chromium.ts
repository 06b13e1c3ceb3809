/** A real browser, driven over the DevTools protocol. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

const START_MS_MAX = 60_000
const WAIT_MS_MAX = 30_000
const PATH = '/usr/bin/chromium'

type Values = Record<string, unknown>

interface Message {
  readonly id?: number
  readonly result?: Values
  readonly error?: { readonly message: string }
  readonly method?: string
  readonly params?: Values
}

/** One tab of a browser of its own; both end with the test. */
export class Chromium {
  /** What the page threw, or complained of. */
  readonly complaints: string[] = []
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, PromiseWithResolvers<Values>>()
  #session: string | null = null
  #sent = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#hear(JSON.parse(String(data)) as Message))
    socket.addEventListener('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the browser is gone'))
    })
  }

  /** `language`: of the browser, such as `fr`. */
  static async open(t: TestContext, { language }: { readonly language: string }): Promise<Chromium> {
    const profile = mkdtempSync(join(tmpdir(), 'datis-chromium-'))
    // Tests run as root in containers, where its sandbox does not work; it opens nothing but pages of ours.
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run']
    const child = spawn(
      PATH,
      [...flags, `--accept-lang=${language}`, '--remote-debugging-port=0', `--user-data-dir=${profile}`],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const kill = () => child.kill('SIGKILL')
    process.on('exit', kill)
    t.after(async () => {
      process.off('exit', kill)
      const isRunning = child.pid !== undefined && child.exitCode === null && child.signalCode === null
      if (isRunning) {
        const exit = once(child, 'exit')
        kill()
        await exit
      }
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
    })
    const socket = new WebSocket(await addressOf(child))
    await once(socket, 'open')
    const browser = new Chromium(socket)
    const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true })
    browser.#session = String(sessionId)
    for (const domain of ['Page', 'Runtime', 'Log']) await browser.send(`${domain}.enable`)
    return browser
  }

  /** A command of the protocol: https://chromedevtools.github.io/devtools-protocol/ */
  async send(method: string, params: Values = {}): Promise<Values> {
    const id = ++this.#sent
    const answer = Promise.withResolvers<Values>()
    this.#waiting.set(id, answer)
    const session = this.#session === null ? {} : { sessionId: this.#session }
    this.#socket.send(JSON.stringify({ id, method, params, ...session }))
    const late = sleep(WAIT_MS_MAX, null, { ref: false })
    const result = await Promise.race([answer.promise, late])
    assert.ok(result, `the browser does not answer ${method}`)
    return result
  }

  async navigate(url: string): Promise<void> {
    const { errorText } = await this.send('Page.navigate', { url })
    assert.equal(errorText, undefined, url)
    await this.until('document.readyState === "complete"')
  }

  /** The value of an expression in the page, awaited. */
  async evaluate<Value = unknown>(expression: string): Promise<Value> {
    const asked = { expression, awaitPromise: true, returnByValue: true, userGesture: true }
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', asked)
    assert.equal(exceptionDetails, undefined, `${expression}\n${JSON.stringify(exceptionDetails)}`)
    return (result as { value: Value }).value
  }

  /** Until an expression in the page is true; what the page shows else is in the error. */
  async until(expression: string): Promise<void> {
    const end = Date.now() + WAIT_MS_MAX
    while (!(await this.evaluate<boolean>(`Boolean(${expression})`))) {
      const shown = `${expression}\n${this.complaints.join('\n')}`
      if (Date.now() > end) assert.fail(`${shown}\n${await this.evaluate<string>('document.body.innerText')}`)
      await sleep(50)
    }
  }

  async click(selector: string): Promise<void> {
    await this.until(`document.querySelector(${JSON.stringify(selector)})`)
    await this.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`)
  }

  /** As typed: into the field of that name. */
  async type(name: string, text: string): Promise<void> {
    const selector = JSON.stringify(`input[name="${name}"]`)
    await this.until(`document.querySelector(${selector})`)
    await this.evaluate(`document.querySelector(${selector}).focus()`)
    await this.send('Input.insertText', { text })
  }

  #hear({ id, result, error, method, params }: Message): void {
    if (id !== undefined) {
      const answer = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (error === undefined) answer?.resolve(result ?? {})
      else answer?.reject(new Error(error.message))
    } else if (method === 'Runtime.exceptionThrown' || (method === 'Log.entryAdded' && isTrouble(params))) {
      this.complaints.push(JSON.stringify(params))
    }
  }
}

function isTrouble(params: Values | undefined): boolean {
  return (params?.entry as { level?: string } | undefined)?.level === 'error'
}

/** Where it listens: it says so once it does. */
async function addressOf(child: ReturnType<typeof spawn>): Promise<string> {
  let said = ''
  const listening = new Promise<string>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new Error(`This test needs ${PATH}: apt-get install chromium`) : error),
    )
    child.once('exit', () => reject(new Error(`the browser ended: ${said}`)))
    child.stderr?.setEncoding('utf8').on('data', (part: string) => {
      said += part
      const [, address] = /DevTools listening on (ws:\S+)/.exec(said) ?? []
      if (address !== undefined) resolve(address)
    })
  })
  const address = await Promise.race([listening, sleep(START_MS_MAX, null, { ref: false })])
  assert.ok(address, `the browser does not start: ${said}`)
  return address
}
