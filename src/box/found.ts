import { DatisError } from '#base'
import {
  assembleCharter,
  type Charter,
  decodeCharterSignature,
  encodeCharter,
  encodeSignedCharter,
  foundingCharter,
  type Member,
} from '#community'
import type { BoxClient, CommunityResult, FounderIdentity, OperationContext } from './operations.ts'
import type { World } from './world.ts'

const BOXES_MIN = 2

/** Makes charter number 1 with everybody's signature, then hands it to all: each box is running or opened here. */
export async function foundWith(
  clients: readonly BoxClient[],
  { random, clock }: Pick<World, 'random' | 'clock'>,
  context: OperationContext,
): Promise<CommunityResult> {
  if (clients.length < BOXES_MIN) {
    throw new DatisError('COMMUNITY_TOO_SMALL', 'A community has at least two boxes.', { boxes: clients.length })
  }
  const founders: FounderIdentity[] = []
  for (const client of clients) founders.push(await client.call('community.identify', {}, context))
  const charter = foundingCharter({ community: random.bytes(16), members: membersOf(founders), at: clock.wall() })
  const signed = await signedByAll(clients, charter, context)
  let result: CommunityResult | undefined
  for (const client of clients) result = await client.call('community.adopt', { charter: signed }, context)
  if (result === undefined) throw new Error('a community has boxes')
  return result
}

async function signedByAll(
  clients: readonly BoxClient[],
  charter: Charter,
  context: OperationContext,
): Promise<string> {
  const body = encodeCharter(charter)
  const text = Buffer.from(body).toString('base64')
  const signatures = []
  for (const client of clients) {
    const { signature } = await client.call('community.sign', { charter: text }, context)
    signatures.push(decodeCharterSignature(Buffer.from(signature, 'base64')))
  }
  return Buffer.from(encodeSignedCharter(assembleCharter(body, signatures))).toString('base64')
}

/** Boxes of one organisation are one member, under the name of its first box. */
function membersOf(founders: readonly FounderIdentity[]): Member[] {
  const members = new Map<string, Member>()
  for (const { organisation, name, sealing, box, address } of founders) {
    const own = { box, name, addresses: [address] }
    const member = members.get(organisation)
    members.set(organisation, {
      organisation,
      name: member?.name ?? name,
      sealing: Uint8Array.from(Buffer.from(sealing, 'base64')),
      boxes: [...(member?.boxes ?? []), own],
    })
  }
  return [...members.values()]
}
