/** What a box that runs does by itself. */
import { codeOf, HOUR_MS, MINUTE_MS } from '#base'
import { findBox, hostsFor } from '#community'
import { ADDRESSES_A_PEER_MAX } from '#network'
import type { OpenedBox } from './opened-box.ts'
import { sendContacts } from './operations/contacts.ts'
import type { ProbeResult } from './operations.ts'

/** Between half of it and one and a half, so that boxes which started together do not go round together. */
const ROUND_MS = 4 * MINUTE_MS

async function oneRound(box: OpenedBox, signal: AbortSignal): Promise<void> {
  const { unreached } = await box.keeper.round(signal)
  const { settings, charters } = box
  const others = charters.current === undefined ? [] : hostsFor(charters.current, settings.organisation)
  for (const { box: host } of others) box.margin.noteAnswer(host, !unreached.includes(host))
  await sendContacts(box, signal)
}

/** Hears and tells what is new in the community, until the signal aborts. */
export async function keepCommunity(box: OpenedBox, signal: AbortSignal): Promise<void> {
  const { clock, random, log } = box.world
  try {
    for (;;) {
      await oneRound(box, signal).catch((error: unknown) => {
        signal.throwIfAborted()
        log.warn('community.round.failed', { code: codeOf(error), error })
      })
      await clock.sleep(ROUND_MS / 2 + random.below(ROUND_MS), signal)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** A router that was changed is noticed in an hour; one that is being mended, in minutes. */
const PROBE_REACHABLE_MS = 1 * HOUR_MS
const PROBE_ELSE_MS = 10 * MINUTE_MS

/**
 * Watches for ever whether others can reach this box: at the start, and again and again. While they cannot, it keeps
 * sessions open for them; and where its address has changed, it announces the new one.
 */
export async function keepReachable(box: OpenedBox, signal: AbortSignal): Promise<void> {
  const lending = box.lend(signal)
  try {
    for (;;) {
      const found = await probed(box, signal)
      if (found?.announce != null) await announce(box, found.announce, signal)
      const pause = found?.verdict === 'reachable' ? PROBE_REACHABLE_MS : PROBE_ELSE_MS
      await box.world.clock.sleep(pause / 2 + box.world.random.below(pause), signal)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await lending
  }
}

async function probed(box: OpenedBox, signal: AbortSignal): Promise<ProbeResult | null> {
  try {
    return await box.call('peer.probe', {}, { signal, onProgress: () => undefined })
  } catch (error) {
    signal.throwIfAborted()
    // Alone, or in no community yet: nobody can be asked.
    box.world.log.debug('reach.probe.failed', { code: codeOf(error) })
    return null
  }
}

/** The address that works comes first; those that are listed stay, since a line may change back. */
async function announce(box: OpenedBox, address: string, signal: AbortSignal): Promise<void> {
  const { log } = box.world
  const listed = findBox(box.charter, box.settings.box)?.addresses ?? []
  const addresses = [address, ...listed].slice(0, ADDRESSES_A_PEER_MAX)
  try {
    await box.call('community.readdress', { addresses }, { signal, onProgress: () => undefined })
    log.warn('reach.address.announced', { address })
  } catch (error) {
    signal.throwIfAborted()
    log.warn('reach.announce.failed', { address, code: codeOf(error) })
  }
}
