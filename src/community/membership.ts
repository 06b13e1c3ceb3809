/** Questions to a charter, and what it means to the network. */
import { type Clock, DAY_MS, toHex } from '#base'
import type { Admission } from '#network'
import type { Departure } from './chain.ts'
import { type Charter, type Member, NO_PREVIOUS, type ParentCommunity } from './charter.ts'
import type { CharterBox } from './form.ts'

export interface BoxOfMember extends CharterBox {
  readonly organisation: string
}

export interface Founding {
  /** 16 random bytes. */
  readonly community: Uint8Array
  readonly members: readonly Member[]
  readonly code?: Charter['code']
  /** Milliseconds since 1970. */
  readonly at: number
  /** The community that this one follows, when a majority of it is gone. */
  readonly parent?: ParentCommunity
}

/** Number 1 of a chain; each of its organisations must sign it. */
export function foundingCharter({ community, members, code, at, parent }: Founding): Charter {
  const first = { format: 1, community: toHex(community), number: 1, previous: NO_PREVIOUS } as const
  return { ...first, members, code: code ?? null, at, ...(parent !== undefined && { parent }) }
}

export function boxesOf(charter: Charter): BoxOfMember[] {
  return charter.members.flatMap(({ organisation, boxes }) => boxes.map((box) => ({ ...box, organisation })))
}

export function findBox(charter: Charter, box: string): BoxOfMember | undefined {
  return boxesOf(charter).find((one) => one.box === box)
}

export function otherOrganisations(charter: Charter, organisation: string): string[] {
  return charter.members.map((member) => member.organisation).filter((other) => other !== organisation)
}

/** Boxes that may host for an organisation: those of the others. */
export function hostsFor(charter: Charter, organisation: string): BoxOfMember[] {
  return boxesOf(charter).filter((box) => box.organisation !== organisation)
}

/** How long an organisation that left, or was put out, may fetch what is its own. */
export const FORMER_MS_MAX = 90 * DAY_MS

export interface Past {
  readonly departures: () => ReadonlyMap<string, Departure>
  readonly clock: Pick<Clock, 'wall'>
}

/** Organisations that left less than 90 days ago. */
export function formerOrganisations({ departures, clock }: Past): string[] {
  const since = clock.wall() - FORMER_MS_MAX
  return [...departures().values()].filter(({ at }) => at > since).map(({ organisation }) => organisation)
}

/**
 * Who may speak to us. A box that the charter does not list passes when its organisation is a member: a rebuilt box
 * has a new certificate from its words. Never under the id of another member's box: a root key certifies any id.
 * Recovery certificates pass; handlers restrict what they may ask. A function is asked anew each time, so that
 * `recheck` sees the charter of the day. With the past, organisations that left pass for a while, to read their own.
 */
export function admissionFor(source: Charter | (() => Charter | undefined), past?: Past): Admission {
  const members = () => (typeof source === 'function' ? source() : source)?.members ?? []
  const former = () => (past === undefined ? [] : formerOrganisations(past))
  return {
    roots: () => [...members().map(({ organisation }) => organisation), ...former()],
    admit({ box, organisation }) {
      const listed = members().find(({ boxes }) => boxes.some((one) => one.box === box))
      if (listed !== undefined) return listed.organisation === organisation
      if (members().some((member) => member.organisation === organisation)) return true
      return former().includes(organisation) ? 'former' : false
    },
  }
}
