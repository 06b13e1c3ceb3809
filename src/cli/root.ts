import type { Command } from 'commander'
import type { RootApplied } from '#box'
import { type App, done, type Outcome } from './app.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import { confirmed } from './confirm.ts'
import { EXIT } from './exit.ts'
import { claimFile, readSmallFile, readText } from './files.ts'
import { absolute } from './parse.ts'
import { addRootRequestCommands, describeRequest } from './root-request.ts'
import { nameOr, troubleLines } from './trouble.ts'

/** Answers that only the box that asked can use; others go to the hosts of a box. */
const FOR_BOX: ReadonlySet<string> = new Set(['epoch', 'certificate'])

interface SignOptions {
  readonly words: string
  readonly out: string
  readonly yes?: boolean
}

export function addRootCommands(program: Command, shelf: Shelf): void {
  const { command, help, option } = shelf.app.words.say
  const root = addCommand(program, shelf, 'root', command.root)

  addCommand(root, shelf, 'sign <REQUEST>', command.rootSign)
    .requiredOption('--words <FILE>', help.wordsIn)
    .requiredOption('--out <FILE>', option.out)
    .option('--yes', option.yes)
    .action((request: string, options: SignOptions) => run(shelf, () => sign(shelf.app, request, options)))

  addRootRequestCommands(root, shelf)

  withData(addCommand(root, shelf, 'apply <FILE>', command.rootApply), shelf).action(
    (file: string, { data }: { data: string }) =>
      run(shelf, (context) =>
        withBox(shelf, absolute(data), async (box) => {
          const statement = Buffer.from(readSmallFile(file)).toString('base64')
          return appliedOutcome(shelf.app, await box.call('root.apply', { statement }, context))
        }),
      ),
  )
}

async function sign(app: App, path: string, options: SignOptions): Promise<Outcome> {
  const say = app.words.say.root
  const { describeRootRequest, signRootRequest } = await app.door()
  const request = readSmallFile(path)
  const description = describeRootRequest(request)
  const where = FOR_BOX.has(description.kind) ? 'box' : 'hosts'
  const asked = describeRequest(app, description)
  // What is signed is said before it is signed, whatever becomes of the output.
  app.terminal.note(`${asked.join('\n')}\n`)
  await confirmed(app, app.words.say.root.confirm, options)
  using out = claimFile(options.out)
  out.write(signRootRequest(request, readText(options.words)))
  return done({ signed: options.out, ...description }, [say.signed(options.out), say.next[where](options.out)])
}

/** A host that was not reached goes on as before: half of an undo is no undo. */
function appliedOutcome(app: App, result: RootApplied): Outcome {
  const { say } = app.words
  if (result.applied === 'epoch') return done(result, [say.root.applied(result.applied)])
  const { trouble, hosts } = result
  const lines = [appliedLine(app, result), ...troubleLines(app, say.root.trouble, trouble)]
  if (trouble.length === 0 && hosts.length > 0) return done(result, lines)
  return { exit: EXIT.incomplete, json: result, lines: [...lines, say.root.again] }
}

function appliedLine({ words: { say, formats } }: App, result: Exclude<RootApplied, { applied: 'epoch' }>): string {
  const { hosts, fragments } = result
  const owner = nameOr(result.ownerName, result.owner)
  if (result.applied === 'brake-budget') {
    const { bytes, lasting } = result.budget
    const line = lasting ? say.release.approvedLasting : say.release.approved
    return line(owner, formats.bytes(bytes), hosts.length)
  }
  const line = result.applied === 'undo' ? say.release.undone : say.root.condemned
  return line(owner, fragments, formats.bytes(result.bytes), hosts.length)
}
