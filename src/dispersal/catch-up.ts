/** What a box has forgotten because its disk was put back to an earlier state: security rule 4, docs/protocol/heads.md */
import { type Clock, codeOf, DatisError, type Log, mapConcurrent } from '#base'
import type { Signed } from '#crypto'
import { type HistorySource, headsBetween, logPagesTo } from './history.ts'
import type { HostClient } from './host-client.ts'
import { COMPARE_TIMEOUT_MS } from './limits.ts'
import { type Signer, type VerifiedHead, verifyHead } from './statements.ts'
import { hasEnd, type LogSource } from './witness.ts'

export interface Forgotten {
  /** Heads behind our newest, oldest first. */
  readonly heads: readonly Signed[]
  /** Pages of the log up to what the last of them names, oldest first; the first begins somewhere in ours. */
  readonly pages: readonly Uint8Array[]
}

export interface OwnHistory {
  readonly signer: Signer
  readonly newest: VerifiedHead | null
  readonly log: LogSource
}

export interface CatchUpDeps {
  readonly clock: Clock
  readonly log: Log
  readonly source: HistorySource
}

/** Years of hourly heads. */
const HEADS_MAX = 100_000
const HOSTS_AT_ONCE = 16

/**
 * Null when no host holds a newer head. HEAD_FORK when theirs is no successor of ours, which root must settle;
 * RECOVERY_LOG_UNREACHABLE when nobody gives what leads to it.
 */
export async function findForgotten(
  deps: CatchUpDeps,
  own: OwnHistory,
  signal: AbortSignal,
): Promise<Forgotten | null> {
  const highest = await highestHead(deps, own, signal)
  if (highest === null) return null
  const heads = await headsTo(deps, highest, own, signal)
  const pages = await logPagesTo(deps.source, highest.head.log, (start) => hasEnd(own.log, start), signal)
  return { heads: heads.map(({ signed }) => signed), pages }
}

async function highestHead(
  { log, source }: CatchUpDeps,
  { signer, newest }: OwnHistory,
  signal: AbortSignal,
): Promise<VerifiedHead | null> {
  const ask = async (client: HostClient, inner: AbortSignal): Promise<VerifiedHead | null> => {
    try {
      const signed = await client.newestHead(inner)
      return signed === null ? null : verifyHead(signed, signer)
    } catch (error) {
      inner.throwIfAborted()
      log.info('catchup.host.failed', { host: client.host.box, code: codeOf(error) })
      return null
    }
  }
  const heads = await mapConcurrent(source.clients, HOSTS_AT_ONCE, ask, signal)
  return (
    heads
      .filter((head) => head !== null)
      // Heads of an epoch that root has ended may be of a branch that it ended with it.
      .filter(({ head }) => head.epoch >= signer.epoch && head.number > (newest?.head.number ?? 0))
      .reduce<VerifiedHead | null>((best, one) => (one.head.number > (best?.head.number ?? 0) ? one : best), null)
  )
}

/** The chain from the head behind ours up to `highest`, put together: a host that joined later has no earlier heads. */
async function headsTo(
  { clock, source }: CatchUpDeps,
  highest: VerifiedHead,
  { signer, newest }: OwnHistory,
  signal: AbortSignal,
): Promise<VerifiedHead[]> {
  const from = (newest?.head.number ?? 0) + 1
  const until = highest.head.number
  const known = new Map([[highest.hash, highest]])
  const chain = await source.first('RECOVERY_LOG_UNREACHABLE', signal, async (client) => {
    let heads = 0
    using deadline = clock.deadline(COMPARE_TIMEOUT_MS)
    const either = AbortSignal.any([signal, deadline.signal])
    for await (const head of headsBetween(client, { owner: signer, from, until }, either)) {
      if (head.head.number > until || ++heads > HEADS_MAX) break
      known.set(head.hash, head)
    }
    return chainTo(highest, known, from)
  })
  const [first] = chain
  if (newest !== null && first?.head.previous !== newest.hash) {
    throw new DatisError('HEAD_FORK', 'Hosts hold another branch of the heads of this box.', {
      number: from,
      newest: until,
    })
  }
  return chain
}

/** Oldest first, from number `from` on; null when a head between is not known. */
function chainTo(highest: VerifiedHead, known: ReadonlyMap<string, VerifiedHead>, from: number): VerifiedHead[] | null {
  const chain = [highest]
  for (let first = highest; first.head.number > from; ) {
    const before = known.get(first.head.previous)
    if (before?.head.number !== first.head.number - 1) return null
    chain.push(before)
    first = before
  }
  return chain.reverse()
}
