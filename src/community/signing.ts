/** Who must sign a charter, and whether they did (security rule 13). */
import { DatisError } from '#base'
import {
  type BoxKeys,
  claimedOrganisation,
  type Signed,
  signStatement,
  verifyCertificate,
  verifySignature,
} from '#crypto'
import type { BoxSigner } from './act.ts'
import { type Ballot, encodeVote } from './ballot.ts'
import {
  type Charter,
  type CharterSignature,
  charterHash,
  decodeCharter,
  encodeCharter,
  type SignedCharter,
} from './charter.ts'
import { invalid, majorityOf } from './form.ts'

/** A founder's signature on charter number 1, on its administrator's act. */
export function signCharter(
  body: Uint8Array,
  boxKeys: Pick<BoxKeys, 'signingKey'>,
  certificate: Uint8Array,
): CharterSignature {
  decodeCharter(body)
  const { box, organisation } = verifyCertificate(certificate, claimedOrganisation(certificate))
  const { signature } = signStatement('charter', body, boxKeys.signingKey, certificate)
  return { box, organisation, certificate, signature }
}

/** An acceptor's signature on a later charter. */
export function signVote(body: Uint8Array, ballot: Ballot, signer: BoxSigner): CharterSignature {
  const { box, organisation, certificate, key } = signer
  const { signature } = signStatement('vote', voteOn(body, ballot), key, certificate)
  return { box, organisation, certificate, signature }
}

export function voteOn(body: Uint8Array, ballot: Ballot): Uint8Array {
  const { community, number } = decodeCharter(body)
  return encodeVote({ community, number, ballot, charter: charterHash(body) })
}

export function assembleCharter(body: Uint8Array, signatures: readonly CharterSignature[]): SignedCharter {
  return { body, signatures: [...signatures] }
}

/** Number 1, signed by every organisation in it. CHARTER_INVALID {reason}, CHARTER_SIGNATURES_MISSING, … */
export function verifyFounding(signed: SignedCharter): Charter {
  const charter = decodeCharter(signed.body)
  if (charter.number !== 1) throw invalid('no-parent', { number: charter.number })
  if (charter.expelled !== undefined) throw invalid('expelled-stranger')
  if (signed.ballot !== undefined) throw invalid('ballot')
  const founders = new Set(charter.members.map(({ organisation }) => organisation))
  const signers = verifiedSigners(signed, (organisation) => founders.has(organisation), ['charter', signed.body])
  checkCount(signers.size, founders.size)
  return charter
}

/**
 * That more than half of all organisations of the parent voted for this charter in one ballot, each by its acceptor.
 * `verifyCharter` says whether it follows the parent. The one to be expelled counts among all and is not heard.
 */
export function verifyVotes(signed: SignedCharter, parent: Charter): Set<string> {
  const { ballot, body } = signed
  if (ballot === undefined) throw invalid('ballot')
  const acceptors = acceptorsOf(parent)
  const votes = (organisation: string, box: string) => {
    if (!acceptors.has(organisation)) return false
    if (acceptors.get(organisation) !== box) throw invalid('signer-no-acceptor', { organisation, box })
    return true
  }
  return verifiedSigners(signed, votes, ['vote', voteOn(body, ballot)])
}

export function checkVotes(charter: Charter, parent: Charter, voters: ReadonlySet<string>): void {
  const heard = [...voters].filter((organisation) => organisation !== charter.expelled)
  checkCount(heard.length, majorityOf(parent.members.length))
}

/** One voice an organisation: that of the first box listed of it. Two of its boxes would not know of each other's promises. */
export function acceptorsOf({ members }: Charter): Map<string, string> {
  return new Map(members.map(({ organisation, boxes }) => [organisation, boxes[0]?.box ?? '']))
}

function checkCount(signed: number, needed: number): void {
  if (signed >= needed) return
  throw new DatisError('CHARTER_SIGNATURES_MISSING', 'A charter lacks signatures.', { signed, needed })
}

/** Every signature must be good, or the whole is refused. */
function verifiedSigners(
  { signatures }: SignedCharter,
  mayVote: (organisation: string, box: string) => boolean,
  [kind, body]: readonly ['charter' | 'vote', Uint8Array],
): Set<string> {
  const signers = new Set<string>()
  for (const { box, organisation, certificate, signature } of signatures) {
    if (!mayVote(organisation, box)) throw invalid('signer-no-member', { organisation })
    const claims = verifyCertificate(certificate, organisation)
    if (claims.box !== box || claims.organisation !== organisation) throw invalid('signer-other', { box })
    // A recovery certificate reads what is its own; it does not vote.
    if (claims.role !== 'box') throw invalid('signer-role', { box })
    const signed: Signed = { body, signature, certificate }
    verifySignature(kind, signed, claims.publicKey)
    signers.add(organisation)
  }
  return signers
}

/** A parent is known by its value; its bytes are the canonical ones, since `decodeCharter` takes no others. */
export function hashOfValue(charter: Charter): string {
  return charterHash(encodeCharter(charter))
}
