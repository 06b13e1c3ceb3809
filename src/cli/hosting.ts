import type { Command } from 'commander'
import type { BrakeResult, HostingResult } from '#box'
import { table } from '#text'
import { type App, done, type Outcome } from './app.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import { EXIT } from './exit.ts'
import { absolute } from './parse.ts'
import { nameOr, troubleLines } from './trouble.ts'

interface DataOption {
  readonly data: string
}

export function addHostingCommands(program: Command, shelf: Shelf): void {
  const { command, hosting: say } = shelf.app.words.say
  const hosting = addCommand(program, shelf, 'hosting', command.hosting)

  withData(addCommand(hosting, shelf, 'show', command.hostingShow), shelf).action(({ data }: DataOption) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (box) => {
        const result = await box.call('hosting.show', {}, context)
        return done(result, hostingLines(shelf.app, result))
      }),
    ),
  )

  withData(addCommand(hosting, shelf, 'scrub', command.hostingScrub), shelf).action(({ data }: DataOption) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (box) => {
        const result = await box.call('hosting.scrub', {}, context)
        const lines = [say.scrubbed(result.fragments, result.rotten.length)]
        return { exit: result.rotten.length === 0 ? EXIT.done : EXIT.incomplete, json: result, lines }
      }),
    ),
  )

  const brake = addCommand(program, shelf, 'brake', command.brake)
  withData(addCommand(brake, shelf, 'show', command.brakeShow), shelf).action(({ data }: DataOption) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (box) => brakeShown(shelf.app, await box.call('brake.show', {}, context))),
    ),
  )
}

function hostingLines(app: App, result: HostingResult): string[] {
  const { hosting } = app.words.say
  const { formats } = app.words
  const { disk, quotaBytes } = result
  return [
    hosting.store(result.store, formats.duration(result.livedMs)),
    hosting.disk(formats.bytes(disk.usedBytes), formats.bytes(disk.totalBytes), formats.bytes(disk.limitBytes)),
    ...(quotaBytes === null ? [] : [hosting.quota(formats.bytes(quotaBytes))]),
    ...(result.frozen ? [hosting.frozen] : []),
    ...(result.damaged.length === 0 ? [] : [hosting.damaged(formats.list(result.damaged))]),
    '',
    ...(result.owners.length === 0 ? [hosting.none] : lentLines(app, result)),
    '',
    ...(result.own.length === 0 ? [hosting.ownNone] : usedLines(app, result)),
  ]
}

/** Of one pair both sides show these figures alike. */
function lentLines(app: App, result: HostingResult): string[] {
  const { say } = app.words
  const rows = result.owners.flatMap(({ box, name, classes }) => classRows(app, nameOr(name, box), classes))
  return [
    say.hosting.kept,
    ...classTable(app, say.column.box, rows),
    say.hosting.lent(...totals(app, result.owners)),
    '',
    ...ownerTable(app, result),
    ...untoldLines(say.warned, result),
  ]
}

function usedLines(app: App, { own }: HostingResult): string[] {
  const { say } = app.words
  const rows = own.flatMap(({ host, name, former, classes }) => {
    const gone = former === null ? '' : ` (${say.hosting.formerHost[former.how]})`
    return classRows(app, `${nameOr(name, host)}${gone}`, classes)
  })
  return [say.hosting.own, ...classTable(app, say.column.host, rows), say.hosting.used(...totals(app, own))]
}

type Classes = HostingResult['owners'][number]['classes']

function classRows({ words: { say, formats } }: App, name: string, classes: Classes): string[][] {
  return classes.map(({ class: packClass, fragments, bytes, releasedBytes }) => [
    name,
    say.brake.class[packClass],
    formats.number(fragments),
    formats.bytes(bytes),
    formats.bytes(releasedBytes),
  ])
}

function classTable({ words: { say } }: App, first: string, rows: readonly string[][]): string[] {
  const { column } = say
  const titles = [first, column.class, column.fragments, column.bytes, column.released]
  return table(
    titles.map((title) => ({ title })),
    rows,
  )
}

function totals({ words: { formats } }: App, all: readonly { readonly classes: Classes }[]): [string, string] {
  const classes = all.flatMap((one) => one.classes)
  return [formats.bytes(sumOf(classes, 'bytes')), formats.bytes(sumOf(classes, 'releasedBytes'))]
}

function sumOf(classes: Classes, what: 'bytes' | 'releasedBytes'): number {
  return classes.reduce((sum, one) => sum + one[what], 0)
}

/** What lies there beside the fragments, and what people have to know of. */
function ownerTable({ words: { say, formats } }: App, { owners }: HostingResult): string[] {
  const { column, hosting, warned } = say
  const titles = [column.box, hosting.rest, column.nextPurge, column.rotten, column.contacts, column.told]
  const rows = owners.map(({ box, name, former, bytes, classes, nextPurgeMs, rotten, contacts }) => [
    former === null ? nameOr(name, box) : hosting.former[former.how](nameOr(name, box), formats.instant(former.until)),
    formats.bytes(Math.max(0, bytes - sumOf(classes, 'bytes') - sumOf(classes, 'releasedBytes'))),
    nextPurgeMs === null ? '' : formats.duration(nextPurgeMs),
    formats.number(rotten),
    contacts.known ? warned.contacts(contacts.people) : warned.unknown,
    contacts.toldAt === null ? '' : formats.instant(contacts.toldAt),
  ])
  return table(
    titles.map((title) => ({ title })),
    rows,
  )
}

/** What nobody was told of is no small matter: a sentence, and why. */
function untoldLines(say: App['words']['say']['warned'], { owners, mail }: HostingResult): string[] {
  return owners.flatMap(({ box, name, contacts }) => {
    if (contacts.untold === 0) return []
    const { people, former, failing } = contacts
    const why = people + former === 0 ? say.noContacts : !mail ? say.noServer : failing > 0 ? say.failing : say.soon
    return [`${say.untold(nameOr(name, box), contacts.untold)} ${why}`]
  })
}

function brakeShown(app: App, result: BrakeResult): Outcome {
  const { say, formats } = app.words
  const { brake } = say
  const { hosts, trouble } = result
  const frozen = hosts.filter((one) => one.frozen).map(({ host, name }) => nameOr(name, host))
  const unusual = hosts.flatMap(({ host, name, unusual: notices }) =>
    notices.map(({ at }) => brake.unusual(nameOr(name, host), formats.instant(at))),
  )
  const lines = [
    ...(hosts.length > 0 ? [...brakeTable(app, result), brake.files] : []),
    ...(hosts.length + trouble.length === 0 ? [say.hosting.ownNone] : []),
    ...(frozen.length === 0 ? [] : ['', brake.frozen(formats.list(frozen))]),
    ...(unusual.length === 0 ? [] : ['', ...unusual]),
    ...troubleLines(app, brake.trouble, trouble),
    ...(trouble.length === 0 ? [] : [say.release.again]),
  ]
  return { exit: trouble.length === 0 ? EXIT.done : EXIT.incomplete, json: result, lines }
}

function brakeTable({ words: { say, formats } }: App, { hosts }: BrakeResult): string[] {
  const { column, brake } = say
  const titles = [column.host, column.class, column.held, column.least, column.released, column.room, column.budget]
  const rows = hosts.flatMap(({ host, name, classes }) =>
    classes.map((one) => [
      nameOr(name, host),
      brake.class[one.class],
      formats.bytes(one.fragmentBytes),
      formats.bytes(one.leastBytes),
      formats.bytes(one.releasedBytes),
      formats.bytes(one.roomBytes),
      formats.bytes(one.onceBytes + one.lastingBytes),
    ]),
  )
  return table(
    titles.map((title) => ({ title })),
    rows,
  )
}
