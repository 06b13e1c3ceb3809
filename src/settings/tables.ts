/** What the settings hold. Times are wall ms; ids and hashes lower-case hex. */
import type { Generated } from 'kysely'

export type Role = 'administrator' | 'operator' | 'user' | 'reader'

/** `interrupted`: the box stopped before it had ended. */
export type TaskState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted'

export type IntentState = 'waiting' | 'approved' | 'cancelled'

export interface Tables {
  users: {
    id: string
    /** As people type it, and folded for comparing. */
    name: string
    folded: string
    role: Role
    /** Argon2id in PHC form; null: nobody signs in with a password. */
    password: string | null
    /** Base32; null: no second factor. */
    totp: string | null
    /** The last step of which a code was taken: none is taken twice. */
    totp_step: number
    created: number
    disabled: number
  }
  recovery_codes: {
    user: string
    hash: string
    /** Null: good once. */
    used: number | null
  }
  sessions: {
    /** SHA-256 of the token. */
    id: string
    user: string
    created: number
    seen: number
    address: string
    agent: string
    /** Until then it may do what asks for the password again. */
    elevated: number
  }
  devices: {
    /** SHA-256 of the cookie. */
    id: string
    user: string
    created: number
    seen: number
  }
  passkeys: {
    id: string
    user: string
    /** Of WebAuthn: credential id and COSE key, both base64url. */
    credential: string
    public_key: string
    /** As the authenticator said last; 0: it does not count. */
    counter: number
    /** How a browser reaches it: `internal`, `usb` … with commas. */
    transports: string
    /** By which name of the box it is good. */
    domain: string
    name: string
    created: number
    /** Null: not used yet. */
    seen: number | null
  }
  tokens: {
    id: string
    hash: string
    name: string
    role: Role
    created: number
    expires: number
  }
  recovery_sheet: {
    id: 1
    /** JSON: the places of the words that are asked back, from 1. */
    positions: string
    /** Argon2id of these words alone; null once they were given. */
    hash: string | null
    /** When they were given; null: not yet. */
    confirmed: number | null
  }
  setup: {
    id: 1
    hash: string
    expires: number
  }
  tasks: {
    id: string
    /** Of the operation that it is a run of. */
    name: string
    args: string
    /** A user's id, or `box`. */
    actor: string
    state: TaskState
    /** JSON: the last that it said of itself. */
    progress: string
    /** JSON: `[{ at, text }]`, what happened on the way. */
    journal: string
    /** JSON; null while it runs, and when it failed. */
    result: string | null
    /** JSON: `{ code, message, details }`. */
    error: string | null
    created: number
    ended: number | null
  }
  intents: {
    id: string
    /** Of the operation that is wanted. */
    name: string
    args: string
    /** A user's id. */
    proposer: string
    state: IntentState
    created: number
    due: number
    /** When its time was counted last. */
    looked: number
    /** A user's id, or `box`. */
    decider: string | null
    decided: number | null
    task: string | null
  }
  alarms: {
    kind: string
    /** The source; empty: all of the box. */
    about: string
    since: number
    /** When a mail last went. */
    told: number | null
  }
  /** Whose a source is. */
  source_people: {
    source: string
    user: string
  }
  audit: {
    n: Generated<number>
    at: number
    /** A user's id, or `box`. */
    actor: string
    action: string
    /** JSON, without secrets. */
    details: string
    previous: string
    hash: string
  }
}
