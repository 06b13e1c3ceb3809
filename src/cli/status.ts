/** `datis status`: how safe everything is. */
import type { Command } from 'commander'
import type { StateResult } from '#box'
import { printable, table } from '#text'
import { type App, done } from './app.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import { EXIT } from './exit.ts'
import { absolute } from './parse.ts'
import { troubleLines } from './trouble.ts'

const GOOD = new Set(['protected', 'whole'])

export function addStatusCommand(program: Command, shelf: Shelf): void {
  const { status } = shelf.app.words.say
  withData(addCommand(program, shelf, 'status', status.command), shelf).action(({ data }: { data: string }) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (box) => {
        const result = await box.call('state.show', {}, context)
        // Partial is never green.
        return { ...done(result, lines(shelf.app, result)), exit: GOOD.has(result.state) ? EXIT.done : EXIT.incomplete }
      }),
    ),
  )
}

function lines(app: App, { state, confirmedAt, hosts, margin, silent, trouble, sources }: StateResult): string[] {
  const { status, column } = app.words.say
  const { formats } = app.words
  const instant = (at: string | null) => (at === null ? status.never : formats.instant(at))
  const asked = confirmedAt === null ? status.neverConfirmed : status.confirmed(instant(confirmedAt), hosts)
  return [
    status.headline[state],
    hosts === 0 ? status.alone : asked,
    ...(margin === null ? [] : [status.margin(margin)]),
    ...(silent.length === 0 ? [] : [status.silent(silent.map(nameOf))]),
    ...troubleLines(app, status.trouble, trouble),
    '',
    ...table(
      [column.source, column.state, status.column.newest, '', status.column.proved].map((title) => ({ title })),
      sources.map((one) => [
        one.ended ? status.ended(printable(one.source)) : printable(one.source),
        status.state[one.state],
        instant(one.newest?.startedAt ?? null),
        one.isLate ? status.late : '',
        instant(one.provedAt),
      ]),
    ),
  ]
}

function nameOf({ name, box }: StateResult['silent'][number]): string {
  return printable(name === '' ? box : name)
}
