/**
 * Acts: what may become of a community, and the approvals under them. An act is known by its hash, whoever approves it.
 * docs/formats/charter.md
 */
import { z } from 'zod'
import { bytesEqual, DatisError, decodeCbor, encodeCbor, KiB } from '#base'
import {
  boundedBytes,
  type CertificateClaims,
  count,
  encodeWith,
  fixedBytes,
  hashOfStatement,
  hexBytes,
  Memo,
  type Signed,
  signedSchema,
  signStatement,
  verifyStatement,
} from '#crypto'
import { BOXES_MAX, boxSchema, checkLength, invalid, nameSchema } from './form.ts'

export const ACT_BODY_BYTES_MAX = 4 * KiB
/** One an organisation. */
const APPROVALS_MAX = BOXES_MAX
/** A body and 64 approvals with their certificates. */
export const ACT_BYTES_MAX = 128 * KiB

const common = { format: z.literal(1), community: hexBytes(16), by: hexBytes(32), at: count() }

/** Who comes is not about to leave. */
const newBoxSchema = boxSchema.omit({ leaving: true })

export const actBodySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('invite'),
    key: hexBytes(32),
    until: count(),
    for: nameSchema.optional(),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('admit'),
    key: hexBytes(32),
    name: nameSchema,
    sealing: fixedBytes(32),
    box: newBoxSchema,
  }),
  z.strictObject({ ...common, kind: z.literal('box'), box: newBoxSchema }),
  z.strictObject({ ...common, kind: z.literal('addresses'), box: boxSchema }),
  z.strictObject({ ...common, kind: z.literal('remove-box'), box: hexBytes(16) }),
  z.strictObject({ ...common, kind: z.literal('leave') }),
  z.strictObject({ ...common, kind: z.literal('expel'), organisation: hexBytes(32) }),
  z.strictObject({ ...common, kind: z.literal('revoke-invitation'), key: hexBytes(32) }),
])

/** `by`: the organisation whose act it is; of an admission, the one that joins. */
export type ActBody = z.output<typeof actBodySchema>
export type ActKind = ActBody['kind']
export type ActOf<Kind extends ActKind> = Extract<ActBody, { kind: Kind }>
type WithoutCommon<Body> = Body extends ActBody ? Omit<Body, 'format' | 'community' | 'by' | 'at'> : never
/** What tells one act from another of its community, organisation and time. */
export type ActContent = WithoutCommon<ActBody>

/** One box does it alone, as often as it likes. */
export function changesOwnBoxes(kind: ActKind): boolean {
  return kind === 'box' || kind === 'addresses' || kind === 'remove-box'
}

/** One signature is enough: that of a box of the organisation whose act it is. */
export function isAlone(kind: ActKind): boolean {
  return changesOwnBoxes(kind) || kind === 'leave' || kind === 'admit'
}

export interface Act {
  readonly body: Uint8Array
  readonly approvals: readonly Signed[]
  /** On an admission: by the key of the invitation. */
  readonly invitation?: Uint8Array
}

export const actSchema = z.strictObject({
  body: boundedBytes(1, ACT_BODY_BYTES_MAX),
  approvals: z.array(signedSchema).max(APPROVALS_MAX),
  invitation: fixedBytes(64).optional(),
})

export function encodeActBody(body: ActBody): Uint8Array {
  const bytes = encodeWith(actBodySchema, body)
  checkLength(bytes, ACT_BODY_BYTES_MAX)
  return bytes
}

/** Whoever lists or counts acts asks for the same ones again. */
const decoded = new Memo<ActBody>(256)

/** One value, one encoding: an act has one hash. FORMAT_INVALID, CHARTER_INVALID */
export function decodeActBody(bytes: Uint8Array): ActBody {
  checkLength(bytes, ACT_BODY_BYTES_MAX)
  return decoded.get(hashOfAct(bytes), () => decodeAnew(bytes))
}

function decodeAnew(bytes: Uint8Array): ActBody {
  const body = decodeCbor('act', actBodySchema, bytes)
  if (!bytesEqual(encodeWith(actBodySchema, body), bytes)) throw invalid('not-canonical')
  return body
}

export function encodeAct(act: Act): Uint8Array {
  return encodeCbor(act)
}

/** Form only. */
export function decodeAct(bytes: Uint8Array): Act {
  checkLength(bytes, ACT_BYTES_MAX)
  return asAct(decodeCbor('act', actSchema, bytes))
}

/** Without a key that says `undefined`, which CBOR has no form for. */
export function asAct({ body, approvals, invitation }: z.output<typeof actSchema>): Act {
  return { body, approvals, ...(invitation !== undefined && { invitation }) }
}

export function hashOfAct(body: Uint8Array): string {
  return hashOfStatement('act', { body })
}

const approvalSchema = z.strictObject({
  format: z.literal(1),
  community: hexBytes(16),
  act: hexBytes(32),
  at: count(),
})

export interface BoxSigner {
  readonly box: string
  readonly organisation: string
  readonly key: Parameters<typeof signStatement>[2]
  readonly certificate: Uint8Array
}

/** Of a box, on its administrator's act. */
export function signApproval(
  { key, certificate }: Pick<BoxSigner, 'key' | 'certificate'>,
  { body, at }: { body: Uint8Array; at: number },
): Signed {
  const { community } = decodeActBody(body)
  const approval = encodeWith(approvalSchema, { format: 1, community, act: hashOfAct(body), at })
  return signStatement('approval', approval, key, certificate)
}

/** By a box of `organisation` and for this act, or the error that says why not. */
export function verifyApproval(approval: Signed, body: Uint8Array, organisation: string): CertificateClaims {
  const claims = verifyStatement('approval', approval, organisation)
  if (claims.role !== 'box') throw invalid('signer-role', { box: claims.box })
  const { act, community } = decodeCbor('approval', approvalSchema, approval.body)
  if (act !== hashOfAct(body) || community !== decodeActBody(body).community) {
    throw new DatisError('STATEMENT_INVALID', 'An approval is for another act.', { kind: 'approval', at: 'act' })
  }
  return claims
}
