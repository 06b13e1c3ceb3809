import type { Command } from 'commander'
import type { CommunityResult } from '#box'
import { table } from '#text'
import { type App, done, type Outcome } from './app.ts'
import { addCommand, collect, run, type Shelf, withBox, withData } from './command.ts'
import { absolute } from './parse.ts'

export function addCommunityCommands(program: Command, shelf: Shelf): void {
  const { command, option } = shelf.app.words.say
  const community = addCommand(program, shelf, 'community', command.community)

  addCommand(community, shelf, 'found', command.communityFound)
    .requiredOption('--data <DIR>', option.dataEach, collect)
    .action(({ data }: { data: readonly string[] }) => run(shelf, () => found(shelf.app, data)))

  withData(addCommand(community, shelf, 'show', command.communityShow), shelf).action(({ data }: { data: string }) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (box) => {
        const result = await box.call('community.show', {}, context)
        return done(result, communityLines(shelf.app, result))
      }),
    ),
  )
}

async function found(app: App, folders: readonly string[]): Promise<Outcome> {
  const { foundCommunity } = await app.door()
  const result = await foundCommunity(folders.map(absolute))
  const founded = app.words.say.community.founded(result.community, result.members.length)
  return done(result, [founded, '', ...communityLines(app, result)])
}

function communityLines({ words: { say } }: App, result: CommunityResult): string[] {
  const columns = [
    { title: say.column.name },
    { title: say.column.box },
    { title: say.column.address },
    { title: say.column.organisation },
  ]
  const rows = result.members.map(({ name, box, address, organisation }) => [name, box, address, organisation])
  return [
    say.community.is(result.community, result.number),
    say.community.code(result.code.n, result.code.k),
    '',
    ...table(columns, rows),
  ]
}
