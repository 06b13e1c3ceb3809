/** What operations on the community say. */
import type { Within } from './saved-results.ts'

export interface CommunityResult {
  readonly community: string
  readonly number: number
  readonly code: { readonly n: number; readonly k: number }
  readonly members: readonly {
    readonly organisation: string
    readonly name: string
    readonly box: string
    readonly address: string
    /** Of the organisation; `name` is that of the box. */
    readonly organisationName: string
    /** Since when it is leaving; null when it stays. */
    readonly leaving: string | null
  }[]
  /** Whether this box's organisation is a member still. */
  readonly membership: 'member' | 'left' | 'expelled'
  readonly invitations: readonly {
    readonly invitation: string
    readonly until: string
    readonly by: string
    readonly byName: string | null
    /** For whom it is, as its proposer said. */
    readonly for: string | null
  }[]
  /** Charters of which there are two valid ones, and who signed both. */
  readonly alarms: readonly { readonly number: number; readonly signedBoth: readonly string[] }[]
  /** The community that this one follows, when a majority of that was gone. */
  readonly parent: { readonly community: string; readonly number: number; readonly hash: string } | null
}

/** `pending`: it waits for approvals, or for more than half of the organisations to answer. */
export interface ActResult {
  readonly act: string
  readonly kind: string
  readonly state: 'done' | 'pending'
  readonly approvals: number
  readonly needed: number
  /** It waited already: instead of a second one, it was approved of. */
  readonly joined: boolean
}

/** Another box, as one that is leaving sees it. */
export interface DrainedBox {
  readonly box: string
  readonly name: string
  readonly organisation: string
  /** `drained`: it has signed that it does without us; with a `code`, within the last day. `nowhere`: nobody else is left to keep what is its own.
   * `absent`: it has not answered for two days, and nobody waits for it. */
  readonly state: 'drained' | 'moving' | 'nowhere' | 'silent' | 'absent'
  /** Why it is silent. */
  readonly code: string | null
  /** What it keeps of us, and until when we can read it after we left, as it has signed. */
  readonly fragments: number
  readonly bytes: number
  readonly until: string | null
}

export interface DrainResult {
  /** `unheard`: fewer than half of the organisations have heard yet that this box is leaving. */
  readonly state: 'drained' | 'draining' | 'unheard'
  /** Packs of our own that only others have, and that could not be brought home. */
  readonly missing: { readonly packs: number; readonly bytes: number }
  readonly boxes: readonly DrainedBox[]
}

export interface InviteResult {
  readonly code: string
  /** The public key of the invitation, which takes it back. */
  readonly invitation: string
  readonly act: string
  readonly state: 'open' | 'pending'
  readonly approvals: number
  readonly needed: number
  readonly until: string
}

export interface PendingResult {
  readonly act: string
  readonly kind: string
  /** The organisation whose act it is, and what it is about: a name, an organisation, a box or an invitation. */
  readonly by: string
  readonly about: string
  /** As charters call them; null when none does. Of an invitation: for whom it is, null when nobody said. */
  readonly byName: string | null
  readonly aboutName: string | null
  readonly approvals: number
  readonly needed: number
  readonly at: string
}

export interface WithoutArguments extends Within {
  readonly without: readonly string[]
}

interface NamedBox {
  readonly box: string
  readonly name: string
}

/** Of what counts: the stripes of the last dispersal, as hosts confirmed them then. */
export interface WithoutResult {
  /** Whom the question takes away. */
  readonly without: readonly NamedBox[]
  /** Who did not answer when last asked: taken as lost, too. */
  readonly silent: readonly NamedBox[]
  /** So many more may fall, whichever they are; −1: without these hosts do not bring back all. Null: it is not known. */
  readonly margin: number | null
  /** When the dispersal began in which hosts showed them; null with `stripes` and `bytes`: no dispersal of the last day is known. */
  readonly confirmedAt: string | null
  readonly stripes: Held | null
  readonly bytes: Held | null
  /** `held` null: there was not the time to say, or a folder cannot be read here. */
  readonly snapshots: { readonly total: number; readonly held: number | null }
  /** The margin if one more falls, of each that is there. */
  readonly each: readonly (NamedBox & { readonly margin: number })[]
}

/** `held`: that hosts bring back. */
interface Held {
  readonly total: number
  readonly held: number
}

/** What a founder puts into the charter; bytes in base64. */
export interface FounderIdentity {
  readonly organisation: string
  readonly name: string
  readonly sealing: string
  readonly box: string
  readonly address: string
  /** Of a founder of a successor: the community that it comes from. */
  readonly parent: CommunityResult['parent']
}
