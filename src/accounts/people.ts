/** Who has an account: making, changing and removing people. What is done to them is in the audit log. */
import { DatisError, NAME_PATTERN, toHex } from '#base'
import type { Role, Tables } from '#settings'
import { note } from './audit.ts'
import type { AccountsDeps } from './deps.ts'
import { checkPassword, hashPassword } from './password.ts'

const ID_BYTES = 16
const USERS_MAX = 10_000

export interface User {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly hasPassword: boolean
  readonly hasTotp: boolean
  readonly disabled: boolean
  readonly created: number
}

export function foldName(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}

export function shownUser({ id, name, role, password, totp, disabled, created }: Tables['users']): User {
  return { id, name, role, hasPassword: password !== null, hasTotp: totp !== null, disabled: disabled !== 0, created }
}

export class People {
  readonly #deps: AccountsDeps

  constructor(deps: AccountsDeps) {
    this.#deps = deps
  }

  async list(): Promise<User[]> {
    return (await this.#deps.settings.selectFrom('users').selectAll().orderBy('folded').execute()).map(shownUser)
  }

  /** NAME_INVALID, USER_EXISTS, USERS_TOO_MANY, PASSWORD_WEAK */
  async add(actor: string, { name, role, password }: { name: string; role: Role; password: string }): Promise<User> {
    const { settings, clock, random, boxName } = this.#deps
    if (!NAME_PATTERN.test(name))
      throw new DatisError('NAME_INVALID', 'This name cannot be shown.', { name: name.slice(0, 100) })
    checkPassword(password, [name, boxName])
    const hash = await hashPassword(password, random)
    const now = Math.floor(clock.wall())
    const row = { id: toHex(random.bytes(ID_BYTES)), name, folded: foldName(name), role, created: now }
    const user = { ...row, password: hash, totp: null, totp_step: 0, disabled: 0 }
    return await settings.transaction().execute(async (inner) => {
      const { count } = await inner
        .selectFrom('users')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      if (count >= USERS_MAX)
        throw new DatisError('USERS_TOO_MANY', 'There are too many accounts.', { most: USERS_MAX })
      const known = await inner.selectFrom('users').select('id').where('folded', '=', row.folded).executeTakeFirst()
      if (known !== undefined) throw new DatisError('USER_EXISTS', 'There is an account of that name.', { name })
      await inner.insertInto('users').values(user).execute()
      await note(inner, { at: now, actor, action: 'user.made', details: { user: row.id, name, role } })
      return shownUser(user)
    })
  }

  /** USER_UNKNOWN, ADMINISTRATOR_LAST. Its sessions end when it may do less. */
  async change(actor: string, id: string, to: { readonly role?: Role; readonly disabled?: boolean }): Promise<User> {
    const { settings, clock } = this.#deps
    return await settings.transaction().execute(async (inner) => {
      const user = await inner.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()
      if (user === undefined) throw unknownUser(id)
      const changed = {
        ...user,
        role: to.role ?? user.role,
        disabled: to.disabled === undefined ? user.disabled : Number(to.disabled),
      }
      await inner
        .updateTable('users')
        .set({ role: changed.role, disabled: changed.disabled })
        .where('id', '=', id)
        .execute()
      await this.#checkAdministrators(inner)
      await inner.deleteFrom('sessions').where('user', '=', id).execute()
      const details = { user: id, role: changed.role, disabled: changed.disabled !== 0 }
      await note(inner, { at: Math.floor(clock.wall()), actor, action: 'user.changed', details })
      return shownUser(changed)
    })
  }

  /** USER_UNKNOWN, ADMINISTRATOR_LAST */
  async remove(actor: string, id: string): Promise<void> {
    const { settings, clock } = this.#deps
    await settings.transaction().execute(async (inner) => {
      const user = await inner.selectFrom('users').select('name').where('id', '=', id).executeTakeFirst()
      if (user === undefined) throw unknownUser(id)
      await inner.deleteFrom('users').where('id', '=', id).execute()
      await this.#checkAdministrators(inner)
      const details = { user: id, name: user.name }
      await note(inner, { at: Math.floor(clock.wall()), actor, action: 'user.removed', details })
    })
  }

  /** By itself, or for it, when whoever has its passkeys may be the reason; all its other sessions end. USER_UNKNOWN, PASSWORD_WEAK */
  async setPassword(actor: string, id: string, password: string, keep: string | null): Promise<void> {
    const { settings, clock, random, boxName } = this.#deps
    const user = await settings.selectFrom('users').select('name').where('id', '=', id).executeTakeFirst()
    if (user === undefined) throw unknownUser(id)
    checkPassword(password, [user.name, boxName])
    const hash = await hashPassword(password, random)
    await settings.transaction().execute(async (inner) => {
      await inner.updateTable('users').set({ password: hash }).where('id', '=', id).execute()
      await inner
        .deleteFrom('sessions')
        .where('user', '=', id)
        .where('id', '!=', keep ?? '')
        .execute()
      await inner.deleteFrom('devices').where('user', '=', id).execute()
      if (actor !== id) await inner.deleteFrom('passkeys').where('user', '=', id).execute()
      await note(inner, { at: Math.floor(clock.wall()), actor, action: 'user.password', details: { user: id } })
    })
  }

  /** Somebody must be able to let the others in. */
  async #checkAdministrators(inner: AccountsDeps['settings']): Promise<void> {
    const left = await inner
      .selectFrom('users')
      .select('id')
      .where('role', '=', 'administrator')
      .where('disabled', '=', 0)
      .executeTakeFirst()
    if (left === undefined) throw new DatisError('ADMINISTRATOR_LAST', 'The last administrator stays one.')
  }
}

export function unknownUser(id: string): DatisError {
  return new DatisError('USER_UNKNOWN', 'There is no such account.', { user: id.slice(0, 64) })
}
