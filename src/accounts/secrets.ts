/** Secrets that are shown once and kept as hashes: tokens, codes to write down. */
import { type Random, toHex, utf8 } from '#base'
import { sha256 } from '#crypto'

const TOKEN_BYTES = 32
const ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'
const CODE_GROUPS = 4
const GROUP_CHARS = 4

export function newToken(random: Pick<Random, 'bytes'>): string {
  return Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64url')
}

/** 79 bits, without letters that look like others: `K7QF-…`. */
export function newCode(random: Pick<Random, 'below'>): string {
  const group = () => Array.from({ length: GROUP_CHARS }, () => ALPHABET[random.below(ALPHABET.length)]).join('')
  return Array.from({ length: CODE_GROUPS }, group).join('-')
}

/** A code as people copy it from paper. */
export function foldCode(code: string): string {
  return code.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
}

/** They are random and long: no salt, no work. */
export function hashOf(secret: string): string {
  return toHex(sha256(utf8(secret)))
}
