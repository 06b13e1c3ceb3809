/**
 * Certificates of boxes: X.509 v3, Ed25519, signed by the organisation's root key. docs/formats/certificates.md
 * X.509 only because TLS wants it: there is no chain, no CA certificate, no revocation list.
 */
import { sign, X509Certificate } from 'node:crypto'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  BasicConstraints,
  Certificate,
  Extension,
  Extensions,
  id_ce_basicConstraints,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509'
import { assert, bytesEqual, DatisError, fromHex, KiB, type Random } from '#base'
import {
  type BoxId,
  KEY_BYTES,
  type OrganisationId,
  publicBytes,
  publicKeyFrom,
  type RootKeys,
  spkiOf,
} from './keys.ts'
import { Memo } from './memo.ts'
import { exactBuffer, nameOf, OID_COMMON_NAME, positiveSerial } from './x509.ts'

export interface CertificateClaims {
  readonly box: BoxId
  readonly organisation: OrganisationId
  readonly epoch: number
  readonly role: 'box' | 'recovery'
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array
}

/** Ours have about 430 bytes. */
export const CERTIFICATE_BYTES_MAX = 2 * KiB

const OID_ED25519 = '1.3.101.112'
const OID_SERIAL_NUMBER = '2.5.4.5'
const OID_ORGANISATION = '2.5.4.10'
const OID_UNIT = '2.5.4.11'
/** Always valid: a box whose clock is wrong must still be let in; epochs and charters end what must end. */
const NOT_BEFORE = new Date(0)
const NOT_AFTER = new Date('9999-12-31T23:59:59Z')
const SUBJECT = /^CN=([0-9a-f]{32})\nO=([0-9a-f]{64})\nOU=(box|recovery)\nserialNumber=(0|[1-9][0-9]{0,15})$/

export function issueCertificate(root: RootKeys, claims: CertificateClaims, random: Random): Uint8Array {
  assert(claims.organisation === root.organisation, 'a root certifies boxes of its own organisation')
  assert(claims.publicKey.byteLength === KEY_BYTES, 'a public key has 32 bytes')
  assert(Number.isSafeInteger(claims.epoch) && claims.epoch >= 0, 'an epoch is a number')
  const tbs = tbsCertificate(claims, positiveSerial(random))
  const signatureValue = sign(null, Buffer.from(AsnConvert.serialize(tbs)), root.signingKey)
  const algorithm = new AlgorithmIdentifier({ algorithm: OID_ED25519 })
  const certificate = new Certificate({
    tbsCertificate: tbs,
    signatureAlgorithm: algorithm,
    signatureValue: exactBuffer(signatureValue),
  })
  const der = new Uint8Array(AsnConvert.serialize(certificate))
  verifyCertificate(der, root.organisation)
  return der
}

/** A community's boxes, some of them renewed: each statement carries its signer's certificate again. */
const verified = new Memo<CertificateClaims>(512)
const claimed = new Memo<OrganisationId>(512)

/** Verifies under the given root key before anything is read from it. Throws CERTIFICATE_INVALID. */
export function verifyCertificate(der: Uint8Array, organisation: OrganisationId): CertificateClaims {
  if (der.byteLength > CERTIFICATE_BYTES_MAX) throw invalid('length')
  return verified.get(`${organisation} ${Buffer.from(der).toString('latin1')}`, () => claimsOf(der, organisation))
}

function claimsOf(der: Uint8Array, organisation: OrganisationId): CertificateClaims {
  const x509 = parsed(der)
  const rootKey = publicKeyFrom('ed25519', fromHex(organisation))
  if (!x509.verify(rootKey)) throw invalid('signature')
  if (x509.ca) throw invalid('ca')
  if (x509.issuer !== `CN=${organisation}`) throw invalid('issuer')
  if (x509.publicKey.asymmetricKeyType !== 'ed25519') throw invalid('key')
  const subject = subjectOf(x509)
  if (subject.organisation !== organisation) throw invalid('organisation')
  return Object.freeze({ ...subject, publicKey: publicBytes(x509.publicKey) })
}

/** The organisation that a certificate says it is of: believe it only after `verifyCertificate` under that root. */
export function claimedOrganisation(der: Uint8Array): OrganisationId {
  return claimed.get(Buffer.from(der).toString('latin1'), () => subjectOf(parsed(der)).organisation)
}

function parsed(der: Uint8Array): X509Certificate {
  if (der.byteLength === 0 || der.byteLength > CERTIFICATE_BYTES_MAX) throw invalid('length')
  // Text would be taken as PEM: a second form of the same certificate.
  if (der[0] !== 0x30) throw invalid('form')
  const x509 = parsedBy(() => new X509Certificate(der))
  if (!bytesEqual(x509.raw, der)) throw invalid('form')
  return x509
}

function parsedBy(parse: () => X509Certificate): X509Certificate {
  try {
    return parse()
  } catch (cause) {
    throw invalid('form', cause)
  }
}

function subjectOf(x509: X509Certificate): Omit<CertificateClaims, 'publicKey'> {
  const [, box, organisation, role, epochText] = SUBJECT.exec(x509.subject ?? '') ?? []
  const epoch = Number(epochText)
  if (box === undefined || organisation === undefined || !Number.isSafeInteger(epoch)) throw invalid('subject')
  return { box, organisation, role: role === 'box' ? 'box' : 'recovery', epoch }
}

function tbsCertificate(claims: CertificateClaims, serialNumber: ArrayBuffer): TBSCertificate {
  return new TBSCertificate({
    version: Version.v3,
    serialNumber,
    signature: new AlgorithmIdentifier({ algorithm: OID_ED25519 }),
    issuer: nameOf([[OID_COMMON_NAME, claims.organisation]]),
    validity: new Validity({ notBefore: NOT_BEFORE, notAfter: NOT_AFTER }),
    subject: nameOf([
      [OID_COMMON_NAME, claims.box],
      [OID_ORGANISATION, claims.organisation],
      [OID_UNIT, claims.role],
      [OID_SERIAL_NUMBER, String(claims.epoch)],
    ]),
    subjectPublicKeyInfo: AsnConvert.parse(exactBuffer(spkiOf('ed25519', claims.publicKey)), SubjectPublicKeyInfo),
    extensions: new Extensions([
      new Extension({
        extnID: id_ce_basicConstraints,
        critical: true,
        extnValue: new OctetString(AsnConvert.serialize(new BasicConstraints({ cA: false }))),
      }),
    ]),
  })
}

function invalid(at: string, cause?: unknown): DatisError {
  const sentence = 'A certificate is not one of a box of the organisation that it should be of.'
  return new DatisError('CERTIFICATE_INVALID', sentence, { at }, { cause })
}
