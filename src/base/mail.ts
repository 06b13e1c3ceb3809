/** What may be in a mail that a box sends: plain addresses, one line of subject, text. */
import { DatisError } from './errors.ts'
import type { Mail } from './ports.ts'
import { KiB } from './units.ts'

/** Of RFC 5321; its 256 have angle brackets around. */
export const MAIL_ADDRESS_CHARS_MAX = 254
const SUBJECT_CHARS_MAX = 200
const TEXT_CHARS_MAX = 64 * KiB

/**
 * The plain form that all servers take: no quotes, no comments, no names, ASCII only. Nothing in it can end a line, begin
 * another header or another address.
 */
const ADDRESS =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/
const LOCAL_PART_CHARS_MAX = 64

export function isMailAddress(text: string): boolean {
  return text.length <= MAIL_ADDRESS_CHARS_MAX && text.lastIndexOf('@') <= LOCAL_PART_CHARS_MAX && ADDRESS.test(text)
}

const CONTROL = /[\p{Cc}\u2028\u2029]/u
const CONTROL_BUT_LINES = /(?!\n)[\p{Cc}\u2028\u2029]/u

/** MAIL_INVALID: whoever makes a mail has to make names harmless; here nothing that is not passes. */
export function checkMail({ from, to, subject, text }: Mail): void {
  const at = !isMailAddress(from)
    ? 'from'
    : !isMailAddress(to)
      ? 'to'
      : subject.length > SUBJECT_CHARS_MAX || CONTROL.test(subject)
        ? 'subject'
        : text.length > TEXT_CHARS_MAX || CONTROL_BUT_LINES.test(text)
          ? 'text'
          : null
  if (at !== null) throw new DatisError('MAIL_INVALID', 'A mail has something in it that no mail may have.', { at })
}
