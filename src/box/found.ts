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

/** Makes charter number 1 with everybody's signature, then hands it to all: each box is running or opened here. */
export async function foundWith(
  clients: readonly BoxClient[],
  { random, clock }: Pick<World, 'random' | 'clock'>,
  context: OperationContext,
  { successor }: { readonly successor: boolean } = { successor: false },
): Promise<CommunityResult> {
  const founders: FounderIdentity[] = []
  for (const client of clients) founders.push(await client.call('community.identify', { successor }, context))
  const parent = successor ? parentOf(founders) : {}
  const members = membersOf(founders)
  const charter = foundingCharter({ community: random.bytes(16), members, at: clock.wall(), ...parent })
  const signed = await signedByAll(clients, charter, context)
  let result: CommunityResult | undefined
  for (const client of clients) result = await client.call('community.adopt', { charter: signed }, context)
  if (result === undefined) throw new Error('a community has boxes')
  return result
}

/** Where the one of them was that knows most; the others sign only if they know it too. */
function parentOf(founders: readonly FounderIdentity[]): Pick<Charter, 'parent'> {
  const places = founders.flatMap(({ parent }) => parent ?? [])
  const [newest] = places.sort((a, b) => b.number - a.number)
  return newest === undefined ? {} : { parent: newest }
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
