/** What pages complain of. All of it fails a story which has not said beforehand that it provokes it. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BrowserContext, Request } from 'playwright-core'

const LATE_MS_MAX = 5_000
const POLL_MS = 20

/** Nobody listens while a box goes and comes. */
export const AWAY = /^net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING) |^503 /

export class Complaints {
  #heard: string[] = []

  constructor(context: BrowserContext, origin: string) {
    const note = (told: string): void => {
      this.#heard.push(told)
    }
    const named = (request: Request): string => `${request.method()} ${new URL(request.url()).pathname}`
    context.on('weberror', (error) => note(`${error.error()}`))
    context.on('console', (message) => {
      // Of those the network says more.
      if (message.text().startsWith('Failed to load resource')) return
      if (['error', 'warning'].includes(message.type())) note(`${message.type()}: ${message.text()}`)
    })
    context.on('dialog', (dialog) => {
      note(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    context.on('request', (request) => {
      const { protocol, origin: asked } = new URL(request.url())
      if (/^(https?|wss?|ftp):$/.test(protocol) && asked !== origin) note(`elsewhere: ${request.url()}`)
    })
    context.on('response', (response) => {
      if (response.status() >= 400) note(`${response.status()} ${named(response.request())}`)
    })
    context.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? ''
      // What the page itself does not want any more, or left behind.
      if (why !== 'net::ERR_ABORTED') note(`${why} ${named(request)}`)
    })
  }

  /** The act provokes this, at least once; whatever else is said meanwhile still counts. */
  async expecting<Result>(what: RegExp, act: () => Promise<Result>): Promise<Result> {
    const before = this.#heard.length
    const result = await act()
    const since = (): string[] => this.#heard.slice(before)
    const late = Date.now() + LATE_MS_MAX
    while (!since().some((one) => what.test(one))) {
      assert.ok(Date.now() < late, `nothing of ${what} was said: ${since().join(', ')}`)
      await sleep(POLL_MS)
    }
    this.#heard = [...this.#heard.slice(0, before), ...since().filter((one) => !what.test(one))]
    return result
  }

  besides(usual: RegExp): string[] {
    return this.#heard.filter((one) => !usual.test(one))
  }
}
