/** The statements about releases, verified down to a root key. Who may sign what: docs/formats/statements.md */
import { fromHex } from '#base'
import {
  type BoxId,
  type BrakeBudget,
  type Cancel,
  type Condemn,
  type Contacts,
  claimedOrganisation,
  decodeBrakeBudget,
  decodeCancel,
  decodeCondemn,
  decodeContacts,
  decodeRelease,
  decodeUndo,
  decodeUnusualRelease,
  hashOfStatement,
  type OrganisationId,
  type Release,
  type Signed,
  type StatementKind,
  type Undo,
  type UnusualRelease,
  verifySignature,
  verifyStatement,
} from '#crypto'
import { type Owner, verifyByBox, wrong } from './statements.ts'

/** By the owner's box itself, under the key of the epoch that it names. */
export function verifyRelease(signed: Signed, owner: Owner): Release & { readonly hash: string } {
  const { epoch } = verifyByBox('release', signed, owner)
  const release = decodeRelease(signed.body)
  if (release.owner !== owner.box) throw wrong('release', 'owner')
  if (release.epoch !== epoch) throw wrong('release', 'epoch')
  return { ...release, hash: hashOfStatement('release', signed) }
}

export function verifyCancel(signed: Signed, owner: Owner): Cancel {
  const { epoch } = verifyByBox('cancel', signed, owner)
  const cancel = decodeCancel(signed.body)
  if (cancel.owner !== owner.box) throw wrong('cancel', 'owner')
  if (cancel.epoch !== epoch) throw wrong('cancel', 'epoch')
  return cancel
}

/** By the owner's box, under the key of the epoch that it names. */
export function verifyContacts(signed: Signed, owner: Owner): Contacts {
  const { epoch } = verifyByBox('contacts', signed, owner)
  const contacts = decodeContacts(signed.body)
  if (contacts.owner !== owner.box) throw wrong('contacts', 'owner')
  if (contacts.epoch !== epoch) throw wrong('contacts', 'epoch')
  return contacts
}

/** `members`: all organisations of the community. */
export function verifyUndo(signed: Signed, owner: Owner, members: Iterable<OrganisationId>): Undo {
  const by = verifyByOther('undo', signed, owner, members)
  const undo = decodeUndo(signed.body)
  if (undo.owner !== owner.box) throw wrong('undo', 'owner')
  if (undo.by !== by) throw wrong('undo', 'by')
  return undo
}

export function verifyBrakeBudget(signed: Signed, owner: Owner, members: Iterable<OrganisationId>): BrakeBudget {
  const by = verifyByOther('brake-budget', signed, owner, members)
  const budget = decodeBrakeBudget(signed.body)
  if (budget.owner !== owner.box) throw wrong('brake-budget', 'owner')
  if (budget.by !== by) throw wrong('brake-budget', 'by')
  return budget
}

export function verifyCondemn(signed: Signed, owner: Owner): Condemn & { readonly hash: string } {
  verifyByRoot('condemn', signed, owner)
  const condemn = decodeCondemn(signed.body)
  if (condemn.owner !== owner.box) throw wrong('condemn', 'owner')
  return { ...condemn, hash: hashOfStatement('condemn', signed) }
}

export function verifyUnusualRelease(signed: Signed, host: Owner, owner: BoxId): UnusualRelease {
  verifyByBox('unusual-release', signed, host)
  const notice = decodeUnusualRelease(signed.body)
  if (notice.host !== host.box || notice.owner !== owner) throw wrong('unusual-release', 'subject')
  return notice
}

function verifyByRoot(kind: StatementKind, signed: Signed, { organisation }: Owner): void {
  if (signed.certificate.byteLength !== 0) throw wrong(kind, 'certificate')
  verifySignature(kind, signed, fromHex(organisation))
}

/**
 * By root (null), or by a box of another member (its id). Never by a box of the owner's own organisation: its key may be
 * in the same wrong hands.
 */
function verifyByOther(
  kind: StatementKind,
  signed: Signed,
  owner: Owner,
  members: Iterable<OrganisationId>,
): BoxId | null {
  if (signed.certificate.byteLength === 0) {
    verifyByRoot(kind, signed, owner)
    return null
  }
  const organisation = claimedOrganisation(signed.certificate)
  if (organisation === owner.organisation) throw wrong(kind, 'own')
  if (!new Set(members).has(organisation)) throw wrong(kind, 'stranger')
  const claims = verifyStatement(kind, signed, organisation)
  if (claims.role !== 'box') throw wrong(kind, 'role')
  return claims.box
}
