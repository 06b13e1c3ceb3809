/** What a box gets back from its peers. */
import { codeOf, mapConcurrent, noteGarbage } from '#base'
import { hostsFor } from '#community'
import { type DamagedFragment, fetchPack, placedFromStatement } from '#dispersal'
import type { FetchPack } from '#storage'
import type { OpenedBox } from './opened-box.ts'

const HOSTS_AT_ONCE = 16
const CONNECT_TIMEOUT_MS = 10_000
/** A host that restarts or a line that stumbles is back in seconds; a restore is not given up for that. */
const FETCH_TRIES = 3
const FETCH_PAUSE_MS = 2_000

export function packFetcher(
  box: OpenedBox,
  onDamaged: (damaged: DamagedFragment) => void,
  triesMax = FETCH_TRIES,
): FetchPack {
  const { clock, log } = box.world
  const { box: id, organisation } = box.settings
  const candidates = hostsFor(box.charter, organisation).map((host) => host.box)
  return async (stripe, signal) => {
    const record = box.vault.placement(stripe)
    const placed = record === undefined ? null : placedFromStatement(record.statement, record.rows)
    const deps = { clock, log, workers: box.stripeWorkers, hosts: box.hosts, latencies: box.latencies }
    const request = { owner: { box: id, organisation }, stripe, placed, candidates, onDamaged }
    for (let tries = 1; ; tries += 1) {
      try {
        const pack = await fetchPack(deps, request, signal)
        // It came through the sockets in small buffers.
        noteGarbage(pack.byteLength)
        return pack
      } catch (error) {
        if (codeOf(error) !== 'STRIPE_UNREACHABLE' || tries >= triesMax) throw error
        log.warn('pack.fetch.failed', { stripe, tries, error })
      }
      await clock.sleep(tries * FETCH_PAUSE_MS, signal)
    }
  }
}

/** Hosts that answer now, by box id. */
export async function reachableHosts(box: OpenedBox, signal: AbortSignal): Promise<Set<string>> {
  const reachable = new Set<string>()
  const hosts = hostsFor(box.charter, box.settings.organisation)
  await mapConcurrent(
    hosts,
    HOSTS_AT_ONCE,
    async (host, inner) => {
      using deadline = box.world.clock.deadline(CONNECT_TIMEOUT_MS)
      try {
        await box.hosts.session(host.box, AbortSignal.any([inner, deadline.signal]))
        reachable.add(host.box)
      } catch (error) {
        inner.throwIfAborted()
        box.world.log.info('host.unreachable', { host: host.box, error })
      }
    },
    signal,
  )
  return reachable
}
