/** The body of the statement that says whom hosts warn of unusual releases. docs/formats/statements.md */
import { z } from 'zod'
import { decodeCbor, isMailAddress, MAIL_ADDRESS_CHARS_MAX } from '#base'
import { count, encodeWith, hexBytes } from './schema.ts'

/** People of one organisation who are told; hosts send each a mail of its own. */
export const CONTACTS_MAX = 4

/** An address in its plain form: nothing that a mail server could take for more than one. */
export function mailAddress() {
  return z.string().max(MAIL_ADDRESS_CHARS_MAX).refine(isMailAddress)
}

const contactsSchema = z.strictObject({
  format: z.literal(1),
  owner: hexBytes(16),
  /** As of releases: by the epoch of the key, then by number. */
  epoch: count(),
  number: count(1),
  contacts: z
    .array(mailAddress())
    .max(CONTACTS_MAX)
    .refine((all) => new Set(all).size === all.length),
  at: count(),
})

export type Contacts = z.output<typeof contactsSchema>

export const encodeContacts = (contacts: Contacts): Uint8Array => encodeWith(contactsSchema, contacts)
export const decodeContacts = (body: Uint8Array): Contacts => decodeCbor('contacts', contactsSchema, body)
