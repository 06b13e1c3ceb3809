/**
 * The owner's own heads. docs/protocol/heads.md
 *
 *     heads/<10 digits>.cbor       a head, fsynced before it is first sent and sent again byte for byte
 *     heads/<10 digits>.receipts   what hosts have signed for it
 *     heads/incarnation.cbor       which start of this box this is
 */
import {
  type BytePath,
  type Clock,
  codeOf,
  DatisError,
  type Disk,
  decodeCbor,
  ensureFolder,
  ignoring,
  joinPath,
  type Log,
  mapConcurrent,
  type Random,
  readWhole,
  toHex,
  writeDurably,
} from '#base'
import { type BoxId, decodeReceipt, type Head, type LogEnd, type OrganisationId, rootOfIds, type Signed } from '#crypto'
import { answersNeeded, manyOrganisations } from './counting.ts'
import { answerInvalid } from './errors.ts'
import type { HostClient } from './host-client.ts'
import { HEAD_BYTES_MAX, INCARNATION_JUMP_MAX } from './limits.ts'
import {
  encodeBody,
  type Incarnation,
  type OwnerState,
  ownHeadSchema,
  ownIncarnationSchema,
  ownReceiptsSchema,
} from './protocol.ts'
import { type Signer, signHead, type VerifiedHead, verifyHead } from './statements.ts'

const RECEIPTS_BYTES_MAX = 256 * 1024
const HOSTS_AT_ONCE = 16
const NO_PREVIOUS = '0'.repeat(64)

export interface OwnHeadsDeps {
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export interface HeadContent {
  readonly log: LogEnd
  /** Ids of all live stripes. */
  readonly stripes: Iterable<string>
  /** SHA-256 of the wrapped keyring, hex. */
  readonly keyring: string
  /** All other organisations. */
  readonly organisations: readonly OrganisationId[]
}

export interface HostToAsk {
  readonly box: BoxId
  readonly organisation: OrganisationId
}

/** What a start found out: who answered, and what each knows of us. */
export interface StartReport {
  readonly states: ReadonlyMap<BoxId, OwnerState>
  readonly trouble: ReadonlyMap<BoxId, string>
  readonly answered: number
  readonly needed: number
}

export class OwnHeads {
  readonly #deps: OwnHeadsDeps
  readonly #folder: BytePath
  readonly #signerNow: () => Signer
  #numbers: number[]
  #newest: VerifiedHead | null
  #incarnation: Incarnation | null = null
  /** Organisations that answered to this start. */
  readonly #answered = new Set<OrganisationId>()
  /** Organisations whose hosts showed a later start of this box. */
  readonly #later = new Set<OrganisationId>()
  #laterNeeded = 1
  #stopped: DatisError | null = null

  constructor(deps: OwnHeadsDeps, { folder, signer }: { folder: BytePath; signer: () => Signer }) {
    this.#deps = deps
    this.#folder = folder
    this.#signerNow = signer
    ensureFolder(deps.disk, folder)
    const pattern = /^[0-9]{10}\.cbor$/
    const names = deps.disk.list(folder).filter((name) => pattern.test(name))
    this.#numbers = names.map((name) => Number(name.slice(0, 10))).sort((a, b) => a - b)
    this.#newest = this.#newestGood()
  }

  /** Asked each time: root may give the box another certificate while it runs. */
  get #signer(): Signer {
    return this.#signerNow()
  }

  /** Behind a damaged newest head the box is as one whose disk was put back: hosts give it what they know. */
  #newestGood(): VerifiedHead | null {
    for (let last = this.#numbers.at(-1); last !== undefined; last = this.#numbers.at(-1)) {
      const head = this.head(last)
      if (head !== null) return head
      this.#numbers.pop()
    }
    return null
  }

  get newest(): VerifiedHead | null {
    return this.#newest
  }

  /** Null before `start`. */
  get incarnation(): Incarnation | null {
    return this.#incarnation
  }

  /** The verdict of this box about itself. Hosts can send its code, never this object. */
  get stopped(): DatisError | null {
    return this.#stopped
  }

  head(number: number): VerifiedHead | null {
    return this.#readGood(fileName(number), 2 * HEAD_BYTES_MAX, (bytes) =>
      verifyHead(decodeCbor('own head', ownHeadSchema, bytes).head, this.#signer),
    )
  }

  /** The newest ones, newest first. */
  list(countMax: number): VerifiedHead[] {
    const heads = this.#numbers.slice(-countMax).map((number) => this.head(number))
    return heads.filter((head) => head !== null).reverse()
  }

  /** Heads after `number` up to `until`, oldest first; they end where one is missing. */
  run(after: number, until: number, countMax: number): Signed[] {
    const heads: Signed[] = []
    for (let number = after + 1; number <= until && heads.length < countMax; number++) {
      const head = this.head(number)
      if (head === null) break
      heads.push(head.signed)
    }
    return heads
  }

  receipts(number: number): Signed[] {
    const decode = (bytes: Uint8Array) => decodeCbor('own receipts', ownReceiptsSchema, bytes).receipts
    return this.#readGood(receiptsName(number), RECEIPTS_BYTES_MAX, decode) ?? []
  }

  /** Verified ones; of each host the newest. */
  keepReceipts(number: number, receipts: readonly Signed[]): void {
    const byHost = new Map<string, Signed>()
    for (const signed of [...this.receipts(number), ...receipts]) byHost.set(decodeReceipt(signed.body).host, signed)
    const kept = [...byHost.values()].slice(0, 64)
    this.#write(receiptsName(number), encodeBody(ownReceiptsSchema, { format: 1, receipts: kept }))
  }

  /** Null when there is none, or a damaged one, which is kept aside: hosts have what it said. */
  #readGood<Result>(name: string, bytesMax: number, decode: (bytes: Uint8Array) => Result): Result | null {
    const { disk, log } = this.#deps
    const path = joinPath(this.#folder, name)
    try {
      const bytes = ignoring(['ENOENT'], () => readWhole(disk, path, bytesMax))
      return bytes === undefined ? null : decode(bytes)
    } catch (error) {
      if (!(error instanceof DatisError)) throw error
      log.error('own.head.damaged', { name, code: error.code })
      disk.rename(path, joinPath(this.#folder, `${name}.damaged`))
      disk.syncFolder(this.#folder)
      return null
    }
  }

  #write(name: string, bytes: Uint8Array): void {
    writeDurably(this.#deps.disk, this.#folder, name, bytes)
  }

  /** Heads that came back from hosts: recovery puts them here, so that the chain goes on from them. */
  adopt(heads: readonly Signed[]): void {
    for (const signed of heads) {
      const verified = verifyHead(signed, this.#signer)
      this.#write(fileName(verified.head.number), encodeBody(ownHeadSchema, { format: 1, head: signed }))
      if (!this.#numbers.includes(verified.head.number)) this.#numbers.push(verified.head.number)
      if (verified.head.number >= (this.#newest?.head.number ?? 0)) this.#newest = verified
    }
    this.#numbers.sort((a, b) => a - b)
  }

  /**
   * Tells hosts of this start of the box, and learns what they know of it. Called again in the same process it asks
   * those that were silent. BOX_REFUSED when hosts prove a later start, HEAD_ROLLED_BACK when one holds a newer head.
   */
  async start(
    hosts: readonly HostToAsk[],
    connect: (host: BoxId, signal: AbortSignal) => Promise<HostClient>,
    { epoch, receipts }: { epoch: Signed | null; receipts: number },
    signal: AbortSignal,
  ): Promise<StartReport> {
    if (this.#stopped !== null) throw this.#stopped
    const others = new Set(hosts.map(({ organisation }) => organisation))
    // From six organisations up one may lie.
    this.#laterNeeded = manyOrganisations(others.size) ? 2 : 1
    const trouble = new Map<BoxId, string>()
    const clients = await this.#connectAll(hosts, connect, trouble, signal)
    this.#incarnation ??= await this.#draw(clients, { epoch, trouble }, signal)
    const willing = clients.filter(({ host }) => !trouble.has(host.box))
    const states = await this.#announceAll(willing, epoch, trouble, signal)
    for (const host of hosts) if (states.has(host.box)) this.#answered.add(host.organisation)
    const answered = [...this.#answered].filter((organisation) => others.has(organisation)).length
    return { states, trouble, answered, needed: answersNeeded(others.size, receipts) }
  }

  async #connectAll(
    hosts: readonly HostToAsk[],
    connect: (host: BoxId, signal: AbortSignal) => Promise<HostClient>,
    trouble: Map<BoxId, string>,
    signal: AbortSignal,
  ): Promise<HostClient[]> {
    const clients = await mapConcurrent(
      hosts,
      HOSTS_AT_ONCE,
      (host, inner) => this.#tried(host.box, trouble, inner, () => connect(host.box, inner)),
      signal,
    )
    return clients.filter((client) => client !== null)
  }

  async #tried<Result>(
    host: BoxId,
    trouble: Map<BoxId, string>,
    signal: AbortSignal,
    act: () => Promise<Result>,
  ): Promise<Result | null> {
    try {
      return await act()
    } catch (error) {
      signal.throwIfAborted()
      if (error === this.#stopped) throw error
      trouble.set(host, codeOf(error))
      return null
    }
  }

  /** Highest known + 1 with fresh bytes, kept before anybody hears of it: two clones never have the same. */
  async #draw(
    clients: readonly HostClient[],
    { epoch, trouble }: { epoch: Signed | null; trouble: Map<BoxId, string> },
    signal: AbortSignal,
  ): Promise<Incarnation> {
    const decode = (bytes: Uint8Array) => decodeCbor('incarnation', ownIncarnationSchema, bytes).incarnation.count
    const own = this.#readGood('incarnation.cbor', 1024, decode) ?? 0
    const base = Math.max(own, this.#newest?.head.incarnation.count ?? 0)
    const known = await mapConcurrent(
      clients,
      HOSTS_AT_ONCE,
      (client, inner) =>
        this.#tried(client.host.box, trouble, inner, async () => {
          // Root's word comes first: with it a host forgets the starts of whoever had the key before.
          if (epoch !== null) await client.putEpoch(epoch, inner)
          return await knownCount(client, base, inner)
        }),
      signal,
    )
    const count = Math.max(base, ...known.map((one) => one ?? 0)) + 1
    const incarnation = { count, bytes: toHex(this.#deps.random.bytes(16)) }
    this.#write('incarnation.cbor', encodeBody(ownIncarnationSchema, { format: 1, incarnation }))
    return incarnation
  }

  async #announceAll(
    clients: readonly HostClient[],
    epoch: Signed | null,
    trouble: Map<BoxId, string>,
    signal: AbortSignal,
  ): Promise<Map<BoxId, OwnerState>> {
    const answers = new Map<BoxId, { state: OwnerState; newest: VerifiedHead | null }>()
    await mapConcurrent(
      clients,
      HOSTS_AT_ONCE,
      async (client, inner) => {
        const { box } = client.host
        const answer = await this.#tried(box, trouble, inner, async () => {
          const state = await this.#announce(client, epoch, inner)
          // A head that does not verify is this host's trouble: it has not answered.
          return { state, newest: state.newest === null ? null : verifyHead(state.newest, this.#signer) }
        })
        if (answer !== null) answers.set(box, answer)
      },
      signal,
    )
    for (const [host, { newest }] of answers) this.#checkNotBehind(host, newest)
    return new Map([...answers].map(([host, { state }]) => [host, state]))
  }

  async #announce(client: HostClient, epoch: Signed | null, signal: AbortSignal): Promise<OwnerState> {
    // Root's word comes first: it opens the way for a branch, whose heads would else look like a fork.
    if (epoch !== null) await client.putEpoch(epoch, signal)
    const incarnation = this.#incarnation
    if (incarnation === null) throw new Error('a box announces an incarnation after it drew one')
    try {
      return await client.announce(incarnation, signal)
    } catch (error) {
      throw await this.refused(client, error, signal)
    }
  }

  /**
   * What to throw for a host's refusal: our own stop when enough hosts show the later start that they speak of, else
   * the refusal itself, which is that host's trouble.
   */
  async refused(client: HostClient, error: unknown, signal: AbortSignal): Promise<unknown> {
    if (codeOf(error) !== 'HEAD_INCARNATION_REFUSED' || this.#incarnation === null) return error
    const known = (await client.state(signal))?.incarnation ?? null
    if (known === null || !isLater(known, this.#incarnation)) return error
    this.#later.add(client.host.organisation)
    return this.#later.size < this.#laterNeeded ? error : this.#stop(client.host.box, error)
  }

  /** Another start of this box is alive somewhere: of two clones one stops, until a person starts it again. */
  #stop(host: BoxId, cause: unknown): DatisError {
    if (this.#stopped !== null) return this.#stopped
    const details = { host, count: this.#incarnation?.count ?? 0 }
    this.#stopped = new DatisError('BOX_REFUSED', 'A host knows a later start of this box: this one stops.', details, {
      cause,
    })
    this.#deps.log.error('box.refused', details)
    return this.#stopped
  }

  /** Heads carry our own signature: a host cannot make one up. */
  #checkNotBehind(host: BoxId, theirs: VerifiedHead | null): void {
    if (theirs === null) return
    if (theirs.head.epoch < this.#signer.epoch) return
    const ours = this.#newest?.head.number ?? 0
    if (theirs.head.number <= ours) {
      this.#checkSame(host, theirs)
      return
    }
    throw new DatisError('HEAD_ROLLED_BACK', 'Hosts know a newer head than this box: its disk was rolled back.', {
      host,
      ours,
      theirs: theirs.head.number,
      at: theirs.head.at,
    })
  }

  /** Two heads of one number: an alarm, which root ends; hosts on our branch go on protecting meanwhile. */
  #checkSame(host: BoxId, theirs: VerifiedHead): void {
    const same = this.head(theirs.head.number)
    if (same === null || same.hash === theirs.hash) return
    this.#deps.log.error('head.fork', { host, number: theirs.head.number, ours: same.hash, theirs: theirs.hash })
  }

  /** Signs and keeps the next head; gives the newest again when nothing has changed since. */
  signNext(content: HeadContent, start: Pick<StartReport, 'answered' | 'needed'>): VerifiedHead {
    if (this.#stopped !== null) throw this.#stopped
    if (this.#incarnation === null || start.answered < start.needed) {
      const { answered, needed } = start
      throw new DatisError('HEAD_TOO_FEW_ANSWERS', 'Too few hosts have said what they know of this box.', {
        answered,
        needed,
      })
    }
    const next = this.#nextHead(content, this.#incarnation)
    if (this.#newest !== null && sameContent(this.#newest.head, next)) return this.#newest
    const signed = signHead(this.#signer, next)
    this.#write(fileName(next.number), encodeBody(ownHeadSchema, { format: 1, head: signed.signed }))
    this.#numbers.push(next.number)
    this.#newest = signed
    return signed
  }

  #nextHead({ log, stripes, keyring, organisations }: HeadContent, incarnation: Incarnation): Head {
    return {
      format: 1,
      box: this.#signer.box,
      incarnation,
      epoch: this.#signer.epoch,
      number: (this.#newest?.head.number ?? 0) + 1,
      previous: this.#newest?.hash ?? NO_PREVIOUS,
      at: Math.floor(this.#deps.clock.wall()),
      log: { frames: log.frames, hash: log.hash },
      stripes: rootOfIds(stripes),
      keyring,
      organisations: [...organisations].sort(),
    }
  }
}

async function knownCount(client: HostClient, base: number, signal: AbortSignal): Promise<number> {
  const count = (await client.state(signal))?.incarnation?.count ?? 0
  if (count > base + INCARNATION_JUMP_MAX) throw answerInvalid('incarnation', { count, known: base })
  return count
}

function isLater(known: Incarnation, ours: Incarnation): boolean {
  if (known.count === ours.count) return known.bytes !== ours.bytes
  return known.count > ours.count && known.count <= ours.count + INCARNATION_JUMP_MAX
}

function sameContent(a: Head, b: Head): boolean {
  return (
    a.epoch === b.epoch &&
    a.log.frames === b.log.frames &&
    a.log.hash === b.log.hash &&
    a.stripes === b.stripes &&
    a.keyring === b.keyring &&
    a.organisations.join() === b.organisations.join()
  )
}

function fileName(number: number): string {
  return `${String(number).padStart(10, '0')}.cbor`
}

function receiptsName(number: number): string {
  return `${String(number).padStart(10, '0')}.receipts`
}
