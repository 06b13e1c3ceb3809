/** Values typed by people, as typed values. Each refuses with a sentence in the person's language. */
import { resolve } from 'node:path'
import { HOUR_MS, isMailAddress, MINUTE_MS, NAME_PATTERN, SECOND_MS } from '#base'
import { printable, type Words } from '#text'
import { UsageError } from './failure.ts'

const UNIT_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS }
const WAIT_MS_MAX = 7 * 24 * HOUR_MS
const PORT_MAX = 65_535

export function refuse(words: Words, what: string, value: string, expected: string): never {
  throw new UsageError(words.say.usage.bad(what, value, expected))
}

/** `90s`, `10m`, `2h`, in milliseconds. */
export function parseDuration(words: Words, what: string, text: string): number {
  const match = /^(\d{1,6})([smh])$/.exec(text)
  const ms = Number(match?.[1]) * (UNIT_MS[match?.[2] ?? ''] ?? Number.NaN)
  if (!(ms <= WAIT_MS_MAX)) refuse(words, what, text, words.say.usage.expected.duration)
  return ms
}

export interface HostPort {
  readonly host: string
  readonly port: number
}

/** `host:port` or `[IPv6]:port`. */
export function parseHostPort(words: Words, what: string, text: string): HostPort {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  if (host === undefined || port < 1 || port > PORT_MAX) refuse(words, what, text, words.say.usage.expected.address)
  return { host, port }
}

/** Of a box or an organisation, as lists of members have it. */
export function parseName(words: Words, what: string, text: string): string {
  if (!NAME_PATTERN.test(text)) refuse(words, what, printable(text), words.say.usage.expected.name)
  return text
}

export function parseMail(words: Words, what: string, text: string): string {
  if (!isMailAddress(text)) refuse(words, what, text, words.say.usage.expected.mail)
  return text
}

const SMTP =
  /^smtp(s?):\/\/(?:([^@:/?#\s]+(?:@[^@:/?#\s]+)?)@)?(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?\/?$/
const PORT_TLS = 465
const PORT_STARTTLS = 587

/** `smtps://user@host:port`; a user may have one `@` in it, or `%40`. A password in it would stay in the shell's history. */
export function parseSmtp(words: Words, what: string, text: string) {
  const match = SMTP.exec(text)
  const host = match?.[3] ?? match?.[4]
  const implicitTls = match?.[1] === 's'
  const port = Number(match?.[5] ?? (implicitTls ? PORT_TLS : PORT_STARTTLS))
  if (host === undefined || port < 1 || port > PORT_MAX) return refuseSmtp(words, what, text)
  return { host, port, implicitTls, user: userOf(words, what, text, match?.[2]) }
}

function userOf(words: Words, what: string, text: string, encoded: string | undefined): string | null {
  try {
    return encoded === undefined ? null : decodeURIComponent(encoded)
  } catch (cause) {
    if (!(cause instanceof URIError)) throw cause
    return refuseSmtp(words, what, text)
  }
}

/** Somebody may have put a password into it all the same. */
function refuseSmtp(words: Words, what: string, text: string): never {
  return refuse(words, what, text.replace(/\/\/.*@/, '//…@'), words.say.usage.expected.smtp)
}

export function parseInstant(words: Words, what: string, text: string): string {
  try {
    return Temporal.Instant.from(text).toString()
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    return refuse(words, what, text, words.say.usage.expected.instant)
  }
}

export function parseZone(words: Words, what: string, text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    return refuse(words, what, text, words.say.usage.expected.zone)
  }
}

export function parseCount(words: Words, what: string, text: string, from: number, to: number): number {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (!(count >= from && count <= to)) refuse(words, what, text, words.say.usage.expected.count(from, to))
  return count
}

/** `ID` or `ID:PATH`; ids hold no colon, paths may. */
export function parseSnapshotPath(text: string): { readonly id: string; readonly path: string } {
  const colon = text.indexOf(':')
  return colon < 0 ? { id: text, path: '' } : { id: text.slice(0, colon), path: text.slice(colon + 1) }
}

export function absolute(path: string): string {
  return resolve(path)
}

const UNIT_BYTES: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 }

/** `500MB`, `1.5 Go`, or a number of bytes. */
export function parseBytes(words: Words, what: string, text: string): number {
  const match = /^(\d{1,15}(?:[.,]\d{1,3})?) ?(?:([kmgt])?[bo])?$/i.exec(text)
  const bytes = Number(match?.[1]?.replace(',', '.')) * (UNIT_BYTES[(match?.[2] ?? '').toLowerCase()] ?? Number.NaN)
  if (!Number.isSafeInteger(Math.round(bytes))) refuse(words, what, text, words.say.usage.expected.bytes)
  return Math.round(bytes)
}

export function parseClass(words: Words, text: string): 'data' | 'metadata' {
  if (text !== 'data' && text !== 'metadata') return refuse(words, '--class', text, 'data / metadata')
  return text
}

export function parseBoxId(words: Words, text: string, what = 'BOX'): string {
  if (!/^[0-9a-f]{32}$/.test(text)) refuse(words, what, text, words.say.usage.expected.boxId)
  return text
}
