/** English words of the mails that boxes send, and of the commands about them. */
import type { Formats } from './formats.ts'

export function mailWordsEn(f: Formats) {
  return {
    letter: {
      unusualSubject: 'unusual releases',
      unusual: (name: string, box: string) =>
        `The box “${name}” (${box}) has asked a host to forget unusually much of what it keeps for it.`,
      host: (name: string, box: string) => `Host: “${name}” (${box})`,
      class: { data: 'data', metadata: 'metadata' },
      notice: (at: string, kind: string, bytes: string) => `- ${at}: ${kind}, ${bytes} released within a day`,
      reason: { day: 'more than one part in twenty', brake: 'more than its brake lets pass' },
      semicolon: '; ',
      refused: (bytes: string) => `${bytes} held back`,
      purged: (at: string) => `purged on ${at} at the earliest`,
      more: (count: number) => `- and ${f.plural(count, 'earlier notice', 'earlier notices')}`,
      wanted: 'If you know why, there is nothing to do.',
      stolen: 'If not, the key of this box may be in wrong hands. Do this soon:',
      undo: (box: string) =>
        `1. Ask another member of the community to run: datis release undo ${box} --data DIR\n   All that was released is then held again, on every host that answers.`,
      words: (days: number) =>
        `2. Bring the box back on a sound machine with its 24 recovery words (datis recover): its old key is worth nothing then. After ${f.plural(days, 'day', 'days')} without an undo what was released is gone.`,
      why: 'A host sent this, not the box itself. You are a contact of the box, or were one less than 90 days ago. Other hosts may write to you too, once a day at most each.',
      intentSubject: 'something that cannot be undone was asked for',
      intent: (by: string, name: string, box: string) =>
        `On the box “${name}” (${box}) the administrator “${by}” has asked for something that cannot be undone:`,
      intents: {
        'policy.set': (source: string) =>
          `- to keep snapshots of the source “${source}” for a shorter time. What is too old then goes.`,
        'snapshot.hold': (snapshot: string) =>
          `- that the snapshot ${snapshot} is no longer held. It goes once its policy does not keep it.`,
        'community.expel': (organisation: string) =>
          `- that the member “${organisation}” is expelled from the community.`,
      },
      intentDue: (at: string) =>
        `It happens as soon as a second administrator approves of it, and on ${at} if nobody stops it.`,
      intentStop:
        'If you know why, there is nothing to do. If not, an administrator stops it in the console of the box, and somebody finds out whose account asked for it.',
      alarmSubject: 'something is wrong with a backup',
      alarm: (name: string, box: string) => `The box “${name}” (${box}) has this to tell of what it saves:`,
      alarms: {
        unknown: (source: string, since: string) =>
          `- “${source}”: it is unknown whether it is safe; nothing has confirmed it for too long (since ${since}).`,
        incomplete: (source: string, since: string) =>
          `- “${source}”: the newest snapshot is incomplete; not all of it could be read (since ${since}).`,
        late: (source: string, since: string) => `- “${source}”: no snapshot was taken in time (since ${since}).`,
        fell: (source: string, since: string) =>
          `- “${source}”: the newest snapshot has far less than the one before (since ${since}). Somebody deleted much, or what should be mounted is not. Earlier snapshots have the rest.`,
        drill: (_source: string, since: string) =>
          `- The last restore for practice failed: what it tried could not be brought back from the hosts (since ${since}).`,
      },
      alarmLook:
        'See on the box: datis status, datis snapshot list, datis drill list. A mail comes again after a week while it lasts.',
      testSubject: 'test',
      test: (name: string, box: string) =>
        `The box “${name}” (${box}) can send mail. By this way it warns the contacts of other members.`,
    },
    contacts: {
      none: 'This box has named no contacts: hosts that find its releases unusual tell nobody. Name some with: datis box contacts MAIL… --data DIR',
      cleared: 'This box has no contacts.',
      are: (addresses: string, at: string) => `Hosts tell of unusual releases of this box: ${addresses} (since ${at}).`,
      formerly: 'Who was a contact before is told for 90 more days.',
      hosts: (known: number, all: number) => `${f.number(known)} of ${f.plural(all, 'host knows', 'hosts know')} it.`,
      later: (names: string) => `Not yet, and asked again by itself: ${names}.`,
    },
    mailServer: {
      none: 'This box sends no mail: contacts of other members are told nothing by it. Set a server with: datis box mail --smtp smtps://user@host --from ADDRESS --password-file FILE --data DIR',
      is: (url: string, from: string) => `Mail goes by ${url}, from ${from}.`,
      sent: (to: string) => `A test mail to ${to} was taken by the server. Look whether it arrives.`,
    },
    warned: {
      unknown: 'unknown',
      contacts: (count: number) => f.number(count),
      untold: (name: string, count: number) =>
        `WARNING: ${f.plural(count, 'notice', 'notices')} of unusual releases of ${name}, of which nobody was told:`,
      noServer: 'this box has no mail server (datis box mail).',
      noContacts: 'its owner has named no contacts; tell its people yourself.',
      failing: 'mail does not go; see why with datis box mail --test ADDRESS.',
      soon: 'mail goes within minutes while the box runs.',
    },
  }
}
