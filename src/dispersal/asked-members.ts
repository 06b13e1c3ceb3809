/** Whom a recovery asks, and what comes of it: for people who watch. Nothing is decided by it. */
import { COMMUNITY_BOXES_MAX } from '#coding'
import { boxesOf, type Charter } from '#community'
import type { BoxId, OrganisationId } from '#crypto'

export interface AskedMember {
  readonly box: BoxId
  readonly organisation: OrganisationId
  /** As who answered calls it; empty when nobody has said. */
  readonly name: string
  /** `answers`: it keeps nothing of the organisation; `holds`: it does. */
  readonly state: 'asked' | 'silent' | 'answers' | 'holds'
}

interface Known {
  readonly organisation: OrganisationId
  readonly name: string
  readonly addresses: readonly string[]
  readonly answer: 'answers' | 'holds' | null
}

export class AskedMembers {
  readonly #organisation: OrganisationId
  readonly #members = new Map<BoxId, Known>()
  readonly #failed = new Set<string>()
  #isOver = false

  /** `organisation`: what burnt is not asked. */
  constructor(organisation: OrganisationId) {
    this.#organisation = organisation
  }

  offered(charter: Charter): void {
    for (const { box, name, addresses, organisation } of boxesOf(charter)) {
      if (organisation !== this.#organisation) this.#keep(box, { name, addresses, organisation })
    }
  }

  answered({ box, organisation }: { box: BoxId; organisation: OrganisationId }, holds: boolean): void {
    if (organisation !== this.#organisation) this.#keep(box, { organisation, answer: holds ? 'holds' : 'answers' })
  }

  failed(address: string): void {
    this.#failed.add(address)
  }

  /** Nobody is asked any more. */
  over(): void {
    this.#isOver = true
  }

  #keep(box: BoxId, more: Partial<Known> & Pick<Known, 'organisation'>): void {
    const known = this.#members.get(box)
    if (known === undefined && this.#members.size >= COMMUNITY_BOXES_MAX) return
    this.#members.set(box, { ...(known ?? { name: '', addresses: [], answer: null }), ...more })
  }

  list(): AskedMember[] {
    return [...this.#members].map(([box, { organisation, name, addresses, answer }]) => {
      const isSilent = this.#isOver || (addresses.length > 0 && addresses.every((one) => this.#failed.has(one)))
      return { box, organisation, name, state: answer ?? (isSilent ? 'silent' : 'asked') }
    })
  }
}
