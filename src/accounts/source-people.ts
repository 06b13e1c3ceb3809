/** Whose a source is: people who may only restore see what is theirs. */
import type { Settings } from '#settings'
import { note } from './audit.ts'
import type { AccountsDeps } from './deps.ts'
import { unknownUser } from './people.ts'

/** By name. */
export async function sourcesOf(settings: Settings, user: string): Promise<string[]> {
  const rows = await settings.selectFrom('source_people').select('source').where('user', '=', user).execute()
  return rows.map(({ source }) => source).sort()
}

/** Ids. */
export async function peopleOf(settings: Settings, source: string): Promise<string[]> {
  const rows = await settings.selectFrom('source_people').select('user').where('source', '=', source).execute()
  return rows.map(({ user }) => user).sort()
}

/** Of each source that is somebody's: ids. */
export async function peopleOfAll(settings: Settings): Promise<{ source: string; people: string[] }[]> {
  const rows = await settings.selectFrom('source_people').selectAll().orderBy('source').orderBy('user').execute()
  const grouped = Map.groupBy(rows, ({ source }) => source)
  return [...grouped].map(([source, of]) => ({ source, people: of.map(({ user }) => user) }))
}

/** These and no others. USER_UNKNOWN */
export async function setPeople(
  { settings, clock }: Pick<AccountsDeps, 'settings' | 'clock'>,
  actor: string,
  source: string,
  people: readonly string[],
): Promise<void> {
  const users = [...new Set(people)]
  await settings.transaction().execute(async (inner) => {
    const known = await inner.selectFrom('users').select('id').where('id', 'in', users).execute()
    const unknown = users.find((user) => !known.some(({ id }) => id === user))
    if (unknown !== undefined) throw unknownUser(unknown)
    await inner.deleteFrom('source_people').where('source', '=', source).execute()
    for (const user of users) await inner.insertInto('source_people').values({ source, user }).execute()
    const details = { source, people: users.join(' ') }
    await note(inner, { at: Math.floor(clock.wall()), actor, action: 'source.people', details })
  })
}
