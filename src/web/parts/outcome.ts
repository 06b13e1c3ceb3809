/** What came of a task: one that is done need not have done all of it. Pure. */
import type { TaskAnswer } from '#api/contract'

export interface LeftOut {
  readonly what: string
  readonly why: string
}

/** Files, sources and fragments of which the result says that something was wrong with them. */
export function leftOut(result: unknown): LeftOut[] {
  if (typeof result !== 'object' || result === null) return []
  const lists = ['failed', 'notSet', 'damaged'].map((key) => (result as Record<string, unknown>)[key])
  return lists.filter(Array.isArray).flatMap((list: Record<string, unknown>[]) =>
    list.map((one) => ({
      what: String(one.path ?? one.source ?? one.fragment ?? one.host ?? ''),
      why: String(one.cause ?? one.code ?? ''),
    })),
  )
}

/** `stored`: hosts do not have enough of it. */
const PARTIAL: ReadonlySet<unknown> = new Set(['degraded', 'incomplete', 'stored'])

export function outcomeOf({ state, result }: Pick<TaskAnswer, 'state' | 'result'>): TaskAnswer['state'] | 'partial' {
  if (state !== 'done' || typeof result !== 'object' || result === null) return state
  const given = (result as { readonly state?: unknown }).state
  if (given === 'failed') return 'failed'
  return PARTIAL.has(given) || leftOut(result).length > 0 ? 'partial' : 'done'
}
