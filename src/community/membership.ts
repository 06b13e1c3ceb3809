/** Questions to a charter, and what it means to the network. */
import { toHex } from '#base'
import type { Admission } from '#network'
import { type Charter, type CharterBox, type Member, NO_PREVIOUS } from './charter.ts'

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
}

/** Number 1 of a chain; each of its organisations must sign it. */
export function foundingCharter({ community, members, code, at }: Founding): Charter {
  return { format: 1, community: toHex(community), number: 1, previous: NO_PREVIOUS, members, code: code ?? null, at }
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

/**
 * Who may speak to us. A box that the charter does not list passes when its organisation is a member: a rebuilt box
 * has a new certificate from its words. Never under the id of another member's box: a root key certifies any id.
 * Recovery certificates pass; handlers restrict what they may ask. A function is asked anew each time, so that
 * `recheck` sees the charter of the day.
 */
export function admissionFor(source: Charter | (() => Charter)): Admission {
  const charter = typeof source === 'function' ? source : () => source
  return {
    roots: () => charter().members.map(({ organisation }) => organisation),
    admit({ box, organisation }) {
      const { members } = charter()
      const listed = members.find(({ boxes }) => boxes.some((one) => one.box === box))
      return (listed ?? members.find((member) => member.organisation === organisation))?.organisation === organisation
    },
  }
}
