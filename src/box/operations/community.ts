import { DatisError } from '#base'
import { codeForBoxes } from '#coding'
import {
  type BoxOfMember,
  type Charter,
  decodeCharter,
  decodeSignedCharter,
  encodeCharterSignature,
  findBox,
  signCharter,
} from '#community'
import type { OpenedBox } from '../opened-box.ts'
import type { CommunityResult, FounderIdentity } from '../operations.ts'

export async function identify(box: OpenedBox): Promise<FounderIdentity> {
  refuseSecondCommunity(box)
  const { organisation, name, rootSealing, box: id, address } = box.settings
  return { organisation, name, sealing: Buffer.from(rootSealing).toString('base64'), box: id, address }
}

/** Signs only a charter that lists this box as it is. */
export async function sign(box: OpenedBox, args: { readonly charter: string }): Promise<{ signature: string }> {
  refuseSecondCommunity(box)
  const body = Buffer.from(args.charter, 'base64')
  const listed = listedIn(decodeCharter(body), box)
  if (!listed.addresses.includes(box.settings.address)) throw foreign(box)
  const signature = signCharter(body, box.secrets.keys, box.secrets.certificate)
  return { signature: Buffer.from(encodeCharterSignature(signature)).toString('base64') }
}

/** Whatever it was that signed it all, a box enters no community that does not list it. */
export async function adoptCharter(box: OpenedBox, args: { readonly charter: string }): Promise<CommunityResult> {
  const signed = decodeSignedCharter(Buffer.from(args.charter, 'base64'))
  listedIn(decodeCharter(signed.body), box)
  box.charters.append(signed)
  box.recheckPeers()
  return await showCommunity(box)
}

export async function showCommunity(box: OpenedBox): Promise<CommunityResult> {
  const { charter } = box
  const boxes = charter.members.flatMap((member) => member.boxes)
  const { n, k } = charter.code ?? codeForBoxes(boxes.length)
  return {
    community: charter.community,
    number: charter.number,
    code: { n, k },
    members: charter.members.flatMap(({ organisation, boxes: own }) =>
      own.map((one) => ({ organisation, name: one.name, box: one.box, address: one.addresses[0] ?? '' })),
    ),
  }
}

/** CHARTER_FOREIGN */
function listedIn(charter: Charter, box: OpenedBox): BoxOfMember {
  const listed = findBox(charter, box.settings.box)
  if (listed?.organisation !== box.settings.organisation) throw foreign(box)
  return listed
}

function foreign(box: OpenedBox): DatisError {
  return new DatisError('CHARTER_FOREIGN', 'The charter does not list this box as it is.', { box: box.settings.box })
}

function refuseSecondCommunity(box: OpenedBox): void {
  if (box.charters.current === undefined) return
  throw new DatisError('COMMUNITY_EXISTS', 'This box is in a community already.', { box: box.settings.box })
}
