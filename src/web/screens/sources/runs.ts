/** Which sources are shown, in which order, and what became of their last runs. Pure. */
import type { TaskAnswer } from '#api/contract'
import type { SourceResult, SourceStateResult } from '#box'

export const SORTS = ['name', 'state', 'newest'] as const
export type Sort = (typeof SORTS)[number]

export interface Shown {
  readonly source: SourceResult
  /** Undefined until the box has said it. */
  readonly safe: SourceStateResult | undefined
}

/** From bad to good; what has ended needs nobody. */
const STATES = ['unknown', 'incomplete', 'stored', 'protected', 'whole']

export function sorted(shown: readonly Shown[], sort: Sort): Shown[] {
  const byName = (a: Shown, b: Shown) => a.source.name.localeCompare(b.source.name)
  const key = (one: Shown) => (sort === 'state' ? rankOf(one) : startOf(one))
  return shown.toSorted((a, b) => (sort === 'name' ? 0 : key(a) - key(b)) || byName(a, b))
}

/** What has ended needs nobody. */
export function worstFirst(states: readonly SourceStateResult[]): SourceStateResult[] {
  const rank = ({ ended, state }: SourceStateResult) => (ended ? STATES.length : STATES.indexOf(state))
  return states.toSorted((a, b) => rank(a) - rank(b) || a.source.localeCompare(b.source))
}

function rankOf({ source, safe }: Shown): number {
  return source.ended === true || safe === undefined ? STATES.length : STATES.indexOf(safe.state)
}

function startOf({ safe }: Shown): number {
  return safe?.newest == null ? 0 : Date.parse(safe.newest.startedAt)
}

/** The newest run of a source that left no snapshot and that no snapshot has followed; null: none is known. */
export function failedRun(
  tasks: readonly TaskAnswer[],
  { source, last }: Pick<SourceStateResult, 'source' | 'last'>,
): TaskAnswer | null {
  const since = last === null ? 0 : Date.parse(last.startedAt)
  const runs = tasks.filter(({ name, ended, created }) => name === 'snapshot.take' && ended !== null && created > since)
  return runs.sort((a, b) => b.created - a.created).find((run) => isOf(run, source) && hasFailed(run, source)) ?? null
}

function isOf({ args }: TaskAnswer, source: string): boolean {
  const { sources } = (args ?? {}) as { readonly sources?: readonly string[] }
  return sources !== undefined && (sources.length === 0 || sources.includes(source))
}

function hasFailed({ state, result }: TaskAnswer, source: string): boolean {
  if (state !== 'done') return state !== 'cancelled'
  const { failed = [] } = (result ?? {}) as { readonly failed?: readonly { readonly source: string }[] }
  return failed.some((one) => one.source === source)
}
