/** Who may say yes to what another administrator wants: a second person, not a second account of the first. */
import { DatisError } from '#base'
import type { Settings } from '#settings'

/** What another did to an account: it may be in that person's hands. */
const TAKEN_OVER = ['user.made', 'user.changed', 'user.password']

export interface Approval {
  readonly person: string
  readonly proposer: string
  /** Who came after it came for it, as far as anybody knows: by the order of deeds, for clocks are set. */
  readonly intent: string
}

/** INTENT_SAME_PERSON, INTENT_NEW_PERSON */
export async function checkSecondPerson(settings: Settings, { person, proposer, intent }: Approval): Promise<void> {
  if (person === proposer) throw new DatisError('INTENT_SAME_PERSON', 'Who asked for it cannot approve of it.')
  const made = await settings
    .selectFrom('audit')
    .select('n')
    .where('action', '=', 'intent.made')
    .where('details', 'like', `%"intent":"${intent}"%`)
    .executeTakeFirst()
  const touched = await settings
    .selectFrom('audit')
    .select('n')
    .where('n', '>', made?.n ?? 0)
    .where('actor', '!=', person)
    .where('action', 'in', TAKEN_OVER)
    .where('details', 'like', `%"user":"${person}"%`)
    .executeTakeFirst()
  const user = await settings.selectFrom('users').selectAll().where('id', '=', person).executeTakeFirst()
  if (user === undefined || touched !== undefined) {
    throw new DatisError('INTENT_NEW_PERSON', 'The account was made or changed after it was asked for.')
  }
}
