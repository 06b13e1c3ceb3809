/**
 * Passkeys (WebAuthn): keys that a telephone, a computer or a stick keeps, and that finger, face or PIN let sign. Each
 * counts as password and code in one, and is good for the name by which the page was opened.
 */
import type {
  AuthenticatorAssertionResponseJSON,
  AuthenticatorAttestationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { DatisError, fromHex, NAME_PATTERN, toHex } from '#base'
import type { Tables } from '#settings'
import { note } from './audit.ts'
import { CHALLENGE_MS, Challenges } from './challenges.ts'
import type { AccountsDeps } from './deps.ts'
import type { Session } from './sessions.ts'
import { networkOf } from './throttle.ts'

const ID_BYTES = 8
const PASSKEYS_MAX = 20
/** EdDSA, ES256, RS256: what authenticators have today. */
const ALGORITHMS = [-8, -7, -257]

/** Where a page was opened: by which name, and of which origin it is then. */
export interface PasskeyPlace {
  readonly domain: string
  readonly origin: string
}

export interface Passkey {
  readonly id: string
  readonly name: string
  /** By which name of the box it is good. */
  readonly domain: string
  readonly created: number
  /** Null: not used yet. */
  readonly seen: number | null
}

interface Answer {
  /** Of the credential, as in `rawId`. */
  readonly id: string
  readonly rawId: string
  readonly type: 'public-key'
}

/** What `navigator.credentials.create` gave. */
export interface PasskeyMade extends Answer {
  readonly response: Pick<AuthenticatorAttestationResponseJSON, 'clientDataJSON' | 'attestationObject' | 'transports'>
}

/** What `navigator.credentials.get` gave. */
export interface PasskeyUsed extends Answer {
  readonly response: AuthenticatorAssertionResponseJSON
}

/** With what must be known of its owner. */
export type KnownPasskey = Tables['passkeys'] & Pick<Tables['users'], 'folded' | 'disabled'>

type Who = Pick<Session, 'id' | 'user' | 'name'>

export class Passkeys {
  readonly #deps: AccountsDeps
  readonly #challenges: Challenges

  constructor(deps: AccountsDeps) {
    this.#deps = deps
    this.#challenges = new Challenges(deps.clock, deps.random)
  }

  /** For `navigator.credentials.create`. PASSKEYS_TOO_MANY */
  async offer({ id, user, name }: Who, { domain }: PasskeyPlace): Promise<PublicKeyCredentialCreationOptionsJSON> {
    await this.#checkRoom(this.#deps.settings, user)
    const { generateRegistrationOptions } = await library()
    return await generateRegistrationOptions({
      rpName: this.#deps.boxName,
      rpID: domain,
      userID: Uint8Array.from(fromHex(user)),
      userName: name,
      userDisplayName: name,
      challenge: this.#challenges.ask(`add ${id}`, id),
      timeout: CHALLENGE_MS,
      attestationType: 'none',
      excludeCredentials: await this.#descriptors(user, domain),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: ALGORITHMS,
    })
  }

  /** NAME_INVALID, PASSKEY_INVALID, PASSKEYS_TOO_MANY */
  async add({ id, user }: Who, name: string, made: PasskeyMade, place: PasskeyPlace): Promise<Passkey> {
    const { settings, clock, random } = this.#deps
    if (!NAME_PATTERN.test(name))
      throw new DatisError('NAME_INVALID', 'This name cannot be shown.', { name: name.slice(0, 100) })
    const key = await this.#verifyMade(made, `add ${id}`, place)
    const now = Math.floor(clock.wall())
    const shown = { id: toHex(random.bytes(ID_BYTES)), name, domain: place.domain, created: now, seen: null }
    await settings.transaction().execute(async (inner) => {
      await this.#checkRoom(inner, user)
      const known = await inner
        .selectFrom('passkeys')
        .select('id')
        .where('credential', '=', key.credential)
        .executeTakeFirst()
      if (known !== undefined) throw invalid()
      await inner
        .insertInto('passkeys')
        .values({ ...shown, ...key, user })
        .execute()
      await note(inner, { at: now, actor: user, action: 'passkey.added', details: { passkey: shown.id, name } })
    })
    return shown
  }

  async list(user: string): Promise<Passkey[]> {
    return await this.#deps.settings
      .selectFrom('passkeys')
      .select(['id', 'name', 'domain', 'created', 'seen'])
      .where('user', '=', user)
      .orderBy('created')
      .execute()
  }

  /** PASSKEY_UNKNOWN */
  async remove(user: string, id: string): Promise<void> {
    const { settings, clock } = this.#deps
    await settings.transaction().execute(async (inner) => {
      const { numDeletedRows } = await inner
        .deleteFrom('passkeys')
        .where('id', '=', id)
        .where('user', '=', user)
        .executeTakeFirst()
      if (numDeletedRows === 0n) throw unknown()
      await note(inner, {
        at: Math.floor(clock.wall()),
        actor: user,
        action: 'passkey.removed',
        details: { passkey: id },
      })
    })
  }

  /** For `navigator.credentials.get` of who is not known yet: the authenticator says who it is. */
  async ask({ domain }: PasskeyPlace, address: string): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return await this.#request(domain, this.#challenges.ask('enter', networkOf(address)), undefined)
  }

  /** For `navigator.credentials.get` of who is signed in. PASSKEY_UNKNOWN: there is none for this name. */
  async askAgain({ id, user }: Who, { domain }: PasskeyPlace): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const own = await this.#descriptors(user, domain)
    if (own.length === 0) throw unknown()
    return await this.#request(domain, this.#challenges.ask(`confirm ${id}`, id), own)
  }

  /** Nothing of what it says of itself is believed before `check`. */
  async find({ id }: PasskeyUsed, { domain }: PasskeyPlace): Promise<KnownPasskey | null> {
    const row = await this.#deps.settings
      .selectFrom('passkeys')
      .innerJoin('users', 'users.id', 'passkeys.user')
      .selectAll('passkeys')
      .select(['folded', 'disabled'])
      .where('credential', '=', id)
      .where('domain', '=', domain)
      .executeTakeFirst()
    return row ?? null
  }

  /** `purpose`: `enter`, or `confirm` of a session. PASSKEY_REFUSED */
  async check(key: KnownPasskey, used: PasskeyUsed, purpose: string, place: PasskeyPlace): Promise<void> {
    const { verifyAuthenticationResponse } = await library()
    const { userHandle } = used.response
    const own = Buffer.from(key.user, 'hex').toString('base64url')
    const isOwners = userHandle === own || (userHandle === undefined && purpose !== 'enter')
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...used, clientExtensionResults: {} },
      expectedChallenge: (challenge) => this.#challenges.take(challenge, purpose),
      expectedOrigin: place.origin,
      expectedRPID: place.domain,
      requireUserVerification: true,
      // The library compares counters before anybody has signed for them: ours are compared below.
      credential: { id: key.credential, publicKey: fromBase64(key.public_key), counter: 0 },
    }).catch((cause: unknown) => {
      throw refusedPasskey(cause)
    })
    if (!verified || !isOwners || key.disabled !== 0) throw refusedPasskey()
    await this.#count(key, authenticationInfo.newCounter)
  }

  /** One that does not go up is a copy's, if its authenticator counts at all. PASSKEY_REFUSED */
  async #count(key: KnownPasskey, counter: number): Promise<void> {
    const { settings, clock } = this.#deps
    const now = Math.floor(clock.wall())
    const { numUpdatedRows } = await settings
      .updateTable('passkeys')
      .set({ counter, seen: now })
      .where('id', '=', key.id)
      .where('counter', counter === 0 ? '=' : '<', counter)
      .executeTakeFirst()
    if (numUpdatedRows > 0n) return
    const details = { passkey: key.id, kept: key.counter, came: counter }
    await settings
      .transaction()
      .execute((inner) => note(inner, { at: now, actor: key.user, action: 'passkey.counter', details }))
    throw refusedPasskey()
  }

  async #verifyMade(made: PasskeyMade, purpose: string, place: PasskeyPlace) {
    const { verifyRegistrationResponse } = await library()
    await checkStatement(made)
    const { registrationInfo } = await verifyRegistrationResponse({
      response: { ...made, clientExtensionResults: {} },
      expectedChallenge: (challenge) => this.#challenges.take(challenge, purpose),
      expectedOrigin: place.origin,
      expectedRPID: place.domain,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    }).catch((cause: unknown) => {
      throw invalid(cause)
    })
    if (registrationInfo === undefined) throw invalid()
    const { id, publicKey, counter, transports = [] } = registrationInfo.credential
    const public_key = Buffer.from(publicKey).toString('base64url')
    return { credential: id, public_key, counter, transports: transports.join() }
  }

  async #request(
    domain: string,
    challenge: Uint8Array<ArrayBuffer>,
    own: { id: string; transports: string[] }[] | undefined,
  ): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const { generateAuthenticationOptions } = await library()
    return await generateAuthenticationOptions({
      rpID: domain,
      challenge,
      timeout: CHALLENGE_MS,
      userVerification: 'required',
      ...(own !== undefined && { allowCredentials: own }),
    })
  }

  async #descriptors(user: string, domain: string): Promise<{ id: string; transports: string[] }[]> {
    const rows = await this.#deps.settings
      .selectFrom('passkeys')
      .select(['credential', 'transports'])
      .where('user', '=', user)
      .where('domain', '=', domain)
      .execute()
    return rows.map(({ credential, transports }) => ({
      id: credential,
      transports: transports.split(',').filter((one) => one !== ''),
    }))
  }

  async #checkRoom(inner: AccountsDeps['settings'], user: string): Promise<void> {
    const rows = await inner.selectFrom('passkeys').select('id').where('user', '=', user).execute()
    if (rows.length >= PASSKEYS_MAX)
      throw new DatisError('PASSKEYS_TOO_MANY', 'There are too many passkeys.', { most: PASSKEYS_MAX })
  }
}

/** 28 MB and a quarter of a second: for who uses one. */
async function library(): Promise<typeof import('@simplewebauthn/server')> {
  return await import('@simplewebauthn/server')
}

/**
 * Nothing was asked of who made the authenticator. Certificates that say so all the same are not looked at: for them
 * the library would fetch lists from addresses that stand in them. PASSKEY_INVALID
 */
async function checkStatement({ response }: PasskeyMade): Promise<void> {
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers')
  try {
    const statement = decodeAttestationObject(fromBase64(response.attestationObject))
    const format = statement.get('fmt')
    if (format === 'none' || (format === 'packed' && statement.get('attStmt').get('x5c') === undefined)) return
  } catch (cause) {
    throw invalid(cause)
  }
  throw invalid()
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, 'base64url'))
}

function invalid(cause?: unknown): DatisError {
  return new DatisError('PASSKEY_INVALID', 'What an authenticator made is not taken.', {}, { cause })
}

export function refusedPasskey(cause?: unknown): DatisError {
  return new DatisError('PASSKEY_REFUSED', 'A passkey is not accepted.', {}, { cause })
}

function unknown(): DatisError {
  return new DatisError('PASSKEY_UNKNOWN', 'There is no such passkey.')
}
