/** The certificate of a console: X.509 v3, P-256, self-signed, for browsers. docs/formats/certificates.md */
import { createECDH, createPrivateKey, createPublicKey, type KeyObject, sign, X509Certificate } from 'node:crypto'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_subjectAltName,
  id_kp_serverAuth,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509'
import type { Random } from '#base'
import { exactBuffer, nameOf, OID_COMMON_NAME, positiveSerial } from './x509.ts'

const OID_ECDSA_SHA256 = '1.2.840.10045.4.3.2'
const CURVE = 'prime256v1'
const SCALAR_BYTES = 32
/** RFC 5280, ub-common-name. */
const COMMON_NAME_CHARS_MAX = 64

export interface ConsoleClaims {
  /** What people call the box. */
  readonly name: string
  readonly hostNames: readonly string[]
  /** IP addresses. */
  readonly addresses: readonly string[]
  /** Both in ms since 1970. */
  readonly from: number
  readonly until: number
}

/** PEM. */
export interface ConsoleIdentity {
  readonly certificate: string
  readonly key: string
}

/** With a key of its own. */
export function issueConsoleCertificate(claims: ConsoleClaims, random: Pick<Random, 'bytes'>): ConsoleIdentity {
  const key = newKey(random)
  const tbsCertificate = tbsOf(claims, key, random)
  const signatureValue = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), key)
  const der = AsnConvert.serialize(
    new Certificate({
      tbsCertificate,
      signatureAlgorithm: new AlgorithmIdentifier({ algorithm: OID_ECDSA_SHA256 }),
      signatureValue: exactBuffer(signatureValue),
    }),
  )
  return {
    certificate: new X509Certificate(Buffer.from(der)).toString(),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/** By ECDH, which takes our random bytes as they are, and refuses the few that are no private key. */
function newKey(random: Pick<Random, 'bytes'>): KeyObject {
  const pair = createECDH(CURVE)
  const scalar = Buffer.from(random.bytes(SCALAR_BYTES))
  try {
    pair.setPrivateKey(scalar)
  } catch {
    return newKey(random)
  }
  const point = pair.getPublicKey()
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: scalar.toString('base64url'),
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  return createPrivateKey({ key: jwk, format: 'jwk' })
}

function tbsOf(claims: ConsoleClaims, key: KeyObject, random: Pick<Random, 'bytes'>): TBSCertificate {
  const subject = nameOf([[OID_COMMON_NAME, claims.name.slice(0, COMMON_NAME_CHARS_MAX)]], 'utf8String')
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const names = [
    ...claims.hostNames.map((dNSName) => new GeneralName({ dNSName })),
    ...claims.addresses.map((iPAddress) => new GeneralName({ iPAddress })),
  ]
  return new TBSCertificate({
    version: Version.v3,
    serialNumber: positiveSerial(random),
    signature: new AlgorithmIdentifier({ algorithm: OID_ECDSA_SHA256 }),
    issuer: subject,
    validity: new Validity({ notBefore: new Date(claims.from), notAfter: new Date(claims.until) }),
    subject,
    subjectPublicKeyInfo: AsnConvert.parse(exactBuffer(spki), SubjectPublicKeyInfo),
    extensions: new Extensions([
      extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
      extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
      extension(id_ce_subjectAltName, new SubjectAlternativeName(names)),
    ]),
  })
}

function extension(extnID: string, value: object, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })
}

export interface ConsoleCertificate {
  /** Ms since 1970. */
  readonly until: number
  readonly hostNames: readonly string[]
  /** SHA-256, as browsers show it: `AB:CD:…`. */
  readonly fingerprint: string
}

/** The first certificate of a PEM file, ours or anybody's; null: there is none, or the key is not its own. */
export function readConsoleCertificate({ certificate, key }: ConsoleIdentity): ConsoleCertificate | null {
  try {
    const x509 = new X509Certificate(certificate)
    if (!x509.checkPrivateKey(createPrivateKey(key))) return null
    const hostNames = [...(x509.subjectAltName ?? '').matchAll(/(?:^|, )DNS:([A-Za-z0-9.-]+)(?=,|$)/g)]
    return {
      until: x509.validToDate.getTime(),
      hostNames: hostNames.map((match) => match[1] ?? ''),
      fingerprint: x509.fingerprint256,
    }
  } catch {
    // What is wrong with it OpenSSL says in its own words, and a key may be in them.
    return null
  }
}
