import type { Command } from 'commander'
import type { BoxClient, OperationContext } from '#box'
import { type App, type Outcome, perform } from './app.ts'
import { type PassphraseOptions, passphraseFrom } from './ask-passphrase.ts'
import type { ExitCode } from './exit.ts'

/** Where a command leaves its exit code, since commander's actions return nothing. */
export interface Ending {
  exit: ExitCode
}

/** What a file of commands needs to add its own. */
export interface Shelf {
  readonly app: App
  readonly ending: Ending
}

/** A group such as `snapshot`, or a command such as `disperse`. Every one takes `--json` and `--lang`. */
export function addCommand(parent: Command, { app }: Shelf, usage: string, description: string): Command {
  const { help } = app.words.say
  return parent
    .command(usage)
    .description(description)
    .helpCommand(false)
    .helpOption('-h, --help', help.help)
    .option('--json', help.json)
    .option('--lang <fr|en>', help.lang)
}

export function withData(command: Command, { app }: Shelf): Command {
  return command.requiredOption('--data <DIR>', app.words.say.help.data)
}

/** Repeats of an option, in order. */
export function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value]
}

export async function run(
  { app, ending }: Shelf,
  work: (context: OperationContext) => Promise<Outcome>,
): Promise<void> {
  ending.exit = await perform(app, work)
}

/** Opens the box of a data folder, running or not, for one call. */
export async function withBox(
  { app }: Shelf,
  folder: string,
  work: (box: BoxClient) => Promise<Outcome>,
  options: PassphraseOptions = {},
): Promise<Outcome> {
  const { openBox } = await app.door()
  await using box = await openBox(folder, passphraseFrom(app, options))
  return await work(box)
}
