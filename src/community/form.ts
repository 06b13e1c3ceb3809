/** What charters and acts are made of. */
import { z } from 'zod'
import { DatisError, NAME_PATTERN } from '#base'
import { count, hexBytes } from '#crypto'
import { ADDRESSES_A_PEER_MAX, parseAddress } from '#network'

export const BOXES_MAX = 64
/** Further boxes of one organisation: a community of 64 has room for others. */
export const BOXES_A_MEMBER_MAX = 8
/** Open at once. */
export const INVITATIONS_MAX = 32
/** Eight digits: the names of files sort as their numbers do. */
export const CHARTER_NUMBER_MAX = 99_999_999

export const nameSchema = z.string().regex(NAME_PATTERN)

const address = z.string().max(262).refine(isAddress)

export const boxSchema = z.strictObject({
  box: hexBytes(16),
  name: nameSchema,
  addresses: z.array(address).max(ADDRESSES_A_PEER_MAX),
  leaving: count().exactOptional(),
})

export interface CharterBox {
  /** 16 bytes, lower-case hex. */
  readonly box: string
  readonly name: string
  /** `host:port`, most likely to answer first. Empty: the box can only dial out. */
  readonly addresses: readonly string[]
  /** Since then (milliseconds since 1970) owners move what it keeps to others: it is going to leave. */
  readonly leaving?: number
}

export function invalid(reason: string, details: Record<string, unknown> = {}): DatisError {
  return new DatisError('CHARTER_INVALID', 'A charter breaks the rules of charters.', { reason, ...details })
}

export function checkLength(bytes: Uint8Array, bytesMax: number): void {
  if (bytes.byteLength > bytesMax) throw invalid('too-long', { bytes: bytes.byteLength, bytesMax })
}

/** More than half: both of two, the one of one. */
export function majorityOf(organisations: number): number {
  return Math.floor(organisations / 2) + 1
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
