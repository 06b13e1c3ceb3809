/**
 * Whom a host tells of an owner's unusual releases, and how far each of them is: `contacts.cbor`. Who is a contact no
 * more is told for 90 lived days still, so that a thief of the box key cannot silence the warning by changing the list.
 * Times are kept as time left: under another counter none has passed. Pure. docs/formats/hosting.md
 */
import { z } from 'zod'
import {
  CONTACTS_MAX,
  type Contacts,
  count,
  decodeContacts,
  hexBytes,
  mailAddress,
  type Signed,
  signedSchema,
} from '#crypto'
import type { CheckedFormat } from '../checked-file.ts'
import {
  CONTACTS_BYTES_MAX,
  FORMER_CONTACTS_MAX,
  FORMER_CONTACTS_MS,
  WARNING_PAUSE_MS,
  WARNING_RETRY_MS_MAX,
  WARNING_RETRY_MS_MIN,
} from '../limits.ts'
import type { ReleaseOrder } from '../release-protocol.ts'

const FAILURES_MAX = 1000

const personSchema = z.strictObject({
  address: mailAddress(),
  /** Lived ms for which one who is a contact no more is still told; null: is one. */
  left: count().nullable(),
  /** Number of the newest notice that a mail to it named. */
  told: count(),
  /** Lived ms before the next mail to it. */
  wait: count(),
  /** Mails in a row that did not go. */
  failures: count(0, FAILURES_MAX),
})

const stateSchema = z.strictObject({
  format: z.literal(1),
  counter: hexBytes(16),
  /** Lived ms of the counter when `left` and `wait` were right. */
  at: count(),
  /** Null: the owner has named nobody yet. */
  statement: signedSchema.nullable(),
  people: z.array(personSchema).max(CONTACTS_MAX + FORMER_CONTACTS_MAX),
  /** Number of the newest notice that anybody was told of, and when by the wall clock. */
  told: count(),
  toldAt: count().nullable(),
})

export type Person = z.output<typeof personSchema>
export type ContactsState = z.output<typeof stateSchema>

export const CONTACTS: CheckedFormat<typeof stateSchema> = {
  what: 'contacts',
  schema: stateSchema,
  bytesMax: CONTACTS_BYTES_MAX,
}

export interface LivedInstant {
  readonly counter: string
  readonly now: number
}

export function nobody({ counter, now }: LivedInstant): ContactsState {
  return { format: 1, counter, at: now, statement: null, people: [], told: 0, toldAt: null }
}

/** The same, with the time that has passed since taken off; who has no time left is not told any more. */
export function asOf(state: ContactsState, { counter, now }: LivedInstant): ContactsState {
  const passed = state.counter === counter ? Math.max(0, now - state.at) : 0
  const less = (ms: number) => Math.max(0, ms - passed)
  const people = state.people
    .map((person) => ({ ...person, left: person.left === null ? null : less(person.left), wait: less(person.wait) }))
    .filter(({ left }) => left !== 0)
  return { ...state, counter, at: now, people }
}

export function orderOf({ statement }: ContactsState): ReleaseOrder {
  const { epoch, number } = statement === null ? { epoch: 0, number: 0 } : decodeContacts(statement.body)
  return { epoch, number }
}

/**
 * With another list. `told`: the notice from which on somebody new is told. Null when too many who were contacts are
 * still told: none of them makes room, or a thief would push them out by changing the list often. A later epoch is the
 * owner's own word on what was done under the key before, and is always taken.
 */
export function withContacts(
  state: ContactsState,
  { signed, contacts, told }: { signed: Signed; contacts: Contacts; told: number },
): ContactsState | null {
  const wanted = new Set(contacts.contacts)
  const former = state.people
    .filter(({ address }) => !wanted.has(address))
    .map((person) => (person.left === null ? { ...person, left: FORMER_CONTACTS_MS } : person))
    .sort((a, b) => (b.left ?? 0) - (a.left ?? 0))
  if (former.length > FORMER_CONTACTS_MAX && contacts.epoch === orderOf(state).epoch) return null
  const current = contacts.contacts.map((address): Person => {
    const known = state.people.find((person) => person.address === address)
    return { ...(known ?? { address, told, wait: 0, failures: 0 }), left: null }
  })
  return { ...state, statement: signed, people: [...current, ...former.slice(0, FORMER_CONTACTS_MAX)] }
}

/** Lived ms until there is room for one more who was a contact. */
export function waitForRoom({ people }: ContactsState): number {
  return Math.min(...people.flatMap(({ left }) => (left === null ? [] : [left])))
}

/** A mail to this address named all notices up to that one; at `at` by the wall clock. */
export function afterMail(state: ContactsState, address: string, { upTo, at }: { upTo: number; at: number }) {
  const people = state.people.map((person) =>
    person.address === address ? { ...person, told: upTo, wait: WARNING_PAUSE_MS, failures: 0 } : person,
  )
  return { ...state, people, told: upTo, toldAt: at }
}

/** A mail to this address did not go: it is tried again, each time later. */
export function afterFailure(state: ContactsState, address: string): ContactsState {
  const people = state.people.map((person) => {
    if (person.address !== address) return person
    const failures = Math.min(FAILURES_MAX, person.failures + 1)
    const wait = Math.min(WARNING_RETRY_MS_MAX, WARNING_RETRY_MS_MIN * 2 ** (failures - 1))
    return { ...person, wait, failures }
  })
  return { ...state, people }
}
