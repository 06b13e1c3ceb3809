/** Signed statements: Ed25519 over utf8('datis/1/' + kind) ‖ 0x00 ‖ body. docs/formats/statements.md */
import { type KeyObject, sign, verify } from 'node:crypto'
import { z } from 'zod'
import { concatBytes, DatisError, decodeCbor, encodeCbor, KiB, toHex, utf8 } from '#base'
import { CERTIFICATE_BYTES_MAX, type CertificateClaims, verifyCertificate } from './certificate.ts'
import { sha256 } from './hash.ts'
import { KEY_BYTES, type OrganisationId, publicKeyFrom } from './keys.ts'
import { Memo } from './memo.ts'
import { boundedBytes, fixedBytes } from './schema.ts'

/** Each kind of body is signed under its own name: one can never pass for another. */
export type StatementKind =
  | 'charter'
  | 'head'
  | 'receipt'
  | 'stripe'
  | 'placement'
  | 'fragment-receipt'
  | 'epoch'
  | 'root-request'
  /** What is to become of the community: never signed itself, approvals name its hash. */
  | 'act'
  | 'approval'
  /** In one ballot for one number of charter: an acceptor's, the proposer's, an acceptor's again. */
  | 'promise'
  | 'proposal'
  | 'vote'
  /** By the key of an invitation: under the act that uses it, and under the connection that brings it. */
  | 'join'
  | 'join-proof'
  | 'release'
  | 'cancel'
  | 'undo'
  | 'condemn'
  | 'brake-budget'
  | 'unusual-release'
  /** Whom hosts tell of that. */
  | 'contacts'
  /** Of a box that is leaving: its host may go; so much of it is kept. */
  | 'drained'
  | 'kept'
  /** A peer holds the key of its certificate, where TLS does not prove it: the in-memory transport. */
  | 'possession'

/** A charter of 64 members with 8 boxes each, five times over. */
export const STATEMENT_BODY_BYTES_MAX = 256 * KiB
const SIGNATURE_BYTES = 64

export interface Signed {
  readonly body: Uint8Array
  readonly signature: Uint8Array
  /** The signer's box certificate (DER); empty when root signed. */
  readonly certificate: Uint8Array
}

export const signedSchema: z.ZodType<Signed> = z.strictObject({
  body: boundedBytes(1, STATEMENT_BODY_BYTES_MAX),
  signature: fixedBytes(SIGNATURE_BYTES),
  certificate: boundedBytes(0, CERTIFICATE_BYTES_MAX),
})

/** `certificate`: of the signer; empty for root. */
export function signStatement(kind: StatementKind, body: Uint8Array, key: KeyObject, certificate: Uint8Array): Signed {
  return { body, signature: Uint8Array.from(sign(null, signedBytes(kind, body), key)), certificate }
}

const keys = new Memo<KeyObject>(512)

function keyOf(publicKey: Uint8Array): KeyObject {
  return keys.get(toHex(publicKey), () => publicKeyFrom('ed25519', publicKey))
}

/** The same heads, charters and records come by again and again: what was right under a key stays so. */
const verified = new Memo<true>(4096)

/** Under a key that is known already. Throws SIGNATURE_INVALID. */
export function verifySignature(kind: StatementKind, { body, signature }: Signed, publicKey: Uint8Array): void {
  if (signature.byteLength !== SIGNATURE_BYTES || publicKey.byteLength !== KEY_BYTES) throw signatureInvalid(kind)
  const bytes = signedBytes(kind, body)
  verified.get(toHex(sha256(concatBytes(publicKey, signature, bytes))), () => {
    if (!verify(null, bytes, keyOf(publicKey), signature)) throw signatureInvalid(kind)
    return true
  })
}

function signatureInvalid(kind: StatementKind): DatisError {
  return new DatisError('SIGNATURE_INVALID', 'A statement is not signed by whom it should be.', { kind })
}

/**
 * By a box of `organisation`: first its certificate under the organisation's root key, then the signature under the
 * key it certifies. The caller compares the claims with what the body says. CERTIFICATE_INVALID, SIGNATURE_INVALID
 */
export function verifyStatement(kind: StatementKind, signed: Signed, organisation: OrganisationId): CertificateClaims {
  const claims = verifyCertificate(signed.certificate, organisation)
  verifySignature(kind, signed, claims.publicKey)
  return claims
}

/** Names a statement whoever signed it: SHA-256 over the bytes that are signed, hex. */
export function hashOfStatement(kind: StatementKind, signed: Pick<Signed, 'body'>): string {
  return toHex(sha256(signedBytes(kind, signed.body)))
}

export function encodeSigned({ body, signature, certificate }: Signed): Uint8Array {
  return encodeCbor({ body, signature, certificate })
}

export function decodeSigned(bytes: Uint8Array): Signed {
  return decodeCbor('signed statement', signedSchema, bytes)
}

function signedBytes(kind: StatementKind, body: Uint8Array): Uint8Array {
  return concatBytes(utf8(`datis/1/${kind}`), new Uint8Array([0]), body)
}
