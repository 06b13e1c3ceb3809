/** `datis box contacts` and `datis box mail`: whom hosts warn, and by which server this box warns. */
import type { Command } from 'commander'
import type { BoxClient, ContactsResult, MailResult, MailServerArguments, OperationContext } from '#box'
import { printable, type Words } from '#text'
import { type App, done, type Outcome } from './app.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import { UsageError } from './failure.ts'
import { absolute, parseMail, parseSmtp } from './parse.ts'
import { readSecret } from './secret-file.ts'

const CONTACTS_MAX = 4

interface ContactsOptions {
  readonly data: string
  readonly none?: boolean
}

interface MailOptions {
  readonly data: string
  readonly smtp?: string
  readonly from?: string
  readonly passwordFile?: string
  readonly off?: boolean
  readonly test?: string
}

export function addBoxMailCommands(box: Command, shelf: Shelf): void {
  const { app } = shelf
  const { command, option } = app.words.say

  withData(addCommand(box, shelf, 'contacts [MAIL...]', command.boxContacts), shelf)
    .option('--none', option.contactsNone)
    .action((mails: readonly string[], options: ContactsOptions) =>
      run(shelf, (context) => {
        const wanted = contactsWanted(app.words, mails, options)
        return withBox(shelf, absolute(options.data), (client) => contacts(app, client, wanted, context))
      }),
    )

  withData(addCommand(box, shelf, 'mail', command.boxMail), shelf)
    .option('--smtp <URL>', option.smtp)
    .option('--from <MAIL>', option.mailFrom)
    .option('--password-file <FILE>', option.passwordFile)
    .option('--off', option.mailOff)
    .option('--test <MAIL>', option.mailTest)
    .action((options: MailOptions) =>
      run(shelf, (context) => {
        const server = serverWanted(app.words, options)
        const to = options.test === undefined ? null : parseMail(app.words, '--test', options.test)
        return withBox(shelf, absolute(options.data), (client) => mail(app, client, { server, to }, context))
      }),
    )
}

async function contacts(
  app: App,
  client: BoxClient,
  wanted: readonly string[] | null,
  context: OperationContext,
): Promise<Outcome> {
  const before = await client.call('contacts.show', {}, context)
  if (wanted === null) return done(before, contactsLines(app, before))
  const result = await client.call('contacts.set', { contacts: wanted }, context)
  const formerly = (before.contacts ?? []).some((address) => !wanted.includes(address))
  return done(result, [...contactsLines(app, result), ...(formerly ? [app.words.say.contacts.formerly] : [])])
}

/** Null: they are only shown. */
function contactsWanted(words: Words, mails: readonly string[], { none }: ContactsOptions): readonly string[] | null {
  const { usage } = words.say
  if (none === true && mails.length > 0) throw new UsageError(usage.conflict('--none', 'MAIL'))
  if (mails.length > CONTACTS_MAX || new Set(mails).size < mails.length) {
    throw new UsageError(usage.bad('MAIL', mails.join(' '), usage.expected.contacts))
  }
  for (const one of mails) parseMail(words, 'MAIL', one)
  return none === true || mails.length > 0 ? mails : null
}

function contactsLines({ words: { say, formats } }: App, result: ContactsResult): string[] {
  const { contacts: words } = say
  const { contacts: addresses, at, hosts } = result
  if (addresses === null || at === null) return [words.none]
  const known = hosts.filter((host) => host.known).length
  const later = hosts
    .filter((host) => !host.known)
    .map(({ host, name, code }) => `${printable(name === '' ? host : name)}${code === null ? '' : ` (${code})`}`)
  return [
    addresses.length === 0 ? words.cleared : words.are(formats.list(addresses), formats.instant(at)),
    ...(hosts.length === 0 ? [] : [words.hosts(known, hosts.length)]),
    ...(later.length === 0 ? [] : [words.later(formats.list(later))]),
  ]
}

/** Null: off; undefined: as it is. */
function serverWanted(words: Words, options: MailOptions): MailServerArguments | null | undefined {
  const { usage } = words.say
  const { smtp, from, passwordFile, off } = options
  if (off === true) {
    if (smtp !== undefined) throw new UsageError(usage.conflict('--off', '--smtp'))
    if (options.test !== undefined) throw new UsageError(usage.conflict('--off', '--test'))
    return null
  }
  if (smtp === undefined) {
    if (from !== undefined || passwordFile !== undefined) throw new UsageError(usage.missingOption('--smtp'))
    return undefined
  }
  if (from === undefined) throw new UsageError(usage.missingOption('--from'))
  const server = parseSmtp(words, '--smtp', smtp)
  if (server.user !== null && passwordFile === undefined) throw new UsageError(usage.missingOption('--password-file'))
  if (server.user === null && passwordFile !== undefined) {
    throw new UsageError(usage.bad('--smtp', smtp, usage.expected.smtp))
  }
  const password = passwordFile === undefined ? null : readSecret(words, '--password-file', passwordFile)
  return { ...server, password, from: parseMail(words, '--from', from) }
}

async function mail(
  app: App,
  client: BoxClient,
  { server, to }: { server: MailServerArguments | null | undefined; to: string | null },
  context: OperationContext,
): Promise<Outcome> {
  const result =
    server === undefined
      ? await client.call('mail.show', {}, context)
      : await client.call('mail.set', { server }, context)
  if (to === null) return done(result, [mailLine(app, result)])
  const { sent } = await client.call('mail.test', { to }, context)
  return done({ ...result, sent }, [mailLine(app, result), app.words.say.mailServer.sent(sent)])
}

function mailLine({ words: { say } }: App, { smtp, from }: MailResult): string {
  return smtp === null ? say.mailServer.none : say.mailServer.is(printable(smtp), from ?? '')
}
