/** The one question: am I protected? Answered with its reason and with what mends it. Pure. */
import type { CommunityResult, PeerListResult, StateResult } from '#box'

export type Tone = 'proved' | 'protected' | 'stored' | 'incomplete' | 'action' | 'unknown'

export interface BannerFacts {
  readonly state: StateResult
  /** Null: in no community. */
  readonly community: CommunityResult | null
  readonly peers: PeerListResult | null
  /** Null: this box has none to confirm. */
  readonly isSheetConfirmed: boolean | null
}

export type Reason =
  | { readonly kind: 'nothing' | 'sheet' | 'unsaved' | 'alone' | 'unconfirmed' | 'unproved' | 'proved' }
  | { readonly kind: 'unknown' | 'incomplete' | 'late'; readonly sources: readonly string[] }
  /** `margin`: how many more may fall; below 0 what they hold is not enough. */
  | { readonly kind: 'silent'; readonly names: readonly string[]; readonly margin: number }

export interface BannerState {
  readonly tone: Tone
  readonly reason: Reason
}

/** The worst first: what may lose data, what is not told, what is not proved. */
export function bannerOf({ state, community, peers, isSheetConfirmed }: BannerFacts): BannerState {
  const counted = state.sources.filter(({ ended }) => !ended)
  const those = (isSo: (one: (typeof counted)[number]) => boolean) => counted.filter(isSo).map(({ source }) => source)
  const silent = (peers?.items ?? []).filter((one) => one.state === 'silent')
  const margin = community === null ? 0 : community.code.n - community.code.k - silent.length
  if (counted.length === 0) return { tone: 'stored', reason: { kind: 'nothing' } }
  if (silent.length > 0 && margin <= 0) {
    return { tone: 'action', reason: { kind: 'silent', names: silent.map(nameOf), margin } }
  }
  if (isSheetConfirmed === false) return { tone: 'action', reason: { kind: 'sheet' } }
  const incomplete = those((one) => one.state === 'incomplete')
  if (incomplete.length > 0) return { tone: 'incomplete', reason: { kind: 'incomplete', sources: incomplete } }
  const unsaved = those((one) => one.newest === null)
  if (unsaved.length === counted.length) return { tone: 'stored', reason: { kind: 'unsaved' } }
  const unknown = those((one) => one.state === 'unknown')
  if (unknown.length > 0) return { tone: 'unknown', reason: { kind: 'unknown', sources: unknown } }
  if (silent.length > 0) return { tone: 'incomplete', reason: { kind: 'silent', names: silent.map(nameOf), margin } }
  const late = those((one) => one.isLate)
  if (late.length > 0) return { tone: 'incomplete', reason: { kind: 'late', sources: late } }
  if (community === null || state.hosts === 0) return { tone: 'stored', reason: { kind: 'alone' } }
  if (state.state === 'stored') return { tone: 'stored', reason: { kind: 'unconfirmed' } }
  const isProved = counted.every((one) => one.provedAt !== null)
  return isProved ? { tone: 'proved', reason: { kind: 'proved' } } : { tone: 'protected', reason: { kind: 'unproved' } }
}

function nameOf({ name, box }: PeerListResult['items'][number]): string {
  return name === '' ? box.slice(0, 8) : name
}
