/** An authenticator app, and codes on paper for the day on which the telephone is gone. */
import { DatisError } from '#base'
import { note } from './audit.ts'
import type { AccountsDeps } from './deps.ts'
import { unknownUser } from './people.ts'
import { foldCode, hashOf, newCode } from './secrets.ts'
import { newTotpSecret, stepOfCode, totpUri } from './totp.ts'

const CODES = 10

export class SecondFactor {
  readonly #deps: AccountsDeps

  constructor(deps: AccountsDeps) {
    this.#deps = deps
  }

  /** Nothing is kept yet: who cannot read the QR is not locked out. USER_UNKNOWN */
  async offer(user: string): Promise<{ secret: string; uri: string }> {
    const row = await this.#deps.settings.selectFrom('users').select('name').where('id', '=', user).executeTakeFirst()
    if (row === undefined) throw unknownUser(user)
    const secret = newTotpSecret(this.#deps.random)
    return { secret, uri: totpUri(secret, `${row.name} (${this.#deps.boxName})`) }
  }

  /** From now on it is asked for; codes for paper, shown once. CODE_REFUSED */
  async accept(user: string, secret: string, code: string): Promise<string[]> {
    const { settings, clock, random } = this.#deps
    const now = Math.floor(clock.wall())
    const step = /^[A-Z2-7]{32}$/.test(secret) ? stepOfCode(secret, code, { now, after: 0 }) : null
    if (step === null) throw new DatisError('CODE_REFUSED', 'The code of the app is not right.')
    const codes = Array.from({ length: CODES }, () => newCode(random))
    await settings.transaction().execute(async (inner) => {
      await inner.updateTable('users').set({ totp: secret, totp_step: step }).where('id', '=', user).execute()
      await inner.deleteFrom('recovery_codes').where('user', '=', user).execute()
      const rows = codes.map((one) => ({ user, hash: hashOf(foldCode(one)), used: null }))
      await inner.insertInto('recovery_codes').values(rows).execute()
      await note(inner, { at: now, actor: user, action: 'user.totp', details: { user, on: true } })
    })
    return codes
  }

  async drop(actor: string, user: string): Promise<void> {
    const { settings, clock } = this.#deps
    await settings.transaction().execute(async (inner) => {
      await inner.updateTable('users').set({ totp: null, totp_step: 0 }).where('id', '=', user).execute()
      await inner.deleteFrom('recovery_codes').where('user', '=', user).execute()
      await note(inner, { at: Math.floor(clock.wall()), actor, action: 'user.totp', details: { user, on: false } })
    })
  }
}
