/** What hosts keep of an owner's past: heads and log, from whoever gives them, believed only where hashes chain. */
import { codeOf, DatisError, type Log } from '#base'
import type { LogEnd } from '#crypto'
import type { HostClient } from './host-client.ts'
import { pageBefore } from './recovered.ts'
import { type Owner, type VerifiedHead, verifyHead } from './statements.ts'

const LOG_PAGES_MAX = 1_000_000

/**
 * Hosts that are asked in turn: another one first each time, and those last that gave nothing or something false. A host
 * that gives a frame at a time, late, costs no more than its turns.
 */
export class HistorySource {
  readonly #log: Log
  readonly #clients: readonly HostClient[]
  readonly #failed: Set<HostClient>
  #turn = 0

  /** `doubtful`: asked when all others have failed. */
  constructor({ log }: { log: Log }, clients: readonly HostClient[], doubtful: readonly HostClient[] = []) {
    this.#log = log
    this.#clients = [...clients, ...doubtful]
    this.#failed = new Set(doubtful)
  }

  get clients(): readonly HostClient[] {
    return this.#clients
  }

  /** The first answer that passes `ask`; null from it means other bytes than wanted. `code` when nobody has it. */
  async first<Result>(
    code: string,
    signal: AbortSignal,
    ask: (client: HostClient) => Promise<Result | null>,
  ): Promise<Result> {
    for (const client of this.#inTurn()) {
      try {
        const result = await ask(client)
        if (result !== null) return result
        this.#log.warn('recovery.bytes.false', { host: client.host.box })
      } catch (error) {
        signal.throwIfAborted()
        this.#log.info('recovery.host.failed', { host: client.host.box, code: codeOf(error) })
      }
      this.#failed.add(client)
    }
    throw new DatisError(code, 'Nobody who answered gives what the head names.', { asked: this.#clients.length })
  }

  #inTurn(): HostClient[] {
    const first = this.#turn++ % Math.max(1, this.#clients.length)
    const turned = [...this.#clients.slice(first), ...this.#clients.slice(0, first)]
    return turned.sort((a, b) => Number(this.#failed.has(a)) - Number(this.#failed.has(b)))
  }
}

/**
 * The pages of a log that lead to `end`, oldest first, back to the first one that `isKnown` where it starts. It is
 * fetched backwards: each frame names the hash of the one before, so every page is checked when it comes, and a host
 * with other bytes costs one page.
 */
export async function logPagesTo(
  source: HistorySource,
  end: LogEnd,
  isKnown: (start: LogEnd) => boolean,
  signal: AbortSignal,
): Promise<Uint8Array[]> {
  const pages: Uint8Array[] = []
  for (let until = end; !isKnown(until); ) {
    if (until.frames === 0 || pages.length >= LOG_PAGES_MAX) {
      throw new DatisError('RECOVERY_LOG_UNREACHABLE', 'The log that hosts give leads nowhere.', {
        frame: until.frames,
      })
    }
    const wanted = until
    const found = await source.first('RECOVERY_LOG_UNREACHABLE', signal, async (client) =>
      pageBefore(await client.logPage({ until: wanted.frames }, signal), wanted),
    )
    pages.push(found.bytes)
    until = found.start
  }
  return pages.reverse()
}

/** Heads from number `from` to `until`, page by page, as one host gives them; each signed by the owner. */
export async function* headsBetween(
  client: HostClient,
  { owner, from, until }: { owner: Owner; from: number; until: number },
  signal: AbortSignal,
): AsyncIterable<VerifiedHead> {
  for (let next = from; next <= until; ) {
    const page = (await client.headsFrom(next, signal)).map((signed) => verifyHead(signed, owner))
    const last = page.at(-1)
    // Each page must lead on, else a host could keep us here for ever.
    if (last === undefined || last.head.number < next) return
    yield* page
    next = last.head.number + 1
  }
}
