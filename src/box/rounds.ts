/** What a box that runs does by itself. */
import { codeOf, MINUTE_MS } from '#base'
import type { OpenedBox } from './opened-box.ts'

/** Between half of it and one and a half, so that boxes which started together do not go round together. */
const ROUND_MS = 4 * MINUTE_MS

/** Hears and tells what is new in the community, until the signal aborts. */
export async function keepCommunity(box: OpenedBox, signal: AbortSignal): Promise<void> {
  const { clock, random, log } = box.world
  try {
    for (;;) {
      await box.keeper.round(signal).catch((error: unknown) => {
        signal.throwIfAborted()
        log.warn('community.round.failed', { code: codeOf(error), error })
      })
      await clock.sleep(ROUND_MS / 2 + random.below(ROUND_MS), signal)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
