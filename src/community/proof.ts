/**
 * Why a charter may be voted for in a ballot: promises of more than half of the acceptors, signed, so that nobody who
 * proposes can say of them what they did not say, and each charter that they claim signed by who proposed it, so that
 * no acceptor can claim what was not proposed. docs/decisions/0008-agreement.md
 */
import { DatisError } from '#base'
import { claimedOrganisation, type Signed } from '#crypto'
import {
  type Ballot,
  type Claim,
  compareBallots,
  keyOfBallot,
  type VerifiedPromise,
  verifyPromise,
  verifyProposal,
} from './ballot.ts'
import type { Charter } from './charter.ts'
import { majorityOf } from './form.ts'
import { boxesOf } from './membership.ts'
import { acceptorsOf } from './signing.ts'

/** Promises, and proposals, under one proposal; those of earlier ones that it leans on counted. */
export const PROOF_COUNT_MAX = 2048

export interface ProofParts {
  readonly promises: readonly Signed[]
  readonly proposals: readonly Signed[]
}

export const NO_PROOF: ProofParts = { promises: [], proposals: [] }

export function joinProofs(...parts: readonly ProofParts[]): ProofParts {
  return {
    promises: parts.flatMap(({ promises }) => promises),
    proposals: parts.flatMap(({ proposals }) => proposals),
  }
}

export class Proof {
  readonly #parent: Charter
  readonly #promises = new Map<string, Map<string, VerifiedPromise>>()
  /** Ballot to the charters that its box has signed as proposed in it: one, if it is honest. */
  readonly #proposals = new Map<string, Set<string>>()

  /** Verifies each part: by boxes of the parent, for the number after it. PROPOSAL_REFUSED {reason}, … */
  constructor(parent: Charter, { promises, proposals }: ProofParts) {
    this.#parent = parent
    const acceptors = acceptorsOf(parent)
    for (const signed of promises) {
      const promise = verifyPromise(signed, claimedOrganisation(signed.certificate))
      if (acceptors.get(promise.organisation) !== promise.box) throw refused('promise-stranger')
      this.#checkPlace(promise)
      this.#addPromise(promise)
    }
    const boxes = boxesOf(parent)
    for (const signed of proposals) {
      const organisation = claimedOrganisation(signed.certificate)
      const { box, ballot, charter, ...place } = verifyProposal(signed, organisation)
      if (!boxes.some((one) => one.box === box && one.organisation === organisation)) throw refused('proposal-stranger')
      if (ballot.box !== box) throw refused('proposal-other')
      this.#checkPlace(place)
      this.#addProposal(ballot, charter)
    }
  }

  /**
   * What must be voted for in this ballot: the claim of the highest ballot among its promises; null when there is none,
   * and the proposer is free. Each claim must itself have been rightly proposed.
   */
  claim(ballot: Ballot): Claim | null {
    const promises = this.#promises.get(keyOfBallot(ballot))
    if (promises === undefined || promises.size < majorityOf(this.#parent.members.length)) {
      throw refused('promises-missing')
    }
    const highest = highestClaim([...promises.values()].map(({ accepted }) => accepted))
    if (highest !== null) this.checkClaim(highest, ballot)
    return highest
  }

  /** That what an acceptor claims, in a promise for `ballot`, to have voted for was rightly proposed. PROPOSAL_REFUSED */
  checkClaim(claim: Claim, ballot: Ballot): void {
    // Ballots only fall on this way, so it ends.
    if (compareBallots(claim.ballot, ballot) >= 0) throw refused('claim-later')
    this.checkProposed(claim)
    const earlier = this.claim(claim.ballot)
    if (earlier !== null && earlier.charter !== claim.charter) throw refused('claim-unfounded')
  }

  /** That the box of its ballot proposed this charter in it, and no other one. PROPOSAL_REFUSED */
  checkProposed({ ballot, charter }: Claim): void {
    const proposed = this.#proposals.get(keyOfBallot(ballot))
    if (proposed === undefined || !proposed.has(charter)) throw refused('not-proposed')
    // Either may have been chosen: nobody can tell any more, so nothing is.
    if (proposed.size > 1) throw refused('proposer-forked', ballot.box)
  }

  #checkPlace({ community, number }: { community: string; number: number }): void {
    const parent = this.#parent
    if (community !== parent.community || number !== parent.number + 1) throw refused('proof-other')
  }

  #addPromise(promise: VerifiedPromise): void {
    const key = keyOfBallot(promise.ballot)
    const promises = this.#promises.get(key) ?? new Map<string, VerifiedPromise>()
    this.#promises.set(key, promises)
    const known = promises.get(promise.organisation)
    // Only a liar says two things in one ballot: the one that binds more counts.
    promises.set(promise.organisation, known === undefined ? promise : laterOf(known, promise))
  }

  #addProposal(ballot: Ballot, charter: string): void {
    const key = keyOfBallot(ballot)
    const proposed = this.#proposals.get(key) ?? new Set<string>()
    this.#proposals.set(key, proposed.add(charter))
  }
}

function laterOf(one: VerifiedPromise, other: VerifiedPromise): VerifiedPromise {
  if (one.accepted === null) return other
  if (other.accepted === null) return one
  return compareBallots(one.accepted.ballot, other.accepted.ballot) >= 0 ? one : other
}

function highestClaim(claims: readonly (Claim | null)[]): Claim | null {
  let highest: Claim | null = null
  for (const claim of claims) {
    if (claim !== null && (highest === null || compareBallots(claim.ballot, highest.ballot) > 0)) highest = claim
  }
  return highest
}

export function refused(reason: string, box?: string): DatisError {
  const details = { reason, ...(box !== undefined && { box }) }
  return new DatisError('PROPOSAL_REFUSED', 'A proposal for the next charter is not one to vote for.', details)
}
