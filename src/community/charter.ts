/** The charter: who is in the community (docs/formats/charter.md). Its bytes are signed, so they are kept as they came. */
import { z } from 'zod'
import { bytesEqual, DatisError, decodeCbor, encodeCbor, fromHex, KiB, toHex } from '#base'
import { CERTIFICATE_BYTES_MAX, sha256 } from '#crypto'
import { ADDRESSES_A_PEER_MAX, parseAddress } from '#network'

export const BOXES_MIN = 2
export const BOXES_MAX = 64
const ORGANISATIONS_MIN = 2
/** Eight digits: the names of files sort as their numbers do. */
export const CHARTER_NUMBER_MAX = 99_999_999
const CODE_ROWS_MAX = 48
/** 64 boxes with 8 addresses of 262 characters each, names and keys. */
export const CHARTER_BYTES_MAX = 256 * KiB
/** An organisation may sign with several boxes. */
const SIGNATURES_MAX = 128
export const SIGNED_CHARTER_BYTES_MAX = CHARTER_BYTES_MAX + SIGNATURES_MAX * (CERTIFICATE_BYTES_MAX + 1 * KiB)

export interface CharterBox {
  /** 16 bytes, lower-case hex. */
  readonly box: string
  readonly name: string
  /** `host:port`, most likely to answer first. Empty: the box can only dial out. */
  readonly addresses: readonly string[]
}

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
}

export interface CharterSignature {
  readonly box: string
  readonly organisation: string
  readonly certificate: Uint8Array
  readonly signature: Uint8Array
}

export interface SignedCharter {
  readonly body: Uint8Array
  readonly signatures: readonly CharterSignature[]
}

export const NO_PREVIOUS = '00'.repeat(32)

const bytesOf = (count: number) => z.instanceof(Uint8Array).refine((value) => value.byteLength === count)
const bytesUpTo = (count: number) => z.instanceof(Uint8Array).refine((value) => value.byteLength <= count)
const hexOf = (count: number) => bytesOf(count).transform(toHex)

/** No control, line-breaking or direction-turning characters: a name must not rewrite the screen that shows it. */
const name = z.string().regex(/^(?!\s)[^\p{C}\p{Zl}\p{Zp}]{1,100}(?<!\s)$/u)

const address = z.string().max(262).refine(isAddress)

const boxSchema = z.strictObject({ box: hexOf(16), name, addresses: z.array(address).max(ADDRESSES_A_PEER_MAX) })

const memberSchema = z.strictObject({
  organisation: hexOf(32),
  name,
  sealing: bytesOf(32),
  boxes: z.array(boxSchema).min(1).max(BOXES_MAX),
})

const codeSchema = z.strictObject({ n: z.int().min(1).max(CODE_ROWS_MAX), k: z.int().min(1) }).refine((c) => c.k <= c.n)

export const charterSchema = z.strictObject({
  format: z.literal(1),
  community: hexOf(16),
  number: z.int().min(1).max(CHARTER_NUMBER_MAX),
  previous: hexOf(32),
  members: z.array(memberSchema).min(ORGANISATIONS_MIN).max(BOXES_MAX),
  code: codeSchema.nullable(),
  at: z.int().min(0),
  expelled: hexOf(32).optional(),
})

const signatureSchema = z.strictObject({
  box: hexOf(16),
  organisation: hexOf(32),
  certificate: bytesUpTo(CERTIFICATE_BYTES_MAX),
  signature: bytesOf(64),
})

const signedCharterSchema = z.strictObject({
  format: z.literal(1),
  body: bytesUpTo(CHARTER_BYTES_MAX),
  signatures: z.array(signatureSchema).max(SIGNATURES_MAX),
})

/** The bytes that members sign; refuses what `decodeCharter` would refuse. */
export function encodeCharter(charter: Charter): Uint8Array {
  const body = toCbor(charter)
  decodeCharter(body)
  return body
}

function toCbor(charter: Charter): Uint8Array {
  const { expelled, ...rest } = charter
  return encodeCbor({
    ...rest,
    community: fromHex(charter.community),
    previous: fromHex(charter.previous),
    members: charter.members.map((member) => ({
      ...member,
      organisation: fromHex(member.organisation),
      boxes: member.boxes.map((one) => ({ ...one, box: fromHex(one.box) })),
    })),
    ...(expelled !== undefined && { expelled: fromHex(expelled) }),
  })
}

/** Form and rules that need no other charter; says nothing of signatures. FORMAT_INVALID, CHARTER_INVALID {reason} */
export function decodeCharter(body: Uint8Array): Charter {
  checkLength(body, CHARTER_BYTES_MAX)
  const charter = decodeCbor('charter', charterSchema, body)
  const boxes = charter.members.flatMap((member) => member.boxes)
  if (boxes.length < BOXES_MIN || boxes.length > BOXES_MAX) throw invalid('boxes-count')
  if (!distinct(boxes.map(({ box }) => box))) throw invalid('box-twice')
  if (!distinct(charter.members.map(({ organisation }) => organisation))) throw invalid('organisation-twice')
  if (charter.code !== null && charter.code.n > boxes.length - 1) throw invalid('code-too-wide')
  if (charter.members.some(({ organisation }) => organisation === charter.expelled)) throw invalid('expelled-member')
  // One value, one encoding: so a charter held as a value has one hash.
  if (!bytesEqual(toCbor(charter), body)) throw invalid('not-canonical')
  if ((charter.number === 1) !== (charter.previous === NO_PREVIOUS)) throw invalid('previous')
  return charter
}

export function charterHash(body: Uint8Array): string {
  return toHex(sha256(body))
}

export function encodeSignedCharter({ body, signatures }: SignedCharter): Uint8Array {
  return encodeCbor({ format: 1, body, signatures: signatures.map(signatureToCbor) })
}

/** Form only: `verifyCharter` comes next. */
export function decodeSignedCharter(bytes: Uint8Array): SignedCharter {
  checkLength(bytes, SIGNED_CHARTER_BYTES_MAX)
  const { body, signatures } = decodeCbor('signed charter', signedCharterSchema, bytes)
  return { body, signatures }
}

export function encodeCharterSignature(signature: CharterSignature): Uint8Array {
  return encodeCbor(signatureToCbor(signature))
}

export function decodeCharterSignature(bytes: Uint8Array): CharterSignature {
  checkLength(bytes, CERTIFICATE_BYTES_MAX + 1 * KiB)
  return decodeCbor('charter signature', signatureSchema, bytes)
}

export function invalid(reason: string, details: Record<string, unknown> = {}): DatisError {
  return new DatisError('CHARTER_INVALID', 'A charter breaks the rules of charters.', { reason, ...details })
}

function signatureToCbor({ box, organisation, certificate, signature }: CharterSignature): Record<string, Uint8Array> {
  return { box: fromHex(box), organisation: fromHex(organisation), certificate, signature }
}

function checkLength(bytes: Uint8Array, bytesMax: number): void {
  if (bytes.byteLength > bytesMax) throw invalid('too-long', { bytes: bytes.byteLength, bytesMax })
}

function distinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length
}

function isAddress(text: string): boolean {
  try {
    parseAddress(text)
    return true
  } catch (error) {
    if (error instanceof DatisError && error.code === 'ADDRESS_INVALID') return false
    throw error
  }
}
