/** What people do to their community: acts, approvals, and the way in. */
import { isDeepStrictEqual } from 'node:util'
import { DatisError } from '#base'
import {
  type ActOutcome,
  boxesOf,
  checkContact,
  decodeInvitation,
  enterCommunity,
  findBox,
  type Joiner,
  joinCommunity,
  type SignedCharter,
} from '#community'
import { formatAddress, parseAddress } from '#network'

import type { OpenedBox } from '../opened-box.ts'
import type { ActResult, CommunityResult, InviteResult, OperationContext, Operations } from '../operations.ts'
import { refuseSecondCommunity, showCommunity } from './community.ts'
import { shownInstant } from './shown.ts'

/** Our own and two others: one of them may be off when the code is typed in. */
const CONTACTS_DEFAULT = 3

export async function invite(
  box: OpenedBox,
  args: Operations['community.invite'][0],
  context: OperationContext,
): Promise<InviteResult> {
  const contacts = args.contacts.length > 0 ? args.contacts : contactsOf(box)
  for (const contact of contacts) checkContact(contact)
  const { for: whom, validMs } = args
  const outcome = await box.keeper.invite(
    { contacts, ...(whom !== undefined && { for: whom }), ...(validMs !== undefined && { validMs }) },
    context.signal,
  )
  const { code, invitation, act, state, approvals, needed, until } = outcome
  const shown = state === 'done' ? 'open' : 'pending'
  return { code, invitation, act, state: shown, approvals, needed, until: shownInstant(until) }
}

function contactsOf({ charter, settings }: OpenedBox): string[] {
  const own = settings.address
  const others = boxesOf(charter).filter(({ box }) => box !== settings.box)
  const addresses = others.flatMap(({ addresses: [first] }) => first ?? [])
  return [own, ...addresses.slice(0, CONTACTS_DEFAULT - 1)]
}

export async function join(
  box: OpenedBox,
  args: Operations['community.join'][0],
  context: OperationContext,
): Promise<CommunityResult> {
  refuseSecondCommunity(box)
  const code = decodeInvitation(args.code)
  const chain = await joinCommunity(box.world, joinerOf(box, args.name), code, context.signal)
  return await keepChain(box, chain)
}

export async function enter(
  box: OpenedBox,
  args: Operations['community.enter'][0],
  context: OperationContext,
): Promise<CommunityResult> {
  refuseSecondCommunity(box)
  const chain = await enterCommunity(box.world, joinerOf(box, undefined), args.contacts, context.signal)
  return await keepChain(box, chain)
}

function joinerOf(box: OpenedBox, organisationName: string | undefined): Joiner {
  const { box: id, name, address, rootSealing } = box.settings
  return {
    signer: box.signer,
    identity: box.identity,
    name: organisationName ?? name,
    sealing: rootSealing,
    box: { box: id, name, addresses: [address] },
  }
}

async function keepChain(box: OpenedBox, chain: readonly SignedCharter[]): Promise<CommunityResult> {
  for (const signed of chain) box.charters.append(signed)
  box.recheckPeers()
  return await showCommunity(box)
}

/** The community is told; the box itself goes on listening where it does. */
export async function readdress(
  box: OpenedBox,
  args: Operations['community.readdress'][0],
  context: OperationContext,
): Promise<ActResult> {
  const { box: id, name } = box.settings
  const [first] = args.addresses
  const addresses = args.addresses.map((one) => formatAddress(parseAddress(one)))
  const listed = findBox(box.charter, id)
  if (isDeepStrictEqual(listed?.addresses, addresses)) {
    throw new DatisError('ADDRESSES_UNCHANGED', 'The community lists these addresses already.')
  }
  const leaving = listed?.leaving === undefined ? {} : { leaving: listed.leaving }
  const entry = { box: id, name, addresses, ...leaving }
  const outcome = await box.keeper.propose({ kind: 'addresses', box: entry }, context.signal)
  if (first !== undefined) box.changeAddress(first)
  return shown(outcome)
}

export async function leave(box: OpenedBox, _args: object, context: OperationContext): Promise<ActResult> {
  return shown(await box.keeper.propose({ kind: 'leave' }, context.signal))
}

/** Takes one box of the own organisation out of the community; the last one leaves instead. BOX_UNKNOWN, BOX_LAST */
export async function removeBox(
  box: OpenedBox,
  args: { readonly box: string },
  context: OperationContext,
): Promise<ActResult> {
  const { settings, charter } = box
  const own = boxesOf(charter).filter(({ organisation }) => organisation === settings.organisation)
  const ids = own.map((one) => one.box)
  const removed = oneOf(ids, args.box, 'BOX_UNKNOWN')
  if (own.length === 1) throw new DatisError('BOX_LAST', 'This is the only box of its organisation.')
  return shown(await box.keeper.propose({ kind: 'remove-box', box: removed }, context.signal))
}

/** By the beginning of its id, if that is enough to tell it from the others. */
export function oneOf(ids: readonly string[], text: string, code: 'ACT_UNKNOWN' | 'BOX_UNKNOWN') {
  const [only, ...others] = text === '' ? [] : ids.filter((id) => id.startsWith(text.toLowerCase()))
  if (only !== undefined && others.length === 0) return only
  const details = { id: text.slice(0, 100) }
  if (code === 'BOX_UNKNOWN')
    throw new DatisError('BOX_UNKNOWN', 'This organisation has no such box.', { box: details.id })
  throw new DatisError('ACT_UNKNOWN', 'No such act waits for approvals.', details)
}

/** `joined`: it waited already. */
export function shown({ act, kind, state, approvals, needed }: ActOutcome, joined = false): ActResult {
  return { act, kind, state, approvals, needed, joined }
}
