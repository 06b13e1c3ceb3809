/** The contacts of one owner on one host: takes the statement, knows who is to be told of what. */
import { type BytePath, bytesEqual, type Clock, DatisError, type Disk, type Log, type Workers } from '#base'
import type { Contacts, Signed, UnusualRelease } from '#crypto'
import { encodeChecked, readChecked } from '../checked-file.ts'
import { OWNER_QUEUE_MAX, PURGE_AFTER_MS } from '../limits.ts'
import { Mutex } from '../mutex.ts'
import type { ReleaseOrder } from '../release-protocol.ts'
import { verifyContacts } from '../release-statements.ts'
import { type Owner, wrong } from '../statements.ts'
import {
  afterFailure,
  afterMail,
  asOf,
  CONTACTS,
  type ContactsState,
  type LivedInstant,
  nobody,
  orderOf,
  type Person,
  waitForRoom,
  withContacts,
} from './contacts-state.ts'
import { writeFileJob } from './fragment-jobs.ts'
import type { LivedTime } from './lived-time.ts'
import { asideReleasesJob } from './release-jobs.ts'
import { isLater } from './release-state.ts'
import type { UnusualReleases } from './unusual.ts'

const CONTACTS_FILE = 'contacts.cbor'

/** One mail that is due: to one address, about one owner. */
export interface Warning {
  readonly owner: Owner
  readonly address: string
  /** Newest first. */
  readonly notices: readonly UnusualRelease[]
  /** Older ones that are not among them. */
  readonly more: number
  /** Number of the newest of them. */
  readonly upTo: number
}

export interface ContactsSummary {
  /** Whether the owner has said whom to tell, be it nobody. */
  readonly known: boolean
  readonly contacts: number
  /** Who were contacts within the last 90 lived days. */
  readonly former: number
  /** Notices of the last 44 days that nobody was told of. */
  readonly untold: number
  /** When somebody was told last, by the wall clock. */
  readonly toldAt: number | null
  /** Addresses of which the last mail did not go. */
  readonly failing: number
}

export interface ContactsDeps {
  readonly disk: Disk
  readonly clock: Clock
  readonly workers: Workers
  readonly log: Log
  readonly lived: LivedTime
}

export interface ContactsPlace {
  readonly folder: BytePath
  readonly owner: Owner
  readonly notices: UnusualReleases
}

export class ContactsRoom {
  readonly #deps: ContactsDeps
  readonly #place: ContactsPlace
  readonly #queue = new Mutex(OWNER_QUEUE_MAX)
  #state: ContactsState | null = null
  #aside = false

  constructor(deps: ContactsDeps, place: ContactsPlace) {
    this.#deps = deps
    this.#place = place
  }

  /** Under another counter time begins to pass once the file names it. */
  refresh(): Promise<void> {
    return this.#queue.run(async () => {
      const now = this.#now()
      if (this.#state?.counter !== now.counter) await this.#save(now)
    })
  }

  /** As it is at this moment. A damaged file is as good as none: the owner says again whom to tell. */
  #now(): ContactsState {
    const { disk, lived, log } = this.#deps
    const at: LivedInstant = { counter: lived.counter, now: lived.now() }
    if (this.#state === null) {
      const found = readChecked(disk, this.#place.folder, CONTACTS_FILE, CONTACTS)
      if (found !== null && 'damaged' in found) {
        log.error('hosted.contacts.damaged', { owner: this.#place.owner.box, code: found.damaged })
        this.#aside = true
      }
      this.#state = found !== null && 'value' in found ? found.value : nobody(at)
    }
    return asOf(this.#state, at)
  }

  async #save(state: ContactsState): Promise<void> {
    const { folder } = this.#place
    if (this.#aside) await this.#deps.workers.run(asideReleasesJob, { folder, name: CONTACTS_FILE })
    this.#aside = false
    const bytes = encodeChecked(CONTACTS, state)
    await this.#deps.workers.run(writeFileJob, { folder, name: CONTACTS_FILE, bytes })
    this.#state = state
  }

  /** Idempotent. `epoch`: of the session's key. CONTACTS_REFUSED, CONTACTS_CONFLICT, CONTACTS_RATE_REFUSED */
  put(signed: Signed, epoch: number): Promise<ReleaseOrder> {
    const contacts = verifyContacts(signed, this.#place.owner)
    if (contacts.epoch !== epoch) throw wrong('contacts', 'epoch')
    return this.#queue.run(async () => {
      const state = this.#now()
      const known = orderOf(state)
      if (isLater(contacts, known)) await this.#change(state, signed, contacts)
      else if (isLater(known, contacts)) {
        throw new DatisError('CONTACTS_REFUSED', 'This host knows later contacts.', { ...known })
      } else this.#refuseOther(state, signed, known)
      return orderOf(this.#now())
    })
  }

  async #change(state: ContactsState, signed: Signed, contacts: Contacts): Promise<void> {
    const next = withContacts(state, { signed, contacts, told: this.#longAgo() })
    if (next === null) {
      const former = state.people.filter(({ left }) => left !== null).length
      const details = { former, wait: waitForRoom(state) }
      throw new DatisError('CONTACTS_RATE_REFUSED', 'Too many who were contacts are still told.', details)
    }
    await this.#save(next)
    const { length: people } = contacts.contacts
    this.#deps.log.warn('hosted.contacts.changed', { owner: this.#place.owner.box, people, all: next.people.length })
  }

  #refuseOther({ statement }: ContactsState, signed: Signed, { number }: ReleaseOrder): void {
    if (statement !== null && bytesEqual(statement.body, signed.body)) return
    this.#deps.log.error('hosted.contacts.conflict', { owner: this.#place.owner.box, number })
    throw new DatisError('CONTACTS_CONFLICT', 'Two lists of contacts have one number.', { number })
  }

  /** Number of the newest notice of which all is purged by now: nobody new has to hear of it. */
  #longAgo(): number {
    const since = this.#deps.clock.wall() - PURGE_AFTER_MS
    const page = this.#place.notices.after(0)
    const old = page.find(({ notice }) => notice.at < since)
    return old?.number ?? Math.max(0, (page.at(-1)?.number ?? 1) - 1)
  }

  /** What is due now, newest contacts first. */
  warnings(): Warning[] {
    const newest = this.#place.notices.newest()
    const due = this.#now().people.filter((person) => person.wait === 0 && toldOf(person, newest) < newest)
    return due.flatMap((person) => {
      const told = toldOf(person, newest)
      const page = this.#place.notices.after(told)
      if (page.length === 0) return []
      const more = newest - told - page.length
      const notices = page.map(({ notice }) => notice)
      return [{ owner: this.#place.owner, address: person.address, notices, more, upTo: newest }]
    })
  }

  /** `upTo`: the newest notice that the mail named; null when it did not go. */
  note(address: string, upTo: number | null): Promise<void> {
    return this.#queue.run(async () => {
      const state = this.#now()
      const at = Math.floor(this.#deps.clock.wall())
      await this.#save(upTo === null ? afterFailure(state, address) : afterMail(state, address, { upTo, at }))
    })
  }

  summary(): ContactsSummary {
    const { statement, people, told, toldAt } = this.#now()
    const newest = this.#place.notices.newest()
    const former = people.filter(({ left }) => left !== null).length
    const since = Math.max(this.#longAgo(), told > newest ? 0 : told)
    return {
      known: statement !== null,
      contacts: people.length - former,
      former,
      untold: newest - since,
      toldAt,
      failing: people.filter(({ failures }) => failures > 0).length,
    }
  }
}

/** Notices that were lost with their folder are counted from 1 again. */
function toldOf({ told }: Person, newest: number): number {
  return told > newest ? 0 : told
}
