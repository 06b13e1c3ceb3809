/** The statements of owners and hosts, verified down to the root key. Bodies and bytes: docs/formats/statements.md */
import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import { bytesEqual, DatisError, decodeCbor, encodeCbor, fromHex, toHex } from '#base'
import { type Code, checkCode, fragmentBytes } from '#coding'
import {
  type BoxId,
  type CertificateClaims,
  decodeEpoch,
  decodeFragmentReceipt,
  decodeHead,
  decodePlacement,
  decodeReceipt,
  decodeStripeRecord,
  type Epoch,
  encodeHead,
  encodePlacement,
  encodeStripeRecord,
  type FragmentReceipt,
  type Head,
  hashOfStatement,
  type OrganisationId,
  type Placement,
  type Receipt,
  type Signed,
  type StatementKind,
  type StripeRecord,
  sha256,
  signedSchema,
  signStatement,
  verifySignature,
  verifyStatement,
} from '#crypto'

/** Who signs for a box: its own key, certified by its root. */
export interface Signer {
  readonly box: BoxId
  readonly organisation: OrganisationId
  readonly epoch: number
  readonly key: KeyObject
  readonly certificate: Uint8Array
}

export interface Owner {
  readonly box: BoxId
  readonly organisation: OrganisationId
}

export function sign(signer: Signer, kind: StatementKind, body: Uint8Array): Signed {
  return signStatement(kind, body, signer.key, signer.certificate)
}

export function wrong(kind: StatementKind, at: string): DatisError {
  return new DatisError('STATEMENT_INVALID', 'A statement does not say what it should.', { kind, at })
}

/** Signed by the box it should be of, as a box: a recovery key never speaks for one. */
export function verifyByBox(kind: StatementKind, signed: Signed, { box, organisation }: Owner): CertificateClaims {
  const claims = verifyStatement(kind, signed, organisation)
  if (claims.box !== box) throw wrong(kind, 'box')
  if (claims.role !== 'box') throw wrong(kind, 'role')
  return claims
}

export function codeOfRecord({ n, k }: StripeRecord): Code {
  return { n, k }
}

/** Form and arithmetic of a stripe record: everything but who signed it. */
function checkStripeRecord(record: StripeRecord): void {
  const code = codeOfRecord(record)
  checkCode(code)
  if (record.roots.length !== record.n) throw wrong('stripe', 'roots')
  if (record.fragmentBytes !== fragmentBytes(code, record.packBytes)) throw wrong('stripe', 'fragmentBytes')
}

export function verifyStripeRecord(signed: Signed, owner: Owner, stripe: string): StripeRecord {
  verifyByBox('stripe', signed, owner)
  const record = decodeStripeRecord(signed.body)
  if (record.owner !== owner.box) throw wrong('stripe', 'owner')
  if (record.stripe !== stripe) throw wrong('stripe', 'stripe')
  checkStripeRecord(record)
  return record
}

export function verifyPlacement(signed: Signed, owner: Owner, { stripe, n }: StripeRecord): Placement {
  verifyByBox('placement', signed, owner)
  const placement = decodePlacement(signed.body)
  if (placement.owner !== owner.box) throw wrong('placement', 'owner')
  if (placement.stripe !== stripe) throw wrong('placement', 'stripe')
  if (placement.hosts.length !== n) throw wrong('placement', 'hosts')
  // One fragment a host: two on one would be lost together.
  if (new Set(placement.hosts).size !== n) throw wrong('placement', 'host-twice')
  return placement
}

export interface VerifiedHead {
  readonly signed: Signed
  readonly head: Head
  readonly hash: string
  readonly publicKey: Uint8Array
}

export function verifyHead(signed: Signed, owner: Owner): VerifiedHead {
  const { epoch, publicKey } = verifyByBox('head', signed, owner)
  const head = decodeHead(signed.body)
  if (head.box !== owner.box) throw wrong('head', 'box')
  // A key of an earlier epoch must not speak for a later one.
  if (head.epoch !== epoch) throw wrong('head', 'epoch')
  return { signed, head, hash: hashOfStatement('head', signed), publicKey }
}

/** Signed by root itself. */
export function verifyEpoch(signed: Signed, { box, organisation }: Owner): Epoch {
  if (signed.certificate.byteLength !== 0) throw wrong('epoch', 'certificate')
  verifySignature('epoch', signed, fromHex(organisation))
  const epoch = decodeEpoch(signed.body)
  if (epoch.box !== box) throw wrong('epoch', 'box')
  return epoch
}

/** `host` as the session's certificate names it: the receipt must be by that very box. */
export function verifyReceipt(
  signed: Signed,
  host: Owner,
  about: { owner: BoxId; number: number; hash: string },
): Receipt {
  verifyByBox('receipt', signed, host)
  const receipt = decodeReceipt(signed.body)
  const right =
    receipt.host === host.box &&
    receipt.owner === about.owner &&
    receipt.number === about.number &&
    receipt.head === about.hash
  if (!right) throw wrong('receipt', 'subject')
  return receipt
}

export function verifyFragmentReceipt(
  signed: Signed,
  host: Owner,
  about: { owner: BoxId; stripe: string; row: number; root: string },
): FragmentReceipt {
  verifyByBox('fragment-receipt', signed, host)
  const receipt = decodeFragmentReceipt(signed.body)
  const right =
    receipt.host === host.box &&
    receipt.owner === about.owner &&
    receipt.stripe === about.stripe &&
    receipt.row === about.row &&
    receipt.root === about.root
  if (!right) throw wrong('fragment-receipt', 'subject')
  return receipt
}

export function signHead(signer: Signer, head: Head): VerifiedHead {
  return verifyHead(sign(signer, 'head', encodeHead(head)), signer)
}

export function signStripe(signer: Signer, record: StripeRecord): Signed {
  checkStripeRecord(record)
  return sign(signer, 'stripe', encodeStripeRecord(record))
}

export function signPlacement(signer: Signer, placement: Placement): Signed {
  return sign(signer, 'placement', encodePlacement(placement))
}

/** Names a stripe record whoever's certificate is beside it: a recovered box signs the same record with a new key. */
export function recordHash(record: Signed): string {
  return toHex(sha256(record.body))
}

export function sameRecord(a: Signed, b: Signed): boolean {
  return bytesEqual(a.body, b.body)
}

/** What the owner remembers of a stripe that it has placed. */
export interface PlacedRow {
  readonly row: number
  readonly host: BoxId
  /** As the host's receipt says. */
  readonly at: number
}

export interface PlacedStripe {
  readonly stripe: string
  readonly class: 'data' | 'metadata'
  readonly code: Code
  readonly packBytes: number
  /** Merkle roots, hex. */
  readonly roots: readonly string[]
  readonly record: Signed
  readonly placement: Signed
  readonly rows: readonly PlacedRow[]
}

const placedStatementSchema = z.strictObject({ format: z.literal(1), record: signedSchema, placement: signedSchema })

/** `statement` of the log record 'placed': both signed statements, so that fragments can be put back as they were. */
export function encodePlacedStatement({ record, placement }: Pick<PlacedStripe, 'record' | 'placement'>): Uint8Array {
  return encodeCbor({ format: 1, record, placement })
}

/** A placed stripe from its log record; signatures are our own and are verified where the fragments are used. */
export function placedFromStatement(statement: Uint8Array, rows: readonly PlacedRow[]): PlacedStripe {
  const { record: signed, placement } = decodeCbor('placed statement', placedStatementSchema, statement)
  const record = decodeStripeRecord(signed.body)
  checkStripeRecord(record)
  return {
    stripe: record.stripe,
    class: record.class,
    code: codeOfRecord(record),
    packBytes: record.packBytes,
    roots: record.roots,
    record: signed,
    placement,
    rows,
  }
}
