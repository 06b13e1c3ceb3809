/** The one question: am I protected? Answered with its reason and with what mends it. Pure. */
import type { AlarmAnswer } from '#api/contract'
import type { CommunityResult, DrillEvidence, PeerListResult, StateResult } from '#box'
import { boxName } from '../../parts/box-name.ts'

export type Tone = 'proved' | 'protected' | 'stored' | 'incomplete' | 'action' | 'unknown'

export interface BannerFacts {
  readonly state: StateResult
  /** Null: in no community. */
  readonly community: CommunityResult | null
  readonly peers: PeerListResult | null
  /** Null: this box has none to confirm. */
  readonly isSheetConfirmed: boolean | null
  readonly alarms: readonly Pick<AlarmAnswer, 'kind' | 'about'>[]
  /** The last one. */
  readonly drill: Pick<DrillEvidence, 'state'> | null
}

export type Reason =
  | {
      readonly kind:
        | 'nothing'
        | 'sheet'
        | 'alone'
        | 'out'
        | 'torn'
        | 'drillFailed'
        | 'unconfirmed'
        | 'unproved'
        | 'proved'
    }
  | { readonly kind: 'unknown' | 'incomplete' | 'late' | 'fell' | 'unsaved'; readonly sources: readonly string[] }
  /** `margin`: how many more may fall; below 0 those that answer do not bring back all. */
  | { readonly kind: 'silent'; readonly names: readonly string[]; readonly margin: number }

export interface BannerState {
  readonly tone: Tone
  readonly reason: Reason
}

/** Two heads of one number: somebody else has the key of this box, or its disk was put back. */
const TORN = new Set(['HEAD_FORK', 'LOG_FORK'])

/** The worst first: what may lose data, what is not told, what is not proved. */
export function bannerOf(facts: BannerFacts): BannerState {
  return danger(facts) ?? doubt(facts) ?? lack(facts) ?? proof(facts)
}

function counted({ state }: BannerFacts) {
  return state.sources.filter(({ ended }) => !ended)
}

function danger(facts: BannerFacts): BannerState | null {
  const { state, community, peers, isSheetConfirmed, alarms, drill } = facts
  const action = (reason: Reason): BannerState => ({ tone: 'action', reason })
  if (counted(facts).length === 0) return { tone: 'stored', reason: { kind: 'nothing' } }
  if (state.trouble.some(({ code }) => TORN.has(code)) || (community?.alarms.length ?? 0) > 0) {
    return action({ kind: 'torn' })
  }
  if (peers !== null && peers.membership !== 'member') return action({ kind: 'out' })
  const silent = silence(facts)
  if (silent !== null && silent.margin <= 0) return action(silent)
  if (isSheetConfirmed === false) return action({ kind: 'sheet' })
  const fell = alarms.filter(({ kind }) => kind === 'fell').map(({ about }) => about)
  if (fell.length > 0) return action({ kind: 'fell', sources: fell })
  if (drill?.state === 'failed' || alarms.some(({ kind }) => kind === 'drill')) return action({ kind: 'drillFailed' })
  return null
}

/** Who does not answer, once hosts have what it takes. Names and margin are of one moment. */
function silence({ state: { silent, margin } }: BannerFacts): Extract<Reason, { kind: 'silent' }> | null {
  if (margin === null || silent.length === 0) return null
  return { kind: 'silent', names: silent.map(boxName), margin }
}

function doubt(facts: BannerFacts): BannerState | null {
  const sources = counted(facts)
  const those = (isSo: (one: (typeof sources)[number]) => boolean) => sources.filter(isSo).map(({ source }) => source)
  const incomplete = those((one) => one.state === 'incomplete')
  if (incomplete.length > 0) return { tone: 'incomplete', reason: { kind: 'incomplete', sources: incomplete } }
  const unknown = those((one) => one.state === 'unknown' && one.newest !== null)
  if (unknown.length > 0) return { tone: 'unknown', reason: { kind: 'unknown', sources: unknown } }
  const silent = silence(facts)
  // What is not with hosts yet bears nothing.
  if (silent !== null && facts.state.state !== 'stored') return { tone: 'incomplete', reason: silent }
  const late = those((one) => one.isLate && one.newest !== null)
  if (late.length > 0) return { tone: 'incomplete', reason: { kind: 'late', sources: late } }
  const unsaved = those((one) => one.newest === null)
  return unsaved.length === 0 ? null : { tone: 'stored', reason: { kind: 'unsaved', sources: unsaved } }
}

function lack({ state }: BannerFacts): BannerState | null {
  if (state.hosts === 0) return { tone: 'stored', reason: { kind: 'alone' } }
  return state.state === 'stored' ? { tone: 'stored', reason: { kind: 'unconfirmed' } } : null
}

function proof(facts: BannerFacts): BannerState {
  const isProved = counted(facts).every((one) => one.provedAt !== null)
  return isProved ? { tone: 'proved', reason: { kind: 'proved' } } : { tone: 'protected', reason: { kind: 'unproved' } }
}
