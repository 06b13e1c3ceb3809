/**
 * Whom this box's hosts are to tell of its unusual releases. The statement is kept beside the heads, `contacts.cbor`,
 * before any host sees it, and given to every host; each day once more, since a disk that was put back forgets.
 */
import { z } from 'zod'
import { type BytePath, type Clock, codeOf, DAY_MS, type Disk, type Log, mapConcurrent, writeDurably } from '#base'
import { COMMUNITY_BOXES_MAX } from '#coding'
import {
  type BoxId,
  type Contacts,
  count,
  decodeContacts,
  encodeContacts,
  hexBytes,
  mailAddress,
  type Signed,
  signedSchema,
} from '#crypto'
import { type CheckedFormat, encodeChecked, readChecked } from './checked-file.ts'
import { HostClient, type Hosts } from './host-client.ts'
import { CONTACTS_BYTES_MAX, FORMER_CONTACTS_MAX, FORMER_CONTACTS_MS } from './limits.ts'
import { type Signer, sign } from './statements.ts'

const FILE = 'contacts.cbor'
const HOSTS_AT_ONCE = 16

const stateSchema = z.strictObject({
  format: z.literal(1),
  statement: signedSchema,
  /** Whom the statements before this one named, and until when they are told too, by the wall clock. */
  former: z
    .array(z.strictObject({ contact: mailAddress(), until: count() }))
    .max(FORMER_CONTACTS_MAX)
    .exactOptional(),
  /** Hosts that have it, and when they said so, by the wall clock. */
  known: z.array(z.strictObject({ host: hexBytes(16), at: count() })).max(16 * COMMUNITY_BOXES_MAX),
})
type State = z.output<typeof stateSchema>

const STATE: CheckedFormat<typeof stateSchema> = {
  what: 'own contacts',
  schema: stateSchema,
  bytesMax: CONTACTS_BYTES_MAX,
}

export interface OwnContactsDeps {
  readonly disk: Disk
  readonly clock: Clock
  readonly log: Log
  readonly hosts: () => Hosts
}

export class OwnContacts {
  readonly #deps: OwnContactsDeps
  readonly #folder: BytePath
  #state: State | null
  /** Why a host does not have it, as far as this start knows. */
  readonly #trouble = new Map<BoxId, string>()

  constructor(deps: OwnContactsDeps, folder: BytePath) {
    this.#deps = deps
    this.#folder = folder
    const found = readChecked(deps.disk, folder, FILE, STATE)
    if (found !== null && 'damaged' in found) deps.log.error('contacts.damaged', { code: found.damaged })
    this.#state = found !== null && 'value' in found ? found.value : null
  }

  /** Null: this box has said nothing, or forgot it; what hosts know stays as it is. */
  get current(): Contacts | null {
    return this.#state === null ? null : decodeContacts(this.#state.statement.body)
  }

  /** With those that were contacts of late: who changed them may be the reason for the mail. */
  get told(): string[] {
    const now = this.#deps.clock.wall()
    const former = (this.#state?.former ?? []).filter(({ until }) => until > now).map(({ contact }) => contact)
    return [...new Set([...(this.current?.contacts ?? []), ...former])]
  }

  isKnownTo(host: BoxId): boolean {
    return this.#state?.known.some((one) => one.host === host) === true
  }

  troubleOf(host: BoxId): string | null {
    return this.#trouble.get(host) ?? null
  }

  /** Signed and kept; `send` gives it to the hosts. */
  set(signer: Signer, contacts: readonly string[]): void {
    const { box: owner, epoch } = signer
    const at = Math.floor(this.#deps.clock.wall())
    const last = this.current
    const number = Math.max(at, last?.epoch === epoch ? last.number + 1 : 1)
    const body = encodeContacts({ format: 1, owner, epoch, number, contacts: [...contacts], at })
    this.#trouble.clear()
    this.#save({
      format: 1,
      statement: sign(signer, 'contacts', body),
      former: this.#formerAt(at, contacts),
      known: [],
    })
  }

  /** Who was one first stays: else a thief who changes them often would push out those who were there before. */
  #formerAt(at: number, contacts: readonly string[]): NonNullable<State['former']> {
    const gone = (this.current?.contacts ?? []).map((contact) => ({ contact, until: at + FORMER_CONTACTS_MS }))
    return [...(this.#state?.former ?? []), ...gone]
      .filter((one) => one.until > at && !contacts.includes(one.contact))
      .slice(0, FORMER_CONTACTS_MAX)
  }

  #save(state: State): void {
    writeDurably(this.#deps.disk, this.#folder, FILE, encodeChecked(STATE, state))
    this.#state = state
  }

  /** To those of `hosts` that do not have it, or have not said so for a day. */
  async send(signer: Signer, hosts: readonly BoxId[], signal: AbortSignal): Promise<void> {
    const { current } = this
    if (current === null) return
    // Hosts take what the key of this session signed: root has given this box another one.
    if (current.epoch !== signer.epoch) this.set(signer, current.contacts)
    const { statement } = this.#state ?? {}
    if (statement === undefined) return
    const due = hosts.filter((host) => this.#isDue(host))
    await mapConcurrent(due, HOSTS_AT_ONCE, (host, inner) => this.#tell(signer, host, statement, inner), signal)
  }

  #isDue(host: BoxId): boolean {
    const known = this.#state?.known.find((one) => one.host === host)
    return known === undefined || Math.abs(this.#deps.clock.wall() - known.at) >= DAY_MS
  }

  async #tell(signer: Signer, host: BoxId, statement: Signed, signal: AbortSignal): Promise<void> {
    const { clock, log, hosts } = this.#deps
    try {
      const client = new HostClient(clock, await hosts().session(host, signal), signer.box)
      await client.putContacts(statement, signal)
      this.#trouble.delete(host)
      this.#note(host, statement)
    } catch (error) {
      signal.throwIfAborted()
      this.#trouble.set(host, codeOf(error))
      log.warn('contacts.host.trouble', { host, code: codeOf(error) })
    }
  }

  /** What came meanwhile may have made it an earlier one. */
  #note(host: BoxId, statement: Signed): void {
    const state = this.#state
    if (state === null || state.statement !== statement) return
    const others = state.known.filter((one) => one.host !== host)
    const at = Math.floor(this.#deps.clock.wall())
    this.#save({ ...state, known: [...others, { host, at }].slice(-16 * COMMUNITY_BOXES_MAX) })
  }
}
