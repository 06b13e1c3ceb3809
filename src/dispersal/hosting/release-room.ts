/**
 * The releases of one owner on one host: held → released → purged, and back. Nothing is ever forgotten because somebody
 * is silent: only a release that its owner signed, 44 lived days ago, that nobody has taken back (security rule 3).
 */
import { type BytePath, type Clock, DAY_MS, DatisError, type Disk, joinPath, type Log, type Workers } from '#base'
import { type BrakeBudget, decodeUndo, type OrganisationId, type Signed } from '#crypto'
import { encodeChecked, readChecked } from '../checked-file.ts'
import { BUDGET_ONCE_MS, OWNER_QUEUE_MAX, PURGE_AFTER_MS, PURGE_BATCH_MAX, RELEASED_MAX } from '../limits.ts'
import { Mutex } from '../mutex.ts'
import type { FragmentId } from '../protocol.ts'
import type {
  HeldBack,
  Notices,
  ReleaseAnswer,
  ReleaseOrder,
  ReleaseSummary,
  StripeFate,
  VerdictAnswer,
} from '../release-protocol.ts'
import { verifyBrakeBudget, verifyCancel, verifyCondemn, verifyRelease, verifyUndo } from '../release-statements.ts'
import { type Owner, type Signer, wrong } from '../statements.ts'
import { Brake, type ByClass, CLASSES, dayOf, isFree, isUnusual, leastHeld, roomOf } from './brake.ts'
import { writeFileJob } from './fragment-jobs.ts'
import type { LivedTime } from './lived-time.ts'
import type { Received } from './received.ts'
import { asideReleasesJob, type FoundFragment, findStripesJob, removeFragmentsJob } from './release-jobs.ts'
import {
  bytesOf,
  emptyState,
  isDue,
  isLater,
  latest,
  nameOf,
  onceLeft,
  paidFromOnce,
  RELEASES,
  RELEASES_FILE,
  type ReleaseEntry,
  type ReleaseState,
  releasedInDay,
  sampled,
  spentBy,
  tidied,
  underCounter,
  viewOf,
  withBudget,
} from './release-state.ts'
import { UnusualReleases } from './unusual.ts'

export interface ReleaseDeps {
  readonly disk: Disk
  readonly clock: Clock
  readonly workers: Workers
  readonly log: Log
  readonly lived: LivedTime
  /** All organisations of the community: whose boxes may undo and approve. */
  readonly members: () => Iterable<OrganisationId>
}

export interface ReleasePlace {
  /** Of the owner, with `fragments/` in it. */
  readonly folder: BytePath
  readonly owner: Owner
  readonly received: Received
  /** Bytes on the disk by class, held and released. */
  readonly present: () => Promise<ByClass>
  /** What is known of a bucket is stale. */
  readonly changed: (stripe: string) => void
  /** Fragments have left the disk. */
  readonly purged: (bytes: number) => void
}

export class ReleaseRoom {
  readonly #deps: ReleaseDeps
  readonly #place: ReleasePlace
  readonly unusual: UnusualReleases
  readonly #queue = new Mutex(OWNER_QUEUE_MAX)
  #state: ReleaseState | null = null
  /** Names of what is released and not purged. */
  #released: ReadonlyMap<string, ReleaseEntry> = new Map()

  constructor(deps: ReleaseDeps, host: { store: string; signer: () => Signer }, place: ReleasePlace) {
    this.#deps = deps
    this.#place = place
    this.unusual = new UnusualReleases(deps, host, joinPath(place.folder, 'unusual'))
  }

  // --- what is kept

  /** A damaged file is as good as none: all is held again, and the brake begins as for an owner that just came. */
  #loaded(): ReleaseState {
    if (this.#state !== null) return this.#state
    const { disk, lived, log } = this.#deps
    const found = readChecked(disk, this.#place.folder, RELEASES_FILE, RELEASES)
    if (found !== null && 'damaged' in found) {
      log.error('hosted.releases.damaged', { owner: this.#place.owner.box, code: found.damaged })
      this.#aside = true
    }
    const known = found !== null && 'value' in found ? found.value : emptyState(lived.counter)
    return this.#keepInMind(underCounter(known, lived.counter, lived.now()))
  }

  #aside = false

  #keepInMind(state: ReleaseState): ReleaseState {
    this.#state = state
    this.#released = new Map(state.entries.filter(({ purged }) => !purged).map((entry) => [nameOf(entry), entry]))
    return state
  }

  async #save(state: ReleaseState): Promise<void> {
    const { folder } = this.#place
    if (this.#aside) await this.#deps.workers.run(asideReleasesJob, { folder, name: RELEASES_FILE })
    this.#aside = false
    const bytes = encodeChecked(RELEASES, state)
    await this.#deps.workers.run(writeFileJob, { folder, name: RELEASES_FILE, bytes })
    const before = this.#released
    this.#keepInMind(state)
    // What stays as it is is not listed again: that would read each header that an owner has released, each time.
    for (const [name, { stripe }] of [...before, ...this.#released]) {
      if (before.has(name) !== this.#released.has(name)) this.#place.changed(stripe)
    }
  }

  isReleased(id: FragmentId): boolean {
    this.#loaded()
    return this.#released.has(nameOf(id))
  }

  /** Bytes that are released and not purged. */
  releasedBytes(): number {
    this.#loaded()
    const { data, metadata } = bytesOf([...this.#released.values()])
    return data + metadata
  }

  // --- the owner

  /** Idempotent: a release that is not later than the last one changes nothing and is told how things stand. */
  release(signed: Signed, epoch: number): Promise<ReleaseAnswer> {
    const release = verifyRelease(signed, this.#place.owner)
    if (release.epoch !== epoch) throw wrong('release', 'epoch')
    return this.#queue.run(async () => {
      const found = await this.#find(release.stripes)
      if (!isLater(release, this.#loaded().last)) return this.#answer(release.stripes, found, [])
      const held = await this.#place.present()
      const now = this.#deps.lived.now()
      // A budget that has run out pays for nothing, however long ago anybody looked.
      const state = tidied(this.#loaded(), now)
      const { next, refused } = this.#accept(state, { order: release, found, held, now })
      const noticed = await this.#notice(next, { release, held, refused, now })
      await this.#save({ ...noticed, last: { epoch: release.epoch, number: release.number } })
      const { data, metadata } = bytesOf(next.entries.slice(state.entries.length))
      this.#deps.log.info('hosted.released', { owner: this.#place.owner.box, data, metadata })
      return this.#answer(release.stripes, found, refused)
    })
  }

  #find(stripes: readonly string[]): Promise<FoundFragment[]> {
    const folder = joinPath(this.#place.folder, 'fragments')
    return this.#deps.workers.run(findStripesJob, { folder, owner: this.#place.owner, stripes })
  }

  #accept(
    state: ReleaseState,
    { order, found, held, now }: { order: ReleaseOrder; found: FoundFragment[]; held: ByClass; now: number },
  ): { next: ReleaseState; refused: HeldBack[] } {
    const { epoch, number } = order
    const brake = new Brake(viewOf(state, held, now))
    const once = { data: onceLeft(state, 'data'), metadata: onceLeft(state, 'metadata') }
    const entries: ReleaseEntry[] = []
    const back: (FoundFragment & { received: number | null })[] = []
    for (const one of found.filter((id) => !this.#released.has(nameOf(id)))) {
      const wanted = { ...one, received: this.#place.received.at(one) }
      const by = this.#payerOf(wanted, { brake, once, now, count: state.entries.length + entries.length })
      if (by === null) back.push(wanted)
      else entries.push({ ...wanted, at: now, by, epoch, number, purged: false })
    }
    const next = paidFromOnce({ ...state, entries: [...state.entries, ...entries] }, spentBy(entries, 'budget'))
    return { next, refused: heldBack(new Brake(viewOf(next, held, now)), back) }
  }

  #payerOf(
    wanted: FoundFragment & { received: number | null },
    { brake, once, now, count }: { brake: Brake; once: Record<string, number>; now: number; count: number },
  ): ReleaseEntry['by'] | null {
    if (count >= RELEASED_MAX) return null
    if (isFree(wanted, now)) return 'free'
    if (brake.take({ ...wanted, bytes: wanted.counted })) return 'brake'
    const left = once[wanted.class] ?? 0
    if (left < wanted.bytes) return null
    once[wanted.class] = left - wanted.bytes
    return 'budget'
  }

  /** One notice a class, reason and day. It is kept before the release counts: nobody releases unseen. */
  async #notice(
    state: ReleaseState,
    {
      release,
      held,
      refused,
      now,
    }: { release: ReleaseOrder & { hash: string }; held: ByClass; refused: HeldBack[]; now: number },
  ): Promise<ReleaseState> {
    const noticed = state.noticed.filter(({ day }) => day === dayOf(now))
    const view = viewOf(state, held, now)
    for (const packClass of CLASSES) {
      const back = refused.find((one) => one.class === packClass)?.bytes ?? 0
      const reason = back > 0 ? 'brake' : isUnusual(view, packClass) ? 'day' : null
      if (reason === null || noticed.some((one) => one.class === packClass && one.reason === reason)) continue
      await this.unusual.add({
        owner: this.#place.owner.box,
        release: { epoch: release.epoch, number: release.number, hash: release.hash },
        class: packClass,
        bytes: releasedInDay(state, now)[packClass],
        refused: back,
        held: held[packClass],
        reason,
        at: Math.floor(this.#deps.clock.wall()),
      })
      noticed.push({ class: packClass, reason, day: dayOf(now) })
    }
    return { ...state, noticed }
  }

  #answer(stripes: readonly string[], found: readonly FoundFragment[], refused: HeldBack[]): ReleaseAnswer {
    const { lived } = this.#deps
    const rows = Map.groupBy(found, ({ stripe }) => stripe)
    const fate = (stripe: string): StripeFate => {
      const here = rows.get(stripe) ?? []
      if (here.length === 0) return { stripe, state: 'gone', left: null }
      const released = here.map((id) => this.#released.get(nameOf(id)))
      const ends = released.map((entry) => (entry === undefined ? null : entry.at + PURGE_AFTER_MS))
      if (ends.includes(null)) return { stripe, state: 'held', left: null }
      const left = Math.max(...ends.map((end) => end ?? 0)) - lived.now()
      return { stripe, state: 'released', left: Math.max(0, left) }
    }
    const { last } = this.#loaded()
    return { format: 1, last, frozen: lived.frozen, stripes: stripes.map(fate), refused }
  }

  cancel(signed: Signed, epoch: number): Promise<ReleaseAnswer> {
    const cancel = verifyCancel(signed, this.#place.owner)
    if (cancel.epoch !== epoch) throw wrong('cancel', 'epoch')
    return this.#queue.run(async () => {
      const state = this.#loaded()
      if (isLater(cancel, state.last)) {
        const stripes = new Set(cancel.stripes)
        const last = { epoch: cancel.epoch, number: cancel.number }
        await this.#takeBack({ ...state, last }, ({ stripe }) => stripes.has(stripe))
      }
      return this.#answer(cancel.stripes, await this.#find(cancel.stripes), [])
    })
  }

  async #takeBack(state: ReleaseState, which: (entry: ReleaseEntry) => boolean): Promise<ReleaseEntry[]> {
    const back = state.entries.filter((entry) => !entry.purged && which(entry))
    const gone = new Set(back)
    await this.#save({ ...state, entries: state.entries.filter((entry) => !gone.has(entry)) })
    return back
  }

  /** What is put is held, whatever was said of it before: called before anybody looks whether it is here. */
  async revive(id: FragmentId): Promise<void> {
    if (!this.isReleased(id)) return
    const name = nameOf(id)
    await this.#queue.run(async () => {
      await this.#takeBack(this.#loaded(), (entry) => nameOf(entry) === name)
      this.#deps.log.info('hosted.release.revived', { owner: this.#place.owner.box, fragment: name })
    })
  }

  // --- root and other members

  /** `epoch`: the highest that is known of the owner. */
  undo(signed: Signed, epoch: number): Promise<VerdictAnswer> {
    const { owner } = this.#place
    verifyUndo(signed, owner, this.#deps.members())
    const { until, by } = decodeUndo(signed.body)
    return this.#queue.run(async () => {
      const state = this.#loaded()
      // A release that is on its way must not come after it; but nobody may end an owner's numbers for good.
      const soon = until.epoch <= epoch && until.number <= this.#deps.clock.wall() + DAY_MS
      const last = soon ? latest(state.last, until) : state.last
      const back = await this.#takeBack({ ...state, last }, (entry) => !isLater(entry, until))
      this.#deps.log.warn('hosted.release.undone', { owner: owner.box, fragments: back.length, by: by ?? 'root' })
      return verdict(back)
    })
  }

  budget(signed: Signed): Promise<VerdictAnswer> {
    const { owner } = this.#place
    const budget = verifyBrakeBudget(signed, owner, this.#deps.members())
    const ageMs = this.#deps.clock.wall() - budget.at
    // One from the future could never be ended by a later one, nor grow old.
    if (ageMs < -DAY_MS) throw wrong('brake-budget', 'at')
    // Old ones are not taken: whoever finds one must not find a door with it.
    if (!budget.lasting && ageMs > 2 * BUDGET_ONCE_MS) throw wrong('brake-budget', 'at')
    return this.#queue.run(async () => {
      await this.#save(withBudget(this.#loaded(), budget, this.#deps.lived.now()))
      this.#logBudget(budget)
      return { format: 1, fragments: 0, bytes: budget.bytes }
    })
  }

  #logBudget({ owner, class: packClass, bytes, lasting, by }: BrakeBudget): void {
    this.#deps.log.warn('hosted.brake.raised', { owner, class: packClass, bytes, lasting, by: by ?? 'root' })
  }

  /** What came after a head that root names goes at once. Each condemnation ends at the moment it first came here. */
  condemn(signed: Signed): Promise<VerdictAnswer> {
    const condemn = verifyCondemn(signed, this.#place.owner)
    return this.#queue.run(async () => {
      const { received, owner } = this.#place
      const from = received.headAt(condemn.head.number, condemn.head.hash)
      if (from === null) throw new DatisError('HEAD_UNKNOWN', 'This host does not know when that head came.')
      const until = await this.#condemnedAt(condemn.hash)
      const late = received.between(from, until, condemn.epoch)
      const gone = await this.#find([...new Set(late.map(({ stripe }) => stripe))])
      const names = new Set(late.map(nameOf))
      const condemned = gone.filter((id) => names.has(nameOf(id)))
      await this.#remove(condemned)
      const state = this.#loaded()
      await this.#save({
        ...state,
        entries: state.entries.filter((entry) => entry.purged || !names.has(nameOf(entry))),
      })
      this.#deps.log.warn('hosted.condemned', { owner: owner.box, fragments: condemned.length })
      return verdict(condemned)
    })
  }

  async #condemnedAt(hash: string): Promise<number> {
    const state = this.#loaded()
    const known = state.condemned.find((one) => one.hash === hash)
    if (known !== undefined) return known.at
    const at = this.#deps.lived.now()
    this.#deps.lived.persist()
    await this.#save({ ...state, condemned: [...state.condemned, { hash, at }] })
    return at
  }

  // --- time

  /** Forgets what is due. Clocks are compared first: a jump since the last look stops it. */
  async purge(signal: AbortSignal): Promise<number> {
    const { lived } = this.#deps
    let purged = 0
    if (this.#loaded().entries.length === 0) return purged
    lived.tick()
    for (let more = true; more && !signal.aborted; ) {
      more = await this.#queue.run(async () => {
        const due = this.#loaded().entries.filter((entry) => isDue(entry, lived.now()))
        const batch = lived.frozen ? [] : due.slice(0, PURGE_BATCH_MAX)
        await this.#purgeBatch(batch)
        purged += batch.length
        return batch.length === PURGE_BATCH_MAX
      })
    }
    if (purged > 0) this.#deps.log.info('hosted.purged', { owner: this.#place.owner.box, fragments: purged })
    return purged
  }

  /** The queue is held from the look at what is due until it is written down: nobody takes it back in between. */
  async #purgeBatch(batch: readonly ReleaseEntry[]): Promise<void> {
    if (batch.length === 0) return
    await this.#remove(batch)
    const gone = new Set(batch)
    const state = this.#loaded()
    const entries = state.entries.map((entry) => (gone.has(entry) ? { ...entry, purged: true } : entry))
    const next = tidied({ ...state, entries }, this.#deps.lived.now())
    await this.#save(sampled(next, await this.#place.present(), this.#deps.lived.now()))
  }

  async #remove(fragments: readonly (FragmentId & { readonly bytes: number })[]): Promise<void> {
    const ids = fragments.map(({ stripe, row }) => ({ stripe, row }))
    await this.#deps.workers.run(removeFragmentsJob, { folder: joinPath(this.#place.folder, 'fragments'), ids })
    for (const { stripe, row, bytes } of fragments) {
      this.#place.received.forget({ stripe, row })
      this.#place.changed(stripe)
      this.#place.purged(bytes)
    }
    // What comes again under the same name must not be taken for what has just gone.
    await this.#place.received.flush()
  }

  /** The least that is held of each class, day by day: what shares are taken of. */
  sample(): Promise<void> {
    return this.#queue.run(async () => {
      const state = this.#loaded()
      const now = this.#deps.lived.now()
      if (state.samples.at(-1)?.day === dayOf(now)) return
      await this.#save(tidied(sampled(state, await this.#place.present(), now), now))
    })
  }

  // --- what is told

  async summary(): Promise<ReleaseSummary> {
    const held = await this.#place.present()
    const { lived } = this.#deps
    const now = lived.now()
    const state = tidied(this.#loaded(), now)
    const view = viewOf(state, held, now)
    const entries = [...this.#released.values()]
    const ends = entries.map(({ at }) => Math.max(0, at + PURGE_AFTER_MS - now)).sort((a, b) => a - b)
    const bytes = bytesOf(entries)
    return {
      format: 1,
      last: state.last,
      lived: now,
      frozen: lived.frozen,
      classes: CLASSES.map((packClass) => ({
        class: packClass,
        held: held[packClass] - bytes[packClass],
        least: leastHeld(view, packClass),
        released: bytes[packClass],
        room: roomOf(view, packClass),
        once: onceLeft(state, packClass),
        lasting: view.lasting[packClass],
      })),
      released: {
        fragments: entries.length,
        bytes: bytes.data + bytes.metadata,
        next: ends[0] ?? null,
        last: ends.at(-1) ?? null,
      },
    }
  }

  notices(): Notices {
    return { format: 1, last: this.#loaded().last, notices: this.unusual.list() }
  }
}

function verdict(fragments: readonly Pick<FoundFragment, 'class' | 'bytes'>[]): VerdictAnswer {
  const { data, metadata } = bytesOf(fragments)
  return { format: 1, fragments: fragments.length, bytes: data + metadata }
}

function heldBack(brake: Brake, back: readonly (FoundFragment & { received: number | null })[]): HeldBack[] {
  return CLASSES.flatMap((packClass) => {
    const own = back.filter((one) => one.class === packClass).sort((a, b) => a.bytes - b.bytes)
    const [least] = own
    if (least === undefined) return []
    const bytes = bytesOf(own)[packClass]
    return [
      { class: packClass, bytes, room: brake.room(packClass), wait: brake.waitFor({ ...least, bytes: least.counted }) },
    ]
  })
}
