/** Ballots, and what acceptors sign in them: promises and votes. docs/protocol/community.md */
import { z } from 'zod'
import { decodeCbor } from '#base'
import { count, encodeWith, hexBytes, type OrganisationId, type Signed, signStatement, verifyStatement } from '#crypto'
import type { BoxSigner } from './act.ts'
import { invalid } from './form.ts'

/** Nobody comes near it by honest counting, and nobody can jump there: see `BALLOT_STEP_MAX`. */
export const BALLOT_COUNT_MAX = 2 ** 40
/** How far a ballot may be ahead of the one promised last: a hostile box must not take all numbers at once. */
export const BALLOT_STEP_MAX = 2 ** 20

export const ballotSchema = z.strictObject({ count: count(1, BALLOT_COUNT_MAX), box: hexBytes(16) })
/** By count, then by box: two boxes never have the same one. */
export type Ballot = z.output<typeof ballotSchema>

export function compareBallots(a: Ballot, b: Ballot): number {
  if (a.count !== b.count) return a.count - b.count
  if (a.box === b.box) return 0
  return a.box < b.box ? -1 : 1
}

export const claimSchema = z.strictObject({ ballot: ballotSchema, charter: hexBytes(32) })
/** A charter, by its hash, that an acceptor has voted for. */
export type Claim = z.output<typeof claimSchema>

const promiseSchema = z.strictObject({
  format: z.literal(1),
  community: hexBytes(16),
  number: count(2),
  ballot: ballotSchema,
  accepted: claimSchema.nullable(),
})
export type PromiseBody = z.output<typeof promiseSchema>

const voteSchema = z.strictObject({
  format: z.literal(1),
  community: hexBytes(16),
  number: count(2),
  ballot: ballotSchema,
  charter: hexBytes(32),
})
export type VoteBody = z.output<typeof voteSchema>

export function signPromise({ key, certificate }: BoxSigner, body: Omit<PromiseBody, 'format'>): Signed {
  return signStatement('promise', encodeWith(promiseSchema, { format: 1, ...body }), key, certificate)
}

export interface VerifiedPromise extends PromiseBody {
  readonly box: string
  readonly organisation: OrganisationId
}

/** By a box of `organisation`; whether it is the acceptor is the caller's to ask. */
export function verifyPromise(signed: Signed, organisation: OrganisationId): VerifiedPromise {
  const { box, role } = verifyStatement('promise', signed, organisation)
  if (role !== 'box') throw invalid('signer-role', { box })
  return { ...decodeCbor('promise', promiseSchema, signed.body), box, organisation }
}

export function signProposal({ key, certificate }: BoxSigner, body: Omit<VoteBody, 'format'>): Signed {
  return signStatement('proposal', encodeVote(body), key, certificate)
}

export function verifyProposal(signed: Signed, organisation: OrganisationId): VoteBody & { readonly box: string } {
  const { box, role } = verifyStatement('proposal', signed, organisation)
  if (role !== 'box') throw invalid('signer-role', { box })
  return { ...decodeCbor('proposal', voteSchema, signed.body), box }
}

/** The bytes under a vote: a signature on a charter in one ballot is none in another. */
export function encodeVote(body: Omit<VoteBody, 'format'>): Uint8Array {
  return encodeWith(voteSchema, { format: 1, ...body })
}

export function keyOfBallot({ count: number, box }: Ballot): string {
  return `${number} ${box}`
}
