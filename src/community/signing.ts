/** Who must sign a charter, and whether they did (security rule 13). */
import { DatisError } from '#base'
import { type BoxKeys, claimedOrganisation, signStatement, verifyCertificate, verifySignature } from '#crypto'
import {
  type Charter,
  type CharterSignature,
  charterHash,
  decodeCharter,
  encodeCharter,
  invalid,
  type SignedCharter,
} from './charter.ts'

/** A box's signature on a charter, on its administrator's act. */
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

export function assembleCharter(body: Uint8Array, signatures: readonly CharterSignature[]): SignedCharter {
  return { body, signatures: [...signatures] }
}

/**
 * The charter, once it follows its parent (null for number 1) and enough members signed it.
 * CHARTER_INVALID {reason}, CHARTER_SIGNATURES_MISSING {signed, needed}, CERTIFICATE_INVALID, SIGNATURE_INVALID
 */
export function verifyCharter(signed: SignedCharter, parent: Charter | null): Charter {
  const charter = decodeCharter(signed.body)
  checkSuccession(charter, parent)
  const voters = votersOf(parent ?? charter)
  const signers = verifiedSigners(signed, voters)
  if (parent !== null) checkDepartures(charter, parent, signers)
  const needed = parent === null ? voters.size : Math.max(2, Math.floor(voters.size / 2) + 1)
  // The one to be expelled counts among all, yet its voice is not heard.
  if (charter.expelled !== undefined) signers.delete(charter.expelled)
  if (signers.size < needed) {
    throw new DatisError('CHARTER_SIGNATURES_MISSING', 'A charter lacks signatures.', { signed: signers.size, needed })
  }
  return charter
}

/** Organisations that signed a charter; their signatures are verified again. */
export function signersOf(signed: SignedCharter, parent: Charter | null): Set<string> {
  return verifiedSigners(signed, votersOf(parent ?? decodeCharter(signed.body)))
}

function votersOf({ members }: Charter): Set<string> {
  return new Set(members.map(({ organisation }) => organisation))
}

/** Every signature must be good, or the whole is refused. */
function verifiedSigners({ body, signatures }: SignedCharter, voters: ReadonlySet<string>): Set<string> {
  const signers = new Set<string>()
  for (const { box, organisation, certificate, signature } of signatures) {
    if (!voters.has(organisation)) throw invalid('signer-no-member', { organisation })
    const claims = verifyCertificate(certificate, organisation)
    if (claims.box !== box || claims.organisation !== organisation) throw invalid('signer-other', { box })
    // A recovery certificate reads what is its own; it does not vote.
    if (claims.role !== 'box') throw invalid('signer-role', { box })
    verifySignature('charter', { body, signature, certificate }, claims.publicKey)
    signers.add(organisation)
  }
  return signers
}

function checkSuccession(charter: Charter, parent: Charter | null): void {
  if (parent === null) {
    if (charter.number !== 1) throw invalid('no-parent', { number: charter.number })
    if (charter.expelled !== undefined) throw invalid('expelled-stranger')
    return
  }
  if (charter.number !== parent.number + 1) throw invalid('number', { number: charter.number, after: parent.number })
  if (charter.community !== parent.community) throw invalid('community')
  if (charter.previous !== hashOf(parent)) throw invalid('previous')
}

/** Nobody goes in silence: a member that is no more listed is named as expelled, or signed its own leave. */
function checkDepartures({ members, expelled }: Charter, parent: Charter, signers: ReadonlySet<string>): void {
  const staying = new Set(members.map(({ organisation }) => organisation))
  const gone = parent.members.filter(({ organisation }) => !staying.has(organisation))
  if (expelled !== undefined && !gone.some(({ organisation }) => organisation === expelled)) {
    throw invalid('expelled-stranger', { expelled })
  }
  for (const { organisation } of gone) {
    if (organisation !== expelled && !signers.has(organisation)) throw invalid('removed-unsigned', { organisation })
  }
}

/** A parent is known by its value; its bytes are the canonical ones, since `decodeCharter` takes no others. */
function hashOf(charter: Charter): string {
  return charterHash(encodeCharter(charter))
}
