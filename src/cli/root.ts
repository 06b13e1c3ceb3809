import { confirm, isCancel } from '@clack/prompts'
import type { Command } from 'commander'
import { DatisError } from '#base'
import { printable, table } from '#text'
import { type App, done, type Outcome } from './app.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import type { RootRequestDescription } from './door.ts'
import { claimFile, readSmallFile, readText } from './files.ts'
import { absolute } from './parse.ts'

interface SignOptions {
  readonly words: string
  readonly out: string
  readonly yes?: boolean
}

export function addRootCommands(program: Command, shelf: Shelf): void {
  const { command, help, option, root: say } = shelf.app.words.say
  const root = addCommand(program, shelf, 'root', command.root)

  addCommand(root, shelf, 'sign <REQUEST>', command.rootSign)
    .requiredOption('--words <FILE>', help.wordsIn)
    .requiredOption('--out <FILE>', option.out)
    .option('--yes', option.yes)
    .action((request: string, options: SignOptions) => run(shelf, () => sign(shelf.app, request, options)))

  withData(addCommand(root, shelf, 'apply <FILE>', command.rootApply), shelf).action(
    (file: string, { data }: { data: string }) =>
      run(shelf, (context) =>
        withBox(shelf, absolute(data), async (box) => {
          const statement = Buffer.from(readSmallFile(file)).toString('base64')
          const result = await box.call('root.apply', { statement }, context)
          return done(result, [say.applied(printable(result.applied))])
        }),
      ),
  )
}

async function sign(app: App, path: string, options: SignOptions): Promise<Outcome> {
  const { describeRootRequest, signRootRequest } = await app.door()
  const request = readSmallFile(path)
  const description = describeRootRequest(request)
  const asked = describe(app, description)
  // What is signed is said before it is signed, whatever becomes of the output.
  app.terminal.note(`${asked.join('\n')}\n`)
  if (app.terminal.asks && !app.json && options.yes !== true) await ask(app)
  using out = claimFile(options.out)
  out.write(signRootRequest(request, readText(options.words)))
  return done({ signed: options.out, ...description }, [app.words.say.root.signed(options.out)])
}

async function ask({ words: { say }, signal }: App): Promise<void> {
  const answer = await confirm({ message: say.root.confirm, initialValue: false, output: process.stderr, signal })
  if (isCancel(answer) || !answer) throw new DatisError('CANCELLED', 'Nothing was signed.')
}

function describe({ words: { say } }: App, { kind, fields }: RootRequestDescription): string[] {
  const rows = Object.entries(fields).map(([name, value]) => [say.root.field[name] ?? name, String(value)])
  return [
    say.root.asks,
    say.root.kinds[kind] ?? printable(kind),
    ...table([{ title: '' }, { title: '' }], rows).slice(1),
  ]
}
