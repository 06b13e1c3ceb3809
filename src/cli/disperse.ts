import type { Command } from 'commander'
import { DatisError } from '#base'
import type { DisperseResult } from '#box'
import { table, tellError } from '#text'
import type { App, Outcome } from './app.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { sentenceOf } from './failure.ts'
import { absolute, parseDuration } from './parse.ts'

const WAIT_DEFAULT = '10m'
const EXITS: Readonly<Record<DisperseResult['state'], ExitCode>> = {
  whole: EXIT.done,
  protected: EXIT.incomplete,
  stored: EXIT.failed,
}

export function addDisperseCommand(program: Command, shelf: Shelf): void {
  const { command, option } = shelf.app.words.say
  withData(addCommand(program, shelf, 'disperse', command.disperse), shelf)
    .option('--wait <DURATION>', option.wait, WAIT_DEFAULT)
    .action(({ data, wait }: { data: string; wait: string }) =>
      run(shelf, (context) => {
        const waitMs = parseDuration(shelf.app.words, '--wait', wait)
        return withBox(shelf, absolute(data), async (box) =>
          account(shelf.app, await box.call('disperse', { waitMs }, context)),
        )
      }),
    )
}

function account(app: App, result: DisperseResult): Outcome {
  const { say } = app.words
  const { stripes, head, receipts, needed, state } = result
  const lines = [
    say.disperse[state],
    say.disperse.stripes(stripes.whole, stripes.protected, stripes.total),
    say.disperse.head(head, receipts, needed),
    ...(stripes.lost === 0 ? [] : [say.disperse.lost(stripes.lost)]),
    ...troubleLines(app, result),
    ...(state === 'whole' ? [] : [say.disperse.again]),
  ]
  return { exit: EXITS[state], json: state === 'stored' ? { ...result, ...notProtected(app) } : result, lines }
}

function notProtected({ words }: App): object {
  const error = new DatisError('NOT_PROTECTED', 'The vault is not protected.')
  return { error: { code: error.code, message: sentenceOf(words, error) } }
}

function troubleLines({ words: { say, formats } }: App, { trouble }: DisperseResult): string[] {
  if (trouble.length === 0) return []
  const columns = [{ title: say.column.host }, { title: say.column.cause }]
  const rows = trouble.map(({ host, code }) => [
    host,
    `${tellError(formats, { code, message: code, details: { box: host } }).happened} ${say.failure.technical(code)}`,
  ])
  return ['', say.disperse.trouble, ...table(columns, rows)]
}
