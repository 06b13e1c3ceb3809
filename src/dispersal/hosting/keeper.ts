/** What a host does by itself, whoever asks: keeps its time, forgets what is due, reads again what it keeps. */
import { type Clock, codeOf, DAY_MS, HOUR_MS, type Log } from '#base'
import { VERIFY_PAGE_MAX } from '../limits.ts'
import type { LivedTime } from './lived-time.ts'
import type { OwnerRoom } from './owner-room.ts'
import { nextScrubbed, type ScrubPlace } from './scrub.ts'

/** How often owners' rooms are looked at, in lived time. */
const ROOMS_MS = HOUR_MS
/** Each fragment is read again about once in so much lived time. */
const SCRUB_MS = 30 * DAY_MS
/** In one look, so that it does not hold up the next; what is left over is not made up for. */
const SCRUB_FRAGMENTS_MAX = 4 * VERIFY_PAGE_MAX

export interface Kept {
  readonly lived: LivedTime
  rooms(): AsyncGenerator<OwnerRoom>
}

export class Keeper {
  readonly #deps: { readonly clock: Clock; readonly log: Log }
  readonly #lookMs: number
  readonly #kept: Kept
  /** In lived time. */
  #roomsAt: number | null = null
  #scrubbedAt: number
  #scrub: ScrubPlace = { owner: null, after: null }
  /** Fragments that are due to be read again, as time has passed. */
  #due = 0
  #counted: { readonly fragments: number; readonly at: number } | null = null

  constructor(deps: { readonly clock: Clock; readonly log: Log }, kept: Kept, lookMs: number) {
    this.#deps = deps
    this.#lookMs = lookMs
    this.#kept = kept
    this.#scrubbedAt = kept.lived.now()
  }

  async tend(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#deps.clock.sleep(this.#lookMs, signal)
        await this.#glance(signal)
      } catch (error) {
        if (signal.aborted) return
        this.#deps.log.error('hosting.look.failed', { code: codeOf(error) })
      }
    }
  }

  async #glance(signal: AbortSignal): Promise<void> {
    const { lived } = this.#kept
    if (this.#roomsAt === null || lived.now() - this.#roomsAt >= ROOMS_MS) await this.look(signal)
    else lived.tick()
  }

  async look(signal: AbortSignal): Promise<void> {
    const { lived } = this.#kept
    lived.tick()
    for await (const room of this.#kept.rooms()) {
      signal.throwIfAborted()
      await this.#lookAt(room, signal)
    }
    this.#roomsAt = lived.now()
    await this.#scrubSome(signal)
  }

  /** What is wrong with one owner's files must not keep the others waiting. */
  async #lookAt(room: OwnerRoom, signal: AbortSignal): Promise<void> {
    try {
      await room.received.flush()
      await room.contacts.refresh()
      await room.releases.sample()
      await room.releases.purge(signal)
    } catch (error) {
      signal.throwIfAborted()
      this.#deps.log.error('hosting.look.failed', { owner: room.owner.box, code: codeOf(error) })
    }
  }

  async #scrubSome(signal: AbortSignal): Promise<void> {
    const now = this.#kept.lived.now()
    const count = await this.#count(now)
    this.#due = Math.min(SCRUB_FRAGMENTS_MAX, this.#due + (count * (now - this.#scrubbedAt)) / SCRUB_MS)
    this.#scrubbedAt = now
    // A page at a time; of fewer fragments all of them.
    if (count === 0 || this.#due < Math.min(count, VERIFY_PAGE_MAX)) return
    const pages = Math.max(1, Math.floor(this.#due / VERIFY_PAGE_MAX))
    this.#scrub = await nextScrubbed(this.#kept.rooms(), this.#scrub, { pages, signal })
    this.#due = Math.max(0, this.#due - pages * VERIFY_PAGE_MAX)
  }

  async #count(now: number): Promise<number> {
    if (this.#counted !== null && now - this.#counted.at < DAY_MS) return this.#counted.fragments
    let fragments = 0
    for await (const room of this.#kept.rooms()) fragments += (await room.fragments.totals()).fragments
    this.#counted = { fragments, at: now }
    return fragments
  }

  async rest(): Promise<void> {
    this.#kept.lived.tick()
    this.#kept.lived.persist()
    for await (const room of this.#kept.rooms()) await room.received.flush()
  }
}
