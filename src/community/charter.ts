/** The charter: who is in the community (docs/formats/charter.md). Its bytes are signed, so they are kept as they came. */
import { z } from 'zod'
import { bytesEqual, decodeCbor, encodeCbor, fromHex, KiB, toHex } from '#base'
import { boundedBytes, CERTIFICATE_BYTES_MAX, count, encodeWith, fixedBytes, hexBytes, sha256 } from '#crypto'
import { type Act, actSchema, asAct } from './act.ts'
import { type Ballot, ballotSchema } from './ballot.ts'
import {
  BOXES_MAX,
  boxSchema,
  CHARTER_NUMBER_MAX,
  type CharterBox,
  checkLength,
  INVITATIONS_MAX,
  invalid,
  nameSchema,
} from './form.ts'

const CODE_ROWS_MAX = 48
/** 64 boxes with 8 addresses of 262 characters each, names and keys. */
export const CHARTER_BYTES_MAX = 256 * KiB
/** An organisation may sign with several boxes. */
const SIGNATURES_MAX = 128
export const SIGNED_CHARTER_BYTES_MAX = CHARTER_BYTES_MAX + SIGNATURES_MAX * (CERTIFICATE_BYTES_MAX + 1 * KiB)

export interface Member {
  /** Root signing key: 32 bytes, lower-case hex. */
  readonly organisation: string
  readonly name: string
  /** Root X25519 key, 32 bytes. */
  readonly sealing: Uint8Array
  readonly boxes: readonly CharterBox[]
}

export interface Charter {
  readonly format: 1
  /** 16 bytes, lower-case hex; the same in the whole chain. */
  readonly community: string
  readonly number: number
  /** Hash of the body before; 32 zero bytes in number 1. */
  readonly previous: string
  readonly members: readonly Member[]
  /** Null: the table of codes by number of boxes. */
  readonly code: { readonly n: number; readonly k: number } | null
  readonly at: number
  /** The organisation that this charter puts out against its will: its signature does not count. */
  readonly expelled?: string | undefined
  /** Open invitations; absent when there is none. */
  readonly invitations?: readonly Invitation[]
  /** What made this charter of the one before; absent in number 1, and only there. */
  readonly act?: Act
  /** In number 1 of a successor: where the community was that it follows. */
  readonly parent?: ParentCommunity
}

export interface Invitation {
  /** Ed25519 public key, 32 bytes, lower-case hex. */
  readonly key: string
  readonly until: number
  /** The organisation that proposed it. */
  readonly by: string
}

export interface ParentCommunity {
  readonly community: string
  readonly number: number
  readonly hash: string
}

export interface CharterSignature {
  readonly box: string
  readonly organisation: string
  readonly certificate: Uint8Array
  readonly signature: Uint8Array
}

export interface SignedCharter {
  readonly body: Uint8Array
  /** In which all signatures were given; absent in number 1, and only there. */
  readonly ballot?: Ballot
  readonly signatures: readonly CharterSignature[]
}

export const NO_PREVIOUS = '00'.repeat(32)

const memberSchema = z.strictObject({
  organisation: hexBytes(32),
  name: nameSchema,
  sealing: fixedBytes(32),
  boxes: z.array(boxSchema).min(1).max(BOXES_MAX),
})

const codeSchema = z.strictObject({ n: z.int().min(1).max(CODE_ROWS_MAX), k: z.int().min(1) }).refine((c) => c.k <= c.n)

const invitationSchema = z.strictObject({ key: hexBytes(32), until: count(), by: hexBytes(32) })

const charterNumber = z.int().min(1).max(CHARTER_NUMBER_MAX)

export const charterSchema = z.strictObject({
  format: z.literal(1),
  community: hexBytes(16),
  number: charterNumber,
  previous: hexBytes(32),
  members: z.array(memberSchema).min(1).max(BOXES_MAX),
  code: codeSchema.nullable(),
  at: z.int().min(0),
  expelled: hexBytes(32).optional(),
  invitations: z.array(invitationSchema).min(1).max(INVITATIONS_MAX).optional(),
  act: actSchema.optional(),
  parent: z.strictObject({ community: hexBytes(16), number: charterNumber, hash: hexBytes(32) }).optional(),
})

const signatureSchema = z.strictObject({
  box: hexBytes(16),
  organisation: hexBytes(32),
  certificate: boundedBytes(0, CERTIFICATE_BYTES_MAX),
  signature: fixedBytes(64),
})

const signedCharterSchema = z.strictObject({
  format: z.literal(1),
  body: boundedBytes(0, CHARTER_BYTES_MAX),
  ballot: ballotSchema.optional(),
  signatures: z.array(signatureSchema).max(SIGNATURES_MAX),
})

/** The bytes that members sign; refuses what `decodeCharter` would refuse. */
export function encodeCharter(charter: Charter): Uint8Array {
  const body = toCbor(charter)
  decodeCharter(body)
  return body
}

/** Whatever its values are: `decodeCharter` judges them. */
function toCbor({ expelled, invitations, parent, ...charter }: Charter): Uint8Array {
  return encodeCbor({
    ...charter,
    community: fromHex(charter.community),
    previous: fromHex(charter.previous),
    members: charter.members.map((member) => ({
      ...member,
      organisation: fromHex(member.organisation),
      boxes: member.boxes.map((one) => ({ ...one, box: fromHex(one.box) })),
    })),
    ...(expelled !== undefined && { expelled: fromHex(expelled) }),
    ...(invitations !== undefined && {
      invitations: invitations.map(({ key, until, by }) => ({ key: fromHex(key), until, by: fromHex(by) })),
    }),
    ...(parent !== undefined && {
      parent: { ...parent, community: fromHex(parent.community), hash: fromHex(parent.hash) },
    }),
  })
}

/** Form and rules that need no other charter; says nothing of signatures. FORMAT_INVALID, CHARTER_INVALID {reason} */
export function decodeCharter(body: Uint8Array): Charter {
  checkLength(body, CHARTER_BYTES_MAX)
  const { act, ...rest } = decodeCbor('charter', charterSchema, body)
  const charter = { ...rest, ...(act !== undefined && { act: asAct(act) }) } as Charter
  const boxes = charter.members.flatMap((member) => member.boxes)
  if (boxes.length > BOXES_MAX) throw invalid('boxes-count')
  if (!distinct(boxes.map(({ box }) => box))) throw invalid('box-twice')
  if (!distinct(charter.members.map(({ organisation }) => organisation))) throw invalid('organisation-twice')
  if (charter.code !== null && charter.code.n > boxes.length - 1) throw invalid('code-too-wide')
  if (charter.members.some(({ organisation }) => organisation === charter.expelled)) throw invalid('expelled-member')
  // One value, one encoding: so a charter held as a value has one hash.
  if (!bytesEqual(toCbor(charter), body)) throw invalid('not-canonical')
  if ((charter.number === 1) !== (charter.previous === NO_PREVIOUS)) throw invalid('previous')
  if ((charter.number === 1) !== (charter.act === undefined)) throw invalid('act')
  if (charter.number === 1 && charter.invitations !== undefined) throw invalid('invitations')
  if (!distinct((charter.invitations ?? []).map(({ key }) => key))) throw invalid('invitation-twice')
  if (charter.parent !== undefined && charter.number !== 1) throw invalid('parent')
  if (charter.parent?.community === charter.community) throw invalid('parent')
  return charter
}

export function charterHash(body: Uint8Array): string {
  return toHex(sha256(body))
}

export function encodeSignedCharter({ body, ballot, signatures }: SignedCharter): Uint8Array {
  const voted = ballot === undefined ? {} : { ballot }
  return encodeWith(signedCharterSchema, { format: 1, body, ...voted, signatures: [...signatures] })
}

/** Form only: `verifyCharter` comes next. */
export function decodeSignedCharter(bytes: Uint8Array): SignedCharter {
  checkLength(bytes, SIGNED_CHARTER_BYTES_MAX)
  const { body, ballot, signatures } = decodeCbor('signed charter', signedCharterSchema, bytes)
  return { body, signatures, ...(ballot !== undefined && { ballot }) }
}

export function encodeCharterSignature(signature: CharterSignature): Uint8Array {
  return encodeWith(signatureSchema, signature)
}

export function decodeCharterSignature(bytes: Uint8Array): CharterSignature {
  checkLength(bytes, CERTIFICATE_BYTES_MAX + 1 * KiB)
  return decodeCbor('charter signature', signatureSchema, bytes)
}

function distinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length
}
