/** Acts that need more than one organisation: what waits, who approves, and who asks for what waits already. */
import { DatisError } from '#base'
import type { ActBody, PendingAct } from '#community'
import { memberMeant, type Names, namesOf } from '../names.ts'
import type { OpenedBox } from '../opened-box.ts'
import type { ActResult, OperationContext, PendingResult } from '../operations.ts'
import { oneOf, shown } from './acts.ts'
import { type OpenInvitation, openInvitations } from './invitations.ts'
import { shownInstant } from './shown.ts'

export async function listPending(box: OpenedBox): Promise<{ items: PendingResult[] }> {
  const names = namesOf(box)
  const invitations = openInvitations(box.charters)
  const items = box.keeper.pending.list().map(({ hash, body, approvals, needed }) => ({
    act: hash,
    kind: body.kind,
    by: body.by,
    about: aboutOf(body),
    byName: names.organisation(body.by),
    aboutName: aboutNameOf(body, names, invitations),
    approvals,
    needed,
    at: shownInstant(body.at),
  }))
  return { items }
}

function aboutOf(body: ActBody): string {
  switch (body.kind) {
    case 'invite':
      return body.for ?? body.key
    case 'revoke-invitation':
      return body.key
    case 'expel':
      return body.organisation
    case 'leave':
      return body.by
    case 'remove-box':
      return body.box
    default:
      return body.box.box
  }
}

function aboutNameOf(body: ActBody, names: Names, invitations: readonly OpenInvitation[]): string | null {
  switch (body.kind) {
    case 'invite':
      return body.for ?? null
    case 'revoke-invitation':
      return invitations.find(({ key }) => key === body.key)?.for ?? null
    case 'expel':
      return names.organisation(body.organisation)
    case 'leave':
      return names.organisation(body.by)
    case 'remove-box':
      return names.box(body.box)
    default:
      return body.box.name
  }
}

export async function approve(
  box: OpenedBox,
  args: { readonly act: string },
  context: OperationContext,
): Promise<ActResult> {
  const hashes = box.keeper.pending.list().map(({ hash }) => hash)
  const hash = oneOf(hashes, args.act, 'ACT_UNKNOWN')
  return shown(await box.keeper.approve(hash, context.signal))
}

/** MEMBER_UNKNOWN, MEMBER_AMBIGUOUS, EXPULSION_OWN */
export async function expel(
  box: OpenedBox,
  args: { readonly organisation: string },
  { signal }: OperationContext,
): Promise<ActResult> {
  const organisation = memberMeant(box.charter, args.organisation)
  const waits = waiting(box, (body) => body.kind === 'expel' && body.organisation === organisation)
  if (waits !== null) return shown(await box.keeper.approve(waits, signal), true)
  return shown(await box.keeper.propose({ kind: 'expel', organisation }, signal))
}

/** Of two acts about one thing, neither of which has enough, the one that more approve of. */
function waiting(box: OpenedBox, same: (body: ActBody) => boolean): string | null {
  const all = box.keeper.pending.list().filter(({ body }) => same(body))
  const [first] = all.sort((a, b) => b.approvals - a.approvals)
  return first?.hash ?? null
}

/** By the beginning of its key, or of the act that makes it. INVITATION_UNKNOWN, INVITATION_WAITS */
export async function revoke(
  box: OpenedBox,
  args: { readonly invitation: string },
  { signal }: OperationContext,
): Promise<ActResult> {
  const { key, by } = invitationMeant(box, args.invitation)
  // Who made it needs nobody's approval: an act of its own is done at once.
  const own = by === box.settings.organisation
  const waits = own ? null : waiting(box, (body) => body.kind === 'revoke-invitation' && body.key === key)
  if (waits !== null) return shown(await box.keeper.approve(waits, signal), true)
  return shown(await box.keeper.propose({ kind: 'revoke-invitation', key }, signal))
}

function invitationMeant(box: OpenedBox, text: string): OpenInvitation {
  const begin = text.toLowerCase()
  const begins = (...ids: readonly (string | null)[]) => begin !== '' && ids.some((id) => id?.startsWith(begin))
  const open = openInvitations(box.charters).filter(({ key, act }) => begins(key, act))
  const waits = box.keeper.pending.list().filter(({ body, hash }) => body.kind === 'invite' && begins(body.key, hash))
  const [invitation, ...more] = open
  const [act] = waits
  if (invitation !== undefined && more.length + waits.length === 0) return invitation
  if (act !== undefined && open.length === 0 && waits.length === 1) throw notYet(act)
  const details = { id: text.slice(0, 100) }
  throw new DatisError('INVITATION_UNKNOWN', 'There is no such invitation, or it was taken back.', details)
}

/**
 * Approvals that were given are in others' hands, and only what is in a charter can be taken out of it: an invitation
 * that waits lapses by itself. docs/decisions/0008-agreement.md
 */
function notYet({ body, approvals, needed }: PendingAct): DatisError {
  const until = body.kind === 'invite' ? body.until : 0
  const details = { approvals, needed, until }
  return new DatisError('INVITATION_WAITS', 'What is not in force yet cannot be taken back.', details)
}
