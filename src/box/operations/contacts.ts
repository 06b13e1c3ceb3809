/** Whom hosts warn of this box's unusual releases, and by which server this box warns those of others. */
import { codeOf, DatisError } from '#base'
import { hostsFor } from '#community'
import { alarmMail, intentMail, testMail } from '#text'
import { type MailSettings, readMailSettings, serverOf, writeMailSettings } from '../mail-settings.ts'
import { namesOf } from '../names.ts'
import type { OpenedBox } from '../opened-box.ts'
import type {
  ContactsResult,
  MailResult,
  MailServerArguments,
  NoticeArguments,
  OperationContext,
} from '../operations.ts'
import { shownInstant } from './shown.ts'

export async function showContacts(box: OpenedBox): Promise<ContactsResult> {
  const { current } = box.contacts
  const names = namesOf(box)
  return {
    contacts: current?.contacts ?? null,
    at: current === null ? null : shownInstant(current.at),
    hosts: hostsOf(box).map((host) => ({
      host,
      name: names.box(host) ?? '',
      known: box.contacts.isKnownTo(host),
      code: box.contacts.troubleOf(host),
    })),
  }
}

export async function setContacts(
  box: OpenedBox,
  { contacts }: { readonly contacts: readonly string[] },
  { signal }: OperationContext,
): Promise<ContactsResult> {
  box.contacts.set(box.signer, [...new Set(contacts)])
  await sendContacts(box, signal)
  return await showContacts(box)
}

/** To hosts that do not have the newest; those that are away get it later. */
export async function sendContacts(box: OpenedBox, signal: AbortSignal): Promise<void> {
  await box.contacts.send(box.signer, hostsOf(box), signal)
}

function hostsOf({ charters, settings }: OpenedBox): string[] {
  return charters.current === undefined ? [] : hostsFor(charters.current, settings.organisation).map(({ box }) => box)
}

export async function showMail(box: OpenedBox): Promise<MailResult> {
  return shown(readMailSettings(box.privateFiles))
}

/** Never with the password. */
function shown(settings: MailSettings | null): MailResult {
  if (settings === null) return { smtp: null, from: null, password: false }
  const { host, port, implicitTls, user, from, password } = settings
  const who = user === null ? '' : `${encodeURIComponent(user)}@`
  const where = host.includes(':') ? `[${host}]` : host
  return { smtp: `smtp${implicitTls ? 's' : ''}://${who}${where}:${port}`, from, password: password !== null }
}

export async function setMail(
  box: OpenedBox,
  { server }: { readonly server: MailServerArguments | null },
): Promise<MailResult> {
  writeMailSettings(box.privateFiles, server)
  return await showMail(box)
}

/** MAIL_NOT_SET, and all that a mailer says. */
export async function testMailServer(
  box: OpenedBox,
  { to }: { readonly to: string },
  { signal }: OperationContext,
): Promise<{ readonly sent: string }> {
  const settings = readMailSettings(box.privateFiles)
  if (settings === null) throw new DatisError('MAIL_NOT_SET', 'This box has no mail server.')
  const mail = { from: settings.from, to, ...testMail({ name: box.settings.name, box: box.settings.box }) }
  await box.world.mailer.send(serverOf(settings), mail, signal)
  return { sent: to }
}

/** To all contacts of this box. Without a mail server, or without contacts, nobody is told: 0. What a mailer says */
export async function sendNotice(
  box: OpenedBox,
  notice: NoticeArguments,
  { signal }: OperationContext,
): Promise<{ readonly sent: number }> {
  const settings = readMailSettings(box.privateFiles)
  const contacts = box.contacts.told
  if (settings === null) return { sent: 0 }
  const { name, zone } = box.settings
  const from = { box: { name, box: box.settings.box }, zone }
  const letter =
    'items' in notice
      ? alarmMail({ ...from, items: notice.items.map((one) => ({ ...one, since: shownInstant(one.since) })) })
      : intentMail({ ...from, ...notice, due: shownInstant(notice.due) })
  let sent = 0
  let failure: unknown = null
  for (const to of contacts) {
    try {
      await box.world.mailer.send(serverOf(settings), { from: settings.from, to, ...letter }, signal)
      sent++
    } catch (error) {
      signal.throwIfAborted()
      box.world.log.warn('notice.failed', { code: codeOf(error) })
      failure ??= error
    }
  }
  // An address that is refused keeps nothing from the others.
  if (sent === 0 && failure !== null) throw failure
  return { sent }
}
