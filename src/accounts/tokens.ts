/** Tokens for programs: each with a name, a role and an end. What asks for the password again no token does. */
import { DAY_MS, DatisError, NAME_PATTERN, toHex } from '#base'
import type { Role } from '#settings'
import { note } from './audit.ts'
import type { AccountsDeps } from './deps.ts'
import { hashOf, newToken } from './secrets.ts'

const ID_BYTES = 8
const DAYS_MAX = 3650
/** So that one that stands in a log or a script is known for what it is. */
const MARK = 'datis_'

export interface Token {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly created: number
  readonly expires: number
}

export class Tokens {
  readonly #deps: AccountsDeps

  constructor(deps: AccountsDeps) {
    this.#deps = deps
  }

  get #now(): number {
    return Math.floor(this.#deps.clock.wall())
  }

  /** The token itself is shown this once. NAME_INVALID */
  async make(
    actor: string,
    { name, role, days }: { readonly name: string; readonly role: Role; readonly days: number },
  ): Promise<Token & { readonly token: string }> {
    const { settings, random } = this.#deps
    if (!NAME_PATTERN.test(name))
      throw new DatisError('NAME_INVALID', 'This name cannot be shown.', { name: name.slice(0, 100) })
    const token = `${MARK}${newToken(random)}`
    const now = this.#now
    const row = {
      id: toHex(random.bytes(ID_BYTES)),
      name,
      role,
      created: now,
      expires: now + Math.min(days, DAYS_MAX) * DAY_MS,
    }
    await settings.transaction().execute(async (inner) => {
      await inner
        .insertInto('tokens')
        .values({ ...row, hash: hashOf(token) })
        .execute()
      await note(inner, { at: now, actor, action: 'token.made', details: { token: row.id, name, role } })
    })
    return { ...row, token }
  }

  async list(): Promise<Token[]> {
    return await this.#deps.settings
      .selectFrom('tokens')
      .select(['id', 'name', 'role', 'created', 'expires'])
      .orderBy('created')
      .execute()
  }

  /** TOKEN_UNKNOWN */
  async revoke(actor: string, id: string): Promise<void> {
    await this.#deps.settings.transaction().execute(async (inner) => {
      const { numDeletedRows } = await inner.deleteFrom('tokens').where('id', '=', id).executeTakeFirst()
      if (numDeletedRows === 0n) throw new DatisError('TOKEN_UNKNOWN', 'There is no such token.')
      await note(inner, { at: this.#now, actor, action: 'token.revoked', details: { token: id } })
    })
  }

  /** Null: none of ours, or over. */
  async of(token: string): Promise<Token | null> {
    if (!token.startsWith(MARK)) return null
    const row = await this.#deps.settings
      .selectFrom('tokens')
      .select(['id', 'name', 'role', 'created', 'expires'])
      .where('hash', '=', hashOf(token))
      .executeTakeFirst()
    return row !== undefined && row.expires > this.#now ? row : null
  }
}
