/** A box from its words: what is asked, and what came of it. */

export interface RecoverArguments {
  readonly folder: string
  readonly words: string
  readonly peers: readonly string[]
  readonly box?: string
  /** ISO 8601 instant: the newest head not after it. */
  readonly before?: string
}

export interface RecoveryMember {
  readonly box: string
  readonly organisation: string
  /** Empty when nobody has said it. */
  readonly name: string
  /** `answers`: it keeps nothing of this organisation; `holds`: it does. */
  readonly state: 'asked' | 'silent' | 'answers' | 'holds'
}

export interface RecoverResult {
  readonly box: string
  readonly head: { readonly number: number; readonly at: string }
  /** True only when enough members answered that no newer head can be missing (security rule 4). */
  readonly newest: boolean
  /** Newer ones were found, and left aside because of `before`. */
  readonly hasLater: boolean
  readonly answered: readonly string[]
  readonly hosts: readonly string[]
  /** Metadata stripes that nobody who answered could give back: snapshots that need them cannot be read for now. */
  readonly missing: readonly string[]
  /** Boxes of others, as far as those who answered have named them. */
  readonly members: readonly RecoveryMember[]
  /** Earlier heads on offer, newest first. */
  readonly earlier: readonly { readonly number: number; readonly at: string }[]
}
