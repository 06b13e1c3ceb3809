/** Security rule 11: who is a stranger. Runs on the bare certificate, before anything else of the peer is parsed. */
import { DatisError } from '#base'
import { CERTIFICATE_BYTES_MAX, type CertificateClaims, claimedOrganisation, verifyCertificate } from '#crypto'
import type { Admission, PeerIdentity } from './types.ts'

type StrangerReason =
  | 'no-certificate'
  | 'certificate-invalid'
  | 'unknown-root'
  | 'not-admitted'
  | 'resumed'
  | 'protocol'

export function stranger(reason: StrangerReason, cause?: unknown): DatisError {
  return new DatisError('PEER_STRANGER', 'The other end is not a box of the community.', { reason }, { cause })
}

/** Verifies a leaf under one of the roots of the admission, then asks it. PEER_STRANGER {reason} */
export function admitCertificate(certificate: Uint8Array | undefined, admission: Admission): PeerIdentity {
  if (certificate === undefined) throw stranger('no-certificate')
  const claims = verifiedClaims(certificate, admission)
  const admitted = admission.admit(claims)
  if (admitted === false) throw stranger('not-admitted')
  const { box, organisation, role, epoch } = claims
  return { box, organisation, role, epoch, certificate, ...(admitted === 'former' && { former: true }) }
}

/** The claims of somebody whom no charter lists: all that they prove is that one root certified this key. */
export function visitorClaims(certificate: Uint8Array | undefined): CertificateClaims {
  if (certificate === undefined) throw stranger('no-certificate')
  return verifiedClaims(certificate, { roots: () => 'any', admit: () => true })
}

/** The claims of a certificate that must pass; the key of it is what the handshake proved. */
export function verifiedClaims(certificate: Uint8Array, admission: Admission): CertificateClaims {
  if (certificate.byteLength > CERTIFICATE_BYTES_MAX) throw stranger('certificate-invalid')
  const organisation = readable(() => claimedOrganisation(certificate))
  // Membership before signature: a certificate of an unknown root costs no verification.
  const roots = admission.roots()
  if (roots !== 'any' && !new Set(roots).has(organisation)) throw stranger('unknown-root')
  return readable(() => verifyCertificate(certificate, organisation))
}

export function isStillAdmitted(peer: PeerIdentity, admission: Admission): boolean {
  try {
    // Who was a member when the session began and is none now has to come again, as what it is.
    return admitCertificate(peer.certificate, admission).former === peer.former
  } catch (error) {
    if (error instanceof DatisError && error.code === 'PEER_STRANGER') return false
    throw error
  }
}

function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    // A parser may fail in any way on bytes of a stranger: all of them mean the same.
    throw stranger('certificate-invalid', cause)
  }
}
