import type { Command } from 'commander'
import type { ActResult, BoxClient, CommunityResult, OperationContext } from '#box'
import { type App, done, type Outcome } from './app.ts'
import { passphraseFrom } from './ask-passphrase.ts'
import { addCommand, collect, run, type Shelf, withBox, withData } from './command.ts'
import { communityLines, inviteLines, pendingLines, withoutLines } from './community-lines.ts'
import { EXIT } from './exit.ts'
import { UsageError } from './failure.ts'
import { addLeave } from './leave.ts'
import { absolute, parseDuration, parseHostPort, parseName } from './parse.ts'

const VALID_MAX = '48h'

export function addCommunityCommands(program: Command, shelf: Shelf): void {
  const { command, option } = shelf.app.words.say
  const community = addCommand(program, shelf, 'community', command.community)

  addCommand(community, shelf, 'found', command.communityFound)
    .requiredOption('--data <DIR>', option.dataEach, collect)
    .option('--successor', option.successor)
    .action(({ data, successor }: { data: readonly string[]; successor?: boolean }) =>
      run(shelf, () => found(shelf.app, data, successor === true)),
    )

  addOne(community, shelf, ['show', command.communityShow], async (box, context) => {
    const result = await box.call('community.show', {}, context)
    return done(result, communityLines(shelf.app, result))
  })
  addWithout(community, shelf)
  addInvite(community, shelf)
  addJoin(community, shelf)
  addAddress(community, shelf)
  addOne(community, shelf, ['pending', command.communityPending], async (box, context) => {
    const result = await box.call('community.pending', {}, context)
    return done(result, pendingLines(shelf.app, result.items))
  })
  addAct(community, shelf, ['approve <ACT>', command.communityApprove], (box, act, context) =>
    box.call('community.approve', { act }, context),
  )
  addLeave(community, shelf)
  addAct(community, shelf, ['expel <ORGANISATION>', command.communityExpel], (box, organisation, context) =>
    box.call('community.expel', { organisation }, context),
  )
  addAct(community, shelf, ['revoke <INVITATION>', command.communityRevoke], (box, invitation, context) =>
    box.call('community.revoke', { invitation }, context),
  )
}

/** A command on one box without arguments. */
function addOne(
  community: Command,
  shelf: Shelf,
  [usage, description]: readonly [string, string],
  work: (box: BoxClient, context: OperationContext) => Promise<Outcome>,
): void {
  withData(addCommand(community, shelf, usage, description), shelf).action(({ data }: { data: string }) =>
    run(shelf, (context) => withBox(shelf, absolute(data), (box) => work(box, context))),
  )
}

function addWithout(community: Command, shelf: Shelf): void {
  const { communityWithout } = shelf.app.words.say.command
  withData(addCommand(community, shelf, 'without [NAME...]', communityWithout), shelf).action(
    (without: readonly string[], { data }: { data: string }) =>
      run(shelf, (context) =>
        withBox(shelf, absolute(data), async (box) => {
          const result = await box.call('community.without', { without }, context)
          const holds = result.margin !== null && result.margin >= 0
          return { ...done(result, withoutLines(shelf.app, result)), exit: holds ? EXIT.done : EXIT.incomplete }
        }),
      ),
  )
}

/** A command about one thing, that ends done or waiting. */
function addAct(
  community: Command,
  shelf: Shelf,
  [usage, description]: readonly [string, string],
  work: (box: BoxClient, what: string, context: OperationContext) => Promise<ActResult>,
): void {
  withData(addCommand(community, shelf, usage, description), shelf).action((what: string, { data }: { data: string }) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (box) => actOutcome(shelf.app, await work(box, what, context))),
    ),
  )
}

interface InviteOptions {
  readonly data: string
  readonly contact?: readonly string[]
  readonly for?: string
  readonly valid?: string
}

function addInvite(community: Command, shelf: Shelf): void {
  const { command, option } = shelf.app.words.say
  withData(addCommand(community, shelf, 'invite', command.communityInvite), shelf)
    .option('--contact <HOST:PORT>', option.contact, collect)
    .option('--for <NAME>', option.inviteFor)
    .option('--valid <DURATION>', option.valid)
    .action((options: InviteOptions) =>
      run(shelf, (context) => {
        const args = inviteArguments(shelf.app, options)
        return withBox(shelf, absolute(options.data), async (box) => {
          const result = await box.call('community.invite', args, context)
          return done(result, inviteLines(shelf.app, result))
        })
      }),
    )
}

function inviteArguments({ words }: App, { contact = [], for: whom, valid }: InviteOptions) {
  for (const one of contact) parseHostPort(words, '--contact', one)
  if (whom !== undefined) parseName(words, '--for', whom)
  const validMs = valid === undefined ? undefined : parseDuration(words, '--valid', valid)
  if (validMs !== undefined && validMs > parseDuration(words, '--valid', VALID_MAX)) {
    throw new UsageError(words.say.usage.tooLong('--valid', valid ?? '', VALID_MAX))
  }
  return { contacts: contact, ...(whom !== undefined && { for: whom }), ...(validMs !== undefined && { validMs }) }
}

interface JoinOptions {
  readonly data: string
  readonly name?: string
  readonly contact?: readonly string[]
}

function addJoin(community: Command, shelf: Shelf): void {
  const { command, option } = shelf.app.words.say
  // A code in groups may come as several arguments.
  withData(addCommand(community, shelf, 'join [CODE...]', command.communityJoin), shelf)
    .option('--name <N>', option.organisationName)
    .option('--contact <HOST:PORT>', option.contactOfMember, collect)
    .action((code: readonly string[], options: JoinOptions) =>
      run(shelf, (context) => {
        checkJoin(shelf.app, { code, ...options })
        return withBox(shelf, absolute(options.data), async (box) => {
          const result = await joinWith(box, { code, ...options }, context)
          const { community: say } = shelf.app.words.say
          const next = box.runs ? say.nextRunning : say.next
          const lines = [...communityLines(shelf.app, result), '', next(absolute(options.data))]
          return done(result, [say.joined(result.community), '', ...lines])
        })
      }),
    )
}

interface Join extends JoinOptions {
  readonly code: readonly string[]
}

function checkJoin({ words }: App, { code, name, contact = [] }: Join): void {
  if (name !== undefined) parseName(words, '--name', name)
  for (const one of contact) parseHostPort(words, '--contact', one)
  if (code.length === 0 && contact.length === 0) throw new UsageError(words.say.usage.missingArgument('CODE'))
}

async function joinWith(
  box: BoxClient,
  { code, name, contact = [] }: Join,
  context: OperationContext,
): Promise<CommunityResult> {
  if (code.length === 0) return await box.call('community.enter', { contacts: contact }, context)
  return await box.call('community.join', { code: code.join(' '), ...(name !== undefined && { name }) }, context)
}

function addAddress(community: Command, shelf: Shelf): void {
  const { command } = shelf.app.words.say
  withData(addCommand(community, shelf, 'address <HOST:PORT...>', command.communityAddress), shelf).action(
    (addresses: readonly string[], { data }: { data: string }) =>
      run(shelf, (context) => {
        for (const one of addresses) parseHostPort(shelf.app.words, 'HOST:PORT', one)
        return withBox(shelf, absolute(data), async (box) =>
          actOutcome(shelf.app, await box.call('community.readdress', { addresses }, context)),
        )
      }),
  )
}

async function found(app: App, folders: readonly string[], successor: boolean): Promise<Outcome> {
  const paths = distinct(app, folders.map(absolute))
  const { foundCommunity } = await app.door()
  const result = await foundCommunity(paths, { successor, ask: passphraseFrom(app) })
  const founded = app.words.say.community.founded(result.community, result.members.length)
  return done(result, [founded, '', ...communityLines(app, result)])
}

/** A box that is opened twice would be in its own way. */
function distinct({ words: { say } }: App, folders: readonly string[]): readonly string[] {
  const twice = folders.find((folder, index) => folders.indexOf(folder) < index)
  if (twice !== undefined) throw new UsageError(say.usage.twice('--data', twice))
  return folders
}

function actOutcome({ words: { say } }: App, result: ActResult): Outcome {
  const { state, approvals, needed, joined } = result
  return done(result, [
    ...(joined ? [say.community.joinedAct] : []),
    state === 'done' ? say.community.done : say.community.waits(approvals, needed),
  ])
}
