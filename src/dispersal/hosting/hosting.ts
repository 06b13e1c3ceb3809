/**
 * What this box does for others: it takes, keeps and gives back sealed bytes, each owner in a folder of its own, and
 * has no way to delete or overwrite any (security rules 1 and 2). docs/protocol/hosting.md, docs/formats/hosting.md
 */
import {
  type BytePath,
  codeOf,
  DatisError,
  decodeCbor,
  encodeCbor,
  ensureFolder,
  ignoring,
  joinPath,
  type Random,
  readWhole,
  toHex,
  writeDurably,
} from '#base'
import { decodeSigned, encodeSigned, type OrganisationId, type Signed } from '#crypto'
import type { PeerHandler, PeerIdentity, PeerRequest, PeerResponse } from '#network'
import { OWNER_QUEUE_MAX, OWNERS_MAX } from '../limits.ts'
import { NamedMutexes } from '../mutex.ts'
import {
  decodeBody,
  encodeBody,
  encodeSignedOrNull,
  headListSchema,
  headsPageSchema,
  headsRequestSchema,
  incarnationRequestSchema,
  inventoryPageSchema,
  inventorySchema,
  logEndSchema,
  type OwnersAnswer,
  ownerStateSchema,
  ownersSchema,
  storeIdSchema,
  verifyAnswerSchema,
  verifyRequestSchema,
} from '../protocol.ts'
import type { Signer } from '../statements.ts'
import { headUnknown } from './hosted-heads.ts'
import { OwnerRoom, type RoomDeps, readHostedState } from './owner-room.ts'
import { hostingBodyBytesMax, type OwnerRoute, parseRoute } from './routes.ts'

export interface HostingDeps extends RoomDeps {
  readonly random: Random
}

export interface HostingOptions {
  readonly folder: BytePath
  /** Who signs receipts; asked each time, so that a new key serves from the next one on. */
  readonly box: () => Signer
  /** Routes of other layers (the charter): null when it is none of theirs. */
  readonly extraRoutes?: (request: PeerRequest, signal: AbortSignal) => Promise<PeerResponse | null>
  readonly extraBodyBytesMax?: (method: PeerRequest['method'], path: string) => number
}

const STORE_BYTES_MAX = 1024
const OWNERS_ANSWERED_MAX = 64
const STORE_FILE = 'store.cbor'

export interface Hosting {
  /** 16 random bytes, hex: drawn once a disk; another one declares the loss of the first. */
  readonly store: string
  readonly handler: PeerHandler
  readonly bodyBytesMax: (method: PeerRequest['method'], path: string) => number
}

export function openHosting(deps: HostingDeps, options: HostingOptions): Hosting {
  return new HostingRooms(deps, options)
}

class HostingRooms implements Hosting {
  readonly store: string
  readonly #deps: HostingDeps
  readonly #options: HostingOptions
  readonly #rooms = new Map<string, OwnerRoom>()
  readonly #opening = new NamedMutexes(OWNER_QUEUE_MAX)

  constructor(deps: HostingDeps, options: HostingOptions) {
    this.#deps = deps
    this.#options = options
    this.store = storeId(deps, options.folder)
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
    const room = await this.#admit(owner, request)
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
    if (mustExist) throw new DatisError('OWNER_UNKNOWN', 'This host keeps nothing of this box.', { owner })
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
    return await OwnerRoom.create(this.#deps, this.#host(), { folder, box: owner, organisation, epoch })
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

async function answer(
  room: OwnerRoom,
  route: OwnerRoute,
  request: PeerRequest,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { body } = request
  switch (route.name) {
    case 'fragment.put':
      return encodeSigned(await room.fragments.put(route.id, body, signal))
    case 'fragment.get':
      return await room.fragments.get(route.id, route.headerOnly, signal)
    case 'verify': {
      const { fragments, after } = decodeBody('verify request', verifyRequestSchema, body)
      return encodeBody(verifyAnswerSchema, await room.fragments.verify(fragments, after, signal))
    }
    case 'inventory':
      return encodeBody(inventorySchema, await room.fragments.inventory(signal))
    case 'inventory.page':
      return encodeBody(inventoryPageSchema, await room.fragments.page(route, signal))
    default:
      return await chainAnswer(room, route, request)
  }
}

type ChainRoute = Exclude<
  OwnerRoute,
  { name: 'fragment.put' | 'fragment.get' | 'verify' | 'inventory' | 'inventory.page' }
>

async function chainAnswer(room: OwnerRoom, route: ChainRoute, { body, peer }: PeerRequest): Promise<Uint8Array> {
  switch (route.name) {
    case 'log.end':
      return encodeBody(logEndSchema, await room.logEnd(route.at, peer.role === 'box'))
    case 'log.page':
      return await room.logPage(route.bound)
    case 'log.append':
      return encodeBody(logEndSchema, await room.appendLog({ ...route, frames: body }))
    case 'keyring.put':
      await room.putKeyring(route.hash, body)
      return new Uint8Array(0)
    case 'keyring.get':
      return room.keyring(route.hash) ?? keyringUnknown(route.hash)
    case 'heads.put': {
      const { heads, incarnation } = decodeBody('heads request', headsRequestSchema, body)
      return encodeSigned(await room.putHeads(heads, incarnation))
    }
    case 'incarnation': {
      const { incarnation } = decodeBody('incarnation request', incarnationRequestSchema, body)
      return encodeBody(ownerStateSchema, await room.announce(incarnation))
    }
    case 'epoch.put':
      return encodeBody(ownerStateSchema, await room.putEpoch(decodeSigned(body)))
    default:
      return await readAnswer(room, route)
  }
}

type ReadRoute = Extract<ChainRoute, { name: 'heads.newest' | 'heads.one' | 'heads.list' | 'heads.page' | 'state' }>

async function readAnswer(room: OwnerRoom, route: ReadRoute): Promise<Uint8Array> {
  switch (route.name) {
    case 'heads.newest':
      return encodeSignedOrNull(await room.newestHead())
    case 'heads.one':
      return encodeSigned((await room.headOf(route.number)) ?? notHeld())
    case 'heads.list':
      return encodeBody(headListSchema, { format: 1, heads: await room.headList(route.before) })
    case 'heads.page':
      return encodeBody(headsPageSchema, { format: 1, heads: await room.headPage(route.from) })
    case 'state':
      return encodeBody(ownerStateSchema, await room.describe(route.counts))
  }
}

function notHeld(): Signed {
  throw headUnknown()
}

function keyringUnknown(hash: string): never {
  throw new DatisError('KEYRING_UNKNOWN', 'This host holds no such keyring.', { hash })
}

function ok(body: Uint8Array): PeerResponse {
  return { status: 200, body }
}

function refused(owner: string): DatisError {
  return new DatisError('OWNER_REFUSED', 'A box may touch only what it owns.', { owner })
}

/** What the transport's rule (by the ending of the code) would call a fault of ours. */
const CONFLICTS = ['LOG_FORK', 'LOG_GAP', 'HEAD_FORK', 'HEAD_NUMBER', 'HEAD_LOG_MISSING', 'HEAD_KEYRING_MISSING']
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
