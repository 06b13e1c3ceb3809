import { codeOf, mapConcurrent } from '#base'
import { hostsFor } from '#community'
import { findForgotten, HistorySource, HostClient } from '#dispersal'
import { absentMetadata, fetchMetadata } from '../metadata.ts'
import type { OpenedBox } from '../opened-box.ts'
import type { OperationContext } from '../operations.ts'
import { packFetcher } from '../peers.ts'

const HOSTS_AT_ONCE = 16

/**
 * A box whose disk was put back to an earlier state takes its log and heads from its hosts and logs again behind them
 * what it did meanwhile (security rule 4). The log comes first: a head is never ours before what it names is.
 */
export async function catchUp(box: OpenedBox, context: OperationContext): Promise<void> {
  const { world, vault, heads, signer } = box
  context.onProgress({ phase: 'recover' })
  const source = new HistorySource(world, await clientsOf(box, context.signal))
  const own = { signer, newest: heads.newest, log: vault.log }
  const forgotten = await findForgotten({ ...world, source }, own, context.signal)
  if (forgotten === null) return
  // The disk that was put back forgot promises too.
  box.keeper.acceptor.forget()
  if (forgotten.pages.length > 0) vault.rebaseLog(forgotten.pages)
  heads.adopt(forgotten.heads)
  world.log.warn('box.caught.up', { heads: forgotten.heads.length, frames: vault.log.end().frames })
}

async function clientsOf(box: OpenedBox, signal: AbortSignal): Promise<HostClient[]> {
  const { world, settings } = box
  const clients = await mapConcurrent(
    hostsFor(box.charter, settings.organisation),
    HOSTS_AT_ONCE,
    async ({ box: host }, inner) => {
      try {
        return new HostClient(world.clock, await box.hosts.session(host, inner), settings.box)
      } catch (error) {
        inner.throwIfAborted()
        world.log.info('catchup.host.failed', { host, code: codeOf(error) })
        return null
      }
    },
    signal,
  )
  return clients.filter((client) => client !== null)
}

/** Metadata that only peers have: after a recovery or a disk put back, and what could not be had then. */
export async function bringMetadataHome(box: OpenedBox, context: OperationContext): Promise<void> {
  const { vault, world } = box
  if (absentMetadata(vault).length === 0) return
  // Once: what cannot be had now is asked for again by the next dispersal.
  const fetch = packFetcher(box, () => undefined, 1)
  const onProgress = (bytesDone: number, bytesTotal: number): void =>
    context.onProgress({ phase: 'recover', bytesDone, bytesTotal })
  for (const { stripe, error } of await fetchMetadata({ vault, fetch, onProgress }, context.signal)) {
    world.log.warn('metadata.missing', { stripe, code: codeOf(error) })
  }
}
