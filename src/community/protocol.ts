/** Bodies of the requests between members about their community. docs/protocol/community.md */
import { z } from 'zod'
import { DatisError, decodeCbor, KiB, MiB } from '#base'
import { boundedBytes, count, encodeWith, fixedBytes, hexBytes, signedSchema } from '#crypto'
import { MESSAGE_ITEMS_MAX, type PeerMethod, type PeerSession } from '#network'
import { type PromiseGiven, type Proposal, proofSchema, writableProof } from './acceptor.ts'
import { type Act, actSchema, asAct } from './act.ts'
import { type Ballot, ballotSchema } from './ballot.ts'
import {
  CHARTER_BYTES_MAX,
  type CharterSignature,
  decodeCharterSignature,
  decodeSignedCharter,
  encodeSignedCharter,
  SIGNED_CHARTER_BYTES_MAX,
  type SignedCharter,
} from './charter.ts'
import { CHARTER_NUMBER_MAX } from './form.ts'

/** More acts than anybody decides on at once. */
export const PENDING_MAX = 64
export const PENDING_OF_ONE_MAX = 8
const ACTS_BYTES_MAX = 4 * MiB
const PROPOSAL_BYTES_MAX = 4 * MiB
const PAGE_CHARTERS_MAX = 64
/** One charter at least, whatever its length. */
const PAGE_BYTES_MAX = 1 * MiB

export const PATHS = {
  state: '/v1/community',
  acts: '/v1/community/acts',
  promise: '/v1/community/promise',
  accept: '/v1/community/accept',
  charter: '/v1/community/charter',
  charters: '/v1/charters',
} as const

const BODY_BYTES_MAX: Readonly<Record<string, number>> = {
  [PATHS.acts]: ACTS_BYTES_MAX,
  [PATHS.promise]: 1 * KiB,
  [PATHS.accept]: PROPOSAL_BYTES_MAX,
  [PATHS.charter]: SIGNED_CHARTER_BYTES_MAX,
}

/** For `Transport.listen`. */
export function communityBodyBytesMax(method: PeerMethod, path: string): number {
  return method === 'POST' ? (BODY_BYTES_MAX[path] ?? 0) : 0
}

const number = count(1, CHARTER_NUMBER_MAX)
const format = z.literal(1)

const stateSchema = z.strictObject({
  format,
  community: hexBytes(16),
  number,
  hash: hexBytes(32),
  acts: z.array(actSchema).max(PENDING_MAX),
})
const actsSchema = z.strictObject({ format, acts: z.array(actSchema).max(PENDING_MAX) })
const promiseRequestSchema = z.strictObject({ format, number, ballot: ballotSchema })
const promiseAnswerSchema = z.strictObject({
  format,
  promise: signedSchema,
  accepted: z.strictObject({ body: boundedBytes(1, CHARTER_BYTES_MAX), proof: proofSchema }).nullable(),
})
const acceptRequestSchema = z.strictObject({
  format,
  number,
  ballot: ballotSchema,
  body: boundedBytes(1, CHARTER_BYTES_MAX),
  proof: proofSchema,
})
const pageSchema = z.strictObject({
  format,
  charters: z.array(boundedBytes(1, SIGNED_CHARTER_BYTES_MAX)).max(PAGE_CHARTERS_MAX),
})
const joinSchema = z.strictObject({ format, act: actSchema, proof: fixedBytes(64) })

function decode<Schema extends z.ZodType>(what: string, schema: Schema, bytes: Uint8Array): z.output<Schema> {
  return decodeCbor(what, schema, bytes, MESSAGE_ITEMS_MAX)
}

export interface CommunityState {
  readonly community: string
  readonly number: number
  readonly hash: string
  readonly acts: readonly Act[]
}

export function encodeState(state: CommunityState): Uint8Array {
  return encodeWith(stateSchema, { format: 1, ...state, acts: state.acts.map(writable) })
}

function decodeState(bytes: Uint8Array): CommunityState {
  const { community, number: newest, hash, acts } = decode('community state', stateSchema, bytes)
  return { community, number: newest, hash, acts: acts.map(asAct) }
}

export function encodeActs(acts: readonly Act[]): Uint8Array {
  return encodeWith(actsSchema, { format: 1, acts: acts.map(writable) })
}

export function decodeActs(bytes: Uint8Array): Act[] {
  return decode('acts', actsSchema, bytes).acts.map(asAct)
}

export function decodePromiseRequest(bytes: Uint8Array): { number: number; ballot: Ballot } {
  return decode('promise request', promiseRequestSchema, bytes)
}

export function encodePromiseAnswer({ promise, accepted }: PromiseGiven): Uint8Array {
  const given = accepted === null ? null : { body: accepted.body, proof: writableProof(accepted.proof) }
  return encodeWith(promiseAnswerSchema, { format: 1, promise, accepted: given })
}

export function decodeAcceptRequest(bytes: Uint8Array): Proposal & { number: number } {
  return decode('accept request', acceptRequestSchema, bytes)
}

export interface JoinMessage {
  readonly act: Act
  /** By the key of the invitation, over the connection and the act. */
  readonly proof: Uint8Array
}

export function encodeJoin({ act, proof }: JoinMessage): Uint8Array {
  return encodeWith(joinSchema, { format: 1, act: writable(act), proof })
}

export function decodeJoin(bytes: Uint8Array): JoinMessage {
  const { act, proof } = decode('join request', joinSchema, bytes)
  return { act: asAct(act), proof }
}

/** Charters from a number on: as many as fit, one at least when there is one. */
export function encodePage(from: number, signed: (number: number) => SignedCharter | undefined): Uint8Array {
  const charters: Uint8Array[] = []
  let bytes = 0
  for (let one = signed(from); one !== undefined; one = signed(from + charters.length)) {
    const encoded = encodeSignedCharter(one)
    bytes += encoded.byteLength
    if (charters.length > 0 && (bytes > PAGE_BYTES_MAX || charters.length >= PAGE_CHARTERS_MAX)) break
    charters.push(encoded)
  }
  return encodeWith(pageSchema, { format: 1, charters })
}

export function decodePage(bytes: Uint8Array): SignedCharter[] {
  return decode('charters', pageSchema, bytes).charters.map(decodeSignedCharter)
}

/** `from` of a request line, or null when it is another one. FORMAT_REQUEST */
export function pageStart(path: string): number | null {
  if (path !== PATHS.charters && !path.startsWith(`${PATHS.charters}?`)) return null
  const from = /^\?from=([1-9][0-9]{0,7})$/.exec(path.slice(PATHS.charters.length))?.[1]
  if (from === undefined) {
    throw new DatisError('FORMAT_REQUEST', 'A request does not have the form it must have.', { at: 'from' })
  }
  return Number(from)
}

/** What one member asks another. */
export class CommunityClient {
  readonly #session: PeerSession

  constructor(session: PeerSession) {
    this.#session = session
  }

  async state(signal: AbortSignal): Promise<CommunityState> {
    return decodeState(await this.#ask('GET', PATHS.state, signal, { answerBytesMax: ACTS_BYTES_MAX }))
  }

  async charters(from: number, signal: AbortSignal): Promise<SignedCharter[]> {
    const answerBytesMax = PAGE_BYTES_MAX + SIGNED_CHARTER_BYTES_MAX
    return decodePage(await this.#ask('GET', `${PATHS.charters}?from=${from}`, signal, { answerBytesMax }))
  }

  async sendActs(acts: readonly Act[], signal: AbortSignal): Promise<void> {
    await this.#ask('POST', PATHS.acts, signal, { body: encodeActs(acts) })
  }

  async sendCharter(signed: SignedCharter, signal: AbortSignal): Promise<void> {
    await this.#ask('POST', PATHS.charter, signal, { body: encodeSignedCharter(signed) })
  }

  async promise(newest: number, ballot: Ballot, signal: AbortSignal): Promise<PromiseGiven> {
    const body = encodeWith(promiseRequestSchema, { format: 1, number: newest, ballot })
    const bytes = await this.#ask('POST', PATHS.promise, signal, { body, answerBytesMax: PROPOSAL_BYTES_MAX })
    const { promise, accepted } = decode('promise answer', promiseAnswerSchema, bytes)
    return { promise, accepted }
  }

  async accept(newest: number, { ballot, body, proof }: Proposal, signal: AbortSignal): Promise<CharterSignature> {
    const request = { format: 1, number: newest, ballot, body, proof: writableProof(proof) } as const
    return decodeCharterSignature(
      await this.#ask('POST', PATHS.accept, signal, { body: encodeWith(acceptRequestSchema, request) }),
    )
  }

  async #ask(
    method: PeerMethod,
    path: string,
    signal: AbortSignal,
    { body, answerBytesMax }: { body?: Uint8Array; answerBytesMax?: number },
  ): Promise<Uint8Array> {
    const call = {
      method,
      path,
      ...(body !== undefined && { body }),
      ...(answerBytesMax !== undefined && { bodyBytesMax: answerBytesMax }),
    }
    return (await this.#session.request(call, signal)).body
  }
}

/** Schemas write arrays that may change; ours do not. */
function writable({ body, approvals, invitation }: Act): z.output<typeof actSchema> {
  return { body, approvals: [...approvals], ...(invitation !== undefined && { invitation }) }
}
