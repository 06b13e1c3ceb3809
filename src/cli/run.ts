/** From the words of a command line to an exit code. */
import { Command, CommanderError } from 'commander'
import type { Clock } from '#base'
import { isLanguage, type Language, languageOfEnvironment, wordsIn } from '#text'
import { type App, printFailure, type Terminal } from './app.ts'
import { addBoxCommands } from './box.ts'
import type { Shelf } from './command.ts'
import { addCommunityCommands } from './community.ts'
import { addDemoCommand } from './demo.ts'
import { addDisperseCommand } from './disperse.ts'
import type { BoxDoor } from './door.ts'
import { addDrillCommands } from './drill.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { UsageError } from './failure.ts'
import { addFindCommand } from './find.ts'
import { helpIn } from './help.ts'
import { addHostingCommands } from './hosting.ts'
import { addLabCommands } from './lab.ts'
import { addPeerCommands } from './peer.ts'
import { addPolicyCommands } from './policy.ts'
import { addRecoverCommand } from './recover.ts'
import { addReleaseCommands } from './release.ts'
import { addPutBackCommand, addRestoreCommand } from './restore.ts'
import { addRootCommands } from './root.ts'
import { addSnapshotCommands } from './snapshot.ts'
import { addSourceCommands } from './source.ts'
import { addStartCommand } from './start.ts'
import { addStatusCommand } from './status.ts'
import { isHelp, usageError } from './usage.ts'
import { addVaultCommands } from './vault.ts'

export interface CommandLine {
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly version: string
  readonly terminal: Terminal
  readonly clock: Clock
  readonly signal: AbortSignal
  door(): Promise<BoxDoor>
}

const GROUPS = [
  addStartCommand,
  addBoxCommands,
  addCommunityCommands,
  addSourceCommands,
  addSnapshotCommands,
  addDisperseCommand,
  addRestoreCommand,
  addPutBackCommand,
  addRecoverCommand,
  addRootCommands,
  addVaultCommands,
  addHostingCommands,
  addDrillCommands,
  addStatusCommand,
  addFindCommand,
  addPolicyCommands,
  addPeerCommands,
  addReleaseCommands,
  addDemoCommand,
  addLabCommands,
]

export async function runCommandLine(line: CommandLine): Promise<ExitCode> {
  const asked = optionBeforeParsing(line.args, '--lang')
  const words = wordsIn(languageFor(asked, line.environment))
  const app: App = { ...line, words, json: before(line.args).includes('--json') }
  if (asked !== undefined && !isLanguage(asked)) {
    return printFailure(app, new UsageError(words.say.usage.bad('--lang', asked, words.say.usage.expected.language)))
  }
  const shelf: Shelf = { app, ending: { exit: EXIT.done } }
  const program = programFor(line, shelf)
  try {
    await program.parseAsync(line.args, { from: 'user' })
    return shelf.ending.exit
  } catch (error) {
    if (!(error instanceof CommanderError)) return printFailure(app, error)
    if (isHelp(error)) return EXIT.done
    return printFailure(app, usageError(words, error, pathTo(program, line.args)))
  }
}

function programFor({ terminal, version }: CommandLine, shelf: Shelf): Command {
  const { help, command } = shelf.app.words.say
  const program = new Command('datis')
    .description(command.datis)
    .exitOverride()
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: (text) => terminal.line(text.trimEnd()),
      // Mistakes are said once, by us, in the person's language.
      writeErr: () => undefined,
    })
    .configureHelp(helpIn(shelf.app.words))
    .helpOption('-h, --help', help.help)
    .option('--json', help.json)
    .option('--lang <fr|en>', help.lang)
    .version(version, '--version', help.version)
  for (const add of GROUPS) add(program, shelf)
  return program
}

function languageFor(asked: string | undefined, environment: CommandLine['environment']): Language {
  return asked !== undefined && isLanguage(asked) ? asked : languageOfEnvironment(environment)
}

/** Help and mistakes have to be in the right language before anything is parsed. */
function optionBeforeParsing(args: readonly string[], name: string): string | undefined {
  const options = before(args)
  const at = options.findLastIndex((arg) => arg === name || arg.startsWith(`${name}=`))
  if (at < 0) return undefined
  return options[at] === name ? (options[at + 1] ?? '') : options[at]?.slice(name.length + 1)
}

/** The arguments before `--`, after which nothing is an option. */
function before(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--')
  return end < 0 ? args : args.slice(0, end)
}

/** `datis snapshot take`: as far as the arguments name commands. */
function pathTo(program: Command, args: readonly string[]): string {
  let command = program
  const names = [program.name()]
  for (const arg of args) {
    const next = command.commands.find((child) => child.name() === arg)
    if (!next) break
    command = next
    names.push(next.name())
  }
  return names.join(' ')
}
