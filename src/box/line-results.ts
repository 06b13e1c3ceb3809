/** What is said of the line of a box: its limits, who is reached over it, and the mail that goes over it. */
import type { ReachVerdict } from '#community'
import type { CommunityResult } from './community-results.ts'

/** How fast a line may be used while it holds; the first rule of a direction that holds counts. */
export interface LimitRule {
  /** 1 Monday … 7 Sunday. */
  readonly days: readonly number[]
  /** Minutes of the day in the zone of the box, half-open; up to an earlier one: over midnight. */
  readonly from: number
  readonly to: number
  readonly kbit: number
}

export interface LimitsArguments {
  readonly up?: readonly LimitRule[]
  readonly down?: readonly LimitRule[]
}

export interface LimitsResult {
  readonly up: readonly LimitRule[]
  readonly down: readonly LimitRule[]
  /** Null: as fast as the line. */
  readonly now: { readonly upKbit: number | null; readonly downKbit: number | null }
}

/** A box of another member, and whether it answers. */
export interface PeerResult {
  readonly box: string
  readonly name: string
  readonly organisation: string
  readonly organisationName: string
  readonly addresses: readonly string[]
  /** `lent`: nobody can dial it, and it answers on a session that it opened itself. */
  readonly state: 'answers' | 'lent' | 'silent'
  /** Of one question and its answer, the connection included. */
  readonly latencyMs: number | null
  /** Why it is silent. */
  readonly code: string | null
}

export interface PeerListResult {
  readonly items: readonly PeerResult[]
  /** What the last probe found; null before the first, and of who is a member no more: nobody has to reach it. */
  readonly reachability: ProbeResult | null
  readonly membership: CommunityResult['membership']
}

/** Whether others can reach this box, as two or three of them found it. */
export interface ProbeResult {
  readonly verdict: ReachVerdict
  readonly at: string
  readonly addresses: readonly { readonly address: string; readonly verdict: ReachVerdict }[]
  /** An address that the community does not list and at which this box answers. */
  readonly announce: string | null
  /** The public address that the router of this network says it has. */
  readonly router: string | null
  readonly members: readonly {
    readonly box: string
    readonly name: string
    /** Where our connection came from, as it saw it. */
    readonly from: string
    readonly looks: readonly {
      readonly address: string
      readonly outcome: 'box' | 'other' | 'refused' | 'silent' | 'unreachable' | 'unresolved' | 'private'
      readonly ip: string | null
    }[]
  }[]
}

export interface MailServerArguments {
  readonly host: string
  readonly port: number
  readonly implicitTls: boolean
  /** Both or none. */
  readonly user: string | null
  readonly password: string | null
  readonly from: string
}

export interface MailResult {
  /** `smtps://user@host:port`; null: this box sends no mail. */
  readonly smtp: string | null
  readonly from: string | null
  /** Whether there is one. */
  readonly password: boolean
}

export interface ContactsResult {
  /** Null: this box has named nobody, or does not know whom any more. */
  readonly contacts: readonly string[] | null
  readonly at: string | null
  /** `code`: why a host does not have it, as far as is known. */
  readonly hosts: readonly {
    readonly host: string
    readonly name: string
    readonly known: boolean
    readonly code: string | null
  }[]
}

export type AlarmKind = 'unknown' | 'incomplete' | 'late' | 'fell' | 'drill'

/** Mail to the contacts of the box: what is wrong, or what one administrator wants. */
export type NoticeArguments = IntentNotice | AlarmNotice

export interface AlarmNotice {
  readonly items: readonly {
    readonly kind: AlarmKind
    /** The source; empty: all of the box. */
    readonly about: string
    /** Wall ms. */
    readonly since: number
  }[]
}

/** Of what cannot be undone. */
export interface IntentNotice {
  readonly intent: string
  readonly operation: 'policy.set' | 'snapshot.hold' | 'community.expel'
  /** The source, the snapshot, the organisation. */
  readonly about: string
  /** Name of the administrator. */
  readonly by: string
  /** Wall ms. */
  readonly due: number
}
