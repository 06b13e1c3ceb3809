/** What an act makes of a charter, and whether it may: everybody who has both comes to the same answer. */
import { isDeepStrictEqual } from 'node:util'
import { DatisError, fromHex } from '#base'
import { claimedOrganisation, type Signed, verifySignature } from '#crypto'
import { type Act, type ActBody, type ActOf, decodeActBody, verifyApproval } from './act.ts'
import { type Charter, charterHash, encodeCharter, type Invitation, type Member } from './charter.ts'
import { BOXES_A_MEMBER_MAX, BOXES_MAX, INVITATIONS_MAX, invalid, majorityOf } from './form.ts'

const HOUR_MS = 3_600_000
/** An invitation holds for two days, by the clock of whoever made it. */
export const INVITATION_MS_MAX = 48 * HOUR_MS

interface Change {
  readonly members?: readonly Member[]
  readonly invitations?: readonly Invitation[]
  readonly expelled?: string
}

/** The charter that follows `parent` by this act. CHARTER_INVALID {reason}, ACT_APPROVALS_MISSING, SIGNATURE_INVALID, … */
export function nextCharter(parent: Charter, act: Act, at: number): Charter {
  const body = decodeActBody(act.body)
  if (body.community !== parent.community) throw invalid('community')
  // Charters' dates never go back: what is dated by them cannot be made younger.
  const when = Math.max(at, parent.at)
  const { members, invitations, expelled } = { ...parent, expelled: undefined, ...changeOf(parent, act, body, when) }
  return {
    format: 1,
    community: parent.community,
    number: parent.number + 1,
    previous: charterHash(encodeCharter(parent)),
    members,
    code: fitting(parent.code, members),
    at: when,
    ...(expelled !== undefined && { expelled }),
    ...(invitations !== undefined && invitations.length > 0 && { invitations }),
    act,
  }
}

/** A code that became too wide for those who are left gives way to the table. */
function fitting(code: Charter['code'], members: readonly Member[]): Charter['code'] {
  const boxes = members.reduce((sum, member) => sum + member.boxes.length, 0)
  return code !== null && code.n <= boxes - 1 ? code : null
}

function changeOf(parent: Charter, act: Act, body: ActBody, at: number): Change {
  switch (body.kind) {
    case 'invite':
      return invite(parent, act, body)
    case 'revoke-invitation':
      return revoke(parent, act, body)
    case 'admit':
      return admit(parent, act, body, at)
    case 'box':
      return addBox(parent, act, body)
    case 'addresses':
      return changeAddresses(parent, act, body)
    case 'remove-box':
      return removeBox(parent, act, body)
    case 'leave':
      return leave(parent, act, body)
    case 'expel':
      return expel(parent, act, body)
  }
}

function invite(parent: Charter, act: Act, { key, until, by, at }: ActOf<'invite'>): Change {
  memberOf(parent, by)
  if (until <= at || until > at + INVITATION_MS_MAX) throw invalid('invitation-until')
  // What is over by the time of this act makes room.
  const open = (parent.invitations ?? []).filter((one) => one.until > at)
  if (open.some((one) => one.key === key)) throw invalid('invitation-twice')
  if (open.length >= INVITATIONS_MAX) throw invalid('invitations-count')
  checkApprovals(parent, act, {})
  return { invitations: [...open, { key, until, by }] }
}

function revoke(parent: Charter, act: Act, { key, by }: ActOf<'revoke-invitation'>): Change {
  const invitation = invitationOf(parent, key)
  memberOf(parent, by)
  // Who made it takes it back alone; others need as many as for making one.
  checkApprovals(parent, act, by === invitation.by ? { needed: 1 } : {})
  return { invitations: without(parent, key) }
}

function admit(parent: Charter, act: Act, body: ActOf<'admit'>, at: number): Change {
  const { key, by, name, sealing, box } = body
  const invitation = invitationOf(parent, key)
  if (at >= invitation.until) throw invalid('invitation-expired')
  const signature = act.invitation ?? missing('invitation')
  const certificate = new Uint8Array(0)
  verifySignature('join', { body: act.body, signature, certificate }, fromHex(key))
  // The joiner says itself that it joins: its box signs, under the root that it brings.
  if (byBox(act, by).box !== box.box) throw invalid('signer-other', { box: box.box })
  if (parent.members.some(({ organisation }) => organisation === by)) throw invalid('member-already')
  checkNewBox(parent, box.box)
  const member: Member = { organisation: by, name, sealing, boxes: [box] }
  return { members: [...parent.members, member], invitations: without(parent, key) }
}

function addBox(parent: Charter, act: Act, { by, box }: ActOf<'box'>): Change {
  const member = memberOf(parent, by)
  if (byBox(act, by).box !== box.box) throw invalid('signer-other', { box: box.box })
  checkNewBox(parent, box.box)
  if (member.boxes.length >= BOXES_A_MEMBER_MAX) throw invalid('boxes-of-member')
  return { members: replaced(parent, { ...member, boxes: [...member.boxes, box] }) }
}

function changeAddresses(parent: Charter, act: Act, { by, box }: ActOf<'addresses'>): Change {
  const member = memberOf(parent, by)
  if (byBox(act, by).box !== box.box) throw invalid('signer-other', { box: box.box })
  const before = member.boxes.find((one) => one.box === box.box)
  if (before === undefined) throw invalid('box-unknown')
  if (isDeepStrictEqual(before, box)) throw invalid('nothing-changed')
  const boxes = member.boxes.map((one) => (one.box === box.box ? box : one))
  return { members: replaced(parent, { ...member, boxes }) }
}

/** By any box of its organisation: it may have burnt. */
function removeBox(parent: Charter, act: Act, { by, box }: ActOf<'remove-box'>): Change {
  const member = memberOf(parent, by)
  const signer = byBox(act, by).box
  if (![signer, box].every((id) => member.boxes.some((one) => one.box === id))) throw invalid('box-unknown')
  if (member.boxes.length === 1) throw invalid('last-box')
  return { members: replaced(parent, { ...member, boxes: member.boxes.filter((one) => one.box !== box) }) }
}

function leave(parent: Charter, act: Act, { by }: ActOf<'leave'>): Change {
  const member = memberOf(parent, by)
  const { box } = byBox(act, by)
  if (!member.boxes.some((one) => one.box === box)) throw invalid('box-unknown')
  return departed(parent, by)
}

function expel(parent: Charter, act: Act, { by, organisation }: ActOf<'expel'>): Change {
  memberOf(parent, by)
  memberOf(parent, organisation)
  if (by === organisation) throw invalid('expelled-itself')
  checkApprovals(parent, act, { unheard: organisation })
  return { ...departed(parent, organisation), expelled: organisation }
}

function departed(parent: Charter, organisation: string): Change {
  const members = parent.members.filter((one) => one.organisation !== organisation)
  if (members.length === 0) throw invalid('last-member')
  // What it has begun goes with it.
  const invitations = (parent.invitations ?? []).filter(({ by }) => by !== organisation)
  return { members, invitations }
}

function memberOf(parent: Charter, organisation: string): Member {
  const member = parent.members.find((one) => one.organisation === organisation)
  if (member === undefined) throw invalid('member-unknown', { organisation })
  return member
}

function invitationOf(parent: Charter, key: string): Invitation {
  const invitation = parent.invitations?.find((one) => one.key === key)
  if (invitation === undefined) throw invalid('invitation-unknown')
  return invitation
}

function without(parent: Charter, key: string): Invitation[] {
  return (parent.invitations ?? []).filter((one) => one.key !== key)
}

function replaced(parent: Charter, member: Member): Member[] {
  return parent.members.map((one) => (one.organisation === member.organisation ? member : one))
}

function checkNewBox(parent: Charter, box: string): void {
  const boxes = parent.members.flatMap((member) => member.boxes)
  if (boxes.some((one) => one.box === box)) throw invalid('box-twice')
  if (boxes.length >= BOXES_MAX) throw invalid('boxes-count')
}

/** The one signature of an act that one box makes alone. */
function byBox({ body, approvals }: Act, organisation: string) {
  const [approval, ...others] = approvals
  if (approval === undefined || others.length > 0) throw invalid('act-signatures')
  return verifyApproval(approval, body, organisation)
}

function missing(what: string): never {
  throw invalid(`${what}-missing`)
}

/** More than half of all organisations, and whose act it is among them. */
function checkApprovals(parent: Charter, act: Act, rule: { unheard?: string; needed?: number }): void {
  const { by } = decodeActBody(act.body)
  const approved = new Set<string>()
  for (const approval of act.approvals) {
    const organisation = approverOf(parent, act.body, approval)
    if (approved.has(organisation)) throw invalid('approval-twice', { organisation })
    if (organisation === rule.unheard) throw invalid('approval-unheard', { organisation })
    approved.add(organisation)
  }
  if (!approved.has(by)) throw invalid('act-unsigned', { by })
  const needed = rule.needed ?? majorityOf(parent.members.length)
  if (approved.size >= needed) return
  const details = { approvals: approved.size, needed }
  throw new DatisError('ACT_APPROVALS_MISSING', 'Fewer organisations than needed approve of this act.', details)
}

/** The member whose box approved, verified. */
export function approverOf(parent: Charter, body: Uint8Array, approval: Signed): string {
  const organisation = claimedOrganisation(approval.certificate)
  memberOf(parent, organisation)
  verifyApproval(approval, body, organisation)
  return organisation
}
