/** What a box that runs does by itself: snapshots by policy, their way to the hosts, and what may go. */
import { type Clock, codeOf, type Log, SECOND_MS } from '#base'
import type { BoxClient, SourceResult } from '#box'
import { parsePolicy } from '#retention'
import { type Done, isSnapshotDue, type Job, jobsDue } from './schedule.ts'
import type { Tasks } from './tasks.ts'

const ORDER = ['high', 'normal', 'low'] as const
const LOOK_MS = 20 * SECOND_MS
const ACTOR = 'box'
const CONTEXT = { signal: new AbortController().signal, onProgress: () => undefined }

export interface SchedulerDeps {
  readonly clock: Clock
  readonly log: Log
  readonly box: Pick<BoxClient, 'call'>
  readonly tasks: Tasks
  /** IANA name. */
  readonly zone: string
}

export class Scheduler {
  readonly #deps: SchedulerDeps
  readonly #last = new Map<Job, Done>()
  /** By source. */
  readonly #tried = new Map<string, Done>()

  constructor(deps: SchedulerDeps) {
    this.#deps = deps
  }

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#deps
    try {
      await this.#remember()
      for (;;) {
        await this.look(signal).catch((error: unknown) => {
          signal.throwIfAborted()
          log.error('schedule.failed', { code: codeOf(error), error })
        })
        await clock.sleep(LOOK_MS, signal)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  /** What ran before the last start is not run again at once. */
  async #remember(): Promise<void> {
    for (const { name, created, state } of await this.#deps.tasks.newest()) {
      if (isJob(name)) this.#last.set(name, { at: created, good: state === 'done' })
    }
  }

  /** Runs what is due, one after the other. */
  async look(signal: AbortSignal): Promise<void> {
    const hasHosts = await this.#hasHosts()
    // What stands in the way of snapshots may be what a scrub mends.
    await this.#takeSnapshots(signal, hasHosts).catch((error: unknown) => {
      signal.throwIfAborted()
      this.#deps.log.error('schedule.failed', { code: codeOf(error), error })
    })
    for (const job of jobsDue(this.#last, this.#now)) {
      signal.throwIfAborted()
      if (hasHosts || !WITH_HOSTS.has(job)) await this.#runJob(job)
    }
  }

  async #hasHosts(): Promise<boolean> {
    try {
      const { members } = await this.#deps.box.call('community.show', {}, CONTEXT)
      return new Set(members.map(({ organisation }) => organisation)).size > 1
    } catch (error) {
      if (codeOf(error) === 'NOT_FOUNDED') return false
      throw error
    }
  }

  get #now(): number {
    return Math.floor(this.#deps.clock.wall())
  }

  /** What was saved goes out at once; what is important before others are saved. */
  async #takeSnapshots(signal: AbortSignal, hasHosts: boolean): Promise<void> {
    for (const { name, importance } of await this.#sourcesDue()) {
      signal.throwIfAborted()
      const at = this.#now
      const good = await this.#ran('snapshot.take', { sources: [name] })
      this.#tried.set(name, { at, good })
      if (good) this.#last.delete('disperse')
      if (good && hasHosts && importance === 'high') await this.#runJob('disperse')
    }
  }

  /** The important first. */
  async #sourcesDue(): Promise<SourceResult[]> {
    const { box } = this.#deps
    const { items: all } = await box.call('source.list', {}, CONTEXT)
    const saved = all.filter(({ ended }) => ended !== true)
    if (saved.length === 0) return []
    const due = new Set(await this.#namesDue())
    const placeOf = ({ importance = 'normal' }: SourceResult) => ORDER.indexOf(importance)
    return saved.filter(({ name }) => due.has(name)).sort((a, b) => placeOf(a) - placeOf(b))
  }

  async #namesDue(): Promise<string[]> {
    const { box, zone } = this.#deps
    const { sources } = await box.call('policy.list', {}, CONTEXT)
    const { items } = await box.call('snapshot.list', {}, CONTEXT)
    const moment = { now: this.#now, zone }
    return sources.flatMap(({ source: name, local }) => {
      const starts = items.filter(({ source }) => source === name).map(({ startedAt }) => Date.parse(startedAt))
      const lastStart = starts.length === 0 ? null : Math.max(...starts)
      const state = { name, policy: parsePolicy(local.policy), lastStart }
      return isSnapshotDue(state, this.#tried.get(name) ?? null, moment) ? [name] : []
    })
  }

  async #runJob(job: Exclude<Job, 'snapshot.take'>): Promise<void> {
    const at = this.#now
    const good = await this.#ran(job, ARGUMENTS[job])
    this.#last.set(job, { at, good })
  }

  /** Whether it came to a good end. What somebody else runs just now counts as run. */
  async #ran(name: Job, args: unknown): Promise<boolean> {
    const { tasks } = this.#deps
    if (tasks.isRunning(name)) return true
    const { id } = await tasks.start(name, args as never, ACTOR)
    return (await tasks.ended(id)).state === 'done'
  }
}

const ARGUMENTS = {
  disperse: { waitMs: 0 },
  'snapshot.expire': { dryRun: false },
  'vault.collect': {},
  'peer.probe': {},
  'vault.scrub': {},
  'drill.run': {},
} as const

/** Alone there is nobody to send anything to, and nobody to bring it back from. */
const WITH_HOSTS = new Set<Job>(['disperse', 'peer.probe', 'drill.run'])

const JOBS = new Set<string>(['snapshot.take', ...Object.keys(ARGUMENTS)])

function isJob(name: string): name is Job {
  return JOBS.has(name)
}
