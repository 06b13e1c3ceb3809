/**
 * What a burnt box finds out with nothing but its words and some addresses. docs/protocol/recovery.md
 * It talks to anybody and believes only what its own root has signed (security rules 4 and 11): what contacts say of
 * members and addresses tells where to ask, never whose answers count.
 */
import { type Clock, codeOf, DatisError, type Log, mapConcurrent, toHex } from '#base'
import { codeForBoxes } from '#coding'
import { boxesOf, type SignedCharter } from '#community'
import {
  type BoxId,
  decodeEpoch,
  EMPTY_LOG,
  type Epoch,
  type Head,
  type LogEnd,
  type OrganisationId,
  type Signed,
  sha256,
} from '#crypto'
import type { PeerSession } from '#network'
import { type AskedMember, AskedMembers } from './asked-members.ts'
import { answersNeeded, manyOrganisations, receiptsAtLeast, receiptsNeeded } from './counting.ts'
import { HistorySource, headsBetween, logPagesTo } from './history.ts'
import { HostClient, type Hosts } from './host-client.ts'
import { HEAD_LIST_MAX } from './limits.ts'
import { OfferedChains } from './offered-chains.ts'
import type { OwnersAnswer } from './protocol.ts'
import { chainOf, isEnded } from './recovered.ts'
import { type Owner, type VerifiedHead, verifyEpoch, verifyHead } from './statements.ts'

export interface RecoveryDeps {
  readonly clock: Clock
  readonly log: Log
  /**
   * Dials with the recovery certificate. Whoever answers proved a box certificate under the root key that it names:
   * whether that root counts for anything is decided here.
   */
  dial(address: string, signal: AbortSignal): Promise<PeerSession>
  /** Whom it has asked by now. */
  onAsked?(members: readonly AskedMember[]): void
}

export interface RecoveryOptions {
  /** Our own root. */
  readonly organisation: OrganisationId
  /** `host:port`, from the recovery sheet. */
  readonly contacts: readonly string[]
  /** When the organisation has several. */
  readonly box?: BoxId
  /** The newest head not after it, in ms. */
  readonly before?: number
}

export interface RecoveryFinding {
  readonly owner: Owner
  /** The head to recover from: the highest found, or the newest one not after `before`. */
  readonly head: VerifiedHead
  readonly highest: VerifiedHead
  /** Root's newest epoch statement that was found. */
  readonly epoch: Signed | null
  /** True only when no witnessed head can be missing. */
  readonly newest: boolean
  /** Organisations of the owner-signed list that answered, of so many that had to. */
  readonly answered: readonly OrganisationId[]
  readonly needed: number
  readonly total: number
  /** Earlier heads, newest first: each signed by the owner and chained from `highest`. */
  readonly earlier: readonly { readonly number: number; readonly at: number }[]
  /** The chain up to `head`, oldest first: `OwnHeads.adopt` takes it. */
  readonly chain: readonly Signed[]
  /** Boxes that answered. */
  readonly hosts: readonly BoxId[]
  /** Chains of charters that have one whose members are those of the highest head, each valid from its founding on. */
  readonly chains: readonly (readonly SignedCharter[])[]
}

const CONTACTS_MAX = 64
/** All addresses that are tried, whoever offered them. */
const ADDRESSES_MAX = 512
/** One liar cannot use up the addresses of the others. */
const ADDRESSES_A_SOURCE_MAX = 128
const ADDRESSES_A_BOX_MAX = 2
const DIALS_AT_ONCE = 16
const DIAL_TIMEOUT_MS = 15_000
const ROUNDS_MAX = 8
/** Pages of a chain of heads that are read back: half a year of as many heads as hosts take. */
const CHAIN_PAGES_MAX = 256

interface Answer extends Pick<OwnersAnswer, 'boxes' | 'damaged'> {
  readonly peer: { readonly box: BoxId; readonly organisation: OrganisationId }
}

interface Candidate {
  readonly head: VerifiedHead
  readonly epoch: Epoch | null
}

export class Recovery implements AsyncDisposable {
  readonly #deps: RecoveryDeps
  readonly #options: RecoveryOptions
  /** By organisation and box: any root can certify any box id. */
  readonly #sessions = new Map<string, PeerSession>()
  readonly #tried = new Set<string>()
  readonly #answers = new Map<string, Answer>()
  readonly #chains: OfferedChains
  readonly #members: AskedMembers
  /** The organisations that the owner signed in its highest head; null until it is known. */
  #listed: ReadonlySet<OrganisationId> | null = null
  /** Box to organisation, from charters that all founders signed. */
  readonly #organisationOf = new Map<BoxId, OrganisationId>()
  #hints: string[]
  #source: HistorySource | null = null

  constructor(deps: RecoveryDeps, options: RecoveryOptions) {
    this.#deps = deps
    this.#chains = new OfferedChains(deps.clock)
    this.#options = options
    this.#members = new AskedMembers(options.organisation)
    this.#hints = options.contacts.slice(0, CONTACTS_MAX)
  }

  /** Sessions to hosts of the organisations that the owner listed, for `fetchPack`. */
  get hosts(): Hosts {
    return {
      session: (host) => {
        const session = this.#usable().find(({ peer }) => peer.box === host)
        if (session !== undefined) return Promise.resolve(session)
        return Promise.reject(
          new DatisError('PEER_UNREACHABLE', 'A host did not answer to this recovery.', { box: host }),
        )
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const sessions = [...this.#sessions.values()]
    this.#sessions.clear()
    await Promise.allSettled(sessions.map((session) => session[Symbol.asyncDispose]()))
  }

  /** RECOVERY_NOTHING_FOUND, RECOVERY_BOX_CHOICE {boxes}, RECOVERY_NO_EARLIER_HEAD {before} */
  async find(signal: AbortSignal): Promise<RecoveryFinding> {
    await this.#askEverybody(signal)
    this.#members.over()
    this.#noteAsked()
    const owner = { box: this.#chooseBox(), organisation: this.#options.organisation }
    const epoch = this.#newestEpoch(owner)
    const candidate = this.#highest(owner, epoch)
    this.#trust(owner, candidate.head.head)
    const { chain, head } = await this.#chosen(owner, candidate.head, signal)
    // Who had the key could sign any list of members into the newest heads, but not into the one that is chosen.
    this.#trust(owner, head.head)
    return {
      ...this.#count(owner, candidate.head),
      ...this.#described(owner, { epoch, chain, head, highest: candidate.head }),
    }
  }

  // --- asking

  /** Until nobody offers an address that was not tried. */
  async #askEverybody(signal: AbortSignal): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const fresh = this.#hints.filter((address) => !this.#tried.has(address))
      const addresses = [...new Set(fresh)].slice(0, Math.max(0, ADDRESSES_MAX - this.#tried.size))
      this.#hints = []
      if (addresses.length === 0) return
      for (const address of addresses) this.#tried.add(address)
      await mapConcurrent(addresses, DIALS_AT_ONCE, (address, inner) => this.#askAt(address, inner), signal)
    }
  }

  async #askAt(address: string, signal: AbortSignal): Promise<void> {
    try {
      const session = await this.#dial(address, signal)
      const key = keyOf(session.peer)
      if (this.#sessions.has(key)) return await session[Symbol.asyncDispose]()
      this.#sessions.set(key, session)
      await this.#askOn(session, signal)
    } catch (error) {
      signal.throwIfAborted()
      this.#deps.log.info('recovery.contact.failed', { address, code: codeOf(error) })
      this.#members.failed(address)
    }
    this.#noteAsked()
  }

  #noteAsked(): void {
    this.#deps.onAsked?.(this.#members.list())
  }

  async #dial(address: string, signal: AbortSignal): Promise<PeerSession> {
    using deadline = this.#deps.clock.deadline(DIAL_TIMEOUT_MS)
    return await this.#deps.dial(address, AbortSignal.any([signal, deadline.signal]))
  }

  async #askOn(session: PeerSession, signal: AbortSignal): Promise<void> {
    const client = this.#client(session, '')
    await this.#askCharters(session, signal)
    const { boxes, damaged } = await client.boxesOf(this.#options.organisation, signal)
    const { box, organisation } = session.peer
    this.#answers.set(keyOf(session.peer), { peer: { box, organisation }, boxes, damaged })
    this.#members.answered({ box, organisation }, boxes.length + damaged.length > 0)
  }

  #client(session: PeerSession, owner: BoxId): HostClient {
    return new HostClient(this.#deps.clock, session, owner)
  }

  /** A contact's charter is a list of places to ask, and no more. */
  async #askCharters(session: PeerSession, signal: AbortSignal): Promise<void> {
    try {
      const charter = await this.#chains.ask(session, signal)
      this.#members.offered(charter)
      this.#noteAsked()
      const addresses = boxesOf(charter).flatMap((box) => box.addresses.slice(0, ADDRESSES_A_BOX_MAX))
      this.#hints.push(...addresses.slice(0, ADDRESSES_A_SOURCE_MAX))
    } catch (error) {
      signal.throwIfAborted()
      this.#deps.log.info('recovery.charter.failed', { host: session.peer.box, code: codeOf(error) })
    }
  }

  // --- judging

  #chooseBox(): BoxId {
    const { box, organisation } = this.#options
    if (box !== undefined) return box
    const found = new Set<BoxId>()
    for (const { boxes } of this.#answers.values()) {
      for (const one of boxes) if (this.#headOf(one, { box: one.box, organisation }) !== null) found.add(one.box)
    }
    const [only, ...others] = [...found].sort()
    if (only === undefined) throw this.#nothingFound()
    if (others.length > 0) {
      const boxes = [...found].sort().slice(0, 64).join(' ')
      throw new DatisError('RECOVERY_BOX_CHOICE', 'Several boxes of this organisation can be recovered.', { boxes })
    }
    return only
  }

  /** `box`: the one that is sought, when it is known. */
  #nothingFound(box = this.#options.box): DatisError {
    const answers = [...this.#answers.values()]
    const details = { answered: answers.length, tried: this.#tried.size }
    const damaged = answers.filter((one) => (box === undefined ? one.damaged.length > 0 : one.damaged.includes(box)))
    if (damaged.length > 0) {
      const text = 'Nobody who answered can say what it keeps of this box.'
      return new DatisError('RECOVERY_ONLY_DAMAGED', text, { ...details, damaged: damaged.length })
    }
    return new DatisError('RECOVERY_NOTHING_FOUND', 'Nobody who answered keeps a box of this organisation.', details)
  }

  #headOf(one: OwnersAnswer['boxes'][number], owner: Owner): VerifiedHead | null {
    if (one.box !== owner.box || one.newest === null) return null
    try {
      return verifyHead(one.newest, owner)
    } catch (error) {
      if (!(error instanceof DatisError)) throw error
      this.#deps.log.warn('recovery.head.false', { code: error.code })
      return null
    }
  }

  #entriesOf(owner: Owner): { answer: Answer; entry: OwnersAnswer['boxes'][number] }[] {
    // Nobody hosts for its own organisation: who answers for it may be whoever took the box.
    const others = [...this.#answers.values()].filter(({ peer }) => peer.organisation !== owner.organisation)
    return others.flatMap((answer) =>
      answer.boxes.filter((entry) => entry.box === owner.box).map((entry) => ({ answer, entry })),
    )
  }

  #newestEpoch(owner: Owner): Signed | null {
    let newest: { signed: Signed; epoch: number } | null = null
    for (const { entry } of this.#entriesOf(owner)) {
      const epoch = entry.statement === null ? null : this.#epochOf(entry.statement, owner)
      if (entry.statement === null || epoch === null) continue
      if (newest === null || epoch.epoch > newest.epoch) newest = { signed: entry.statement, epoch: epoch.epoch }
    }
    return newest?.signed ?? null
  }

  #epochOf(statement: Signed, owner: Owner): Epoch | null {
    try {
      return verifyEpoch(statement, owner)
    } catch (error) {
      if (!(error instanceof DatisError)) throw error
      this.#deps.log.warn('recovery.epoch.false', { code: error.code })
      return null
    }
  }

  #highest(owner: Owner, statement: Signed | null): Candidate {
    const epoch = statement === null ? null : decodeEpoch(statement.body)
    const heads = this.#entriesOf(owner)
      .map(({ entry }) => this.#headOf(entry, owner))
      .filter((head) => head !== null)
      .filter((head) => !isEnded(head, epoch))
    const [head] = heads.sort((a, b) => b.head.epoch - a.head.epoch || b.head.number - a.head.number)
    if (head === undefined) throw this.#nothingFound(owner.box)
    return { head, epoch }
  }

  /** Rule 4: answers are counted over the list that the owner signed in the highest head, never over an offered one. */
  #count(owner: Owner, highest: VerifiedHead): Pick<RecoveryFinding, 'newest' | 'answered' | 'needed' | 'total'> {
    const organisations = new Set(highest.head.organisations)
    const answered = new Set<OrganisationId>()
    for (const answer of this.#answers.values()) {
      // One receipt, one answer an organisation.
      if (organisations.has(answer.peer.organisation) && this.#saysNewest(answer, owner)) {
        answered.add(answer.peer.organisation)
      }
    }
    const total = organisations.size
    const needed = answersNeeded(total, this.#receiptsFor(owner, highest.head))
    const newest = manyOrganisations(total) && answered.size >= needed
    return { newest, answered: [...answered].sort(), needed, total }
  }

  /** One that offers a false head, or cannot read what it keeps of us, has not said what the newest head is. */
  #saysNewest({ peer, boxes, damaged }: Answer, owner: Owner): boolean {
    if (damaged.includes(owner.box)) {
      this.#deps.log.warn('recovery.host.damaged', { host: peer.box })
      return false
    }
    return !boxes.some((one) => one.box === owner.box && one.newest !== null && this.#headOf(one, owner) === null)
  }

  /** R depends on the code. A charter that all who are in it signed tells it; else the R that asks for most answers. */
  #receiptsFor(owner: Owner, head: Head): number {
    const total = head.organisations.length
    for (const offered of this.#chains.all()) {
      const charter = this.#chains.charterOf(offered, owner, head)
      if (charter === null) continue
      const hosts = boxesOf(charter).filter(({ organisation }) => organisation !== owner.organisation).length
      if (hosts === 0) continue
      const { n, k } = charter.code ?? codeForBoxes(hosts + 1)
      return receiptsNeeded(total, n, k)
    }
    return receiptsAtLeast(total)
  }

  // --- earlier heads

  /** The chain that ends in `highest`, oldest first: each the one whose hash the next names. */
  async #chainTo(owner: Owner, highest: VerifiedHead, signal: AbortSignal): Promise<VerifiedHead[]> {
    const from = Math.max(1, highest.head.number - HEAD_LIST_MAX)
    const byHash = new Map([[highest.hash, highest]])
    let chain = chainOf(highest, byHash)
    const { holders, doubtful } = this.#sessionsOf(owner)
    for (const session of [...holders, ...doubtful, ...this.#unlisted(owner)]) {
      if ((chain[0]?.head.number ?? 0) <= from) break
      await this.#gatherHeads(
        this.#client(session, owner.box),
        { owner, from, until: highest.head.number, byHash },
        signal,
      )
      chain = chainOf(highest, byHash)
    }
    return chain
  }

  /** Sessions to those who keep something of the owner and are not on the list of the highest head. */
  #unlisted(owner: Owner): PeerSession[] {
    const usable = new Set(this.#usable())
    const holding = new Set(this.#entriesOf(owner).map(({ answer }) => keyOf(answer.peer)))
    return [...this.#sessions].filter(([key, one]) => holding.has(key) && !usable.has(one)).map(([, one]) => one)
  }

  async #gatherHeads(
    client: HostClient,
    { owner, from, until, byHash }: { owner: Owner; from: number; until: number; byHash: Map<string, VerifiedHead> },
    signal: AbortSignal,
  ): Promise<void> {
    try {
      for await (const head of headsBetween(client, { owner, from, until: until - 1 }, signal))
        byHash.set(head.hash, head)
    } catch (error) {
      signal.throwIfAborted()
      this.#deps.log.info('recovery.heads.failed', { host: client.host.box, code: codeOf(error) })
    }
  }

  /**
   * The highest, or the newest head of which neither it nor any before it is later than `before`: a thief can sign any
   * time into his heads, and so many of them that they fill pages.
   */
  async #chosen(
    owner: Owner,
    highest: VerifiedHead,
    signal: AbortSignal,
  ): Promise<{ chain: readonly VerifiedHead[]; head: VerifiedHead }> {
    let chain = await this.#chainTo(owner, highest, signal)
    const { before } = this.#options
    if (before === undefined) return { chain, head: highest }
    let chosen: { chain: readonly VerifiedHead[]; head: VerifiedHead } | null = null
    for (let pages = 1; ; pages++) {
      const late = chain.findIndex(({ head }) => head.at > before)
      const head = chain.at(late < 0 ? -1 : late - 1)
      if (late === 0) chosen = null
      else if (head !== undefined && (late > 0 || chosen === null)) chosen = { chain, head }
      const [first] = chain
      if (first === undefined || chain.length === 1 || pages >= CHAIN_PAGES_MAX) break
      chain = await this.#chainTo(owner, first, signal)
    }
    if (chosen !== null) return chosen
    const oldest = chain[0]?.head.at ?? 0
    throw new DatisError('RECOVERY_NO_EARLIER_HEAD', 'No head is as old as that.', { before, oldest })
  }

  #described(
    owner: Owner,
    {
      epoch,
      chain,
      head,
      highest,
    }: { epoch: Signed | null; chain: readonly VerifiedHead[]; head: VerifiedHead; highest: VerifiedHead },
  ): Pick<RecoveryFinding, 'owner' | 'head' | 'highest' | 'epoch' | 'earlier' | 'chain' | 'hosts' | 'chains'> {
    const upTo = chain.filter((one) => one.head.number <= head.head.number)
    const earlier = upTo.filter((one) => one.hash !== head.hash).reverse()
    return {
      owner,
      head,
      highest,
      epoch,
      earlier: earlier.map((one) => ({ number: one.head.number, at: one.head.at })),
      chain: upTo.map(({ signed }) => signed),
      hosts: [...new Set(this.#usable().map(({ peer }) => peer.box))].sort(),
      chains: this.#chains
        .all()
        .filter((offered) => this.#chains.charterOf(offered, owner, head.head) !== null)
        .map(({ signed }) => signed),
    }
  }

  // --- what the head leads to

  /** `doubtful`: what is damaged there may be the state only: heads, keyring and log prove themselves. */
  #sessionsOf(owner: Owner): { holders: PeerSession[]; doubtful: PeerSession[] } {
    const answers = [...this.#answers.values()]
    const holding = answers.filter(({ boxes }) => boxes.some(({ box }) => box === owner.box))
    const perhaps = answers.filter((answer) => answer.damaged.includes(owner.box) && !holding.includes(answer))
    const usable = this.#usable()
    const sessionsOf = (some: Answer[]) => {
      const keys = new Set(some.map(({ peer }) => keyOf(peer)))
      return usable.filter(({ peer }) => keys.has(keyOf(peer)))
    }
    return { holders: sessionsOf(holding), doubtful: sessionsOf(perhaps) }
  }

  /** From here on only organisations that the owner itself has listed are asked, each for its own boxes. */
  #trust(owner: Owner, head: Head): void {
    this.#listed = new Set(head.organisations)
    for (const offered of this.#chains.all()) {
      const charter = this.#chains.charterOf(offered, owner, head)
      if (charter === null) continue
      for (const { box, organisation } of boxesOf(charter)) this.#organisationOf.set(box, organisation)
    }
  }

  /** Sessions of boxes that answered, as far as they may stand for their box. */
  #usable(): PeerSession[] {
    const sessions = [...this.#sessions].filter(([key]) => this.#answers.has(key)).map(([, session]) => session)
    return sessions.filter(({ peer }) => this.#standsFor(peer)).sort((a, b) => (keyOf(a.peer) < keyOf(b.peer) ? -1 : 1))
  }

  #standsFor({ box, organisation }: Answer['peer']): boolean {
    const known = this.#organisationOf.get(box)
    if (known !== undefined && known !== organisation) return false
    return this.#listed?.has(organisation) ?? true
  }

  /** The wrapped keyring that the head names: from whoever gives the bytes that have its hash. */
  async keyring(owner: Owner, head: VerifiedHead, signal: AbortSignal): Promise<Uint8Array> {
    const hash = head.head.keyring
    return await this.#history(owner).first('RECOVERY_KEYRING_UNREACHABLE', signal, async (client) => {
      const bytes = await client.keyring(hash, signal)
      return toHex(sha256(bytes)) === hash ? bytes : null
    })
  }

  /** The log that the head names, pages in order. */
  async log(owner: Owner, head: VerifiedHead, signal: AbortSignal): Promise<Uint8Array[]> {
    const isStart = ({ frames, hash }: LogEnd) => frames === 0 && hash === EMPTY_LOG.hash
    return await logPagesTo(this.#history(owner), head.head.log, isStart, signal)
  }

  #history(owner: Owner): HistorySource {
    const clientsOf = (sessions: PeerSession[]) => sessions.map((session) => this.#client(session, owner.box))
    const { holders, doubtful } = this.#sessionsOf(owner)
    this.#source ??= new HistorySource(this.#deps, clientsOf(holders), clientsOf(doubtful))
    return this.#source
  }
}

function keyOf({ box, organisation }: Answer['peer']): string {
  return `${organisation}/${box}`
}
