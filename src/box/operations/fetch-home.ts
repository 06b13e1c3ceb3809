import { codeOf, MINUTE_MS } from '#base'
import type { PackInfo } from '#storage'
import type { OpenedBox } from '../opened-box.ts'
import type { OperationContext } from '../operations.ts'
import { packFetcher } from '../peers.ts'
import { isAlmostFull } from './snapshots.ts'

/** Others that wait for the box have their turn in between. */
const FETCH_MS_MAX = MINUTE_MS

/** Live packs that only hosts have. */
export function awayPacks({ vault }: OpenedBox): PackInfo[] {
  return [...vault.packs()].filter(({ id, released }) => !released && !vault.hasPack(id))
}

/**
 * Brings packs home that only hosts have, for a minute, and as long as there is room on the disk; what is still away
 * then. What could not be had is tried last the next time.
 */
export async function fetchHome(
  box: OpenedBox,
  _args: object,
  { signal, onProgress }: OperationContext,
): Promise<{ readonly packs: number; readonly bytes: number }> {
  const { vault, world, draining } = box
  const { clock, log } = world
  const until = clock.monotonic() + FETCH_MS_MAX
  const away = awayPacks(box)
  const bytesTotal = sumOf(away)
  let bytesDone = 0
  for (const { id, bytes } of [...away.filter(isNew), ...away.filter((pack) => !isNew(pack))]) {
    if (clock.monotonic() > until || isAlmostFull(box)) break
    try {
      await vault.adoptPack(id, await packFetcher(box, () => undefined)(id, signal), { signal })
    } catch (error) {
      signal.throwIfAborted()
      draining.unfetched.add(id)
      log.warn('vault.fetch.failed', { pack: id, code: codeOf(error) })
    }
    bytesDone += bytes
    onProgress({ phase: 'fetch', bytesDone, bytesTotal })
  }
  const left = awayPacks(box)
  return { packs: left.length, bytes: sumOf(left) }

  function isNew({ id }: PackInfo): boolean {
    return !draining.unfetched.has(id)
  }
}

function sumOf(packs: readonly PackInfo[]): number {
  return packs.reduce((sum, { bytes }) => sum + bytes, 0)
}
