/** How safe a source is, as far as it may be said of it now. Pure. */
import type { SourceStateResult, StateResult } from '#box'
import type { ShownState } from './state.tsx'

/** The box says it of the last round over all hosts; who has fallen silent since then takes from it. */
export function shownState(
  { state, ended }: Pick<SourceStateResult, 'state' | 'ended'>,
  { silent, margin }: Pick<StateResult, 'silent' | 'margin'>,
): ShownState {
  if (ended) return 'ended'
  if ((state !== 'whole' && state !== 'protected') || silent.length === 0 || margin === null) return state
  return margin < 0 ? 'stored' : 'protected'
}
