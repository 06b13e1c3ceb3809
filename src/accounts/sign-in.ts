/** The way in: password, second factor, recovery codes, passkeys, at the pace that the throttle allows. */
import { DatisError } from '#base'
import type { Tables } from '#settings'
import { type Deed, note } from './audit.ts'
import type { AccountsDeps, Origin } from './deps.ts'
import { type PasskeyPlace, type Passkeys, type PasskeyUsed, refusedPasskey } from './passkeys.ts'
import { hashPassword, isPassword } from './password.ts'
import { foldName } from './people.ts'
import { foldCode, hashOf } from './secrets.ts'
import type { Session, Sessions } from './sessions.ts'
import { Throttle, type Try } from './throttle.ts'
import { stepOfCode } from './totp.ts'

/** 64 MiB each while they are looked at. */
const AT_ONCE_MAX = 2
const WAITING_MAX = 20

export interface Credentials {
  readonly name: string
  readonly password: string
  /** Of the app, or a recovery code; absent at the first try. */
  readonly code?: string | undefined
}

export interface SignedIn {
  readonly user: string
  readonly token: string
  readonly device: string
}

export class SignIn {
  readonly #deps: AccountsDeps
  readonly #sessions: Sessions
  readonly #passkeys: Passkeys
  readonly #throttle: Throttle
  #nobody: Promise<string> | null = null
  #busy = 0
  readonly #waiting: (() => void)[] = []

  constructor(deps: AccountsDeps, sessions: Sessions, passkeys: Passkeys) {
    this.#deps = deps
    this.#sessions = sessions
    this.#passkeys = passkeys
    this.#throttle = new Throttle(deps.clock)
  }

  /** LOGIN_WAIT {ms}, LOGIN_REFUSED, LOGIN_CODE_NEEDED, LOGIN_BUSY. Who is refused learns nothing of why. */
  async signIn(credentials: Credentials, origin: Origin): Promise<SignedIn> {
    const { settings } = this.#deps
    const account = foldName(credentials.name)
    const user = await settings.selectFrom('users').selectAll().where('folded', '=', account).executeTakeFirst()
    const device = user === undefined ? null : await this.#sessions.deviceOf(user.id, origin.device)
    const one = { account, address: origin.address, device }
    this.#take(one)
    const known = await this.#known(user, credentials, origin)
    this.#throttle.succeeded(one)
    return await this.#enter(known.id, origin)
  }

  /** In place of name, password and code. LOGIN_WAIT, PASSKEY_REFUSED */
  async signInWithPasskey(used: PasskeyUsed, place: PasskeyPlace, origin: Origin): Promise<SignedIn> {
    const key = await this.#passkeys.find(used, place)
    // Nobody guesses a signature: who brings one waits for those alone who bring the same key.
    const device =
      key === null ? null : ((await this.#sessions.deviceOf(key.user, origin.device)) ?? `passkey ${key.id}`)
    // No account has the empty name: who brings keys that nobody knows waits for others who do.
    const one = { account: key?.folded ?? '', address: origin.address, device }
    this.#take(one)
    if (key === null) throw refusedPasskey()
    try {
      await this.#passkeys.check(key, used, 'enter', place)
    } catch (error) {
      await this.#tell(key.user, 'session.refused', origin, { passkey: key.id })
      throw error
    }
    this.#throttle.succeeded(one)
    return await this.#enter(key.user, origin, { passkey: key.id })
  }

  async #enter(user: string, origin: Origin, how: Deed['details'] = {}): Promise<SignedIn> {
    const token = await this.#sessions.begin(user, origin)
    await this.#tell(user, 'session.begun', origin, how)
    return { user, token, device: await this.#sessions.rememberDevice(user) }
  }

  #take(one: Try): void {
    const waitMs = this.#throttle.take(one)
    if (waitMs > 0) throw new DatisError('LOGIN_WAIT', 'Too many tries.', { ms: Math.ceil(waitMs) })
  }

  async #known(user: Tables['users'] | undefined, credentials: Credentials, origin: Origin): Promise<Tables['users']> {
    const good = await this.#isPassword(user, credentials.password)
    if (user === undefined || !good || user.disabled !== 0) {
      if (user !== undefined) await this.#tell(user.id, 'session.refused', origin)
      throw refused()
    }
    if (user.totp === null) return user
    if (credentials.code === undefined) throw new DatisError('LOGIN_CODE_NEEDED', 'A second factor is needed.')
    if (await this.#isCode(user, user.totp, credentials.code)) return user
    await this.#tell(user.id, 'session.refused', origin)
    throw refused()
  }

  /** For what asks again. LOGIN_WAIT, LOGIN_REFUSED, LOGIN_BUSY */
  async confirm(user: string, session: string, password: string, origin: Origin): Promise<void> {
    const { settings } = this.#deps
    const row = await settings.selectFrom('users').selectAll().where('id', '=', user).executeTakeFirst()
    const one = { account: row?.folded ?? '', address: origin.address, device: `session ${session}` }
    this.#take(one)
    if (row === undefined || !(await this.#isPassword(row, password))) throw refused()
    this.#throttle.succeeded(one)
    await this.#sessions.elevate(session)
  }

  /** The same, with a passkey of one's own. LOGIN_WAIT, PASSKEY_REFUSED */
  async confirmWithPasskey(
    { id, user }: Pick<Session, 'id' | 'user'>,
    used: PasskeyUsed,
    place: PasskeyPlace,
    origin: Origin,
  ): Promise<void> {
    const key = await this.#passkeys.find(used, place)
    const one = { account: key?.folded ?? '', address: origin.address, device: `session ${id}` }
    this.#take(one)
    if (key?.user !== user) throw refusedPasskey()
    await this.#passkeys.check(key, used, `confirm ${id}`, place)
    this.#throttle.succeeded(one)
    await this.#sessions.elevate(id)
  }

  /** Takes as long for who is not there. */
  async #isPassword(user: Tables['users'] | undefined, password: string): Promise<boolean> {
    this.#nobody ??= hashPassword('nobody has this one', this.#deps.random)
    const hash = user?.password ?? (await this.#nobody)
    using _turn = await this.#turn()
    const good = await isPassword(hash, password)
    return good && typeof user?.password === 'string'
  }

  async #turn(): Promise<Disposable> {
    if (this.#busy >= AT_ONCE_MAX) {
      if (this.#waiting.length >= WAITING_MAX) throw new DatisError('LOGIN_BUSY', 'Too many try at once.')
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else {
      this.#busy++
    }
    return {
      [Symbol.dispose]: () => {
        const next = this.#waiting.shift()
        if (next === undefined) this.#busy--
        else next()
      },
    }
  }

  /** Each is good once, also when two come in one moment. */
  async #isCode(user: Tables['users'], secret: string, code: string): Promise<boolean> {
    const { settings, clock } = this.#deps
    const now = Math.floor(clock.wall())
    const step = stepOfCode(secret, code, { now, after: user.totp_step })
    if (step !== null) {
      const { numUpdatedRows } = await settings
        .updateTable('users')
        .set({ totp_step: step })
        .where('id', '=', user.id)
        .where('totp_step', '<', step)
        .executeTakeFirst()
      return numUpdatedRows > 0
    }
    const { numUpdatedRows } = await settings
      .updateTable('recovery_codes')
      .set({ used: now })
      .where('user', '=', user.id)
      .where('hash', '=', hashOf(foldCode(code)))
      .where('used', 'is', null)
      .executeTakeFirst()
    return numUpdatedRows > 0
  }

  async #tell(user: string, action: string, { address }: Origin, more: Deed['details'] = {}): Promise<void> {
    const { settings, clock } = this.#deps
    const deed = { at: Math.floor(clock.wall()), actor: user, action, details: { address, ...more } }
    await settings.transaction().execute((inner) => note(inner, deed))
  }
}

function refused(): DatisError {
  return new DatisError('LOGIN_REFUSED', 'Name, password or code are not right.')
}
