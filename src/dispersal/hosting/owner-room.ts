/** All that one host keeps of one owner: who it is, its heads, its log, its keyrings. Fragments and their releases have rooms of their own. */
import {
  type BytePath,
  bytesEqual,
  type Clock,
  DatisError,
  type Disk,
  joinPath,
  type Log,
  toHex,
  type Workers,
} from '#base'
import { type BoxId, decodeEpoch, type Epoch, encodeReceipt, type OrganisationId, type Signed, sha256 } from '#crypto'
import { HEAD_BYTES_MAX, HEADS_A_DAY_MAX, LOG_BYTES_A_DAY_MAX, LOG_CUT_BYTES, OWNER_QUEUE_MAX } from '../limits.ts'
import { Mutex } from '../mutex.ts'
import { encodeHostedState, type HostedState, type Incarnation, type OwnerState } from '../protocol.ts'
import { type Owner, type Signer, sign, type VerifiedHead, verifyEpoch, verifyHead } from '../statements.ts'
import { Allowance } from './allowance.ts'
import { ContactsRoom } from './contacts-room.ts'
import { writeFileJob } from './fragment-jobs.ts'
import { FragmentRoom } from './fragment-room.ts'
import { fragmentRules } from './fragment-rules.ts'
import {
  checkEpoch,
  checkIncarnation,
  checkLastGood,
  checkNext,
  checkRow,
  forked,
  lostAtStart,
  numberRefused,
} from './head-rules.ts'
import { HostedHeads, headUnknown } from './hosted-heads.ts'
import { HostedKeyrings } from './hosted-keyrings.ts'
import { HostedLog } from './hosted-log.ts'
import { STATE_FILE } from './hosted-state.ts'
import type { LivedTime } from './lived-time.ts'
import { Received } from './received.ts'
import { ReleaseRoom } from './release-room.ts'
import { type HostingSpace, measureJob } from './space.ts'

export interface RoomDeps {
  readonly disk: Disk
  readonly clock: Clock
  readonly workers: Workers
  readonly log: Log
  readonly lived: LivedTime
  readonly space: HostingSpace
  /** All organisations of the community. */
  readonly members: () => Iterable<OrganisationId>
}

export interface HostIdentity {
  readonly store: string
  readonly signer: () => Signer
}

export class OwnerRoom {
  readonly owner: Owner
  readonly fragments: FragmentRoom
  readonly releases: ReleaseRoom
  readonly contacts: ContactsRoom
  readonly received: Received
  readonly #deps: RoomDeps
  readonly #host: HostIdentity
  readonly #folder: BytePath
  readonly #queue = new Mutex(OWNER_QUEUE_MAX)
  readonly #heads: HostedHeads
  readonly #hostedLog: HostedLog
  readonly #keyrings: HostedKeyrings
  #state: HostedState
  readonly #headsADay: Allowance
  readonly #logADay: Allowance
  /** Once a start of the host. */
  #measured: Promise<void> | null = null

  constructor(
    deps: RoomDeps,
    host: HostIdentity,
    { folder, box, state }: { folder: BytePath; box: BoxId; state: HostedState },
  ) {
    this.owner = { box, organisation: state.organisation }
    this.#deps = deps
    this.#host = host
    this.#folder = folder
    this.#state = state
    this.#heads = new HostedHeads(deps, { folder: joinPath(folder, 'heads'), owner: this.owner, host: host.signer })
    const place = { folder: joinPath(folder, 'log'), aside: joinPath(folder, 'log-cut'), owner: box }
    this.#hostedLog = new HostedLog(deps, place)
    this.#keyrings = new HostedKeyrings(deps, { folder: joinPath(folder, 'keyrings'), owner: box })
    this.received = new Received(deps, joinPath(folder, 'received'))
    this.releases = this.#releaseRoom()
    this.contacts = new ContactsRoom(deps, { folder, owner: this.owner, notices: this.releases.unusual })
    const { received, releases } = this
    const rules = fragmentRules({ owner: box, received, releases, space: deps.space })
    this.fragments = new FragmentRoom(deps, host, { folder: joinPath(folder, 'fragments'), owner: this.owner, rules })
    this.#headsADay = new Allowance(deps.clock, HEADS_A_DAY_MAX)
    this.#logADay = new Allowance(deps.clock, LOG_BYTES_A_DAY_MAX)
  }

  #releaseRoom(): ReleaseRoom {
    return new ReleaseRoom(this.#deps, this.#host, {
      folder: this.#folder,
      owner: this.owner,
      received: this.received,
      present: () => this.fragments.present(),
      changed: (stripe) => this.fragments.forget(stripe),
      purged: (bytes) => this.#deps.space.add(this.owner.box, -bytes),
    })
  }

  /** What lies here of this owner is counted once, and from then on as it comes and goes. */
  measure(): Promise<void> {
    this.#measured ??= this.#measure().catch((error) => {
      this.#measured = null
      throw error
    })
    return this.#measured
  }

  async #measure(): Promise<void> {
    const { bytes, rot } = await this.#deps.workers.run(measureJob, { folder: this.#folder })
    this.fragments.noteRot(rot)
    const { organisation, box } = this.owner
    this.#deps.space.know(box, { organisation, bytes, released: () => this.releases.releasedBytes() })
  }

  static async create(
    deps: RoomDeps,
    host: HostIdentity,
    { folder, box, organisation, epoch }: { folder: BytePath; box: BoxId; organisation: OrganisationId; epoch: number },
  ): Promise<OwnerRoom> {
    const state: HostedState = { format: 1, organisation, epoch, statement: null, settled: true, incarnation: null }
    const room = new OwnerRoom(deps, host, { folder, box, state })
    await room.#saveState(state)
    return room
  }

  get state(): HostedState {
    return this.#state
  }

  /** A key of an epoch that is over is as good as stolen; a later one ends those before it. */
  async admitWriter(epoch: number): Promise<void> {
    if (epoch === this.#state.epoch) return
    await this.#queue.run(async () => {
      this.#refuseOver(epoch)
      if (epoch > this.#state.epoch) await this.#saveState({ ...this.#state, epoch })
    })
  }

  #refuseOver(epoch: number): void {
    const known = this.#state.epoch
    if (epoch < known) throw new DatisError('EPOCH_REFUSED', 'The key of this box was replaced.', { epoch, known })
  }

  async #saveState(state: HostedState): Promise<void> {
    const bytes = encodeHostedState(state)
    await this.#deps.workers.run(writeFileJob, { folder: this.#folder, name: STATE_FILE, bytes })
    this.#state = state
  }

  // --- incarnations

  announce(incarnation: Incarnation): Promise<OwnerState> {
    return this.#queue.run(async () => {
      await this.#raise(incarnation)
      return await this.#describe(false)
    })
  }

  async #raise(incarnation: Incarnation): Promise<void> {
    const known = this.#state.incarnation
    checkIncarnation(incarnation, known)
    if (known?.count !== incarnation.count) await this.#saveState({ ...this.#state, incarnation })
  }

  // --- log

  /** `byOwner`: it can send what turns out to be damaged, so the log is looked at, and ends where it is good. */
  logEnd(at: number | undefined, byOwner: boolean) {
    return this.#queue.run(async () => {
      if (byOwner && at === undefined) await this.#hostedLog.check()
      const end = at === undefined ? await this.#hostedLog.end() : await this.#hostedLog.endAt(at)
      if (end === undefined)
        throw new DatisError('LOG_FRAME_UNKNOWN', 'The log of this host is shorter.', { at: at ?? 0 })
      return end
    })
  }

  logPage(bound: { from: number } | { until: number }): Promise<Uint8Array> {
    return this.#queue.run(() =>
      'from' in bound ? this.#hostedLog.pageFrom(bound.from) : this.#hostedLog.pageUntil(bound.until),
    )
  }

  /** `branch`: what is behind `from` was never named by a head, or root has ended it; it goes aside first. */
  appendLog({
    from,
    frames,
    incarnation,
    branch,
  }: {
    from: number
    frames: Uint8Array
    incarnation: Incarnation
    branch: boolean
  }) {
    return this.#queue.run(async () => {
      await this.#raise(incarnation)
      await this.#settle()
      if (!this.#logADay.spend(frames.byteLength + (branch ? LOG_CUT_BYTES : 0))) {
        const details = { bytes: frames.byteLength, left: this.#logADay.left }
        throw new DatisError('LOG_RATE_REFUSED', 'Too much of a log in a day.', details)
      }
      if (branch) await this.#cutForBranch(from)
      const end = await this.#hostedLog.append(from, frames)
      this.#deps.space.add(this.owner.box, frames.byteLength)
      return end
    })
  }

  async #cutForBranch(from: number): Promise<void> {
    if (!this.#state.settled) {
      return await this.#hostedLog.cutTo(from, joinPath(this.#folder, `log-${this.#state.epoch}`))
    }
    await this.#heads.open()
    if (from < (this.#heads.newest?.head.log.frames ?? 0)) {
      throw new DatisError('LOG_BRANCH_REFUSED', 'A head names what this branch of the log would replace.', { from })
    }
    await this.#hostedLog.cutTo(from, joinPath(this.#folder, 'log-cut'))
  }

  // --- keyrings

  async putKeyring(hash: string, bytes: Uint8Array): Promise<void> {
    if (bytes.byteLength === 0 || toHex(sha256(bytes)) !== hash) {
      throw new DatisError('FORMAT_KEYRING', 'A keyring does not have the hash that names it.', { hash })
    }
    await this.#queue.run(() => this.#keyrings.put(hash, bytes))
  }

  /** Null when it is not there, or no more what its name says. */
  keyring(hash: string): Uint8Array | null {
    return this.#keyrings.get(hash)
  }

  // --- heads

  /** Takes heads, oldest first, and answers with the receipt of the last. */
  putHeads(list: readonly Signed[], incarnation: Incarnation): Promise<Signed> {
    return this.#queue.run(async () => {
      await this.#heads.open()
      const heads = list.map((signed) => verifyHead(signed, this.owner))
      await this.#raise(incarnation)
      await this.#settle()
      return await this.#take(heads, incarnation)
    })
  }

  /** The receipt of the last one. */
  async #take(heads: readonly VerifiedHead[], incarnation: Incarnation): Promise<Signed> {
    checkRow(heads, incarnation)
    const epoch = this.#epoch()
    checkLastGood(heads, epoch)
    // From the disk, not from memory: what a receipt is signed for must follow a head that is there.
    await this.#heads.refresh()
    const fresh = await this.#unknownOf(heads, epoch)
    if (fresh.length === 0) return await this.#receiptAgain(heads)
    await this.#checkFollows(fresh, epoch)
    const receipt = await this.#keep(fresh)
    await this.#settleBy(fresh, epoch)
    const last = fresh.at(-1)
    this.#deps.log.info('hosted.head', { owner: this.owner.box, number: last?.head.number })
    return receipt
  }

  async #keep(heads: readonly VerifiedHead[]): Promise<Signed> {
    await this.#checkHeld(heads)
    this.#spend(heads.length)
    const signed = heads.map((verified) => ({ verified, receipt: this.#receipt(verified) }))
    await this.received.noteHeads(heads.map(({ head, hash }) => ({ number: head.number, hash })))
    await this.#heads.add(signed)
    this.#deps.space.add(this.owner.box, signed.length * HEAD_BYTES_MAX)
    return signed.at(-1)?.receipt ?? notHeld()
  }

  /** That of the newest head is not given again for what is damaged by now. */
  async #receiptAgain(heads: readonly VerifiedHead[]): Promise<Signed> {
    const last = heads.at(-1)
    if (last === undefined) return notHeld()
    if (last.hash === this.#heads.newest?.hash) await this.#checkHeld([last])
    return (await this.#heads.stored(last.head.number))?.receipt ?? notHeld()
  }

  /** The heads that we do not hold; a different one of a number we hold is a fork, unless root ended our branch. */
  async #unknownOf(heads: readonly VerifiedHead[], epoch: Epoch | null): Promise<readonly VerifiedHead[]> {
    for (let index = 0; index < heads.length; ) {
      const rest = heads.slice(index)
      const [one] = rest
      if (one === undefined || one.head.number > (this.#heads.newest?.head.number ?? 0)) return rest
      const held = await this.#heads.head(one.head.number)
      if (held === null) index += await this.#takeAgain(rest)
      else if (held.hash === one.hash) index++
      else if (await this.#changeBranch(rest, epoch)) return rest
      else return await this.#fork(one)
    }
    return []
  }

  /**
   * Heads that were damaged here: only the very ones that were, which the head behind them names. How many of `heads`
   * that were.
   */
  async #takeAgain(heads: readonly VerifiedHead[]): Promise<number> {
    const lost = lostAtStart(heads, (number) => this.#heads.isLost(number))
    const last = lost.at(-1)
    const next = last === undefined ? null : await this.#heads.head(last.head.number + 1)
    const [first] = heads
    if (last === undefined || next === null) {
      if (first === undefined) return 0
      throw numberRefused(first, this.#heads.newest?.head.number ?? 0)
    }
    if (next.head.previous !== last.hash) return await this.#fork(last)
    await this.#keep(lost)
    this.#deps.log.info('hosted.head.again', { owner: this.owner.box, number: last.head.number, heads: lost.length })
    // It may be the head that root calls the last good one.
    await this.#settle()
    return lost.length
  }

  /** Before root's word is settled here, heads that lead to the last good one replace those that do not. */
  async #changeBranch(heads: readonly VerifiedHead[], epoch: Epoch | null): Promise<boolean> {
    const lastGood = epoch?.lastGood
    if (this.#state.settled || epoch === null || lastGood === null || lastGood === undefined) return false
    const [first] = heads
    const leads = heads.some(({ head, hash }) => head.number === lastGood.number && hash === lastGood.hash)
    if (first === undefined || !leads) return false
    const before = await this.#heads.head(first.head.number - 1)
    if (before !== null && first.head.previous !== before.hash) return false
    await this.#heads.cutAfter(first.head.number - 1, joinPath(this.#folder, `heads-${epoch.epoch}`))
    return true
  }

  async #checkFollows(fresh: readonly VerifiedHead[], epoch: Epoch | null): Promise<void> {
    let newest = this.#heads.newest
    for (const next of fresh) {
      if (newest !== null && next.head.number === newest.head.number + 1 && next.head.previous !== newest.hash) {
        return await this.#fork(next)
      }
      if (newest !== null) checkNext(next, newest)
      checkEpoch(next, { newest, epoch })
      newest = next
    }
  }

  async #fork(other: VerifiedHead): Promise<never> {
    await this.#heads.addFork(other)
    this.#deps.log.error('hosted.head.fork', { owner: this.owner.box, number: other.head.number, hash: other.hash })
    throw forked(other, this.#heads.newest?.head.number ?? 0)
  }

  /** A receipt says that the owner can come back from this host: so the keyring and the whole log must be here. */
  async #checkHeld(fresh: readonly VerifiedHead[]): Promise<void> {
    const last = fresh.at(-1)
    if (last !== undefined && this.keyring(last.head.keyring) === null) {
      throw new DatisError('HEAD_KEYRING_MISSING', 'This host lacks the keyring that a head names.', {
        hash: last.head.keyring,
      })
    }
    for (const { head } of fresh) {
      if (await this.#hostedLog.holds(head.log)) continue
      const { frames, hash } = await this.#hostedLog.end()
      const details = { number: head.number, wanted: head.log.frames, frames, hash }
      throw new DatisError('HEAD_LOG_MISSING', 'This host lacks the log that a head names.', details)
    }
  }

  /** Rule 4: 1440 a day. A bucket that fills by one a minute. */
  #spend(heads: number): void {
    if (this.#headsADay.spend(heads)) return
    throw new DatisError('HEAD_RATE_REFUSED', 'Too many heads in a day.', { heads, left: this.#headsADay.left })
  }

  #receipt({ head, hash }: VerifiedHead): Signed {
    const signer = this.#host.signer()
    const at = Math.floor(this.#deps.clock.wall())
    const { store } = this.#host
    const about = { owner: this.owner.box, number: head.number, head: hash, host: signer.box, store, at }
    return sign(signer, 'receipt', encodeReceipt({ format: 1, ...about }))
  }

  newestHead(): Promise<Signed | null> {
    return this.#reading(() => this.#heads.newest?.signed ?? null)
  }

  headOf(number: number): Promise<Signed | null> {
    return this.#reading(async () => (await this.#heads.head(number))?.signed ?? null)
  }

  headList(before: number) {
    return this.#reading(() => this.#heads.list(before))
  }

  headPage(from: number): Promise<Signed[]> {
    return this.#reading(() => this.#heads.page(from))
  }

  #reading<Found>(read: () => Found | Promise<Found>): Promise<Found> {
    return this.#queue.run(async () => {
      await this.#heads.open()
      return await read()
    })
  }

  // --- epochs

  #epoch(): Epoch | null {
    return this.#state.statement === null ? null : decodeEpoch(this.#state.statement.body)
  }

  putEpoch(signed: Signed): Promise<OwnerState> {
    return this.#queue.run(async () => {
      await this.#heads.open()
      const epoch = verifyEpoch(signed, this.owner)
      const known = this.#epoch()
      if (epoch.epoch === known?.epoch && !bytesEqual(signed.body, this.#state.statement?.body ?? signed.body)) {
        this.#deps.log.error('hosted.epoch.conflict', { owner: this.owner.box, epoch: epoch.epoch })
        throw new DatisError('EPOCH_CONFLICT', 'Root has signed two statements for one epoch.', { epoch: epoch.epoch })
      }
      this.#refuseOver(epoch.epoch)
      if (known === null || epoch.epoch > known.epoch) {
        // Starts are counted anew: whoever had the key before may have used their numbers up.
        await this.#saveState({
          ...this.#state,
          epoch: epoch.epoch,
          statement: signed,
          settled: false,
          incarnation: null,
        })
      }
      await this.#settle()
      return await this.#describe(false)
    })
  }

  /** Root's word takes effect once the last good head is here: what is behind it, heads and log, is kept aside. */
  async #settle(): Promise<void> {
    const epoch = this.#epoch()
    if (this.#state.settled || epoch === null) return
    await this.#heads.open()
    const number = epoch.lastGood?.number ?? 0
    const base = number === 0 ? null : await this.#heads.head(number)
    if (number > 0 && base?.hash !== epoch.lastGood?.hash) return
    const frames = base?.head.log.frames ?? 0
    const end = await this.#hostedLog.end()
    if (frames < end.frames) await this.#hostedLog.cutTo(frames, joinPath(this.#folder, `log-${epoch.epoch}`))
    await this.#heads.cutAfter(number, joinPath(this.#folder, `heads-${epoch.epoch}`))
    await this.#saveState({ ...this.#state, settled: true })
    this.#deps.log.warn('hosted.epoch', { owner: this.owner.box, epoch: epoch.epoch, lastGood: number })
  }

  async #settleBy(heads: readonly VerifiedHead[], epoch: Epoch | null): Promise<void> {
    if (this.#state.settled || epoch === null) return
    if (heads.some(({ hash }) => hash === epoch.lastGood?.hash))
      await this.#saveState({ ...this.#state, settled: true })
  }

  // --- state

  describe(counts: boolean): Promise<OwnerState> {
    return this.#queue.run(() => this.#describe(counts))
  }

  async #describe(counts: boolean): Promise<OwnerState> {
    await this.#heads.open()
    return {
      format: 1,
      store: this.#host.store,
      epoch: this.#state.epoch,
      statement: this.#state.statement,
      settled: this.#state.settled,
      incarnation: this.#state.incarnation,
      newest: this.#heads.newest?.signed ?? null,
      lost: this.#heads.lost,
      log: await this.#hostedLog.end(),
      keyrings: this.#keyrings.list(),
      forks: [...this.#heads.forks],
      rot: this.fragments.rot,
      held: counts ? await this.fragments.totals() : null,
    }
  }
}

function notHeld(): never {
  throw headUnknown()
}
