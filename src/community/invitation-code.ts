/**
 * An invitation as people hand it on: one text of Crockford's base 32, in groups of five, that survives being read
 * aloud. docs/formats/charter.md
 */
import { bytesEqual, concatBytes, DatisError, fromHex, toHex, utf8 } from '#base'
import { INVITATION_SECRET_BYTES, sha256 } from '#crypto'
import { parseAddress } from '#network'

const VERSION = 1
const ID_BYTES = 16
const CHECK_BYTES = 4
const CONTACTS_MAX = 4
const CONTACT_BYTES_MAX = 255
/** Four long addresses and the rest. */
const CODE_CHARS_MAX = 2_000
const GROUP = 5
/** Without I, L, O and U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

export interface InvitationCode {
  /** 16 bytes, lower-case hex. */
  readonly community: string
  /** The first 16 bytes, lower-case hex, of the hash of the charter that was newest: the chain must contain it. */
  readonly charter: string
  /** 128 bits. */
  readonly secret: Uint8Array
  /** `host:port` of members. */
  readonly contacts: readonly string[]
}

export function encodeInvitation({ community, charter, secret, contacts }: InvitationCode): string {
  const listed = contacts.slice(0, CONTACTS_MAX).map((contact) => utf8(contact))
  const body = concatBytes(
    new Uint8Array([VERSION]),
    fromHex(community),
    fromHex(charter),
    secret,
    new Uint8Array([listed.length]),
    ...listed.flatMap((contact) => [new Uint8Array([contact.byteLength]), contact]),
  )
  const text = toBase32(concatBytes(body, checkOf(body)))
  return text.match(/.{1,5}/g)?.join('-') ?? ''
}

/** INVITATION_MISTYPED; FORMAT_UNKNOWN from a later version. */
export function decodeInvitation(text: string): InvitationCode {
  const bytes = fromBase32(text)
  const body = bytes.subarray(0, -CHECK_BYTES)
  if (bytes.byteLength <= CHECK_BYTES || !bytesEqual(checkOf(body), bytes.subarray(-CHECK_BYTES))) throw mistyped()
  if (body[0] !== VERSION)
    throw new DatisError('FORMAT_UNKNOWN', 'A newer Datis wrote this.', { version: body[0] ?? 0 })
  const reader = new Reader(body.subarray(1))
  const community = toHex(reader.take(ID_BYTES))
  const charter = toHex(reader.take(ID_BYTES))
  const secret = Uint8Array.from(reader.take(INVITATION_SECRET_BYTES))
  const count = reader.byte()
  if (count > CONTACTS_MAX) throw mistyped()
  const contacts = Array.from({ length: count }, () => contactOf(reader.take(reader.byte())))
  if (!reader.atEnd) throw mistyped()
  return { community, charter, secret, contacts }
}

/** What fits into a code. ADDRESS_INVALID */
export function checkContact(contact: string): void {
  parseAddress(contact)
  if (contact.length > CONTACT_BYTES_MAX) {
    throw new DatisError('ADDRESS_INVALID', 'An address is too long for an invitation.', { address: contact })
  }
}

function contactOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1')
  parseAddress(text)
  return text
}

/** 32 bits: a code with mistakes passes once in four thousand million times. */
function checkOf(body: Uint8Array): Uint8Array {
  return sha256(utf8('datis/1/invitation-code'), body).subarray(0, CHECK_BYTES)
}

function toBase32(bytes: Uint8Array): string {
  let text = ''
  let [value, bits] = [0, 0]
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    for (; bits >= GROUP; bits -= GROUP) text += ALPHABET[(value >>> (bits - GROUP)) & 31]
    value &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + ALPHABET[(value << (GROUP - bits)) & 31]
}

/** Takes what people make of it: lower case, blanks, dashes, and the letters that look like digits. */
function fromBase32(text: string): Uint8Array {
  if (text.length > CODE_CHARS_MAX) throw mistyped()
  const plain = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
  const bytes: number[] = []
  let [value, bits] = [0, 0]
  for (const char of plain) {
    const digit = ALPHABET.indexOf(char)
    if (digit < 0) throw mistyped()
    value = (value << GROUP) | digit
    bits += GROUP
    if (bits < 8) continue
    bits -= 8
    bytes.push((value >>> bits) & 255)
    value &= (1 << bits) - 1
  }
  if (value !== 0 || bits >= GROUP) throw mistyped()
  return Uint8Array.from(bytes)
}

class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.byteLength
  }

  byte(): number {
    return this.take(1)[0] ?? 0
  }

  take(count: number): Uint8Array {
    const piece = this.#bytes.subarray(this.#at, this.#at + count)
    if (piece.byteLength < count) throw mistyped()
    this.#at += count
    return piece
  }
}

function mistyped(): DatisError {
  return new DatisError('INVITATION_MISTYPED', 'An invitation code was not typed as it was given.')
}
