/**
 * Mails that a box sends to people whose language it does not know: French, then English. Names of boxes are chosen by
 * others; in a mail, as on a screen, they are nothing but visible characters on one line.
 */
import { type Formats, formatsFor } from './formats.ts'
import { mailWordsEn } from './mail-en.ts'
import { mailWordsFr } from './mail-fr.ts'
import { printable } from './printable.ts'

const NAME_CHARS_MAX = 100

export interface NamedBox {
  readonly name: string
  readonly box: string
}

export interface UnusualFacts {
  readonly owner: NamedBox
  readonly host: NamedBox
  /** In which times are told; each with its zone. */
  readonly zone: string
  /** Between a release and the purge. */
  readonly days: number
  readonly notices: readonly {
    readonly at: string
    readonly class: 'data' | 'metadata'
    readonly bytes: number
    readonly refused: number
    readonly reason: 'day' | 'brake'
    readonly purgedFrom: string
  }[]
  /** Notices that are not among them. */
  readonly more: number
}

export interface Letter {
  readonly subject: string
  readonly text: string
}

export function unusualMail(facts: UnusualFacts): Letter {
  const owner = harmless(facts.owner)
  const host = harmless(facts.host)
  return inBoth(
    ({ letter: say }, formats) => ({
      subject: say.unusualSubject,
      lines: [
        say.unusual(owner.name, owner.box),
        say.host(host.name, host.box),
        '',
        ...facts.notices.map((notice) => noticeLine(say, formats, notice, facts.zone)),
        ...(facts.more > 0 ? [say.more(facts.more)] : []),
        '',
        say.wanted,
        say.stolen,
        say.undo(owner.box),
        say.words(facts.days),
        '',
        say.why,
      ],
    }),
    `: ${owner.name}`,
  )
}

type Say = ReturnType<typeof mailWordsEn>['letter']

function noticeLine(say: Say, formats: Formats, notice: UnusualFacts['notices'][number], zone: string): string {
  const { at, class: packClass, bytes, refused, reason, purgedFrom } = notice
  const told = [
    say.notice(`${formats.instant(at, zone)} (${zone})`, say.class[packClass], formats.bytes(bytes)),
    say.reason[reason],
    ...(refused > 0 ? [say.refused(formats.bytes(refused))] : []),
    ...(bytes > 0 ? [say.purged(formats.instant(purgedFrom, zone))] : []),
  ]
  return told.join(say.semicolon)
}

export function testMail(from: NamedBox): Letter {
  const { name, box } = harmless(from)
  return inBoth(({ letter: say }) => ({ subject: say.testSubject, lines: [say.test(name, box)] }))
}

export interface AlarmFacts {
  readonly box: NamedBox
  readonly zone: string
  readonly items: readonly {
    readonly kind: 'unknown' | 'incomplete' | 'late' | 'fell' | 'drill'
    /** The source; empty: all of the box. */
    readonly about: string
    readonly since: string
  }[]
}

/** To the contacts of a box: what is wrong with what it saves. */
export function alarmMail({ box, items, zone }: AlarmFacts): Letter {
  const { name, box: id } = harmless(box)
  return inBoth(
    ({ letter: say }, formats) => ({
      subject: say.alarmSubject,
      lines: [
        say.alarm(name, id),
        '',
        ...items.map(({ kind, about, since }) =>
          say.alarms[kind](printable(about).slice(0, NAME_CHARS_MAX), `${formats.instant(since, zone)} (${zone})`),
        ),
        '',
        say.alarmLook,
      ],
    }),
    `: ${name}`,
  )
}

export interface IntentFacts {
  readonly box: NamedBox
  readonly operation: 'policy.set' | 'snapshot.hold' | 'community.expel'
  /** The source, the snapshot, the organisation. */
  readonly about: string
  /** Who wants it. */
  readonly by: string
  readonly due: string
  readonly zone: string
}

/** To the contacts of a box: one administrator wants what cannot be undone. */
export function intentMail({ box, operation, about, by, due, zone }: IntentFacts): Letter {
  const { name, box: id } = harmless(box)
  const [what, who] = [about, by].map((text) => printable(text).slice(0, NAME_CHARS_MAX)) as [string, string]
  return inBoth(
    ({ letter: say }, formats) => ({
      subject: say.intentSubject,
      lines: [
        say.intent(who, name, id),
        say.intents[operation](what),
        '',
        say.intentDue(`${formats.instant(due, zone)} (${zone})`),
        say.intentStop,
      ],
    }),
    `: ${name}`,
  )
}

function inBoth(
  make: (words: ReturnType<typeof mailWordsEn>, formats: Formats) => { subject: string; lines: readonly string[] },
  about = '',
): Letter {
  const [fr, en] = [formatsFor('fr'), formatsFor('en')]
  const [french, english] = [make(mailWordsFr(fr), fr), make(mailWordsEn(en), en)]
  const lines = [...french.lines, '', '---', '', ...english.lines]
  return { subject: `Datis : ${french.subject} / ${english.subject}${about}`, text: `${lines.join('\n')}\n` }
}

function harmless({ name, box }: NamedBox): NamedBox {
  return { name: printable(name).slice(0, NAME_CHARS_MAX), box: printable(box) }
}
