/** One round of dispersal: what hosts lack of stripes, log, keyring and heads goes out; what they sign comes back. */
import { ByteBudget, type Clock, codeOf, DatisError, type Log, mapConcurrent, release, toHex } from '#base'
import type { Code } from '#coding'
import { type BoxOfMember, type Charter, hostsFor, otherOrganisations } from '#community'
import { type BoxId, decodePlacement, type OrganisationId, type Signed, sha256 } from '#crypto'
import { Copies, withCopies } from './copies.ts'
import { overall, receiptsNeeded, type StripeState, stripeState } from './counting.ts'
import type { PreparedStripe } from './encode.ts'
import { distinct, HeldRows } from './held-rows.ts'
import { Holders } from './holders.ts'
import { HostClient, type Hosts } from './host-client.ts'
import type { KnownHosts } from './known-hosts.ts'
import { STRIPES_IN_FLIGHT_MAX, UPLOAD_BYTES_MAX, UPLOADS_A_HOST_MAX } from './limits.ts'
import type { OwnHeads, StartReport } from './own-heads.ts'
import { type Codes, codesFor, outgrownBy, stayingCharter } from './placement.ts'
import { type ChosenPlaces, Places } from './places.ts'
import type { InventoryEntry, OwnerState } from './protocol.ts'
import { compareInTime, expectedByHost } from './reconcile.ts'
import type { DisperseReport } from './report.ts'
import { type PlacedRow, type PlacedStripe, type Signer, sameRecord, signPlacement } from './statements.ts'
import { holdsOther, placedOf, type StripeToSend, type UploadReport, Uploads, uploadStripe } from './upload.ts'
import { WithoutLeaving } from './without-leaving.ts'
import { type LogSource, sendLost, syncKeyring, syncLog, witness } from './witness.ts'

export interface PackToPlace {
  /** Pack id = stripe id. */
  readonly id: string
  readonly class: 'data' | 'metadata'
  readonly bytes: number
}

export interface DisperserDeps {
  readonly clock: Clock
  readonly log: Log
  readonly hosts: Hosts
  readonly heads: OwnHeads
}

export interface DisperseInput {
  readonly signer: Signer
  readonly charter: Charter
  /** All live packs, in the order in which they should go out. */
  readonly packs: Iterable<PackToPlace> | AsyncIterable<PackToPlace>
  /** From the log's 'placed' records, rows of several records joined. */
  readonly placed: ReadonlyMap<string, PlacedStripe>
  /** In a worker: reads the pack (from the vault, else by `fetchPack`), encodes, decodes after encode; then signs. */
  prepare(pack: PackToPlace, code: Code, signal: AbortSignal): Promise<PreparedStripe>
  /** Appends a 'placed' record to the log, durably; `rows` are all rows known so far. */
  onPlaced(placed: PlacedStripe): Promise<void> | void
  readonly vaultLog: LogSource
  /** Whether what must be protected (rule 5: the newest complete snapshots) does without packs that are nowhere. */
  dispensable(lost: ReadonlySet<string>): Promise<boolean>
  /** Wrapped, as hosts keep it. */
  readonly keyring: Uint8Array
  /** Whether the log names this pack, live or released. */
  knows(stripe: string): boolean
  /** Ids of the packs that are live when the head is signed. */
  liveStripes(): Iterable<string>
  readonly knownHosts: KnownHosts
  /** Root's newest epoch statement for this box; null before the first recovery. */
  readonly epoch: Signed | null
  readonly onProgress?: (progress: DisperseProgress) => void
}

export interface DisperseProgress {
  readonly phase: 'upload' | 'witness'
  readonly bytesDone: number
  readonly stripesDone: number
}

const HOSTS_AT_ONCE = 16
const LACKING = new Set(['HEAD_KEYRING_MISSING', 'HEAD_LOG_MISSING'])

export class Disperser {
  readonly #deps: DisperserDeps

  constructor(deps: DisperserDeps) {
    this.#deps = deps
  }

  /** BOX_REFUSED and HEAD_ROLLED_BACK stop the box; everything else that hosts do wrong is in `trouble`. */
  async run(input: DisperseInput, signal: AbortSignal): Promise<DisperseReport> {
    return await new Round(this.#deps, input).run(signal)
  }
}

/** `stored`: rows that were uploaded in this round. */
interface SentStripe {
  readonly code: Code
  readonly stored: readonly PlacedRow[]
}

interface Held {
  /** So many rows bring it back. */
  readonly k: number
  readonly known: PlacedStripe | undefined
  readonly stored: readonly PlacedRow[]
}

class Round {
  readonly #deps: DisperserDeps
  readonly #input: DisperseInput
  readonly #codes: Codes
  readonly #hosts: readonly BoxOfMember[]
  readonly #places: Places
  readonly #isOutgrown: ReturnType<typeof outgrownBy>
  readonly #needed: number
  readonly #trouble = new Map<BoxId, string>()
  readonly #uploads: Uploads
  readonly #memory = new ByteBudget(UPLOAD_BYTES_MAX)
  /** Hosts that do not answer, and have not for long: nothing new is kept for them. */
  readonly #absent = new Set<BoxId>()
  /** Hosts that answer on sessions of their own alone: now, and for long. */
  readonly #lent = new Set<BoxId>()
  readonly #hard = new Set<BoxId>()
  /** Hosts that have lost all since they were last seen. */
  readonly #emptied = new Set<BoxId>()
  readonly #states = new Map<string, StripeState>()
  readonly #withoutLeaving: WithoutLeaving
  readonly #copies: Copies
  readonly #rows: HeldRows
  readonly #staying: ReadonlySet<BoxId>
  /** Organisations with a receipt of this round for the newest head. */
  readonly #witnessed = new Set<OrganisationId>()
  readonly #witnesses = new Set<BoxId>()
  readonly #stuck = new Set<string>()
  readonly #unnamed = new Map<BoxId, readonly InventoryEntry[]>()
  readonly #failed: { stripe: string; code: string }[] = []
  readonly #holders = new Holders()
  /** Of packs that failed: whether they count shows at the end. */
  readonly #doubtful: { pack: PackToPlace; k: number; known: PlacedStripe | undefined }[] = []
  #lostCount = 0
  #bytesDone = 0

  constructor(deps: DisperserDeps, input: DisperseInput) {
    this.#deps = deps
    this.#input = input
    const { box, organisation } = input.signer
    // What is placed from now on must do without who is leaving.
    const charter = stayingCharter(input.charter, box)
    this.#codes = codesFor(charter, box)
    this.#hosts = hostsFor(input.charter, organisation)
    this.#isOutgrown = outgrownBy(charter, box)
    const sets = { absent: this.#absent, hard: this.#hard }
    this.#places = new Places({ charter, owner: box, codes: this.#codes, ...sets }, input.placed.values())
    const others = otherOrganisations(input.charter, organisation).length
    this.#needed = receiptsNeeded(others, this.#codes.data.n, this.#codes.data.k)
    this.#copies = new Copies(input.placed)
    this.#staying = new Set(hostsFor(charter, organisation).map((host) => host.box))
    const members = new Set(this.#hosts.map((host) => host.box))
    this.#withoutLeaving = new WithoutLeaving({ hosts: this.#hosts, staying: this.#staying, code: this.#codes.data })
    this.#rows = new HeldRows({ members, staying: this.#staying, copies: this.#copies })
    this.#uploads = new Uploads(UPLOADS_A_HOST_MAX)
  }

  async run(signal: AbortSignal): Promise<DisperseReport> {
    const start = await this.#start(signal)
    await this.#compareInventories(start, signal)
    for (const stripe of this.#copies.found()) await this.#input.onPlaced(stripe)
    await mapConcurrent(this.#input.packs, STRIPES_IN_FLIGHT_MAX, (pack, inner) => this.#place(pack, inner), signal)
    await this.#leaveLost()
    for (const { pack, k, known } of this.#doubtful) {
      if (this.#states.has(pack.id)) this.#hold(pack, { k, known, stored: [] })
    }
    const { head, receipts } = await this.#witnessAll(start, signal)
    this.#holders.witnessed(this.#witnesses)
    return this.#report(head, receipts)
  }

  readonly #connect = async (host: BoxId, signal: AbortSignal): Promise<HostClient> => {
    const session = await this.#deps.hosts.session(host, signal)
    if (session.lent) this.#lent.add(host)
    return new HostClient(this.#deps.clock, session, this.#input.signer.box)
  }

  async #start(signal: AbortSignal): Promise<StartReport> {
    const { epoch } = this.#input
    const start = await this.#deps.heads.start(this.#hosts, this.#connect, { epoch, receipts: this.#needed }, signal)
    for (const [host, code] of start.trouble) {
      this.#note(host, code)
      this.#uploads.skip(host)
      if (start.states.size > 0) this.#input.knownHosts.missed(host)
      if (this.#input.knownHosts.isAbsent(host)) this.#absent.add(host)
    }
    for (const [host, { store }] of start.states) {
      if (this.#hasLostAll(host, store)) this.#emptied.add(host)
      this.#input.knownHosts.seen(host, store, this.#lent.has(host))
      if (this.#input.knownHosts.isHard(host)) this.#hard.add(host)
    }
    return start
  }

  #note(host: BoxId, code: string): void {
    if (this.#trouble.has(host)) return
    this.#trouble.set(host, code)
    this.#deps.log.warn('disperse.host.trouble', { host, code })
  }

  // --- what hosts have lost

  async #compareInventories(start: StartReport, signal: AbortSignal): Promise<void> {
    const expected = expectedByHost(this.#input.placed.values())
    await mapConcurrent(
      start.states.keys(),
      HOSTS_AT_ONCE,
      async (host, inner) => {
        const entries = expected.get(host) ?? []
        await this.#tried(host, inner, async () => {
          if (this.#emptied.has(host)) {
            this.#unnamed.set(host, [])
            for (const { stripe, row } of entries) this.#rows.lose(host, stripe, row)
            this.#rows.compared(host)
            return
          }
          const client = await this.#connect(host, inner)
          const { missing, extra } = await compareInTime(this.#deps.clock, client, entries, inner)
          for (const { stripe, row } of missing) this.#noteLost(host, stripe, row)
          const at = Math.floor(this.#deps.clock.wall())
          for (const entry of extra) this.#copies.note(entry, { host, at })
          const isOurs = ({ stripe }: InventoryEntry) => this.#input.knows(stripe)
          this.#unnamed.set(host, extra.filter(isOurs))
          this.#rows.compared(host)
        })
      },
      signal,
    )
  }

  /** A host with another store than before says that its disk was lost: no lie, and nothing there counts any more. */
  #hasLostAll(host: BoxId, store: string): boolean {
    const known = this.#input.knownHosts.storeOf(host)
    if (known === null || known === store) return false
    this.#deps.log.warn('disperse.host.store.lost', { host, known, store })
    return true
  }

  #noteLost(host: BoxId, stripe: string, row: number): void {
    this.#rows.lose(host, stripe, row)
    this.#deps.log.warn('fragment.missing', { host, stripe, row })
  }

  async #tried(host: BoxId, signal: AbortSignal, act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      signal.throwIfAborted()
      if (error === this.#deps.heads.stopped) throw error
      this.#note(host, codeOf(error))
    }
  }

  // --- stripes

  async #place(pack: PackToPlace, signal: AbortSignal): Promise<void> {
    const known = this.#input.placed.get(pack.id)
    const rows = known === undefined ? [] : this.#rows.placed(known)
    const code = known?.code ?? this.#codes[pack.class]
    const done = (known !== undefined && rows.length >= code.n) || !this.#anyUseful(known, rows)
    const sent = done ? null : await this.#trySend(pack, known, signal)
    const stored = sent?.stored ?? []
    const stateOf = (held: readonly PlacedRow[]) =>
      stripeState(distinct(held).length, sent?.code ?? code, pack.class, this.#codes.data)
    const staying = stateOf([...stored, ...this.#rows.confirmed(rows)])
    const leaving = known === undefined ? [] : this.#rows.leaving(known, [...rows, ...stored])
    if (done || sent !== null) this.#hold(pack, { k: (sent?.code ?? code).k, known, stored })
    else this.#doubtful.push({ pack, k: code.k, known })
    this.#withoutLeaving.stripe(pack.id, staying)
    this.#states.set(pack.id, stateOf([...stored, ...this.#rows.confirmed([...rows, ...leaving])]))
    if (staying !== 'whole' && known !== undefined && this.#isOutgrown(known)) this.#stuck.add(pack.id)
    this.#progress()
  }

  #hold({ id, bytes }: PackToPlace, { k, known, stored }: Held): void {
    const held = known === undefined ? [] : this.#rows.confirmed(this.#rows.held(known))
    this.#holders.add({ id, bytes, k, rows: [...held, ...stored] })
  }

  /** A pack that cannot be read or encoded leaves the others alone. */
  async #trySend(pack: PackToPlace, known: PlacedStripe | undefined, signal: AbortSignal): Promise<SentStripe | null> {
    try {
      return await this.#send(pack, known, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof DatisError) || error === this.#deps.heads.stopped) throw error
      this.#failed.push({ stripe: pack.id, code: error.code })
      this.#deps.log.error('disperse.pack.failed', { stripe: pack.id, code: error.code })
      return null
    }
  }

  /** A pack that burnt before it was protected must not keep all later ones from being called so. */
  async #leaveLost(): Promise<void> {
    const unreachable = this.#failed.filter(({ code }) => code === 'STRIPE_UNREACHABLE')
    const lost = new Set(unreachable.map(({ stripe }) => stripe))
    if (lost.size === 0 || !(await this.#input.dispensable(lost))) return
    for (const stripe of lost) {
      const known = this.#input.placed.get(stripe)
      this.#states.delete(stripe)
      // Out of reach for a moment, it may need the rows that leave.
      if (known === undefined || this.#rows.leaving(known, []).length === 0) this.#withoutLeaving.lost(stripe)
    }
    this.#lostCount = lost.size
  }

  /** A stripe whose missing rows all belong to hosts that are away is not read and encoded for nothing. */
  #anyUseful(known: PlacedStripe | undefined, rows: PlacedStripe['rows']): boolean {
    if (known === undefined) return true
    const have = new Set(rows.map(({ row }) => row))
    const { hosts } = this.#places.ofKnown(known, rows)
    return hosts.some((host, row) => !have.has(row) && this.#mayTake(host))
  }

  #mayTake(host: BoxId): boolean {
    return !this.#uploads.skips(host) && this.#staying.has(host)
  }

  async #send(pack: PackToPlace, known: PlacedStripe | undefined, signal: AbortSignal): Promise<SentStripe> {
    const chosen =
      known === undefined ? this.#places.ofNew(pack) : this.#places.ofKnown(known, this.#rows.placed(known))
    using _memory = await this.#memory.take(
      Math.ceil((pack.bytes * (chosen.code.n + chosen.code.k)) / chosen.code.k),
      signal,
    )
    const prepared = await this.#input.prepare(pack, chosen.code, signal)
    const stripe = this.#stripeToSend(pack, known, chosen, prepared)
    const report = await uploadStripe(
      { uploads: this.#uploads, connect: this.#connect, mayTake: (host) => this.#mayTake(host) },
      stripe,
      signal,
    )
    await this.#keep(stripe, report, signal)
    // What went out were copies with a header.
    release(...prepared.payloads)
    return { code: chosen.code, stored: report.stored }
  }

  #stripeToSend(
    pack: PackToPlace,
    known: PlacedStripe | undefined,
    { code, hosts, number }: ChosenPlaces,
    prepared: PreparedStripe,
  ): StripeToSend {
    // Encoding is exact: another record under the same id would be refused by every host that holds the first.
    if (known !== undefined && !sameRecord(known.record, prepared.record)) {
      throw new DatisError('STRIPE_CHANGED', 'A pack does not encode to the stripe that was placed.', {
        stripe: pack.id,
      })
    }
    const { signer } = this.#input
    const unmoved = known !== undefined && decodePlacement(known.placement.body).number === number
    const placement = unmoved
      ? known.placement
      : signPlacement(signer, { format: 1, owner: signer.box, stripe: pack.id, number, hosts: [...hosts] })
    const rows = known === undefined ? [] : this.#rows.placed(known)
    const held = known === undefined ? this.#copies.ofNew(pack.id, prepared.record) : this.#rows.held(known)
    return {
      id: pack.id,
      owner: signer,
      prepared,
      placement,
      hosts,
      rows,
      placed: (stored) => placedOf(pack, code, { prepared, placement, rows: withCopies([...rows, ...stored], held) }),
    }
  }

  async #keep(stripe: StripeToSend, report: UploadReport, signal: AbortSignal): Promise<void> {
    for (const { host, row, code } of report.failed) {
      if (code !== 'FRAGMENT_CONFLICT') this.#note(host, code)
      else await this.#tried(host, signal, () => this.#noteConflict(stripe, host, row, signal))
    }
    this.#bytesDone += report.bytes
    if (report.stored.length > 0) await this.#input.onPlaced(stripe.placed(report.stored))
  }

  /** Shown, it is a matter of this stripe; else the host is in trouble. */
  async #noteConflict(stripe: StripeToSend, host: BoxId, row: number, signal: AbortSignal): Promise<void> {
    if (!(await holdsOther(this.#connect, stripe, { host, row }, signal))) return this.#note(host, 'FRAGMENT_CONFLICT')
    this.#stuck.add(stripe.id)
    this.#deps.log.warn('stripe.taken', { stripe: stripe.id, host, row })
  }

  #progress(): void {
    this.#input.onProgress?.({ phase: 'upload', bytesDone: this.#bytesDone, stripesDone: this.#states.size })
  }

  // --- log, keyring, heads

  async #witnessAll(start: StartReport, signal: AbortSignal): Promise<{ head: number; receipts: number }> {
    // All 'placed' records are in the log by now: what the head names leads to every fragment.
    const ready = new Set<BoxId>()
    await this.#onEach(start, signal, async (client, state, inner) => {
      await this.#bringUp(client, state, inner)
      ready.add(client.host.box)
    })
    const head = this.#signHead(start)
    if (head === null) return { head: 0, receipts: 0 }
    await this.#onEach(start, signal, async (client, state, inner) => {
      if (!ready.has(client.host.box)) return
      const receipt = await this.#witness(client, state, inner)
      this.#deps.heads.keepReceipts(head, [receipt])
      this.#noteWitness(client.host.box)
      this.#input.onProgress?.({ phase: 'witness', bytesDone: this.#bytesDone, stripesDone: this.#states.size })
      await sendLost(client, this.#deps.heads, state.lost, inner)
    })
    return { head, receipts: this.#witnessed.size }
  }

  /** A host that finds the keyring or the log damaged when it is to sign for them gets them again, once. */
  async #witness(client: HostClient, state: OwnerState, signal: AbortSignal): Promise<Signed> {
    try {
      return await witness(client, this.#deps.heads, signal)
    } catch (error) {
      if (!LACKING.has(codeOf(error))) throw error
      await this.#bringUp(client, { ...state, keyrings: [] }, signal)
      return await witness(client, this.#deps.heads, signal)
    }
  }

  async #bringUp(client: HostClient, state: OwnerState, signal: AbortSignal): Promise<void> {
    const { incarnation } = this.#deps.heads
    if (incarnation === null) throw new Error('a box disperses after its start')
    await syncKeyring(client, this.#input.keyring, state, signal)
    await syncLog(client, this.#input.vaultLog, incarnation, signal)
  }

  async #onEach(
    start: StartReport,
    signal: AbortSignal,
    act: (client: HostClient, state: OwnerState, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    await mapConcurrent(
      start.states,
      HOSTS_AT_ONCE,
      ([host, state], inner) =>
        this.#tried(host, inner, async () => act(await this.#connect(host, inner), state, inner)),
      signal,
    )
  }

  #signHead(start: StartReport): number | null {
    const { charter, signer, keyring, vaultLog } = this.#input
    const content = {
      log: vaultLog.end(),
      stripes: this.#input.liveStripes(),
      keyring: toHex(sha256(keyring)),
      organisations: otherOrganisations(charter, signer.organisation),
    }
    try {
      return this.#deps.heads.signNext(content, start).head.number
    } catch (error) {
      if (codeOf(error) !== 'HEAD_TOO_FEW_ANSWERS') throw error
      this.#deps.log.warn('disperse.head.waits', { answered: start.answered, needed: start.needed })
      return null
    }
  }

  /** One receipt an organisation, as the charter has it. */
  #noteWitness(host: BoxId): void {
    const listed = this.#hosts.find(({ box }) => box === host)
    if (listed === undefined) return
    this.#witnessed.add(listed.organisation)
    this.#witnesses.add(host)
    this.#withoutLeaving.witness(listed)
  }

  #report(head: number, receipts: number): DisperseReport {
    const witnessed = head > 0 && receipts >= this.#needed
    const states = [...this.#states.values()]
    return {
      charter: this.#input.charter.number,
      state: overall(states, witnessed),
      drained: this.#withoutLeaving.drained,
      head: head === 0 ? (this.#deps.heads.newest?.head.number ?? 0) : head,
      receipts,
      needed: this.#needed,
      stripes: {
        total: states.length,
        protected: states.filter((state) => state !== 'stored').length,
        whole: states.filter((state) => state === 'whole').length,
        lost: this.#lostCount,
      },
      states: this.#states,
      holders: this.#holders,
      stuck: this.#stuck,
      trouble: [...this.#trouble].map(([host, code]) => ({ host, code })),
      unnamed: this.#unnamed,
      failed: this.#failed,
    }
  }
}
