/**
 * A member dials another one back and says what answered: nobody sees from inside whether a box can be reached.
 * docs/protocol/community.md
 */
import { z } from 'zod'
import { type Clock, DatisError, decodeCbor, KiB, SECOND_MS } from '#base'
import { encodeWith, hexBytes } from '#crypto'
import {
  ADDRESSES_A_PEER_MAX,
  familyOf,
  formatAddress,
  type Look,
  type PeerRequest,
  type PeerResponse,
  type PeerSession,
  parseAddress,
  scopeOf,
} from '#network'
import type { Charter } from './charter.ts'
import { findBox } from './membership.ts'

export const PROBE_PATH = '/v1/probe'

/** A probe takes seconds; more often would make us a scanner of ports. */
export const PROBE_PAUSE_MS = 5 * SECOND_MS
const AT_ONCE_MAX = 4
const ANSWER_BYTES_MAX = 16 * KiB
/** The listed ones, and each of their ports where the connection came from. */
const LOOKS_MAX = 2 * ADDRESSES_A_PEER_MAX

const ip = z.string().min(1).max(64)
const lookSchema = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('box'), ip, box: hexBytes(16), organisation: hexBytes(32) }),
  z.strictObject({ outcome: z.literal('other'), ip, subject: z.string().max(200).nullable() }),
  z.strictObject({
    outcome: z.enum(['refused', 'silent', 'unreachable', 'unresolved', 'private']),
    ip: ip.nullable(),
  }),
])
const answerSchema = z.strictObject({
  format: z.literal(1),
  from: ip,
  looks: z.array(z.strictObject({ address: z.string().min(1).max(300), look: lookSchema })).max(LOOKS_MAX),
})

/** What a member saw: where our connection to it came from, and what it found at our addresses. */
export type ProbeAnswer = z.output<typeof answerSchema>

export interface ProbeDeps {
  readonly clock: Clock
  readonly charter: () => Charter | undefined
  readonly look: (address: string, may: (ip: string) => boolean, signal: AbortSignal) => Promise<Look>
}

export class ProbeRoute {
  readonly #deps: ProbeDeps
  readonly #last = new Map<string, number>()
  #running = 0

  constructor(deps: ProbeDeps) {
    this.#deps = deps
  }

  async serve({ method, path, peer, from }: PeerRequest, signal: AbortSignal): Promise<PeerResponse | null> {
    if (method !== 'POST' || path !== PROBE_PATH) return null
    const charter = this.#deps.charter()
    const listed = charter === undefined ? undefined : findBox(charter, peer.box)
    if (peer.role !== 'box' || peer.former || listed?.organisation !== peer.organisation) {
      throw new DatisError('MEMBER_REFUSED', 'Only boxes of members may ask this.')
    }
    this.#count(peer.box)
    this.#running++
    try {
      const body = encodeWith(answerSchema, await this.#answer(listed.addresses, from, signal))
      return { status: 200, body }
    } finally {
      this.#running--
    }
  }

  #count(box: string): void {
    const now = this.#deps.clock.monotonic()
    for (const [one, at] of this.#last) if (now - at >= PROBE_PAUSE_MS) this.#last.delete(one)
    if (this.#last.has(box) || this.#running >= AT_ONCE_MAX) {
      throw new DatisError('PROBE_RATE_REFUSED', 'A member dials back once in five seconds.', { ms: PROBE_PAUSE_MS })
    }
    this.#last.set(box, now)
  }

  async #answer(listed: readonly string[], from: string, signal: AbortSignal): Promise<ProbeAnswer> {
    // Nobody learns from us what our own network holds: addresses of it are dialled for who is in it, too.
    const may = (other: string) => scopeOf(other) === 'public' || scopeOf(other) === scopeOf(from)
    const addresses = [...new Set([...listed.slice(0, ADDRESSES_A_PEER_MAX), ...seenAddresses(listed, from)])]
    const looks = await Promise.all(
      addresses.map(async (address) => ({ address, look: await this.#deps.look(address, may, signal) })),
    )
    return { format: 1, from, looks }
  }
}

/** The ports of the listed addresses, where the connection came from: whether a changed address would do. */
export function seenAddresses(listed: readonly string[], from: string): string[] {
  if (familyOf(from) === 0) return []
  return [...new Set(listed.slice(0, ADDRESSES_A_PEER_MAX).map((one) => parseAddress(one).port))].map((port) =>
    formatAddress({ host: from, port }),
  )
}

export async function askProbe(session: PeerSession, signal: AbortSignal): Promise<ProbeAnswer> {
  const call = { method: 'POST', path: PROBE_PATH, bodyBytesMax: ANSWER_BYTES_MAX } as const
  const { body } = await session.request(call, signal)
  return decodeCbor('probe answer', answerSchema, body)
}
