/** By which server this box sends mail: `keys/mail.cbor`, one file, so that no password ever meets another server. */
import { z } from 'zod'
import { DatisError, decodeCbor, type MailServer } from '#base'
import { count, encodeWith, mailAddress } from '#crypto'
import type { PrivateFiles } from './private-files.ts'

const settingsSchema = z
  .strictObject({
    format: z.literal(1),
    host: z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/),
    port: count(1, 65_535),
    implicitTls: z.boolean(),
    user: z.string().min(1).max(300).nullable(),
    password: z.string().min(1).max(1000).nullable(),
    from: mailAddress(),
  })
  .refine(({ user, password }) => (user === null) === (password === null))

export type MailSettings = Omit<z.output<typeof settingsSchema>, 'format'>

/** Null: no mail. MAIL_SETTINGS_DAMAGED */
export function readMailSettings(files: PrivateFiles): MailSettings | null {
  const bytes = files.read().mail
  if (bytes === null) return null
  try {
    const { format: _format, ...settings } = decodeCbor('mail settings', settingsSchema, bytes)
    return settings
  } catch (cause) {
    // What is wrong with it is not told: a password is in it.
    if (!(cause instanceof DatisError)) throw cause
    throw new DatisError('MAIL_SETTINGS_DAMAGED', 'The settings of the mail server cannot be read.')
  }
}

export function writeMailSettings(files: PrivateFiles, settings: MailSettings | null): void {
  files.write({ mail: settings === null ? null : encodeWith(settingsSchema, { format: 1, ...settings }) })
}

export function serverOf({ host, port, implicitTls, user, password }: MailSettings): MailServer {
  const login = user === null || password === null ? null : { user, password }
  return { host, port, implicitTls, login }
}
