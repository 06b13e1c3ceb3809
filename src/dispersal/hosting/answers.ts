/** A request on an owner's room, and the bytes that answer it. */
import { DatisError } from '#base'
import { decodeSigned, encodeSigned, type Signed } from '#crypto'
import type { PeerRequest } from '#network'
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
  ownerStateSchema,
  verifyAnswerSchema,
  verifyRequestSchema,
} from '../protocol.ts'
import {
  contactsAnswerSchema,
  noticesSchema,
  releaseAnswerSchema,
  releaseSummarySchema,
  type VerdictAnswer,
  verdictAnswerSchema,
} from '../release-protocol.ts'
import { headUnknown } from './hosted-heads.ts'
import type { OwnerRoom } from './owner-room.ts'
import type { OwnerRoute } from './routes.ts'

export async function answer(
  room: OwnerRoom,
  route: OwnerRoute,
  request: PeerRequest,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { body, peer } = request
  switch (route.name) {
    case 'fragment.put':
      return encodeSigned(await room.fragments.put(route.id, body, peer.epoch, signal))
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
      return await readAnswer(room, route, { body, peer })
  }
}

type WrittenRoute =
  | 'log.end'
  | 'log.page'
  | 'log.append'
  | 'keyring.put'
  | 'keyring.get'
  | 'heads.put'
  | 'incarnation'
  | 'epoch.put'
type ReadRoute = Exclude<ChainRoute, { name: WrittenRoute }>

async function readAnswer(
  room: OwnerRoom,
  route: ReadRoute,
  request: Pick<PeerRequest, 'body' | 'peer'>,
): Promise<Uint8Array> {
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
    default:
      return await releaseAnswer(room, route, request)
  }
}

type ReleaseRoute = Extract<
  OwnerRoute,
  { name: 'release' | 'cancel' | 'releases' | 'undo' | 'condemn' | 'budget' | 'unusual' | 'contacts.put' }
>

async function releaseAnswer(
  room: OwnerRoom,
  route: ReleaseRoute,
  { body, peer }: Pick<PeerRequest, 'body' | 'peer'>,
): Promise<Uint8Array> {
  const { releases } = room
  switch (route.name) {
    case 'release':
      return encodeBody(releaseAnswerSchema, await releases.release(decodeSigned(body), peer.epoch))
    case 'cancel':
      return encodeBody(releaseAnswerSchema, await releases.cancel(decodeSigned(body), peer.epoch))
    case 'releases':
      return encodeBody(releaseSummarySchema, await releases.summary())
    case 'contacts.put':
      return encodeBody(contactsAnswerSchema, {
        format: 1,
        ...(await room.contacts.put(decodeSigned(body), peer.epoch)),
      })
    case 'unusual':
      return encodeBody(noticesSchema, releases.notices())
    default:
      return encodeBody(verdictAnswerSchema, await deliver(room, route.name, decodeSigned(body)))
  }
}

export type Verdict = 'undo' | 'condemn' | 'budget'

/** What root or another member has signed about this owner. */
export function deliver({ releases, state }: OwnerRoom, verdict: Verdict, signed: Signed): Promise<VerdictAnswer> {
  switch (verdict) {
    case 'undo':
      return releases.undo(signed, state.epoch)
    case 'condemn':
      return releases.condemn(signed)
    case 'budget':
      return releases.budget(signed)
  }
}

function notHeld(): Signed {
  throw headUnknown()
}

function keyringUnknown(hash: string): never {
  throw new DatisError('KEYRING_UNKNOWN', 'This host holds no such keyring.', { hash })
}
