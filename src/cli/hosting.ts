import type { Command } from 'commander'
import type { BrakeResult, HostingResult } from '#box'
import { printable, table } from '#text'
import { type App, done, type Outcome } from './app.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import { EXIT } from './exit.ts'
import { absolute } from './parse.ts'

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

function hostingLines({ words: { say, formats } }: App, result: HostingResult): string[] {
  const { hosting, column, brake } = say
  const { disk, quotaBytes } = result
  const ownColumns = [column.host, column.class, column.fragments, column.bytes, column.released]
  const owners = [
    { title: column.box },
    { title: column.held },
    { title: column.released },
    { title: column.nextPurge },
    { title: column.rotten },
    { title: column.contacts },
    { title: column.told },
  ]
  const rows = result.owners.map(({ box, name, bytes, releasedBytes, nextPurgeMs, rotten, contacts }) => [
    printable(name === '' ? box : name),
    formats.bytes(bytes - releasedBytes),
    formats.bytes(releasedBytes),
    nextPurgeMs === null ? '' : formats.duration(nextPurgeMs),
    formats.number(rotten),
    contacts.known ? say.warned.contacts(contacts.people) : say.warned.unknown,
    contacts.toldAt === null ? '' : formats.instant(contacts.toldAt),
  ])
  const own = result.own.flatMap(({ host, name, classes }) =>
    classes.map(({ class: packClass, fragments, bytes, releasedBytes }) => [
      printable(name === '' ? host : name),
      brake.class[packClass],
      formats.number(fragments),
      formats.bytes(bytes),
      formats.bytes(releasedBytes),
    ]),
  )
  return [
    hosting.store(result.store, formats.duration(result.livedMs)),
    hosting.disk(formats.bytes(disk.usedBytes), formats.bytes(disk.totalBytes), formats.bytes(disk.limitBytes)),
    ...(quotaBytes === null ? [] : [hosting.quota(formats.bytes(quotaBytes))]),
    ...(result.frozen ? [hosting.frozen] : []),
    ...(result.damaged.length === 0 ? [] : [hosting.damaged(formats.list(result.damaged))]),
    '',
    ...(rows.length === 0 ? [hosting.none] : table(owners, rows)),
    ...untoldLines(say.warned, result),
    '',
    ...(own.length === 0
      ? [hosting.ownNone]
      : [
          hosting.own,
          ...table(
            ownColumns.map((title) => ({ title })),
            own,
          ),
        ]),
  ]
}

/** What nobody was told of is no small matter: a sentence, and why. */
function untoldLines(say: App['words']['say']['warned'], { owners, mail }: HostingResult): string[] {
  return owners.flatMap(({ box, name, contacts }) => {
    if (contacts.untold === 0) return []
    const { people, former, failing } = contacts
    const why = people + former === 0 ? say.noContacts : !mail ? say.noServer : failing > 0 ? say.failing : say.soon
    return [`${say.untold(printable(name === '' ? box : name), contacts.untold)} ${why}`]
  })
}

function brakeShown({ words: { say, formats } }: App, result: BrakeResult): Outcome {
  const { column, brake } = say
  const columns = [
    { title: column.host },
    { title: column.class },
    { title: column.held },
    { title: column.least },
    { title: column.released },
    { title: column.room },
    { title: column.budget },
  ]
  const rows = result.hosts.flatMap(({ host, name, classes }) =>
    classes.map((one) => [
      printable(name === '' ? host : name),
      brake.class[one.class],
      formats.bytes(one.heldBytes),
      formats.bytes(one.leastBytes),
      formats.bytes(one.releasedBytes),
      formats.bytes(one.roomBytes),
      formats.bytes(one.onceBytes + one.lastingBytes),
    ]),
  )
  const frozen = result.hosts.filter((one) => one.frozen).map(({ host, name }) => printable(name === '' ? host : name))
  const unusual = result.hosts.flatMap(({ host, name, unusual: notices }) =>
    notices.map(({ at }) => brake.unusual(printable(name === '' ? host : name), formats.instant(at))),
  )
  const unreached = result.trouble.map(({ host }) => host)
  const lines = [
    ...table(columns, rows),
    ...(frozen.length === 0 ? [] : ['', brake.frozen(formats.list(frozen))]),
    ...(unusual.length === 0 ? [] : ['', ...unusual]),
    ...(unreached.length === 0 ? [] : ['', say.vault.unreached(formats.list(unreached))]),
  ]
  return { exit: unreached.length === 0 ? EXIT.done : EXIT.incomplete, json: result, lines }
}
