/** A host warns the contacts of an owner whose releases are unusual: hosts do, since the owner's box may be in wrong hands. */
import { codeOf, DAY_MS, type Mail, MINUTE_MS } from '#base'
import { findBox } from '#community'
import { PURGE_AFTER_MS, type Warning } from '#dispersal'
import { unusualMail } from '#text'
import { type MailSettings, readMailSettings, serverOf } from './mail-settings.ts'
import type { OpenedBox } from './opened-box.ts'

const LOOK_MS = 5 * MINUTE_MS
/** What hits every mail alike: the others of a look need not be tried. */
const SERVER_TROUBLE = ['MAIL_SERVER_UNKNOWN', 'MAIL_UNREACHABLE', 'MAIL_TLS', 'MAIL_LOGIN']

/** Until the signal aborts. */
export async function keepWarning(box: OpenedBox, signal: AbortSignal): Promise<void> {
  const { clock, log } = box.world
  try {
    for (;;) {
      await clock.sleep(LOOK_MS, signal)
      await warnContacts(box, signal).catch((error: unknown) => {
        signal.throwIfAborted()
        log.error('warnings.failed', { code: codeOf(error) })
      })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Sends what is due. One address after the other: none waits for another's, and none learns of another. */
export async function warnContacts(box: OpenedBox, signal: AbortSignal): Promise<void> {
  const settings = readMailSettings(box.privateFiles)
  // What is not told stays due, and is shown by `hosting show`.
  if (settings === null) return
  let trouble: string | null = null
  for (const warning of await box.hosting.warnings()) {
    trouble = SERVER_TROUBLE.includes(trouble ?? '') ? trouble : await send(box, settings, warning, signal)
    await box.hosting.noteWarning(warning, trouble === null ? 'sent' : 'failed')
    const fields = { owner: warning.owner.box, notices: warning.notices.length }
    if (trouble === null) box.world.log.warn('warning.sent', fields)
    else box.world.log.error('warning.failed', { ...fields, code: trouble })
  }
}

/** Null when it went, else the code of what went wrong. */
async function send(
  box: OpenedBox,
  settings: MailSettings,
  warning: Warning,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    await box.world.mailer.send(serverOf(settings), mailOf(box, settings, warning), signal)
    return null
  } catch (error) {
    signal.throwIfAborted()
    return codeOf(error)
  }
}

function mailOf(box: OpenedBox, { from }: MailSettings, { owner, address, notices, more }: Warning): Mail {
  const { settings, charters } = box
  const name = charters.current === undefined ? undefined : findBox(charters.current, owner.box)?.name
  const mail = unusualMail({
    owner: { name: name ?? owner.box, box: owner.box },
    host: { name: settings.name, box: settings.box },
    zone: settings.zone,
    days: PURGE_AFTER_MS / DAY_MS,
    notices: notices.map(({ at, class: packClass, bytes, refused, reason }) => ({
      at: instantOf(at),
      class: packClass,
      bytes,
      refused,
      reason,
      purgedFrom: instantOf(at + PURGE_AFTER_MS),
    })),
    more,
  })
  return { from, to: address, ...mail }
}

function instantOf(ms: number): string {
  return Temporal.Instant.fromEpochMilliseconds(ms).toString()
}
