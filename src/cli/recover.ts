import type { Command } from 'commander'
import type { OperationContext, RecoverArguments, RecoverResult } from '#box'
import { printable } from '#text'
import { type App, done, type Outcome } from './app.ts'
import { addCommand, collect, run, type Shelf, withData } from './command.ts'
import { readText } from './files.ts'
import { absolute, parseHostPort, parseInstant } from './parse.ts'

interface RecoverOptions {
  readonly data: string
  readonly words: string
  readonly peer: readonly string[]
  readonly box?: string
  readonly before?: string
}

export function addRecoverCommand(program: Command, shelf: Shelf): void {
  const { command, help, option } = shelf.app.words.say
  withData(addCommand(program, shelf, 'recover', command.recover), shelf)
    .requiredOption('--words <FILE>', help.wordsIn)
    .requiredOption('--peer <HOST:PORT>', option.peer, collect)
    .option('--box <ID>', option.boxId)
    .option('--before <INSTANT>', option.before)
    .action((options: RecoverOptions) => run(shelf, (context) => recover(shelf.app, options, context)))
}

async function recover(app: App, options: RecoverOptions, context: OperationContext): Promise<Outcome> {
  const args = recoverArguments(app, options)
  const { recoverBox } = await app.door()
  const result = await recoverBox(args, context)
  return done(result, recoverLines(app, result, options.data))
}

function recoverArguments({ words }: App, options: RecoverOptions): RecoverArguments {
  for (const peer of options.peer) parseHostPort(words, '--peer', peer)
  return {
    folder: absolute(options.data),
    words: readText(options.words),
    peers: options.peer,
    ...(options.box === undefined ? {} : { box: options.box }),
    ...(options.before === undefined ? {} : { before: parseInstant(words, '--before', options.before) }),
  }
}

function recoverLines({ words: { say, formats } }: App, result: RecoverResult, data: string): string[] {
  const silent = result.members.filter(({ state }) => state === 'silent')
  const named = (boxes: RecoverResult['members']) => formats.list(boxes.map(({ name, box }) => printable(name || box)))
  return [
    say.recover.done(result.box, formats.instant(result.head.at)),
    result.newest ? say.recover.newest : say.recover.perhaps,
    say.recover.answered(result.answered.length, formats.list(result.answered)),
    say.recover.hosts(result.hosts.length, formats.list(result.hosts)),
    ...(silent.length === 0 ? [] : [say.recover.silent(silent.length, named(silent))]),
    ...(result.missing.length === 0 ? [] : [say.recover.missing(result.missing.length)]),
    ...(result.earlier.length === 0 ? [] : [say.recover.earlier, ...result.earlier.map(({ at }) => `  ${at}`)]),
    '',
    say.recover.next(data),
  ]
}
