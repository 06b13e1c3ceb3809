/**
 * Root's words about a box in wrong hands, as a file that any box of its community may carry to its hosts: its releases are taken back,
 * what was put behind a head goes at once, or more may be released. docs/formats/statements.md
 */
import { z } from 'zod'
import { DatisError } from '#base'
import { type Charter, findBox } from '#community'
import {
  type BrakeBudget,
  decodeBrakeBudget,
  decodeCondemn,
  decodeUndo,
  encodeBrakeBudget,
  encodeCondemn,
  encodeUndo,
  hexBytes,
  type RootKeys,
  type RootRequest,
  type Signed,
  signedSchema,
  signStatement,
  type Undo,
} from '#crypto'
import { type Owner, verifyBrakeBudget, verifyCondemn, verifyUndo } from '#dispersal'

const VERDICTS = ['undo', 'condemn', 'brake-budget'] as const
export type VerdictKind = (typeof VERDICTS)[number]
export type VerdictRequest = Extract<RootRequest, { readonly kind: VerdictKind }>

/** `organisation`: whose words signed, so that a foreign answer is told from a damaged one. */
export const rootVerdictSchema = z.strictObject({
  format: z.literal(1),
  kind: z.enum(VERDICTS),
  organisation: hexBytes(32),
  statement: signedSchema,
})
export type RootVerdict = z.output<typeof rootVerdictSchema>

export function isVerdict(request: RootRequest): request is VerdictRequest {
  return VERDICTS.some((kind) => kind === request.kind)
}

export function signVerdict(root: RootKeys, request: VerdictRequest): RootVerdict {
  const { kind } = request
  const statement = signStatement(kind, bodyOf(request), root.signingKey, new Uint8Array(0))
  return { format: 1, kind, organisation: root.organisation, statement }
}

/** What was asked for, and who signs it: the same request always gives the same statement. */
function bodyOf(request: VerdictRequest): Uint8Array {
  const { format, owner, at } = request
  switch (request.kind) {
    case 'undo':
      return encodeUndo({ format, owner, until: request.until, by: null, at })
    case 'condemn':
      return encodeCondemn({ format, owner, head: request.head, epoch: request.epoch, at })
    case 'brake-budget': {
      const { id, class: packClass, bytes, lasting } = request
      return encodeBrakeBudget({ format, owner, id, class: packClass, bytes, lasting, by: null, at })
    }
  }
}

export interface OpenedVerdict {
  readonly owner: Owner
  readonly statement: Signed
  /** Up to where the owner's releases are taken back; null for other kinds. */
  readonly until: Undo['until'] | null
  /** What more may be released; null for other kinds. */
  readonly budget: BrakeBudget | null
}

/** BOX_UNKNOWN, ROOT_REQUEST_FOREIGN when other words than those of the owner signed, SIGNATURE_INVALID, STATEMENT_INVALID */
export function openVerdict(
  listings: readonly Charter[],
  { kind, organisation, statement }: RootVerdict,
): OpenedVerdict {
  const owner = ownerIn(listings, ownerOf(kind, statement))
  if (owner.organisation !== organisation) {
    throw new DatisError('ROOT_REQUEST_FOREIGN', 'Other words than those of the owner have signed.', {
      box: owner.box,
      organisation,
    })
  }
  const opened = { owner, statement, until: null, budget: null }
  // No members: a box that signs in the place of root is refused here, as `release undo` says the same for it.
  if (kind === 'undo') return { ...opened, until: verifyUndo(statement, owner, []).until }
  if (kind === 'brake-budget') return { ...opened, budget: verifyBrakeBudget(statement, owner, []) }
  verifyCondemn(statement, owner)
  return opened
}

function ownerOf(kind: VerdictKind, { body }: Signed): string {
  if (kind === 'undo') return decodeUndo(body).owner
  return kind === 'condemn' ? decodeCondemn(body).owner : decodeBrakeBudget(body).owner
}

/** By charters, the newest first. BOX_UNKNOWN */
export function ownerIn(listings: readonly Charter[], box: string): Owner {
  const found = listings.map((charter) => findBox(charter, box)).find((one) => one !== undefined)
  if (found === undefined) throw new DatisError('BOX_UNKNOWN', 'No charter lists such a box.', { box })
  return { box, organisation: found.organisation }
}
