import type { Passkeys, People, RecoverySheet, SecondFactor, Session, Sessions, Setup, SignIn, Tokens } from '#accounts'
import type { Clock, Log, Random } from '#base'
import type { BoxClient, OpenSnapshot } from '#box'
import type { Alarms, Intents, Tasks } from '#service'
import type { Settings } from '#settings'
import type { FirstStart } from './first-start.ts'

export interface ApiDeps {
  readonly box: Pick<BoxClient, 'call'>
  readonly openSnapshot: OpenSnapshot
  readonly settings: Settings
  readonly people: People
  readonly sessions: Sessions
  readonly passkeys: Passkeys
  readonly signIn: SignIn
  readonly setup: Setup
  readonly factor: SecondFactor
  readonly tokens: Tokens
  readonly tasks: Tasks
  readonly intents: Intents
  readonly alarms: Alarms
  readonly recoverySheet: RecoverySheet
  /** Null: the process was not begun with `datis start`. */
  readonly firstStart: FirstStart | null
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly version: string
  readonly boxName: string
  /** Of the box: an IANA name. */
  readonly zone: string
  /** By which browsers may call this box, besides its addresses. */
  readonly hostNames: readonly string[]
  /** With what people come over TLS; null: without. */
  readonly tls: ApiTls | null
  /** Whether only people on the same network may come. */
  readonly lanOnly: boolean
}

/** PEM. */
export interface ApiTls {
  readonly certificate: string
  readonly key: string
}

/** `public`: without a session. `session`: with any. Else by role. */
export type Access = 'public' | 'session' | import('#accounts').RightName

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
  interface FastifyRequest {
    session: Session | null
  }
}
