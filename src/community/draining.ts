/**
 * How a box leaves without taking anything with it: its charter says since when it is leaving, owners move what it keeps
 * for them to others, and each signs that it may go; it signs itself what it still keeps of the one who asks.
 * docs/protocol/community.md
 */
import { z } from 'zod'
import { type Clock, DatisError, decodeCbor, KiB } from '#base'
import { count, encodeWith, hexBytes, type Signed, signedSchema, signStatement, verifyStatement } from '#crypto'
import type { PeerRequest, PeerResponse, PeerSession } from '#network'
import type { BoxSigner } from './act.ts'
import type { Charter } from './charter.ts'
import { type BoxOfMember, FORMER_MS_MAX, findBox } from './membership.ts'

export const DRAIN_PATH = '/v1/drain'

const ANSWER_BYTES_MAX = 16 * KiB

/**
 * `drained`: all that the asked box owns is protected without the one that is leaving. `nowhere`: nobody else is left
 * who could keep it.
 */
const standing = z.enum(['drained', 'moving', 'nowhere'])
export type Standing = z.output<typeof standing>

const common = { format: z.literal(1), owner: hexBytes(16), host: hexBytes(16), at: count() }
/** By the owner. */
const drainedSchema = z.strictObject(common)
/** By the host: so much of the owner's lies here, and can be read until then. */
const keptSchema = z.strictObject({ ...common, fragments: count(), bytes: count(), until: count() })
const answerSchema = z.strictObject({
  format: z.literal(1),
  standing,
  /** Null while it moves. */
  drained: signedSchema.nullable(),
  kept: signedSchema,
})

export type Kept = z.output<typeof keptSchema>

export interface DrainAnswer {
  readonly standing: Standing
  readonly drained: Signed | null
  readonly kept: Signed
  /** What the second one says. */
  readonly keeps: Pick<Kept, 'fragments' | 'bytes' | 'until'>
}

export interface DrainDeps {
  readonly clock: Pick<Clock, 'wall'>
  readonly charter: () => Charter | undefined
  readonly signer: () => BoxSigner
  /** Whether this box does without a host that is leaving; who asks waits for it. */
  readonly standing: (host: string) => Standing
  /** What this box keeps of an owner. */
  readonly kept: (owner: string) => Promise<Pick<Kept, 'fragments' | 'bytes'>>
}

export class DrainRoute {
  readonly #deps: DrainDeps

  constructor(deps: DrainDeps) {
    this.#deps = deps
  }

  async serve({ method, path, peer }: PeerRequest): Promise<PeerResponse | null> {
    if (method !== 'POST' || path !== DRAIN_PATH) return null
    const charter = this.#deps.charter()
    const listed = charter === undefined ? undefined : findBox(charter, peer.box)
    if (peer.role !== 'box' || peer.former || listed?.organisation !== peer.organisation) {
      throw new DatisError('MEMBER_REFUSED', 'Only boxes of members may ask this.')
    }
    if (listed.leaving === undefined) {
      throw new DatisError('DRAIN_UNKNOWN', 'This box has not heard that the one that asks is leaving.')
    }
    return { status: 200, body: encodeWith(answerSchema, await this.#answer(peer.box)) }
  }

  async #answer(leaving: string): Promise<z.output<typeof answerSchema>> {
    const { clock, standing: standingOf, kept, signer } = this.#deps
    const { box, key, certificate } = signer()
    const at = Math.floor(clock.wall())
    const keeps = {
      format: 1,
      owner: leaving,
      host: box,
      at,
      ...(await kept(leaving)),
      until: at + FORMER_MS_MAX,
    } as const
    const stands = standingOf(leaving)
    const drained = encodeWith(drainedSchema, { format: 1, owner: box, host: leaving, at })
    return {
      format: 1,
      standing: stands,
      drained: stands === 'drained' ? signStatement('drained', drained, key, certificate) : null,
      kept: signStatement('kept', encodeWith(keptSchema, keeps), key, certificate),
    }
  }
}

/** DRAIN_UNKNOWN, MEMBER_REFUSED; STATEMENT_INVALID for a receipt of somebody else or about something else. */
export async function askDrain(
  session: PeerSession,
  { leaving, asked }: { readonly leaving: string; readonly asked: BoxOfMember },
  signal: AbortSignal,
): Promise<DrainAnswer> {
  const call = { method: 'POST', path: DRAIN_PATH, bodyBytesMax: ANSWER_BYTES_MAX } as const
  const { body } = await session.request(call, signal)
  const { standing: stands, drained, kept } = decodeCbor('drain answer', answerSchema, body)
  if ((stands === 'drained') !== (drained !== null)) throw wrong('drained', 'standing')
  if (drained !== null) drainedAt(drained, { leaving, asked })
  checkSigner('kept', kept, asked)
  const { owner, host, fragments, bytes, until } = decodeCbor('kept', keptSchema, kept.body)
  if (owner !== leaving || host !== asked.box) throw wrong('kept', 'box')
  return { standing: stands, drained, kept, keeps: { fragments, bytes, until } }
}

/** When an owner signed that it does without this host. STATEMENT_INVALID */
export function drainedAt(
  drained: Signed,
  { leaving, asked }: { readonly leaving: string; readonly asked: BoxOfMember },
): number {
  checkSigner('drained', drained, asked)
  const { owner, host, at } = decodeCbor('drained', drainedSchema, drained.body)
  if (owner !== asked.box || host !== leaving) throw wrong('drained', 'box')
  return at
}

function checkSigner(kind: 'drained' | 'kept', signed: Signed, { box, organisation }: BoxOfMember): void {
  const claims = verifyStatement(kind, signed, organisation)
  if (claims.box !== box || claims.role !== 'box') throw wrong(kind, 'signer')
}

function wrong(kind: 'drained' | 'kept', at: string): DatisError {
  return new DatisError('STATEMENT_INVALID', 'A statement does not say what it should.', { kind, at })
}
