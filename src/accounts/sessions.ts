/** Who is signed in, from where, and until when. Tokens are kept as hashes. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#base'
import type { Role } from '#settings'
import type { AccountsDeps, Origin } from './deps.ts'
import { hashOf, newToken } from './secrets.ts'

const IDLE_MS = 12 * HOUR_MS
const LONGEST_MS = 30 * DAY_MS
const ELEVATED_MS = 5 * MINUTE_MS
/** Each request would be a write. */
const SEEN_EVERY_MS = MINUTE_MS
const DEVICE_MS = 180 * DAY_MS
const TEXT_CHARS_MAX = 200

export interface Session {
  readonly id: string
  readonly user: string
  readonly name: string
  readonly role: Role
  readonly created: number
  readonly seen: number
  readonly address: string
  readonly agent: string
  /** Whether the password was given again a moment ago. */
  readonly elevated: boolean
}

export class Sessions {
  readonly #deps: AccountsDeps

  constructor(deps: AccountsDeps) {
    this.#deps = deps
  }

  get #now(): number {
    return Math.floor(this.#deps.clock.wall())
  }

  /** The token: shown once. */
  async begin(user: string, { address, agent }: Origin): Promise<string> {
    const { settings, random } = this.#deps
    const token = newToken(random)
    const now = this.#now
    await this.#forgetOver(now)
    const told = { address: address.slice(0, TEXT_CHARS_MAX), agent: agent.slice(0, TEXT_CHARS_MAX) }
    await settings
      .insertInto('sessions')
      .values({ id: hashOf(token), user, created: now, seen: now, ...told, elevated: now + ELEVATED_MS })
      .execute()
    return token
  }

  /** Null: none of ours, or over. */
  async of(token: string): Promise<Session | null> {
    const { settings } = this.#deps
    const [id, now] = [hashOf(token), this.#now]
    const row = await settings
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user')
      .select(['sessions.id', 'user', 'name', 'role', 'sessions.created', 'seen', 'address', 'agent', 'elevated'])
      .where('sessions.id', '=', id)
      .where('disabled', '=', 0)
      .executeTakeFirst()
    if (row === undefined) return null
    // A clock that was put back ends no session, and makes none longer than it was.
    if (now - row.seen > IDLE_MS || now - row.created > LONGEST_MS) {
      await this.end(row.user, id)
      return null
    }
    if (Math.abs(now - row.seen) > SEEN_EVERY_MS)
      await settings.updateTable('sessions').set({ seen: now }).where('id', '=', id).execute()
    return { ...row, elevated: row.elevated > now && row.elevated <= now + ELEVATED_MS }
  }

  async elevate(id: string): Promise<void> {
    await this.#deps.settings
      .updateTable('sessions')
      .set({ elevated: this.#now + ELEVATED_MS })
      .where('id', '=', id)
      .execute()
  }

  /** Nobody comes with their tokens any more. */
  async #forgetOver(now: number): Promise<void> {
    await this.#deps.settings
      .deleteFrom('sessions')
      .where((eb) => eb.or([eb('seen', '<', now - IDLE_MS), eb('created', '<', now - LONGEST_MS)]))
      .execute()
  }

  async list(user: string): Promise<Omit<Session, 'name' | 'role' | 'elevated'>[]> {
    await this.#forgetOver(this.#now)
    return await this.#deps.settings
      .selectFrom('sessions')
      .select(['id', 'user', 'created', 'seen', 'address', 'agent'])
      .where('user', '=', user)
      .orderBy('seen', 'desc')
      .execute()
  }

  /** Whether there was one. */
  async end(user: string, id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#deps.settings
      .deleteFrom('sessions')
      .where('id', '=', id)
      .where('user', '=', user)
      .executeTakeFirst()
    return numDeletedRows > 0
  }

  /** The cookie of a device from which somebody has signed in: it waits for no stranger. */
  async rememberDevice(user: string): Promise<string> {
    const { settings, random } = this.#deps
    const cookie = newToken(random)
    const now = this.#now
    await settings
      .insertInto('devices')
      .values({ id: hashOf(cookie), user, created: now, seen: now })
      .execute()
    await settings
      .deleteFrom('devices')
      .where('seen', '<', now - DEVICE_MS)
      .execute()
    return cookie
  }

  /** Its id, when this account has signed in from there. */
  async deviceOf(user: string, cookie: string | null): Promise<string | null> {
    if (cookie === null) return null
    const { settings } = this.#deps
    const id = hashOf(cookie)
    const { numUpdatedRows } = await settings
      .updateTable('devices')
      .set({ seen: this.#now })
      .where('id', '=', id)
      .where('user', '=', user)
      .where('seen', '>', this.#now - DEVICE_MS)
      .executeTakeFirst()
    return numUpdatedRows > 0 ? id : null
  }
}
