/**
 * Agreement on the next charter: Paxos, one instance a number (docs/decisions/0008-agreement.md). Whoever has an act
 * that holds proposes; whoever meets a charter that may have been chosen carries that one through first.
 */
import { type Clock, codeOf, DatisError, type Log, type Random, SECOND_MS } from '#base'
import type { Accepted, Acceptor, PromiseGiven, Proposal } from './acceptor.ts'
import { type Act, type BoxSigner, hashOfAct } from './act.ts'
import {
  BALLOT_COUNT_MAX,
  BALLOT_STEP_MAX,
  type Ballot,
  type Claim,
  compareBallots,
  signPromise,
  signProposal,
  type VerifiedPromise,
  verifyPromise,
} from './ballot.ts'
import type { Kept } from './chain.ts'
import {
  type Charter,
  type CharterSignature,
  charterHash,
  decodeCharter,
  encodeCharter,
  type SignedCharter,
} from './charter.ts'
import type { CharterStore } from './charter-store.ts'
import { majorityOf } from './form.ts'
import { joinProofs, NO_PROOF, Proof, type ProofParts } from './proof.ts'
import type { CommunityClient } from './protocol.ts'
import { acceptorsOf, verifyVotes } from './signing.ts'

/** One acceptor's answer; its disk and its line count. */
const ASK_TIMEOUT_MS = 15 * SECOND_MS
/** Each of them lost to another proposer: more than the boxes of a community that act at once. */
const TRIES_MAX = 40
const PAUSE_MS_MIN = 50
const PAUSE_MS_MAX = 3 * SECOND_MS

export interface AgreementDeps {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly store: CharterStore
  readonly acceptor: Acceptor
  readonly signer: () => BoxSigner
  /** Of another box. */
  readonly client: (box: string, signal: AbortSignal) => Promise<CommunityClient>
  /** Keeps a charter that was agreed on, and tells everybody. */
  readonly decided: (signed: SignedCharter) => void
  /** Fetches what another box has newer. */
  readonly pull: (box: string, signal: AbortSignal) => Promise<void>
}

interface Voices<Answer> {
  readonly answers: ReadonlyMap<string, Answer>
  /** Errors by box. */
  readonly errors: ReadonlyMap<string, unknown>
}

interface Voters {
  readonly needed: number
  readonly ownVoice: boolean
  /** Ours only once it completes the others'. */
  readonly ownLast?: boolean
  readonly unheard?: string
}

interface Phase {
  readonly parent: Kept
  readonly ballot: Ballot
  readonly needed: number
}

type Vote = CharterSignature

/** A promise that was verified. */
interface Given extends PromiseGiven {
  readonly said: VerifiedPromise
}

/** Somebody else's ballot came between, or somebody has newer charters: try again. */
class Overtaken extends Error {
  readonly count: number

  constructor(count: number) {
    super('another proposer was faster')
    this.count = count
  }
}

export class Agreement {
  readonly #deps: AgreementDeps

  constructor(deps: AgreementDeps) {
    this.#deps = deps
  }

  /**
   * The charter that an act makes, agreed on. What the act cannot be done for (CHARTER_INVALID, ACT_APPROVALS_MISSING,
   * …), AGREEMENT_TOO_FEW {answered, needed}, AGREEMENT_BUSY
   */
  async decide(act: Act, signal: AbortSignal): Promise<Charter> {
    const { store, clock } = this.#deps
    const hash = hashOfAct(act.body)
    return await this.#untilDone(async (least) => {
      const made = store.chain.madeBy(hash)
      const done = made === undefined ? undefined : store.chain.at(made)
      if (done === undefined) await this.#ballot(least, () => store.chain.next(act, clock.wall()), signal)
      return done?.charter
    }, signal)
  }

  /** `attempt`: undefined when it has to be made again. `least`: the count that its ballot must be above. AGREEMENT_BUSY */
  async #untilDone<Result>(
    attempt: (least: number) => Promise<Result | undefined>,
    signal: AbortSignal,
  ): Promise<Result> {
    const { clock, random } = this.#deps
    let least = 0
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      try {
        const result = await attempt(least)
        if (result !== undefined) return result
      } catch (error) {
        if (!(error instanceof Overtaken)) throw error
        least = error.count
        // The longer it lasts, the longer each waits: one of them gets through.
        const most = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** Math.min(tries + 1, 10))
        await clock.sleep(PAUSE_MS_MIN + random.below(most), signal)
      }
    }
    throw new DatisError('AGREEMENT_BUSY', 'Other boxes change the community all the time.', { tries: TRIES_MAX })
  }

  /**
   * A box whose memory of promises is lost makes so many others promise a later ballot that no vote it may have given
   * before can still count, and takes over what they voted for (docs/decisions/0008-agreement.md). AGREEMENT_TOO_FEW,
   * AGREEMENT_BUSY
   */
  async remember(signal: AbortSignal): Promise<void> {
    await this.#untilDone(async (least) => {
      await this.#rememberIn(least, signal)
      return true
    }, signal)
  }

  async #rememberIn(least: number, signal: AbortSignal): Promise<void> {
    const { acceptor, signer } = this.#deps
    const parent = this.#parent()
    const { members, number, community } = parent.charter
    const needed = Math.min(members.length - 1, members.length - majorityOf(members.length) + 1)
    const phase = { parent, ballot: this.#newBallot(least), needed }
    const given = await this.#prepare(phase, { ownVoice: false }, signal)
    const { body, proof } = free(phase, given)
    if (body === null) return acceptor.remember(number + 1, phase.ballot, null)
    const own = signPromise(signer(), { community, number: number + 1, ballot: phase.ballot, accepted: null })
    const proposal = this.#proposal(phase, body, joinProofs(proof, { promises: [own], proposals: [] }))
    acceptor.remember(number + 1, phase.ballot, proposal)
  }

  async #ballot(least: number, propose: () => Charter, signal: AbortSignal): Promise<void> {
    const parent = this.#parent()
    // Before anybody is asked: an act that cannot be done is no reason for a ballot.
    propose()
    const needed = majorityOf(parent.charter.members.length)
    const phase = { parent, ballot: this.#newBallot(least), needed }
    const given = await this.#prepare(phase, { ownVoice: true }, signal)
    const { body, proof } = free(phase, given)
    if (body !== null) this.#deps.log.info('community.finishing', { number: parent.charter.number + 1 })
    await this.#finish(phase, this.#proposal(phase, body ?? encodeCharter(propose()), proof), signal)
  }

  #proposal({ parent, ballot }: Phase, body: Uint8Array, proof: ProofParts): Proposal {
    const { community, number } = parent.charter
    const said = { community, number: number + 1, ballot, charter: charterHash(body) }
    const mine = signProposal(this.#deps.signer(), said)
    return { ballot, body, proof: joinProofs(proof, { promises: [], proposals: [mine] }) }
  }

  #parent(): Kept {
    const parent = this.#deps.store.chain.current
    if (parent === undefined) throw new DatisError('NOT_FOUNDED', 'This box is not in a community yet.')
    return parent
  }

  #newBallot(least: number): Ballot {
    const count = Math.max(least, this.#deps.acceptor.promised?.count ?? 0) + 1
    return { count: Math.min(count, BALLOT_COUNT_MAX), box: this.#deps.signer().box }
  }

  // --- the two phases

  async #prepare(
    { parent, ballot, needed }: Phase,
    { ownVoice }: { ownVoice: boolean },
    signal: AbortSignal,
  ): Promise<readonly Given[]> {
    const number = parent.charter.number + 1
    const { answers, errors } = await this.#gather<PromiseGiven, Given>(parent.charter, { needed, ownVoice }, signal, {
      own: () => this.#deps.acceptor.promise(number, ballot),
      ask: async (client, inner) => await client.promise(number, ballot, inner),
      check: (given, organisation) => checkedPromise({ parent, ballot }, given, organisation),
    })
    if (answers.size < needed)
      await this.#explain(errors, { answered: answers.size, needed, count: ballot.count }, signal)
    return [...answers.values()]
  }

  async #finish({ parent, ballot, needed }: Phase, proposal: Proposal, signal: AbortSignal): Promise<void> {
    const { acceptor, decided } = this.#deps
    const number = parent.charter.number + 1
    const { body } = proposal
    // It counts among all, and its voice is not heard.
    const { expelled } = decodeCharter(body)
    // Our own vote comes last: what nobody else votes for, as with a clock of ours that is ahead, must bind nobody later.
    const voices = { needed, ownVoice: true, ownLast: true, ...(expelled !== undefined && { unheard: expelled }) }
    const { answers, errors } = await this.#gather<Vote, Vote>(parent.charter, voices, signal, {
      own: () => acceptor.accept(number, proposal),
      ask: async (client, inner) => await client.accept(number, proposal, inner),
      check: (vote, organisation) => {
        if (vote.organisation !== organisation) throw answerInvalid('vote')
        verifyVotes({ body, ballot, signatures: [vote] }, parent.charter)
        return vote
      },
    })
    if (answers.size < needed)
      await this.#explain(errors, { answered: answers.size, needed, count: ballot.count }, signal)
    const signed: SignedCharter = { body, ballot, signatures: [...answers.values()] }
    decided(signed)
  }

  // --- asking acceptors

  async #gather<Answer, Checked>(
    charter: Charter,
    { needed, ownVoice, ownLast, unheard }: Voters,
    signal: AbortSignal,
    how: {
      own: () => Answer
      ask: (client: CommunityClient, signal: AbortSignal) => Promise<Answer>
      check: (answer: Answer, organisation: string) => Checked
    },
  ): Promise<Voices<Checked>> {
    const answers = new Map<string, Checked>()
    const errors = new Map<string, unknown>()
    const stop = new AbortController()
    using deadline = this.#deps.clock.deadline(ASK_TIMEOUT_MS)
    const until = AbortSignal.any([signal, stop.signal, deadline.signal])
    const { promise: enough, resolve } = Promise.withResolvers<void>()
    const own = this.#deps.signer().box
    const one = async (organisation: string, box: string): Promise<void> => {
      try {
        if ((box === own && !ownVoice) || organisation === unheard) return
        const answer = box === own ? how.own() : await how.ask(await this.#deps.client(box, until), until)
        const checked = how.check(answer, organisation)
        if (!stop.signal.aborted) answers.set(organisation, checked)
      } catch (error) {
        errors.set(box, error)
        if (!stop.signal.aborted) this.#deps.log.debug('community.acceptor.failed', { box, code: codeOf(error) })
      }
      if (answers.size >= needed - last.length) resolve()
    }
    const acceptors = [...acceptorsOf(charter)]
    const last = acceptors.filter(([organisation, box]) => ownLast === true && box === own && organisation !== unheard)
    if (needed <= last.length) resolve()
    const others = acceptors.filter(([organisation]) => organisation !== last[0]?.[0])
    const all = Promise.all(others.map(([organisation, box]) => one(organisation, box)))
    await Promise.race([all, enough])
    if (answers.size === needed - last.length) for (const [organisation, box] of last) await one(organisation, box)
    stop.abort(new DatisError('FETCH_ENDED', 'Enough answers have come.'))
    // Nothing goes on behind the caller's back.
    await all
    signal.throwIfAborted()
    return { answers, errors }
  }

  /** Why there were too few: somebody was faster, we are behind, or they do not answer. */
  async #explain(
    errors: ReadonlyMap<string, unknown>,
    { count: mine, ...counts }: { answered: number; needed: number; count: number },
    signal: AbortSignal,
  ): Promise<never> {
    let overtaken: number | null = null
    for (const [box, error] of errors) {
      const code = codeOf(error)
      const count = error instanceof DatisError ? Number(error.details.count) : 0
      if (code === 'BALLOT_REFUSED') overtaken = Math.max(overtaken ?? 0, believable(count, mine))
      if (code === 'CHARTER_DECIDED') {
        overtaken ??= 0
        await this.#deps.pull(box, signal)
      }
    }
    if (overtaken !== null) throw new Overtaken(overtaken)
    const told = [...errors].map(([box, error]) => `${box.slice(0, 8)}:${codeOf(error)}`).join(' ')
    const details = { ...counts, told: told.slice(0, 200) }
    throw new DatisError('AGREEMENT_TOO_FEW', 'Fewer organisations than needed agree on the next charter.', details)
  }
}

/** Whatever a box says was promised, the next ballot stays one that others may promise. */
function believable(count: number, mine: number): number {
  return Number.isSafeInteger(count) && count >= 0 ? Math.min(count, mine + BALLOT_STEP_MAX / 2) : 0
}

/** A promise whose claim has no ground is a liar's, and is none. */
function checkedPromise({ parent, ballot }: Omit<Phase, 'needed'>, given: PromiseGiven, organisation: string): Given {
  const { promise, accepted } = given
  const said = verifyPromise(promise, organisation)
  // Also that it is of the acceptor, for this community and number.
  new Proof(parent.charter, { promises: [promise], proposals: [] })
  if (compareBallots(said.ballot, ballot) !== 0) throw answerInvalid('ballot')
  if (said.accepted !== null) {
    if (accepted === null || charterHash(accepted.body) !== said.accepted.charter) throw answerInvalid('accepted')
    new Proof(parent.charter, accepted.proof).checkClaim(said.accepted, ballot)
  }
  return { ...given, said }
}

/** What must be proposed after these promises, null when anything may, and why. */
function free({ parent, ballot }: Phase, given: readonly Given[]): { body: Uint8Array | null; proof: ProofParts } {
  const promises: ProofParts = { promises: given.map(({ promise }) => promise), proposals: [] }
  let highest: { claim: Claim; accepted: Accepted } | null = null
  for (const { said, accepted } of given) {
    if (said.accepted === null || accepted === null) continue
    if (highest !== null && compareBallots(said.accepted.ballot, highest.claim.ballot) <= 0) continue
    highest = { claim: said.accepted, accepted }
  }
  if (highest === null) return { body: null, proof: promises }
  // All of them are looked at together once, so that two proposals in one ballot do not go unseen.
  const all = joinProofs(...given.map(({ accepted }) => accepted?.proof ?? NO_PROOF))
  new Proof(parent.charter, all).checkClaim(highest.claim, ballot)
  return { body: highest.accepted.body, proof: joinProofs(promises, highest.accepted.proof) }
}

function answerInvalid(what: string): DatisError {
  return new DatisError('PEER_ANSWER_INVALID', 'A peer answered in a form that we do not know.', { what })
}
