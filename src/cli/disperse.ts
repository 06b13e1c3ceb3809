import type { Command } from 'commander'
import { DatisError } from '#base'
import type { DisperseResult, WithNames } from '#box'
import type { App, Outcome } from './app.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { sentenceOf } from './failure.ts'
import { absolute, parseDuration } from './parse.ts'
import { troubleLines } from './trouble.ts'

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

function account(app: App, result: WithNames<DisperseResult>): Outcome {
  const { say } = app.words
  const { stripes, head, receipts, needed, state } = result
  const lines = [
    say.disperse[state],
    say.disperse.stripes(stripes.whole, stripes.protected, stripes.total),
    say.disperse.head(head, receipts, needed),
    ...(stripes.lost === 0 ? [] : [say.disperse.lost(stripes.lost)]),
    ...troubleLines(app, say.disperse.trouble, result.trouble),
    ...(state === 'whole' ? [] : [say.disperse.again]),
  ]
  return { exit: EXITS[state], json: state === 'stored' ? { ...result, ...notProtected(app) } : result, lines }
}

/** What JSON says of it, beside the result. */
export function notProtected({ words }: Pick<App, 'words'>): object {
  const error = new DatisError('NOT_PROTECTED', 'The vault is not protected.')
  return { error: { code: error.code, message: sentenceOf(words, error) } }
}
