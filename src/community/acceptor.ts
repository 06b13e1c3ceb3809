/**
 * One organisation's voice: it promises ballots and votes in them, and remembers both before it says so. Two processes
 * with one memory, or one process that forgets, would be able to sign two charters of one number.
 */
import { z } from 'zod'
import {
  type BytePath,
  type Clock,
  DAY_MS,
  DatisError,
  type Disk,
  decodeCbor,
  ensureFolder,
  ignoring,
  joinPath,
  type Log,
  MiB,
  readWhole,
  writeDurably,
} from '#base'
import { boundedBytes, count, encodeWith, type Signed, signedSchema } from '#crypto'
import { type BoxSigner, decodeActBody } from './act.ts'
import { BALLOT_STEP_MAX, type Ballot, ballotSchema, claimSchema, compareBallots, signPromise } from './ballot.ts'
import type { Chain, Kept } from './chain.ts'
import { CHARTER_BYTES_MAX, type Charter, type CharterSignature, charterHash } from './charter.ts'
import { PROOF_COUNT_MAX, Proof, type ProofParts, refused } from './proof.ts'
import { acceptorsOf, signVote } from './signing.ts'

const STATE_FILE = 'acceptor.cbor'
/** Above a body and a proof that fit in one message. */
const STATE_BYTES_MAX = 5 * MiB
/** After a month whoever approved of an act may think otherwise. */
export const ACT_MS_MAX = 30 * DAY_MS
/** Clocks of boxes may differ by so much. */
export const AHEAD_MS_MAX = DAY_MS

export const proofSchema = z.strictObject({
  promises: z.array(signedSchema).max(PROOF_COUNT_MAX),
  proposals: z.array(signedSchema).max(PROOF_COUNT_MAX),
})

const stateSchema = z.strictObject({
  format: z.literal(1),
  number: count(2),
  promised: ballotSchema.nullable(),
  accepted: z
    .strictObject({ claim: claimSchema, body: boundedBytes(1, CHARTER_BYTES_MAX), proof: proofSchema })
    .nullable(),
  /** What it promised before is lost: see `forget`. */
  forgot: z.boolean(),
})

type State = z.output<typeof stateSchema>

const FORGOTTEN: State = { format: 1, number: 2, promised: null, accepted: null, forgot: true }

/**
 * For a box that comes back with less than it knew: it may have promised what it does not know. Its voice is silent
 * until it has made enough of the others promise a later ballot.
 */
export function forgetPromises(disk: Disk, folder: BytePath): void {
  ensureFolder(disk, folder)
  writeDurably(disk, folder, STATE_FILE, encodeWith(stateSchema, FORGOTTEN))
}

export interface Accepted {
  readonly body: Uint8Array
  readonly proof: ProofParts
}

export interface PromiseGiven {
  readonly promise: Signed
  readonly accepted: Accepted | null
}

export interface Proposal {
  readonly ballot: Ballot
  readonly body: Uint8Array
  /** The promises of the ballot, what they lean on, and the proposal itself. */
  readonly proof: ProofParts
}

export interface AcceptorDeps {
  readonly disk: Disk
  readonly clock: Clock
  readonly log: Log
  readonly chain: () => Chain
  readonly signer: () => BoxSigner
}

export class Acceptor {
  readonly #deps: AcceptorDeps
  readonly #folder: BytePath
  #state: State | null

  constructor(deps: AcceptorDeps, folder: BytePath) {
    this.#deps = deps
    this.#folder = folder
    ensureFolder(deps.disk, folder)
    this.#state = this.#load()
  }

  /** What it promised is lost with a damaged file: see `forgetPromises`. */
  #load(): State | null {
    const { disk, log } = this.#deps
    try {
      const bytes = ignoring(['ENOENT'], () => readWhole(disk, joinPath(this.#folder, STATE_FILE), STATE_BYTES_MAX))
      return bytes === undefined ? null : decodeCbor('acceptor', stateSchema, bytes)
    } catch (error) {
      if (!(error instanceof DatisError)) throw error
      log.error('community.acceptor.damaged', { code: error.code })
      return FORGOTTEN
    }
  }

  /** The highest ballot that it has promised for the next charter. */
  get promised(): Ballot | null {
    const parent = this.#deps.chain().current
    return parent === undefined ? null : this.#stateAfter(parent).promised
  }

  /** Whether its memory was lost, and it says nothing until `remember`. */
  get forgot(): boolean {
    return this.#state?.forgot ?? false
  }

  /** The disk is older than what was said: see `forgetPromises`. */
  forget(): void {
    this.#write(FORGOTTEN)
  }

  /**
   * `ballot`: one that enough of the others have promised; `vote`: what they claim to have voted for, proposed in that
   * ballot. One write: a memory with the ballot and without the vote would be a false one.
   */
  remember(number: number, ballot: Ballot, vote: Proposal | null): void {
    const accepted =
      vote === null
        ? null
        : { claim: { ballot, charter: charterHash(vote.body) }, body: vote.body, proof: writableProof(vote.proof) }
    this.#write({ format: 1, number, promised: ballot, accepted, forgot: false })
  }

  /** BALLOT_REFUSED {count}, ACCEPTOR_REFUSED {reason}, CHARTER_BEHIND, CHARTER_DECIDED */
  promise(number: number, ballot: Ballot): PromiseGiven {
    const { parent, state } = this.#ready(number)
    const { promised, accepted } = state
    if (promised !== null && compareBallots(ballot, promised) < 0) throw ballotRefused(promised)
    if (accepted !== null && compareBallots(ballot, accepted.claim.ballot) <= 0) {
      throw ballotRefused(promised ?? accepted.claim.ballot)
    }
    if (ballot.count > (promised?.count ?? 0) + BALLOT_STEP_MAX) throw refused('ballot-step', ballot.box)
    if (promised === null || compareBallots(ballot, promised) > 0) this.#write({ ...state, promised: ballot })
    const { community } = parent.charter
    const promise = signPromise(this.#deps.signer(), { community, number, ballot, accepted: accepted?.claim ?? null })
    return { promise, accepted }
  }

  /** Its vote; given again when it was given already. As above, and PROPOSAL_REFUSED, CHARTER_INVALID */
  accept(number: number, { ballot, body, proof }: Proposal): CharterSignature {
    const { parent, state } = this.#ready(number)
    const { promised, accepted } = state
    if (promised !== null && compareBallots(ballot, promised) < 0) throw ballotRefused(promised)
    const claim = { ballot, charter: charterHash(body) }
    const before = accepted === null ? -1 : compareBallots(accepted.claim.ballot, ballot)
    if (accepted !== null && before === 0) {
      if (accepted.claim.charter === claim.charter) return signVote(body, ballot, this.#deps.signer())
      throw this.#forked(ballot, number)
    }
    const shown = new Proof(parent.charter, proof)
    // A vote is kept with the proposer's word under it, so that nobody can say later that it was another's.
    shown.checkProposed(claim)
    const chosen = shown.claim(ballot)
    if (chosen !== null && chosen.charter !== claim.charter) throw refused('other-chosen', ballot.box)
    // Enough others may have said that they voted for nothing; it knows better of itself.
    if (accepted !== null && accepted.claim.charter !== claim.charter) {
      const order = chosen === null ? 1 : compareBallots(accepted.claim.ballot, chosen.ballot)
      if (order === 0) throw this.#forked(accepted.claim.ballot, number)
      if (order > 0) throw refused('voted-already')
    }
    const charter = this.#deps.chain().checkBody(body)
    this.#checkNotAhead(charter)
    // Others may have voted for it while it was in time: a bound proposal that nobody may finish would stop everything.
    if (chosen === null) this.#checkTimely(charter)
    this.#write({ ...state, promised: ballot, accepted: { claim, body, proof: writableProof(proof) } })
    return signVote(body, ballot, this.#deps.signer())
  }

  /** It proposed two charters in one ballot: either may have been chosen. */
  #forked({ box }: Ballot, number: number): DatisError {
    this.#deps.log.error('community.proposer.forked', { box, number })
    return refused('proposer-forked', box)
  }

  #ready(number: number): { parent: Kept; state: State } {
    const { chain, signer } = this.#deps
    const parent = chain().current
    if (parent === undefined) throw new DatisError('NOT_FOUNDED', 'This box is not in a community yet.')
    const newest = parent.charter.number
    if (number > newest + 1) throw new DatisError('CHARTER_BEHIND', 'This box lacks charters.', { newest })
    if (number <= newest) throw new DatisError('CHARTER_DECIDED', 'That charter is there already.', { newest })
    const { organisation, box } = signer()
    if (acceptorsOf(parent.charter).get(organisation) !== box) throw acceptorRefused('not-acceptor')
    if (this.forgot) throw acceptorRefused('forgot')
    return { parent, state: this.#stateAfter(parent) }
  }

  #stateAfter({ charter }: Kept): State {
    const number = charter.number + 1
    if (this.#state?.number === number) return this.#state
    return { format: 1, number, promised: null, accepted: null, forgot: this.forgot }
  }

  /** What others date by a charter (90 days after leaving, invitations) is not moved by whoever proposes it. */
  #checkNotAhead({ act, at }: Charter): void {
    const latest = this.#deps.clock.wall() + AHEAD_MS_MAX
    if (at > latest) throw refused('charter-ahead')
    if (act !== undefined && decodeActBody(act.body).at > latest) throw refused('act-ahead')
  }

  /** An invitation that is over by our clock, or an act that was approved of long ago. */
  #checkTimely({ act, at }: Charter): void {
    if (act === undefined) return
    const body = decodeActBody(act.body)
    const now = this.#deps.clock.wall()
    if (now > body.at + ACT_MS_MAX) throw refused('act-old')
    if (at < body.at - AHEAD_MS_MAX) throw refused('charter-before-act')
    const invitation = body.kind === 'admit' ? this.#deps.chain().invitation(body.key) : undefined
    if (invitation !== undefined && now >= invitation.until) throw refused('invitation-expired')
  }

  #write(state: State): void {
    writeDurably(this.#deps.disk, this.#folder, STATE_FILE, encodeWith(stateSchema, state))
    this.#state = state
  }
}

/** Schemas write arrays that may change; ours do not. */
export function writableProof({ promises, proposals }: ProofParts): z.output<typeof proofSchema> {
  return { promises: [...promises], proposals: [...proposals] }
}

function ballotRefused({ count: promised }: Ballot): DatisError {
  return new DatisError('BALLOT_REFUSED', 'A later ballot was promised already.', { count: promised })
}

function acceptorRefused(reason: string): DatisError {
  return new DatisError('ACCEPTOR_REFUSED', 'This box has no voice on the next charter.', { reason })
}
