/**
 * Runs of operations that take long: each can be seen, followed and cancelled by whoever may, from anywhere, and is
 * found again after a start. docs/formats/settings.md
 */
import { note } from '#accounts'
import { type Clock, codeOf, DatisError, type Log, type Random, SECOND_MS, toHex } from '#base'
import type { BoxClient, OperationName, Operations, ProgressEvent } from '#box'
import type { Settings, Tables, TaskState } from '#settings'

const ID_BYTES = 12
/** What the box does unasked stands in its operational log. */
const BY_ITSELF = 'box'
/** Each keeps its arguments in memory, of up to 1 MiB. */
const RUNNING_MAX = 50
const ENDED_KEPT = 1000
const JOURNAL_MAX = 200
/** Kept in memory at once, on the disk now and then. */
const SAVED_EVERY_MS = 2 * SECOND_MS
const RESULT_CHARS_MAX = 200_000

export interface TaskError {
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
}

export interface Task {
  readonly id: string
  readonly name: string
  readonly args: unknown
  readonly actor: string
  readonly state: TaskState
  readonly progress: Partial<ProgressEvent>
  readonly journal: readonly { readonly at: number; readonly text: string }[]
  readonly result: unknown
  readonly error: TaskError | null
  readonly created: number
  readonly ended: number | null
}

export interface TaskQuery {
  readonly count?: number
  /** Of one alone; null: of everybody. */
  readonly actor?: string | null
  readonly of?: 'all' | 'running' | 'failed'
  /** Older than that one, an id. */
  readonly before?: string | null
}

export interface TasksDeps {
  readonly settings: Settings
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly box: Pick<BoxClient, 'call'>
}

interface Running {
  task: Task
  readonly abort: AbortController
  readonly over: Promise<Task>
  /** Monotonic. */
  savedAt: number
}

export type Watcher = (task: Task) => void

export class Tasks implements AsyncDisposable {
  readonly #deps: TasksDeps
  readonly #running = new Map<string, Running>()
  readonly #watchers = new Set<Watcher>()

  private constructor(deps: TasksDeps) {
    this.#deps = deps
  }

  /** What ran when the box stopped is said to be interrupted: whoever asked for it asks again. */
  static async open(deps: TasksDeps): Promise<Tasks> {
    const ended = Math.floor(deps.clock.wall())
    await deps.settings
      .updateTable('tasks')
      .set({ state: 'interrupted', ended })
      .where('state', 'in', ['waiting', 'running'])
      .execute()
    return new Tasks(deps)
  }

  /** Runs it; the task at once, its end by `ended`. TASKS_TOO_MANY: what the box does by itself has always room. */
  async start<Name extends OperationName>(name: Name, args: Operations[Name][0], actor: string): Promise<Task> {
    const { settings, clock, random } = this.#deps
    if (actor !== BY_ITSELF && this.#running.size >= RUNNING_MAX)
      throw new DatisError('TASKS_TOO_MANY', 'Too many tasks wait for their turn.', { most: RUNNING_MAX })
    const task: Task = {
      id: toHex(random.bytes(ID_BYTES)),
      name,
      args,
      actor,
      state: 'running',
      progress: {},
      journal: [],
      result: null,
      error: null,
      created: Math.floor(clock.wall()),
      ended: null,
    }
    await settings.transaction().execute(async (inner) => {
      await inner.insertInto('tasks').values(rowOf(task)).execute()
      const details = { task: task.id, name }
      if (actor !== BY_ITSELF) await note(inner, { at: task.created, actor, action: 'task.begun', details })
    })
    const abort = new AbortController()
    const running: Running = { task, abort, over: Promise.resolve(task), savedAt: clock.monotonic() }
    this.#running.set(task.id, running)
    Object.assign(running, { over: this.#run(running, name, args) })
    this.#tell(running)
    return task
  }

  async #run<Name extends OperationName>(running: Running, name: Name, args: Operations[Name][0]): Promise<Task> {
    const { box, log } = this.#deps
    const { signal } = running.abort
    try {
      const result = await box.call(name, args, { signal, onProgress: (event) => this.#progress(running, event) })
      return await this.#end(running, { state: 'done', result })
    } catch (error) {
      const state = signal.aborted ? stateOf(signal.reason) : 'failed'
      log.warn('task.ended', { task: running.task.id, name, state, code: codeOf(error) })
      return await this.#end(running, { state, error: errorOf(error) })
    }
  }

  #progress(running: Running, event: ProgressEvent): void {
    const { clock } = this.#deps
    const journal =
      event.phase === running.task.progress.phase
        ? running.task.journal
        : [...running.task.journal, { at: Math.floor(clock.wall()), text: event.phase }].slice(-JOURNAL_MAX)
    running.task = { ...running.task, progress: event, journal }
    this.#tell(running)
    if (clock.monotonic() - running.savedAt < SAVED_EVERY_MS) return
    running.savedAt = clock.monotonic()
    this.#save(running.task).catch((error: unknown) => this.#unsaved(error))
  }

  #unsaved(error: unknown): void {
    this.#deps.log.error('task.unsaved', { code: codeOf(error), error })
  }

  async #end(running: Running, how: Pick<Task, 'state'> & Partial<Task>): Promise<Task> {
    running.task = { ...running.task, ...how, ended: Math.floor(this.#deps.clock.wall()) }
    this.#running.delete(running.task.id)
    // What was done was done; that no note can be taken of it is the disk's trouble, and nobody waits here for sure.
    await this.#saveEnd(running.task).catch((error: unknown) => this.#unsaved(error))
    this.#tell(running)
    return running.task
  }

  async #saveEnd(task: Task): Promise<void> {
    await this.#save(task)
    await this.#forgetOld()
  }

  async #save(task: Task): Promise<void> {
    await this.#deps.settings.updateTable('tasks').set(rowOf(task)).where('id', '=', task.id).execute()
  }

  async #forgetOld(): Promise<void> {
    const { settings } = this.#deps
    const kept = settings
      .selectFrom('tasks')
      .select('id')
      .where('ended', 'is not', null)
      .orderBy('created', 'desc')
      .limit(ENDED_KEPT)
    // What runs once a week is remembered, however many others have run since.
    const names = settings.selectFrom('tasks').select('name').where('id', 'in', kept)
    await settings
      .deleteFrom('tasks')
      .where('ended', 'is not', null)
      .where('id', 'not in', kept)
      .where((eb) => eb.or([eb('name', 'in', names), eb('id', 'not in', this.#newestIds())]))
      .execute()
  }

  #tell({ task }: Running): void {
    for (const watcher of this.#watchers) watcher(task)
  }

  /** Told of each change, until disposed of. */
  watch(watcher: Watcher): Disposable {
    this.#watchers.add(watcher)
    return { [Symbol.dispose]: () => void this.#watchers.delete(watcher) }
  }

  /** Newest first. TASK_UNKNOWN */
  async list({ count = 100, actor = null, of = 'all', before = null }: TaskQuery = {}): Promise<Task[]> {
    const last = before === null ? null : await this.get(before)
    const rows = await this.#deps.settings
      .selectFrom('tasks')
      .selectAll()
      .$if(actor !== null, (query) => query.where('actor', '=', actor ?? ''))
      .$if(of === 'running', (query) => query.where('ended', 'is', null))
      .$if(of === 'failed', (query) => query.where('state', 'in', ['failed', 'interrupted']))
      .$if(last !== null, (query) =>
        query.where(({ and, or, eb }) =>
          or([
            eb('created', '<', last?.created ?? 0),
            and([eb('created', '=', last?.created ?? 0), eb('id', '>', last?.id ?? '')]),
          ]),
        ),
      )
      .orderBy('created', 'desc')
      .orderBy('id')
      .limit(count)
      .execute()
    return rows.map((row) => this.#running.get(row.id)?.task ?? taskOf(row))
  }

  /** The newest of each operation. */
  async newest(): Promise<Task[]> {
    const { settings } = this.#deps
    const rows = await settings.selectFrom('tasks').selectAll().where('id', 'in', this.#newestIds()).execute()
    return rows.map(taskOf)
  }

  /** SQLite takes the rest of a row from where the maximum is. */
  #newestIds() {
    const newest = this.#deps.settings
      .selectFrom('tasks')
      .select(['id', (eb) => eb.fn.max('created').as('created')])
      .groupBy('name')
    return this.#deps.settings.selectFrom(newest.as('newest')).select('newest.id')
  }

  /** TASK_UNKNOWN */
  async get(id: string): Promise<Task> {
    const running = this.#running.get(id)
    if (running !== undefined) return running.task
    const row = await this.#deps.settings.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirst()
    if (row === undefined) throw unknownTask(id)
    return taskOf(row)
  }

  /** As it is when it has ended. TASK_UNKNOWN */
  async ended(id: string): Promise<Task> {
    return await (this.#running.get(id)?.over ?? this.get(id))
  }

  /** Whether one of that operation runs. */
  isRunning(name: OperationName): boolean {
    return [...this.#running.values()].some(({ task }) => task.name === name)
  }

  /** Whether it ran still. TASK_UNKNOWN */
  async cancel(id: string): Promise<boolean> {
    const running = this.#running.get(id)
    if (running === undefined) {
      await this.get(id)
      return false
    }
    running.abort.abort(new DatisError('CANCELLED', 'The command was cancelled.'))
    return true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#running.values()]
    for (const { abort } of all) abort.abort(new DatisError('BOX_STOPPED', 'The box stopped before it answered.'))
    await Promise.allSettled(all.map(({ over }) => over))
  }
}

export function unknownTask(id: string): DatisError {
  return new DatisError('TASK_UNKNOWN', 'There is no such task.', { task: id.slice(0, 64) })
}

/** Of what was stopped: by somebody, or with the box. */
function stateOf(reason: unknown): TaskState {
  return codeOf(reason) === 'BOX_STOPPED' ? 'interrupted' : 'cancelled'
}

function errorOf(error: unknown): TaskError {
  if (!(error instanceof DatisError))
    return { code: codeOf(error), message: 'Something unforeseen happened.', details: {} }
  return { code: error.code, message: error.message, details: { ...error.details } }
}

function rowOf({ args, progress, journal, result, error, ...rest }: Task): Tables['tasks'] {
  const json = result === null || result === undefined ? null : JSON.stringify(result)
  return {
    ...rest,
    args: JSON.stringify(args),
    progress: JSON.stringify(progress),
    journal: JSON.stringify(journal),
    result: json !== null && json.length > RESULT_CHARS_MAX ? null : json,
    error: error === null ? null : JSON.stringify(error),
  }
}

function taskOf({ args, progress, journal, result, error, ...rest }: Tables['tasks']): Task {
  return {
    ...rest,
    args: JSON.parse(args),
    progress: JSON.parse(progress),
    journal: JSON.parse(journal),
    result: result === null ? null : JSON.parse(result),
    error: error === null ? null : JSON.parse(error),
  }
}
