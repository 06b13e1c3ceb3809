/** Whether this box does without members that are leaving: they ask, and its next dispersal finds out. */
import { type Clock, codeOf, HOUR_MS, SECOND_MS } from '#base'
import type { Standing } from '#community'
import { type DisperseReport, stayingCharter } from '#dispersal'
import type { OpenedBox } from './opened-box.ts'

/** Between two dispersals that somebody waits for, at least; a long one is followed by as long a rest. */
const PAUSE_MS = 15 * SECOND_MS
const LOOK_EVERY_MS = 1 * SECOND_MS

/** Hosts may lose something at any time: what a dispersal found counts no longer. */
const FOUND_MS_MAX = HOUR_MS

interface Found {
  readonly drained: ReadonlySet<string>
  /** Number of the charter that it went by. */
  readonly charter: number
  /** Monotonic. */
  readonly at: number
}

export class Draining {
  #found: Found | null = null
  #isAsked = false
  /** Of a box that is leaving itself: own packs that nobody could give it. */
  readonly unfetched = new Set<string>()
  /** Members that have not answered this box, which is leaving, since then; monotonic. */
  readonly #silentSince = new Map<string, number>()

  /** After a round of dispersal. */
  note({ drained, charter }: Pick<DisperseReport, 'drained' | 'charter'>, clock: Clock): void {
    this.#found = { drained: new Set(drained), charter, at: clock.monotonic() }
  }

  /** After one that failed. */
  forget(): void {
    this.#found = null
  }

  standing({ charter, settings, world }: Pick<OpenedBox, 'charter' | 'settings' | 'world'>, host: string): Standing {
    if (stayingCharter(charter, settings.box) === charter) return 'nowhere'
    const { drained, charter: number, at } = this.#found ?? { at: Number.NEGATIVE_INFINITY }
    const isFresh = number === charter.number && world.clock.monotonic() - at < FOUND_MS_MAX
    if (isFresh && drained?.has(host) === true) return 'drained'
    this.#isAsked = true
    return 'moving'
  }

  noteAnswer(host: string, answered: boolean, clock: Clock): void {
    if (answered) this.#silentSince.delete(host)
    else if (!this.#silentSince.has(host)) this.#silentSince.set(host, clock.monotonic())
  }

  silentMs(host: string, clock: Clock): number {
    const since = this.#silentSince.get(host)
    return since === undefined ? 0 : clock.monotonic() - since
  }

  async #asked(clock: Clock, signal: AbortSignal): Promise<void> {
    while (!this.#isAsked) await clock.sleep(LOOK_EVERY_MS, signal)
    this.#isAsked = false
  }

  /** Disperses whenever somebody who is leaving waits for it, until the signal aborts. */
  async run(box: OpenedBox, signal: AbortSignal): Promise<void> {
    const { clock, log } = box.world
    try {
      for (;;) {
        await this.#asked(clock, signal)
        const began = clock.monotonic()
        await box.call('disperse', { waitMs: 0 }, { signal, onProgress: () => undefined }).catch((error: unknown) => {
          signal.throwIfAborted()
          log.warn('drain.disperse.failed', { code: codeOf(error) })
        })
        await clock.sleep(Math.max(PAUSE_MS, clock.monotonic() - began), signal)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
}
