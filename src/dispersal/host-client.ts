/** An owner's (or recovery's) side of each request to a host: bounded, timed, its answer parsed. docs/protocol/hosting.md */
import { type Clock, DatisError, KiB, MiB } from '#base'
import {
  type BoxId,
  decodeSigned,
  encodeSigned,
  type LogEnd,
  type OrganisationId,
  type Signed,
  signedSchema,
} from '#crypto'
import type { PeerCall, PeerSession } from '#network'
import { answerInvalid } from './errors.ts'
import {
  BODY_BYTES_PER_MS_MIN,
  CALL_TIMEOUT_MS,
  FRAGMENT_FILE_BYTES_MAX,
  HEADS_BODY_BYTES_MAX,
  KEYRING_BYTES_MAX,
  LOG_BODY_BYTES_MAX,
  RELEASE_ANSWER_BYTES_MAX,
  STATEMENT_BYTES_MAX,
  VERIFY_TIMEOUT_MS,
} from './limits.ts'
import {
  decodeBody,
  encodeBody,
  type FragmentId,
  type HeadList,
  headListSchema,
  headsPageSchema,
  headsRequestSchema,
  type Incarnation,
  type Inventory,
  type InventoryPage,
  incarnationRequestSchema,
  inventoryPageSchema,
  inventorySchema,
  logEndSchema,
  type OwnerState,
  type OwnersAnswer,
  ownerStateSchema,
  ownersSchema,
  pathOf,
  type VerifyAnswer,
  verifyAnswerSchema,
  verifyRequestSchema,
} from './protocol.ts'

import {
  contactsAnswerSchema,
  type Notices,
  noticesSchema,
  type ReleaseAnswer,
  type ReleaseOrder,
  type ReleaseSummary,
  releaseAnswerSchema,
  releaseSummarySchema,
  timeSchema,
  type VerdictAnswer,
  verdictAnswerSchema,
} from './release-protocol.ts'

const ANSWER_BYTES_MAX = 64 * KiB
const LIST_BYTES_MAX = 1 * MiB
const OWNERS_BYTES_MAX = 4 * MiB

/** Sessions to hosts by box id; `box` gives one over the network's SessionPool. Throws PEER_UNREACHABLE and the like. */
export interface Hosts {
  session(host: BoxId, signal: AbortSignal): Promise<PeerSession>
}

interface Bounds {
  readonly answerBytesMax?: number
  readonly timeoutMs?: number
}

export class HostClient {
  readonly #clock: Clock
  readonly #session: PeerSession
  readonly #owner: BoxId

  constructor(clock: Clock, session: PeerSession, owner: BoxId) {
    this.#clock = clock
    this.#session = session
    this.#owner = owner
  }

  /** As the session's certificate says. */
  get host(): { box: BoxId; organisation: OrganisationId } {
    return { box: this.#session.peer.box, organisation: this.#session.peer.organisation }
  }

  async #ask(call: Omit<PeerCall, 'bodyBytesMax'>, signal: AbortSignal, bounds: Bounds = {}): Promise<Uint8Array> {
    const answerBytesMax = bounds.answerBytesMax ?? ANSWER_BYTES_MAX
    const bytes = call.body?.byteLength ?? 0
    const moving =
      (bytes + answerBytesMax) / BODY_BYTES_PER_MS_MIN + 2 * (this.#session.waitMs?.(bytes, answerBytesMax) ?? 0)
    const ms = bounds.timeoutMs ?? CALL_TIMEOUT_MS + Math.ceil(moving)
    using deadline = this.#clock.deadline(ms)
    try {
      const either = AbortSignal.any([signal, deadline.signal])
      const { body } = await this.#session.request({ ...call, bodyBytesMax: answerBytesMax }, either)
      if (body.byteLength > answerBytesMax) throw answerInvalid('length', { bytes: body.byteLength })
      return body
    } catch (error) {
      if (!deadline.signal.aborted || signal.aborted) throw error
      throw new DatisError(
        'HOST_TIMEOUT',
        'A host did not answer in time.',
        { host: this.host.box, ms },
        { cause: error },
      )
    }
  }

  #path(rest: string): string {
    return `${pathOf.owner(this.#owner)}/${rest}`
  }

  async putFragment({ stripe, row }: FragmentId, file: Uint8Array, signal: AbortSignal): Promise<Signed> {
    const path = pathOf.fragment(this.#owner, stripe, row)
    return decodeSigned(await this.#ask({ method: 'PUT', path, body: file }, signal))
  }

  async getFragment(
    { stripe, row }: FragmentId,
    signal: AbortSignal,
    bytesMax = FRAGMENT_FILE_BYTES_MAX,
  ): Promise<Uint8Array> {
    const path = pathOf.fragment(this.#owner, stripe, row)
    return await this.#ask({ method: 'GET', path }, signal, { answerBytesMax: bytesMax })
  }

  async getFragmentHeader({ stripe, row }: FragmentId, signal: AbortSignal): Promise<Uint8Array> {
    const path = `${pathOf.fragment(this.#owner, stripe, row)}?header=1`
    return await this.#ask({ method: 'GET', path }, signal)
  }

  /** The host reads fragments again: those named (64 at most), or a page of all behind `after`. */
  async verify(fragments: FragmentId[] | null, after: FragmentId | null, signal: AbortSignal): Promise<VerifyAnswer> {
    const body = encodeBody(verifyRequestSchema, { format: 1, fragments, after })
    const bounds = { timeoutMs: VERIFY_TIMEOUT_MS }
    const answer = await this.#ask({ method: 'POST', path: this.#path('verify'), body }, signal, bounds)
    return decodeBody('verify answer', verifyAnswerSchema, answer)
  }

  async inventory(signal: AbortSignal): Promise<Inventory> {
    const bounds = { answerBytesMax: LIST_BYTES_MAX, timeoutMs: VERIFY_TIMEOUT_MS }
    const answer = await this.#ask({ method: 'GET', path: this.#path('inventory') }, signal, bounds)
    return decodeBody('inventory', inventorySchema, answer)
  }

  async inventoryPage(
    bucket: { class: 'data' | 'metadata'; prefix: number; after: FragmentId | null },
    signal: AbortSignal,
  ): Promise<InventoryPage> {
    const after = bucket.after === null ? '' : `?after=${bucket.after.stripe}.${bucket.after.row}`
    const path = this.#path(`inventory/${bucket.class}/${bucket.prefix}${after}`)
    const bounds = { answerBytesMax: LIST_BYTES_MAX, timeoutMs: VERIFY_TIMEOUT_MS }
    return decodeBody('inventory page', inventoryPageSchema, await this.#ask({ method: 'GET', path }, signal, bounds))
  }

  async logEnd(signal: AbortSignal, at?: number): Promise<LogEnd> {
    const path = this.#path(at === undefined ? 'log' : `log?at=${at}`)
    return decodeBody('log end', logEndSchema, await this.#ask({ method: 'GET', path }, signal))
  }

  async logPage(bound: { from: number } | { until: number }, signal: AbortSignal): Promise<Uint8Array> {
    const path = this.#path('from' in bound ? `log?from=${bound.from}` : `log?until=${bound.until}`)
    return await this.#ask({ method: 'GET', path }, signal, { answerBytesMax: LOG_BODY_BYTES_MAX })
  }

  async appendLog(
    {
      from,
      frames,
      incarnation,
      branch = false,
    }: { from: number; frames: Uint8Array; incarnation: Incarnation; branch?: boolean },
    signal: AbortSignal,
  ): Promise<LogEnd> {
    const start = `${incarnation.count}-${incarnation.bytes}`
    const path = this.#path(`log?from=${from}&incarnation=${start}${branch ? '&branch=1' : ''}`)
    return decodeBody('log end', logEndSchema, await this.#ask({ method: 'POST', path, body: frames }, signal))
  }

  async putKeyring(hash: string, wrapped: Uint8Array, signal: AbortSignal): Promise<void> {
    await this.#ask({ method: 'PUT', path: this.#path(`keyrings/${hash}`), body: wrapped }, signal)
  }

  async keyring(hash: string, signal: AbortSignal): Promise<Uint8Array> {
    const path = this.#path(`keyrings/${hash}`)
    return await this.#ask({ method: 'GET', path }, signal, { answerBytesMax: KEYRING_BYTES_MAX })
  }

  async putHeads(heads: Signed[], incarnation: Incarnation, signal: AbortSignal): Promise<Signed> {
    const body = encodeBody(headsRequestSchema, { format: 1, incarnation, heads })
    // The host fsyncs each head of the run.
    const bounds = { timeoutMs: CALL_TIMEOUT_MS + heads.length * 200 }
    return decodeSigned(await this.#ask({ method: 'POST', path: this.#path('heads'), body }, signal, bounds))
  }

  async head(number: number, signal: AbortSignal): Promise<Signed> {
    const path = this.#path(`heads/${number}`)
    return decodeSigned(await this.#ask({ method: 'GET', path }, signal))
  }

  async newestHead(signal: AbortSignal): Promise<Signed | null> {
    const body = await this.#ask({ method: 'GET', path: this.#path('heads') }, signal)
    return decodeBody('newest head', signedSchema.nullable(), body)
  }

  async headList(before: number, signal: AbortSignal): Promise<HeadList['heads']> {
    const path = this.#path(`heads?list=1&before=${before}`)
    const answer = await this.#ask({ method: 'GET', path }, signal, { answerBytesMax: LIST_BYTES_MAX })
    return decodeBody('list of heads', headListSchema, answer).heads
  }

  async headsFrom(from: number, signal: AbortSignal): Promise<Signed[]> {
    const path = this.#path(`heads?from=${from}`)
    const answer = await this.#ask({ method: 'GET', path }, signal, { answerBytesMax: HEADS_BODY_BYTES_MAX })
    return decodeBody('heads', headsPageSchema, answer).heads
  }

  async announce(incarnation: Incarnation, signal: AbortSignal): Promise<OwnerState> {
    const body = encodeBody(incarnationRequestSchema, { format: 1, incarnation })
    return ownerState(await this.#ask({ method: 'POST', path: this.#path('incarnation'), body }, signal, STATE_BOUNDS))
  }

  async putEpoch(statement: Signed, signal: AbortSignal): Promise<OwnerState> {
    const body = encodeSigned(statement)
    return ownerState(await this.#ask({ method: 'PUT', path: this.#path('epoch'), body }, signal, STATE_BOUNDS))
  }

  /** Null when the host keeps nothing of this owner. */
  async state(signal: AbortSignal, counts = false): Promise<OwnerState | null> {
    try {
      const path = this.#path(counts ? 'state?counts=1' : 'state')
      return ownerState(await this.#ask({ method: 'GET', path }, signal, STATE_BOUNDS))
    } catch (error) {
      if (error instanceof DatisError && error.code === 'OWNER_UNKNOWN') return null
      throw error
    }
  }

  async release(statement: Signed, signal: AbortSignal): Promise<ReleaseAnswer> {
    return await this.#released('releases', statement, signal)
  }

  async cancel(statement: Signed, signal: AbortSignal): Promise<ReleaseAnswer> {
    return await this.#released('cancels', statement, signal)
  }

  async #released(what: string, statement: Signed, signal: AbortSignal): Promise<ReleaseAnswer> {
    const body = encodeSigned(statement)
    const bounds = { answerBytesMax: RELEASE_ANSWER_BYTES_MAX, timeoutMs: VERIFY_TIMEOUT_MS }
    const answer = await this.#ask({ method: 'POST', path: this.#path(what), body }, signal, bounds)
    return decodeBody('release answer', releaseAnswerSchema, answer)
  }

  async releases(signal: AbortSignal): Promise<ReleaseSummary> {
    const bounds = { timeoutMs: VERIFY_TIMEOUT_MS }
    const answer = await this.#ask({ method: 'GET', path: this.#path('releases') }, signal, bounds)
    return decodeBody('releases', releaseSummarySchema, answer)
  }

  /** What root or another member signed about the owner; anybody may bring it. */
  async deliver(
    verdict: 'undo' | 'condemn' | 'budget',
    statement: Signed,
    signal: AbortSignal,
  ): Promise<VerdictAnswer> {
    const body = encodeSigned(statement)
    const bounds = { timeoutMs: VERIFY_TIMEOUT_MS }
    const answer = await this.#ask({ method: 'POST', path: this.#path(verdict), body }, signal, bounds)
    return decodeBody('verdict', verdictAnswerSchema, answer)
  }

  async unusual(signal: AbortSignal): Promise<Notices> {
    const bounds = { answerBytesMax: LIST_BYTES_MAX }
    return decodeBody(
      'notices',
      noticesSchema,
      await this.#ask({ method: 'GET', path: this.#path('unusual') }, signal, bounds),
    )
  }

  /** The newest contacts that the host knows then. */
  async putContacts(statement: Signed, signal: AbortSignal): Promise<ReleaseOrder> {
    const body = encodeSigned(statement)
    const answer = await this.#ask({ method: 'PUT', path: this.#path('contacts'), body }, signal)
    const { epoch, number } = decodeBody('contacts answer', contactsAnswerSchema, answer)
    return { epoch, number }
  }

  /** The host's wall clock. */
  async time(signal: AbortSignal): Promise<number> {
    return decodeBody('time', timeSchema, await this.#ask({ method: 'GET', path: '/v1/time' }, signal)).at
  }

  async boxesOf(organisation: OrganisationId, signal: AbortSignal): Promise<OwnersAnswer> {
    const path = pathOf.organisation(organisation)
    // The bound is for 64 boxes; most organisations have one, and a recovery waits for each contact.
    const bounds = { answerBytesMax: OWNERS_BYTES_MAX, timeoutMs: CALL_TIMEOUT_MS }
    const answer = await this.#ask({ method: 'GET', path }, signal, bounds)
    return decodeBody('owners', ownersSchema, answer)
  }
}

/** 1000 hashes of keyrings. */
const STATE_BOUNDS: Bounds = { answerBytesMax: STATEMENT_BYTES_MAX * 2 + 64 * KiB, timeoutMs: CALL_TIMEOUT_MS }

function ownerState(body: Uint8Array): OwnerState {
  return decodeBody('state', ownerStateSchema, body)
}
