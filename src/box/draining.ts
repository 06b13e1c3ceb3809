/** Whether this box does without members that are leaving: they ask, and its next dispersal finds out. */
import { type Clock, codeOf, SECOND_MS } from '#base'
import type { Standing } from '#community'
import { stayingCharter } from '#dispersal'
import type { OpenedBox } from './opened-box.ts'

/** Between two dispersals that somebody waits for, at least; a long one is followed by as long a rest. */
const PAUSE_MS = 15 * SECOND_MS
const LOOK_EVERY_MS = 1 * SECOND_MS

export class Draining {
  #drained: ReadonlySet<string> = new Set()
  #isAsked = false

  /** After a round of dispersal. */
  note(drained: Iterable<string>): void {
    this.#drained = new Set(drained)
  }

  standing({ charter, settings }: Pick<OpenedBox, 'charter' | 'settings'>, host: string): Standing {
    if (stayingCharter(charter, settings.box) === charter) return 'nowhere'
    if (this.#drained.has(host)) return 'drained'
    this.#isAsked = true
    return 'moving'
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
