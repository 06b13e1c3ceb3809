import { DAY_MS, DatisError } from '#base'
import { codeForBoxes } from '#coding'
import {
  type BoxOfMember,
  type Charter,
  decodeCharter,
  decodeSignedCharter,
  encodeCharterSignature,
  findBox,
  hostsFor,
  signCharter,
} from '#community'
import { namesOf } from '../names.ts'
import type { OpenedBox } from '../opened-box.ts'
import type { CommunityResult, FounderIdentity } from '../operations.ts'
import { openInvitations } from './invitations.ts'
import { shownInstant } from './shown.ts'

/** So long nobody heard a majority before those who are left may found a community that follows. */
const SILENCE_MS_MIN = 7 * DAY_MS

export async function identify(box: OpenedBox, args: { readonly successor: boolean }): Promise<FounderIdentity> {
  if (args.successor) checkSilence(box)
  else refuseSecondCommunity(box)
  const { organisation, name, rootSealing, box: id, address } = box.settings
  const sealing = Buffer.from(rootSealing).toString('base64')
  return { organisation, name, sealing, box: id, address, parent: args.successor ? ownPlace(box) : null }
}

/** Signs only a charter that lists this box as it is. */
export async function sign(box: OpenedBox, args: { readonly charter: string }): Promise<{ signature: string }> {
  const body = Buffer.from(args.charter, 'base64')
  const charter = decodeCharter(body)
  checkParent(box, charter)
  const listed = listedIn(charter, box)
  if (!listed.addresses.includes(box.settings.address)) throw foreign(box)
  const signature = signCharter(body, box.secrets.keys, box.secrets.certificate)
  return { signature: Buffer.from(encodeCharterSignature(signature)).toString('base64') }
}

/** Whatever it was that signed it all, a box enters no community that does not list it. */
export async function adoptCharter(box: OpenedBox, args: { readonly charter: string }): Promise<CommunityResult> {
  const signed = decodeSignedCharter(Buffer.from(args.charter, 'base64'))
  const charter = decodeCharter(signed.body)
  listedIn(charter, box)
  if (charter.parent === undefined) {
    box.charters.append(signed)
    box.recheckPeers()
  } else {
    checkParent(box, charter)
    await box.succeed(signed)
  }
  return await showCommunity(box)
}

export async function showCommunity(box: OpenedBox): Promise<CommunityResult> {
  const { charter, charters, keeper } = box
  const boxes = charter.members.flatMap((member) => member.boxes)
  const names = namesOf(box)
  return {
    community: charter.community,
    number: charter.number,
    code: shownCode(charter, boxes.length),
    members: charter.members.flatMap(({ organisation, name: organisationName, boxes: own }) =>
      own.map((one) => ({
        organisation,
        name: one.name,
        box: one.box,
        address: one.addresses[0] ?? '',
        organisationName,
        leaving: one.leaving === undefined ? null : shownInstant(one.leaving),
      })),
    ),
    membership: membershipOf(box),
    invitations: openInvitations(charters).map(({ key, until, by, for: whom }) => ({
      invitation: key,
      until: shownInstant(until),
      by,
      byName: names.organisation(by),
      for: whom,
    })),
    alarms: keeper.alarms,
    parent: charters.charters[0]?.parent ?? null,
  }
}

/** CHARTER_FOREIGN */
function listedIn(charter: Charter, box: OpenedBox): BoxOfMember {
  const listed = findBox(charter, box.settings.box)
  if (listed?.organisation !== box.settings.organisation) throw foreign(box)
  return listed
}

function shownCode(charter: Charter, boxes: number): CommunityResult['code'] {
  if (boxes < 2) return { n: 0, k: 0 }
  const { n, k } = charter.code ?? codeForBoxes(boxes)
  return { n, k }
}

export function membershipOf({ charters, settings, charter }: OpenedBox): CommunityResult['membership'] {
  if (charter.members.some(({ organisation }) => organisation === settings.organisation)) return 'member'
  return charters.departures.get(settings.organisation)?.how ?? 'left'
}

/** COMMUNITY_LEFT */
export function checkMember(box: OpenedBox): void {
  if (membershipOf(box) === 'member') return
  throw new DatisError('COMMUNITY_LEFT', 'The organisation of this box is no longer a member of its community.')
}

/** COMMUNITY_ALONE, COMMUNITY_LEFT, BOX_REMOVED when there is nobody to keep anything for us. */
export function checkHosts(box: OpenedBox): void {
  const { charter, settings } = box
  checkMember(box)
  if (findBox(charter, settings.box) === undefined) {
    throw new DatisError('BOX_REMOVED', 'This box was taken out of its community.', { box: settings.box })
  }
  if (hostsFor(charter, settings.organisation).length > 0) return
  throw new DatisError('COMMUNITY_ALONE', 'No other organisation is in the community yet.', {})
}

function checkSilence({ charter, keeper, world }: OpenedBox): void {
  const heardAt = Math.max(charter.at, keeper.majorityAt ?? 0)
  if (world.clock.wall() - heardAt >= SILENCE_MS_MIN) return
  const details = { heardAt, neededMs: SILENCE_MS_MIN }
  throw new DatisError('COMMUNITY_ALIVE', 'More than half of the community answered not long ago.', details)
}

function ownPlace({ charters }: OpenedBox): FounderIdentity['parent'] {
  const { current } = charters.chain
  if (current === undefined) throw new DatisError('NOT_FOUNDED', 'This box is not in a community yet.')
  const { community, number } = current.charter
  return { community, number, hash: current.hash }
}

/** A first community, or one that follows that of this box, as far as it knows it. */
function checkParent(box: OpenedBox, { parent }: Charter): void {
  if (parent === undefined) {
    refuseSecondCommunity(box)
    return
  }
  checkSilence(box)
  const ours = ownPlace(box)
  const same = ours?.community === parent.community && box.charters.chain.at(parent.number)?.hash === parent.hash
  if (!same) throw foreign(box)
}

function foreign(box: OpenedBox): DatisError {
  return new DatisError('CHARTER_FOREIGN', 'The charter does not list this box as it is.', { box: box.settings.box })
}

export function refuseSecondCommunity(box: OpenedBox): void {
  if (box.charters.current === undefined) return
  throw new DatisError('COMMUNITY_EXISTS', 'This box is in a community already.', { box: box.settings.box })
}
