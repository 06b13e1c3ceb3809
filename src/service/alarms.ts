/** What people must know of although nobody asked: kept until it is over, and told by mail to the contacts of the box. */
import { type Clock, codeOf, DAY_MS, type Log, MINUTE_MS } from '#base'
import type { AlarmKind, BoxClient, Operations, StateResult } from '#box'
import type { Settings } from '#settings'

const LOOK_MS = 10 * MINUTE_MS
/** What is over by then is told to nobody. */
const SETTLED_MS = 30 * MINUTE_MS
const AGAIN_MS = 7 * DAY_MS
/** The next snapshot is like the one that fell: if that were the end of it, nobody would be told. */
const FELL_MS = DAY_MS
const CONTEXT = { signal: new AbortController().signal, onProgress: () => undefined }

export interface Alarm {
  readonly kind: AlarmKind
  /** The source; empty: all of the box. */
  readonly about: string
  readonly since: number
  /** When a mail last went; null: none has. */
  readonly told: number | null
}

export interface AlarmsDeps {
  readonly settings: Settings
  readonly clock: Clock
  readonly log: Log
  readonly box: Pick<BoxClient, 'call'>
}

export class Alarms {
  readonly #deps: AlarmsDeps

  constructor(deps: AlarmsDeps) {
    this.#deps = deps
  }

  get #now(): number {
    return Math.floor(this.#deps.clock.wall())
  }

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#deps
    while (!signal.aborted) {
      await this.look().catch((error: unknown) => log.error('alarms.failed', { code: codeOf(error), error }))
      await clock.sleep(LOOK_MS, signal).catch(() => undefined)
    }
  }

  /** Oldest first. */
  async list(): Promise<Alarm[]> {
    const rows = await this.#deps.settings
      .selectFrom('alarms')
      .selectAll()
      .orderBy('since')
      .orderBy('about')
      .orderBy('kind')
      .execute()
    return rows.map((row) => ({ ...row, kind: row.kind as AlarmKind }))
  }

  async look(): Promise<void> {
    await this.#follow(await this.#present())
    const now = this.#now
    const due = (await this.list()).filter(
      ({ since, told }) => since <= now - SETTLED_MS && (told === null || told <= now - AGAIN_MS),
    )
    if (due.length > 0) await this.#tell(due)
  }

  async #present(): Promise<Pick<Alarm, 'kind' | 'about'>[]> {
    const { box } = this.#deps
    const state = await box.call('state.show', {}, CONTEXT)
    const { items } = await box.call('snapshot.list', {}, CONTEXT)
    const { items: drills } = await box.call('drill.list', {}, CONTEXT)
    return [
      ...ofSources(state),
      ...[...fallen(items, this.#now)].map((about) => ({ kind: 'fell' as const, about })),
      ...(drills[0]?.state === 'failed' ? [{ kind: 'drill' as const, about: '' }] : []),
    ]
  }

  async #follow(present: readonly Pick<Alarm, 'kind' | 'about'>[]): Promise<void> {
    const { settings } = this.#deps
    const since = this.#now
    const keys = new Set(present.map(keyOf))
    const over = (await this.list()).filter((one) => !keys.has(keyOf(one)))
    await settings.transaction().execute(async (inner) => {
      for (const { kind, about } of over) {
        await inner.deleteFrom('alarms').where('kind', '=', kind).where('about', '=', about).execute()
      }
      for (const { kind, about } of present) {
        await inner
          .insertInto('alarms')
          .values({ kind, about, since, told: null })
          .onConflict((conflict) => conflict.columns(['kind', 'about']).doNothing())
          .execute()
      }
    })
  }

  /** All in one mail. Where nobody could be told they stay untold. */
  async #tell(due: readonly Alarm[]): Promise<void> {
    const { settings, box, log } = this.#deps
    const items = due.map(({ kind, about, since }) => ({ kind, about, since }))
    try {
      const { sent } = await box.call('notice.send', { items }, CONTEXT)
      if (sent === 0) return
    } catch (error) {
      log.warn('alarms.untold', { code: codeOf(error) })
      return
    }
    const told = this.#now
    for (const { kind, about } of due) {
      await settings.updateTable('alarms').set({ told }).where('kind', '=', kind).where('about', '=', about).execute()
    }
  }
}

/** The sources that have fallen of late. */
export function fallen(items: Operations['snapshot.list'][1]['items'], now: number): Set<string> {
  const of = items.filter(({ fall, startedAt }) => fall !== null && Date.parse(startedAt) > now - FELL_MS)
  return new Set(of.map(({ source }) => source))
}

function ofSources({ sources }: StateResult): Pick<Alarm, 'kind' | 'about'>[] {
  return sources.flatMap(({ source: about, state, isLate, ended, newest }) => {
    // What was never saved yet is being set up.
    if (ended || newest === null) return []
    const bad = state === 'unknown' || state === 'incomplete' ? [{ kind: state, about }] : []
    return isLate && state !== 'unknown' ? [...bad, { kind: 'late' as const, about }] : bad
  })
}

function keyOf({ kind, about }: Pick<Alarm, 'kind' | 'about'>): string {
  return `${kind} ${about}`
}
