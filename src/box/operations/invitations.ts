/** Open invitations, with what the acts say that made them. */
import { type Charter, type CharterStore, decodeActBody, hashOfAct } from '#community'

type Invitation = NonNullable<Charter['invitations']>[number]

export interface OpenInvitation extends Invitation {
  /** The act that made it, and for whom: null when nobody said. */
  readonly act: string | null
  readonly for: string | null
}

/** Those of the charter in force. Every box of a community says the same of them: it is all in the chain. */
export function openInvitations({ current, charters }: CharterStore): OpenInvitation[] {
  const made = new Map(charters.flatMap(madeBy))
  return (current?.invitations ?? []).map((one) => ({ ...one, ...(made.get(one.key) ?? { act: null, for: null }) }))
}

function madeBy({ act }: Charter): [string, Pick<OpenInvitation, 'act' | 'for'>][] {
  const body = act === undefined ? null : decodeActBody(act.body)
  if (act === undefined || body?.kind !== 'invite') return []
  return [[body.key, { act: hashOfAct(act.body), for: body.for ?? null }]]
}
