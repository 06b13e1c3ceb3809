/**
 * What this box does for others: it takes, keeps and gives back sealed bytes, each owner in a folder of its own,
 * overwrites none, and forgets only what its owner has released (security rules 1, 2 and 3).
 * docs/protocol/hosting.md, docs/formats/hosting.md
 */
import {
  type BytePath,
  type Clock,
  codeOf,
  DatisError,
  type Disk,
  decodeCbor,
  encodeCbor,
  ensureFolder,
  ignoring,
  joinPath,
  type Log,
  type Random,
  readWhole,
  toHex,
  type Workers,
  writeDurably,
} from '#base'
import type { BoxId, OrganisationId, Signed } from '#crypto'
import type { PeerHandler, PeerIdentity, PeerRequest, PeerResponse } from '#network'
import { type Graces, USUAL_GRACES } from '../graces.ts'
import { OWNER_QUEUE_MAX, OWNERS_MAX, WARNINGS_A_LOOK_MAX } from '../limits.ts'
import { NamedMutexes } from '../mutex.ts'
import { encodeBody, type HeadList, type OwnersAnswer, ownersSchema, storeIdSchema } from '../protocol.ts'
import { type Notices, type ReleaseSummary, timeSchema, type VerdictAnswer } from '../release-protocol.ts'
import { type Signer, type VerifiedHead, verifyHead } from '../statements.ts'
import { answer, deliver, type Verdict } from './answers.ts'
import type { ContactsSummary, Warning } from './contacts-room.ts'
import type { Kept as KeptFragments } from './fragment-room.ts'
import { headUnknown } from './hosted-heads.ts'
import { readHostedState } from './hosted-state.ts'
import { Keeper, type Kept } from './keeper.ts'
import { LivedTime } from './lived-time.ts'
import { OwnerRoom, type RoomDeps } from './owner-room.ts'
import { hostingBodyBytesMax, OPEN_TO_MEMBERS, type OwnerRoute, parseRoute } from './routes.ts'
import { type ScrubOptions, type ScrubReport, scrubAll } from './scrub.ts'
import { HostingSpace, type SpaceReport } from './space.ts'

export interface HostingDeps {
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  readonly workers: Workers
  readonly log: Log
}

export interface HostingOptions {
  readonly folder: BytePath
  /** Who signs receipts; asked each time, so that a new key serves from the next one on. */
  readonly box: () => Signer
  /** All organisations of the community: who may undo and approve, and among whom the disk is shared. */
  readonly members?: () => Iterable<OrganisationId>
  /** Routes of other layers (the charter): null when it is none of theirs. */
  readonly extraRoutes?: (request: PeerRequest, signal: AbortSignal) => Promise<PeerResponse | null>
  readonly extraBodyBytesMax?: (method: PeerRequest['method'], path: string) => number
  readonly graces?: Graces
}

const STORE_BYTES_MAX = 1024
const OWNERS_ANSWERED_MAX = 64
const STORE_FILE = 'store.cbor'

export interface Hosting {
  /** 16 random bytes, hex: drawn once a disk; another one declares the loss of the first. */
  readonly store: string
  readonly handler: PeerHandler
  readonly bodyBytesMax: (method: PeerRequest['method'], path: string) => number
  /** Wall clocks of members, as their distance from ours in ms. */
  noteClocks(offsetsMs: readonly number[]): void
  /** Keeps lived time, purges what is due and reads hosted fragments again, until the signal aborts. */
  tend(signal: AbortSignal): Promise<void>
  /** One look at all that `tend` does. */
  look(signal: AbortSignal): Promise<void>
  /** Keeps what is known and not on the disk yet. */
  rest(): Promise<void>
  /** What root or a member signed about an owner, from this box itself. OWNER_UNKNOWN */
  deliver(owner: BoxId, verdict: Verdict, signed: Signed): Promise<VerdictAnswer>
  /** Unusual releases of an owner, as this box tells them to members. OWNER_UNKNOWN */
  notices(owner: BoxId): Promise<Notices>
  /** The newest heads that this box has signed for, newest first. OWNER_UNKNOWN */
  heads(owner: BoxId): Promise<HeadList['heads']>
  /** OWNER_UNKNOWN, HEAD_UNKNOWN */
  head(owner: BoxId, number: number): Promise<VerifiedHead>
  /** Mails about unusual releases that are due; a bounded number, the others later. */
  warnings(): Promise<Warning[]>
  /** What became of a mail; kept over a restart. */
  noteWarning(warning: Warning, outcome: 'sent' | 'failed'): Promise<void>
  describe(): Promise<HostingReport>
  /** Fragments of one owner, and their bytes; those that are released count until they are purged. */
  keptOf(owner: BoxId): Promise<{ fragments: number; bytes: number }>
  /** Reads every hosted fragment again, at a bounded rate; what is rotten is set aside. */
  scrub(options: ScrubOptions): Promise<ScrubReport>
}

export interface HostedOwner {
  readonly box: BoxId
  readonly organisation: OrganisationId
  readonly bytes: number
  readonly releases: ReleaseSummary
  readonly contacts: ContactsSummary
  readonly kept: KeptFragments
  readonly rot: number
}

export interface HostingReport extends SpaceReport {
  readonly store: string
  readonly lived: number
  readonly frozen: boolean
  readonly owners: readonly HostedOwner[]
  /** Owners of whom something is kept that cannot be read. */
  readonly damaged: readonly BoxId[]
}

export function openHosting(deps: HostingDeps, options: HostingOptions): Hosting {
  return new HostingRooms(deps, options)
}

class HostingRooms implements Hosting, Kept {
  readonly store: string
  readonly lived: LivedTime
  readonly #deps: RoomDeps
  readonly #options: HostingOptions
  readonly #rooms = new Map<string, OwnerRoom>()
  readonly #opening = new NamedMutexes(OWNER_QUEUE_MAX)

  readonly #keeper: Keeper
  /** Once: until then nobody knows who uses how much. */
  #measured: Promise<void> | null = null

  constructor(deps: HostingDeps, options: HostingOptions) {
    const { disk, clock, workers, log } = deps
    const { folder, graces = USUAL_GRACES } = options
    this.#options = options
    this.store = storeId(deps, folder)
    this.lived = new LivedTime(deps, folder, graces.livedRate)
    const members = options.members ?? (() => [])
    const space = new HostingSpace({ disk, folder, members, own: () => options.box().organisation })
    this.#deps = { disk, clock, workers, log, lived: this.lived, space, members }
    this.#keeper = new Keeper({ clock, log }, this, graces.lookMs)
  }

  noteClocks(offsetsMs: readonly number[]): void {
    this.lived.notePeers(offsetsMs)
  }

  tend(signal: AbortSignal): Promise<void> {
    return this.#keeper.tend(signal)
  }

  look(signal: AbortSignal): Promise<void> {
    return this.#keeper.look(signal)
  }

  rest(): Promise<void> {
    return this.#keeper.rest()
  }

  readonly bodyBytesMax: Hosting['bodyBytesMax'] = (method, path) =>
    Math.max(hostingBodyBytesMax(method, path), this.#options.extraBodyBytesMax?.(method, path) ?? 0)

  readonly handler: PeerHandler = async (request, signal) => {
    try {
      return await this.#answer(request, signal)
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal !== null) return refusal
      throw error
    }
  }

  async #answer(request: PeerRequest, signal: AbortSignal): Promise<PeerResponse> {
    const parsed = parseRoute(request.method, request.path)
    if (parsed.kind === 'owner') return await this.#ownerAnswer(parsed.owner, parsed.route, request, signal)
    if (parsed.kind === 'time')
      return ok(encodeBody(timeSchema, { format: 1, at: Math.floor(this.#deps.clock.wall()) }))
    if (parsed.kind === 'organisation') return await this.#boxesOf(parsed.organisation, request.peer)
    const extra = await this.#options.extraRoutes?.(request, signal)
    if (extra !== null && extra !== undefined) return extra
    throw new DatisError('ROUTE_UNKNOWN', 'This box does not know this request.', { method: request.method })
  }

  async #ownerAnswer(
    owner: string,
    route: OwnerRoute,
    request: PeerRequest,
    signal: AbortSignal,
  ): Promise<PeerResponse> {
    if (request.peer.former && OPEN_TO_MEMBERS.has(route.name)) throw refused(owner)
    const room = OPEN_TO_MEMBERS.has(route.name)
      ? await this.#room(owner, request.peer, true)
      : await this.#admit(owner, request)
    if (route.name === 'fragment.put') {
      await this.#measureAll()
      await room.measure()
    }
    return ok(await answer(room, route, request, signal))
  }

  /** Owners are kept apart: a box touches its own folder; a recovery key reads what boxes of its organisation own. */
  async #admit(owner: string, { peer, method }: PeerRequest): Promise<OwnerRoom> {
    const reading = method === 'GET'
    // Who left the community fetches what is its own, and adds nothing.
    if (peer.former && !reading) throw refused(owner)
    if (peer.role === 'recovery' ? !reading : peer.box !== owner) throw refused(owner)
    const room = await this.#room(owner, peer, reading)
    if (room.owner.organisation !== peer.organisation) {
      this.#deps.log.error('hosted.owner.refused', { owner, organisation: peer.organisation })
      throw refused(owner)
    }
    if (peer.role === 'box') await room.admitWriter(peer.epoch)
    return room
  }

  async #room(owner: string, peer: PeerIdentity, mustExist: boolean): Promise<OwnerRoom> {
    const known = await this.#knownRoom(owner)
    if (known !== null) return known
    if (mustExist) throw unknown(owner)
    return await this.#opening.run(owner, async () => {
      const room = this.#rooms.get(owner) ?? (await this.#createRoom(owner, peer))
      this.#rooms.set(owner, room)
      return room
    })
  }

  /** Null when nothing is kept of it. HOSTED_OWNER_DAMAGED */
  async #knownRoom(owner: string): Promise<OwnerRoom | null> {
    const known = this.#rooms.get(owner)
    if (known !== undefined) return known
    return await this.#opening.run(owner, async () => {
      const room = this.#rooms.get(owner) ?? this.#openRoom(owner)
      if (room !== null) this.#rooms.set(owner, room)
      return room
    })
  }

  #host() {
    return { store: this.store, signer: this.#options.box }
  }

  #openRoom(owner: string): OwnerRoom | null {
    const folder = joinPath(this.#options.folder, owner)
    const state = readHostedState(this.#deps.disk, folder)
    return state === null ? null : new OwnerRoom(this.#deps, this.#host(), { folder, box: owner, state })
  }

  async #createRoom(owner: string, { organisation, epoch }: PeerIdentity): Promise<OwnerRoom> {
    const folder = joinPath(this.#options.folder, owner)
    const room = await OwnerRoom.create(this.#deps, this.#host(), { folder, box: owner, organisation, epoch })
    await room.measure()
    return room
  }

  #measureAll(): Promise<void> {
    this.#measured ??= this.#measureRooms()
    return this.#measured
  }

  /** An owner whose files cannot be counted keeps nobody else out. */
  async #measureRooms(): Promise<void> {
    for await (const room of this.rooms()) {
      await room.measure().catch((error: unknown) => {
        this.#deps.log.error('hosted.owner.unmeasured', { owner: room.owner.box, code: codeOf(error) })
      })
    }
  }

  /** Those that can be read, one after the other. */
  async *rooms(damaged: BoxId[] = []): AsyncGenerator<OwnerRoom> {
    for (const owner of this.#folders()) {
      const room = await this.#roomUnlessDamaged(owner, damaged)
      if (room !== null) yield room
    }
  }

  async #roomUnlessDamaged(owner: BoxId, damaged: BoxId[]): Promise<OwnerRoom | null> {
    try {
      return await this.#knownRoom(owner)
    } catch (error) {
      if (!(error instanceof DatisError)) throw error
      this.#deps.log.error('hosted.owner.damaged', { owner, code: error.code })
      damaged.push(owner)
      return null
    }
  }

  async deliver(owner: BoxId, verdict: Verdict, signed: Signed): Promise<VerdictAnswer> {
    return await deliver(await this.#roomOf(owner), verdict, signed)
  }

  async notices(owner: BoxId): Promise<Notices> {
    return (await this.#roomOf(owner)).releases.notices()
  }

  async heads(owner: BoxId): Promise<HeadList['heads']> {
    return await (await this.#roomOf(owner)).headList(Number.MAX_SAFE_INTEGER)
  }

  async head(owner: BoxId, number: number): Promise<VerifiedHead> {
    const room = await this.#roomOf(owner)
    const signed = await room.headOf(number)
    if (signed === null) throw headUnknown()
    return verifyHead(signed, room.owner)
  }

  async warnings(): Promise<Warning[]> {
    const due: Warning[] = []
    for await (const room of this.rooms()) {
      due.push(...room.contacts.warnings())
      if (due.length >= WARNINGS_A_LOOK_MAX) break
    }
    return due.slice(0, WARNINGS_A_LOOK_MAX)
  }

  async noteWarning({ owner, address, upTo }: Warning, outcome: 'sent' | 'failed'): Promise<void> {
    await (await this.#roomOf(owner.box)).contacts.note(address, outcome === 'sent' ? upTo : null)
  }

  async #roomOf(owner: BoxId): Promise<OwnerRoom> {
    const room = await this.#knownRoom(owner)
    if (room === null) throw unknown(owner)
    return room
  }

  scrub(options: ScrubOptions): Promise<ScrubReport> {
    return scrubAll(this.#deps.clock, this.rooms(), options)
  }

  async keptOf(owner: BoxId): Promise<{ fragments: number; bytes: number }> {
    const room = await this.#knownRoom(owner)
    const classes = room === null ? [] : Object.values(await room.fragments.kept())
    return {
      fragments: classes.reduce((sum, one) => sum + one.fragments + one.releasedFragments, 0),
      bytes: classes.reduce((sum, one) => sum + one.bytes + one.releasedBytes, 0),
    }
  }

  async describe(): Promise<HostingReport> {
    await this.#measureAll()
    const { space } = this.#deps
    const owners: HostedOwner[] = []
    const damaged: BoxId[] = []
    for await (const room of this.rooms(damaged)) {
      const { box, organisation } = room.owner
      const releases = await room.releases.summary()
      const kept = await room.fragments.kept()
      const rot = room.fragments.rot.length
      const contacts = room.contacts.summary()
      owners.push({ box, organisation, bytes: space.usageOf(box).bytes, releases, kept, contacts, rot })
    }
    const { store, lived } = this
    const report = { store, lived: lived.now(), frozen: lived.frozen, owners, damaged }
    return { ...report, quota: space.quota(), ...space.report() }
  }

  async #boxesOf(organisation: OrganisationId, peer: PeerIdentity): Promise<PeerResponse> {
    if (peer.organisation !== organisation) throw refused(organisation)
    const boxes: OwnersAnswer['boxes'] = []
    const damaged: string[] = []
    for (const owner of this.#folders()) {
      try {
        const room = await this.#knownRoom(owner)
        if (room?.owner.organisation === organisation && boxes.length < OWNERS_ANSWERED_MAX) {
          boxes.push(await describedFor(room))
        }
      } catch (error) {
        // One owner's damaged files are no reason to keep the others from coming back, nor to say that it has none.
        this.#deps.log.error('hosted.owner.damaged', { owner, code: codeOf(error) })
        damaged.push(owner)
      }
    }
    return ok(encodeBody(ownersSchema, { format: 1, boxes, damaged }))
  }

  #folders(): string[] {
    const names = this.#deps.disk.list(this.#options.folder).filter((name) => /^[0-9a-f]{32}$/.test(name))
    return names.sort().slice(0, OWNERS_MAX)
  }
}

async function describedFor(room: OwnerRoom): Promise<OwnersAnswer['boxes'][number]> {
  const { newest, statement, log, forks } = await room.describe(false)
  return { box: room.owner.box, newest, statement, log, forks }
}

function ok(body: Uint8Array): PeerResponse {
  return { status: 200, body }
}

function unknown(owner: string): DatisError {
  return new DatisError('OWNER_UNKNOWN', 'This host keeps nothing of this box.', { owner })
}

function refused(owner: string): DatisError {
  return new DatisError('OWNER_REFUSED', 'A box may touch only what it owns.', { owner })
}

/** What the transport's rule (by the ending of the code) would call a fault of ours. */
const CONFLICTS = [
  'CONTACTS_CONFLICT',
  'LOG_FORK',
  'LOG_GAP',
  'HEAD_FORK',
  'HEAD_NUMBER',
  'HEAD_LOG_MISSING',
  'HEAD_KEYRING_MISSING',
]
const INVALID = ['FRAGMENT_INVALID', 'STATEMENT_INVALID', 'SIGNATURE_INVALID', 'CERTIFICATE_INVALID', 'CODE_INVALID']
const INVALID_FRAMES = ['LOG_CHAIN_BROKEN', 'LOG_FRAME_TORN', 'FRAGMENT_LENGTH']

function refusalOf(error: unknown): PeerResponse | null {
  if (!(error instanceof DatisError)) return null
  const { code, message, details } = error
  const status = CONFLICTS.includes(code) ? 409 : [...INVALID, ...INVALID_FRAMES].includes(code) ? 400 : null
  return status === null ? null : { status, body: encodeCbor({ code, message, details: { ...details } }) }
}

/** Null when it is not there, or says nothing that makes sense: then the store counts as another one. */
function knownStore(disk: HostingDeps['disk'], path: BytePath): string | null {
  try {
    const bytes = ignoring(['ENOENT'], () => readWhole(disk, path, STORE_BYTES_MAX))
    return bytes === undefined ? null : decodeCbor('store id', storeIdSchema, bytes).store
  } catch (error) {
    if (!(error instanceof DatisError)) throw error
    return null
  }
}

function storeId({ disk, random, log }: HostingDeps, folder: BytePath): string {
  ensureFolder(disk, folder)
  const known = knownStore(disk, joinPath(folder, STORE_FILE))
  if (known !== null) return known
  // Fragments without the id of their store: a new id says that what was promised under the old one is not certain.
  if (disk.list(folder).some((name) => /^[0-9a-f]{32}$/.test(name))) log.error('hosting.store.lost', {})
  const store = toHex(random.bytes(16))
  writeDurably(disk, folder, STORE_FILE, encodeBody(storeIdSchema, { format: 1, store }))
  return store
}
