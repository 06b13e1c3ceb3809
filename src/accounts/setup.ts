/** The first account, and the way back in for who stands before the box: a code that the box itself shows, once. */
import { DatisError, HOUR_MS } from '#base'
import { note } from './audit.ts'
import type { AccountsDeps } from './deps.ts'
import type { People, User } from './people.ts'
import { foldCode, hashOf, newCode } from './secrets.ts'

const GOOD_MS = 24 * HOUR_MS

export class Setup {
  readonly #deps: AccountsDeps
  readonly #people: People
  #turn: Promise<unknown> = Promise.resolve()

  constructor(deps: AccountsDeps, people: People) {
    this.#deps = deps
    this.#people = people
  }

  /** Whether nobody has an account yet. */
  async isFirst(): Promise<boolean> {
    return (await this.#deps.settings.selectFrom('users').select('id').executeTakeFirst()) === undefined
  }

  /** In the place of the one before; `code`: one that people have in their hands already. */
  async newCode(code = newCode(this.#deps.random)): Promise<{ code: string; until: number }> {
    const { settings, clock } = this.#deps
    const now = Math.floor(clock.wall())
    const row = { hash: hashOf(foldCode(code)), expires: now + GOOD_MS }
    await settings.transaction().execute(async (inner) => {
      await inner
        .insertInto('setup')
        .values({ id: 1, ...row })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute()
      await note(inner, { at: now, actor: 'box', action: 'setup.code', details: {} })
    })
    return { code, until: row.expires }
  }

  /** An administrator for who has the code; it is used up by that alone. SETUP_REFUSED, and what making a person says */
  async use(code: string, person: { readonly name: string; readonly password: string }): Promise<User> {
    // One after the other: of two who have it the second comes too late.
    const turn = this.#turn.then(() => this.#use(code, person))
    this.#turn = turn.catch(() => undefined)
    return await turn
  }

  /** Whether it would make an account now; it stays good. SETUP_REFUSED */
  async check(code: string): Promise<void> {
    const { settings, clock } = this.#deps
    const known = await settings.selectFrom('setup').selectAll().executeTakeFirst()
    if (known !== undefined && known.hash === hashOf(foldCode(code)) && known.expires > clock.wall()) return
    throw new DatisError('SETUP_REFUSED', 'This setup code is not good, or no more.')
  }

  async #use(code: string, person: { readonly name: string; readonly password: string }): Promise<User> {
    const { settings } = this.#deps
    await this.check(code)
    const hash = hashOf(foldCode(code))
    const user = await this.#people.add('box', { ...person, role: 'administrator' })
    await settings.deleteFrom('setup').where('hash', '=', hash).execute()
    return user
  }
}
