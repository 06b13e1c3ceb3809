/** Chains of charters as contacts of a recovery offer them: hints at first, and believed as far as our root's word goes. */
import { type Clock, DatisError, MINUTE_MS, MiB } from '#base'
import {
  type Chain,
  type Charter,
  CommunityClient,
  decodeCharter,
  encodeSignedCharter,
  type SignedCharter,
  verifyChain,
} from '#community'
import type { Head } from '#crypto'
import type { PeerSession } from '#network'
import type { Owner } from './statements.ts'

const CHAINS_MAX = 64
const CHAIN_BYTES_MAX = 32 * MiB
const CHAINS_BYTES_MAX = 128 * MiB
const CHAIN_TIMEOUT_MS = 2 * MINUTE_MS

export interface OfferedChain {
  readonly chain: Chain
  readonly signed: readonly SignedCharter[]
}

export class OfferedChains {
  readonly #clock: Clock
  readonly #chains = new Map<string, OfferedChain>()
  #bytes = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Asks for a chain; its newest charter, of which nothing is known but that it is a list of places to ask. */
  async ask(session: PeerSession, signal: AbortSignal): Promise<Charter> {
    using deadline = this.#clock.deadline(CHAIN_TIMEOUT_MS)
    const signed = await fetchChain(session, AbortSignal.any([signal, deadline.signal]))
    const newest = signed.at(-1)
    if (newest === undefined) throw new DatisError('NOT_FOUNDED', 'That box is not in a community.')
    this.#keep(signed)
    return decodeCharter(newest.body)
  }

  /** Each that is valid from its founding on. */
  all(): OfferedChain[] {
    return [...this.#chains.values()]
  }

  /**
   * A charter whose members are exactly those that the owner signed in its head. Each of them is in that community by a
   * signature of its own.
   */
  charterOf({ chain }: OfferedChain, owner: Owner, head: Head): Charter | null {
    const signed = [...head.organisations, owner.organisation].sort().join()
    const fitting = chain.kept.filter(({ charter }) => {
      const members = charter.members.map(({ organisation }) => organisation).sort()
      return members.join() === signed
    })
    return fitting.at(-1)?.charter ?? null
  }

  #keep(signed: readonly SignedCharter[]): void {
    try {
      const chain = verifyChain(signed)
      const hash = chain.current?.hash ?? ''
      const bytes = signed.reduce((sum, one) => sum + bytesOf(one), 0)
      if (this.#chains.has(hash) || this.#chains.size >= CHAINS_MAX || this.#bytes + bytes > CHAINS_BYTES_MAX) return
      this.#bytes += bytes
      this.#chains.set(hash, { chain, signed })
    } catch (error) {
      // Anybody may offer anything.
      if (!(error instanceof DatisError)) throw error
    }
  }
}

async function fetchChain(session: PeerSession, signal: AbortSignal): Promise<SignedCharter[]> {
  const client = new CommunityClient(session)
  const chain: SignedCharter[] = []
  for (let bytes = 0; bytes <= CHAIN_BYTES_MAX; ) {
    const page = await client.charters(chain.length + 1, signal)
    if (page.length === 0) return chain
    for (const signed of page) bytes += bytesOf(signed)
    chain.push(...page)
  }
  throw new DatisError('FORMAT_TOO_LARGE', 'A chain of charters is longer than any of ours.')
}

function bytesOf(signed: SignedCharter): number {
  return encodeSignedCharter(signed).byteLength
}
