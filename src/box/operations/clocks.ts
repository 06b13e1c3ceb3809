import { codeOf, mapConcurrent } from '#base'
import { hostsFor } from '#community'
import { type DisperseReport, HostClient } from '#dispersal'
import type { OpenedBox } from '../opened-box.ts'

const HOSTS_AT_ONCE = 16

/** The wall clocks of members who answered, and how many did: a box whose clock differs from most by a day purges nothing. */
export async function heedClocks(
  box: OpenedBox,
  { trouble }: Pick<DisperseReport, 'trouble'>,
  signal: AbortSignal,
): Promise<number> {
  const silent = new Set(trouble.map(({ host }) => host))
  const offsets = await mapConcurrent(
    hostsFor(box.charter, box.settings.organisation).filter(({ box: host }) => !silent.has(host)),
    HOSTS_AT_ONCE,
    ({ box: host }, inner) => offsetOf(box, host, inner),
    signal,
  )
  const known = offsets.filter((offset) => offset !== null)
  box.hosting.noteClocks(known)
  return known.length
}

async function offsetOf(box: OpenedBox, host: string, signal: AbortSignal): Promise<number | null> {
  const { clock, log } = box.world
  try {
    const client = new HostClient(clock, await box.hosts.session(host, signal), box.settings.box)
    const before = clock.wall()
    const theirs = await client.time(signal)
    return theirs - (before + clock.wall()) / 2
  } catch (error) {
    signal.throwIfAborted()
    log.info('clock.host.failed', { host, code: codeOf(error) })
    return null
  }
}
