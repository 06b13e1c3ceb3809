/** Whether an owner does without the members that are leaving: all is protected on those that stay, the head included. */
import type { Code } from '#coding'
import type { BoxOfMember } from '#community'
import type { BoxId, OrganisationId } from '#crypto'
import { overall, receiptsNeeded, type StripeState } from './counting.ts'

export interface WithoutLeavingDeps {
  /** All that may hold something of the owner's. */
  readonly hosts: readonly BoxOfMember[]
  readonly staying: ReadonlySet<BoxId>
  /** For data, without those that are leaving. */
  readonly code: Code
}

export class WithoutLeaving {
  readonly #deps: WithoutLeavingDeps
  readonly #states = new Map<string, StripeState>()
  readonly #witnesses = new Set<OrganisationId>()

  constructor(deps: WithoutLeavingDeps) {
    this.#deps = deps
  }

  stripe(id: string, state: StripeState): void {
    this.#states.set(id, state)
  }

  /** It is nowhere, and nobody needs it. */
  lost(id: string): void {
    this.#states.delete(id)
  }

  /** Has signed for the newest head in this round. */
  witness({ box, organisation }: BoxOfMember): void {
    if (this.#deps.staying.has(box)) this.#witnesses.add(organisation)
  }

  /** Members that may go. */
  get drained(): readonly BoxId[] {
    const { hosts, staying, code } = this.#deps
    const left = new Set(hosts.filter(({ box }) => staying.has(box)).map(({ organisation }) => organisation))
    const witnessed = this.#witnesses.size >= Math.max(1, receiptsNeeded(left.size, code.n, code.k))
    if (overall([...this.#states.values()], witnessed) === 'stored') return []
    return hosts.filter(({ box }) => !staying.has(box)).map(({ box }) => box)
  }
}
