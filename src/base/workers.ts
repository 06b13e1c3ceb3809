import { Worker } from 'node:worker_threads'
import { errorForCrossing, errorFromCrossing } from './crossing.ts'
import { assert, DatisError } from './errors.ts'
import type { Job, JobOptions, Workers } from './ports.ts'
import type { FromWorker, Outcome, ToWorker } from './worker-messages.ts'

/** An idle thread costs about 20 MiB, a new one 200 ms of CPU. A restore from peers leaves each idle for a second now and then. */
const THREAD_IDLE_MS = 3_000

/**
 * Jobs make much short-lived garbage; with the default, 48 MiB a thread, a box is 100 MiB larger and no faster
 * (docs/decisions/0005-memory.md).
 */
const YOUNG_GENERATION_MIB_MAX = 4
/** Far more than a thread needs. With more, V8 lets the heap grow fourfold before it collects; with this, by half. */
const OLD_GENERATION_MIB_MAX = 1024

interface Task {
  readonly message: ToWorker
  readonly options: JobOptions
  readonly settle: (outcome: { value: unknown } | { error: unknown }) => void
}

export function startWorkers(options: { size: number; idleMs?: number }): Workers {
  return new ThreadPool(options.size, options.idleMs ?? THREAD_IDLE_MS)
}

class ThreadPool implements Workers {
  readonly size: number
  readonly #idleMs: number
  #queue: Task[] = []
  #idle: Thread[] = []
  readonly #threads = new Set<Thread>()
  #closed = false

  constructor(size: number, idleMs: number) {
    assert(Number.isInteger(size) && size >= 1, 'a pool has at least one thread')
    this.size = size
    this.#idleMs = idleMs
  }

  run<Input, Output>(job: Job<Input, Output>, input: Input, options: JobOptions = {}): Promise<Output> {
    return new Promise((resolve, reject) => {
      const { signal } = options
      if (this.#closed) return reject(closedError())
      if (signal?.aborted) return reject(signal.reason)
      const task: Task = {
        message: { type: 'run', module: job.module, name: job.name, input },
        options,
        settle: (outcome) => {
          signal?.removeEventListener('abort', onAbort)
          if ('value' in outcome) resolve(outcome.value as Output)
          else reject(outcome.error)
        },
      }
      const onAbort = () => this.#abort(task)
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#queue.push(task)
      this.#startNext()
    })
  }

  /** A waiting job is never started. A running one is told, and settles by itself: it may have things to close. */
  #abort(task: Task): void {
    const reason: unknown = task.options.signal?.reason
    const place = this.#queue.indexOf(task)
    if (place >= 0) {
      this.#queue.splice(place, 1)
      task.settle({ error: reason })
      return
    }
    for (const thread of this.#threads) if (thread.task === task) thread.abort(reason)
  }

  #startNext(): void {
    while (this.#queue.length > 0) {
      const thread = this.#idle.pop() ?? this.#newThread()
      if (thread === undefined) return
      const task = this.#queue.shift()
      assert(task, 'the queue has a task')
      thread.start(task)
    }
  }

  #newThread(): Thread | undefined {
    if (this.#threads.size >= this.size) return undefined
    const thread = new Thread(this.#idleMs, {
      onFree: () => {
        this.#idle.push(thread)
        this.#startNext()
      },
      onIdleLong: () => this.#forget(thread),
      onEnd: () => {
        this.#threads.delete(thread)
        this.#forget(thread)
        if (!this.#closed) this.#startNext()
      },
    })
    this.#threads.add(thread)
    return thread
  }

  #forget(thread: Thread): void {
    this.#idle = this.#idle.filter((other) => other !== thread)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    for (const task of this.#queue.splice(0)) task.settle({ error: closedError() })
    await Promise.all([...this.#threads].map((thread) => thread.end(closedError())))
  }
}

interface ThreadEvents {
  onFree(): void
  /** The thread is about to be ended: it must not get another job. */
  onIdleLong(): void
  onEnd(): void
}

class Thread {
  task: Task | undefined
  readonly #worker: Worker
  readonly #events: ThreadEvents
  readonly #idleMs: number
  #idleTimer: NodeJS.Timeout | undefined

  constructor(idleMs: number, events: ThreadEvents) {
    this.#idleMs = idleMs
    this.#events = events
    this.#worker = new Worker(new URL('./worker-main.ts', import.meta.url), {
      resourceLimits: {
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB_MAX,
        maxOldGenerationSizeMb: OLD_GENERATION_MIB_MAX,
      },
    })
    this.#worker.on('message', (message: FromWorker) => this.#onMessage(message))
    this.#worker.on('error', (error) => this.#finish({ error: workerDied(error) }))
    this.#worker.on('exit', () => {
      clearTimeout(this.#idleTimer)
      this.#finish({ error: workerDied(undefined) })
      this.#events.onEnd()
    })
  }

  start(task: Task): void {
    clearTimeout(this.#idleTimer)
    this.task = task
    this.#worker.ref()
    try {
      this.#send(task.message, task.options.transfer ?? [])
    } catch (error) {
      // The input cannot be cloned: the thread has not seen it.
      this.#finish({ error })
      this.#rest()
    }
  }

  abort(reason: unknown): void {
    this.#send({ type: 'abort', reason: errorForCrossing(reason) }, [])
  }

  async end(error: DatisError): Promise<void> {
    this.#finish({ error })
    await this.#worker.terminate()
  }

  #onMessage(message: FromWorker): void {
    if (message.type === 'call') {
      void this.#answer(message.call, message.name, message.input)
      return
    }
    this.#finish(
      message.outcome.ok ? { value: message.outcome.value } : { error: this.#errorOf(message.outcome.error) },
    )
    this.#rest()
  }

  /** A job that stops because it was told to throws the very reason that the caller gave. */
  #errorOf(crossed: Parameters<typeof errorFromCrossing>[0]): unknown {
    const signal = this.task?.options.signal
    if (signal?.aborted) {
      const reason = errorForCrossing(signal.reason)
      if (reason.name === crossed.name && reason.message === crossed.message) return signal.reason
    }
    return errorFromCrossing(crossed)
  }

  #rest(): void {
    this.#worker.unref()
    this.#idleTimer = setTimeout(() => {
      this.#events.onIdleLong()
      void this.#worker.terminate()
    }, this.#idleMs)
    this.#idleTimer.unref()
    this.#events.onFree()
  }

  #finish(outcome: { value: unknown } | { error: unknown }): void {
    const task = this.task
    this.task = undefined
    task?.settle(outcome)
  }

  async #answer(call: number, name: string, input: unknown): Promise<void> {
    const task = this.task
    const outcome = await outcomeOfCall(task?.options, name, input)
    // The job may have ended meanwhile without waiting for its call.
    if (this.task !== task) return
    try {
      this.#send({ type: 'answer', call, outcome }, [])
    } catch (error) {
      this.#send({ type: 'answer', call, outcome: { ok: false, error: errorForCrossing(error) } }, [])
    }
  }

  #send(message: ToWorker, transfer: readonly ArrayBuffer[]): void {
    this.#worker.postMessage(message, [...transfer])
  }
}

export async function outcomeOfCall(options: JobOptions | undefined, name: string, input: unknown): Promise<Outcome> {
  try {
    const answer = options?.calls?.[name]
    assert(answer, `the job may call ${name}`)
    return { ok: true, value: await answer(input as never) }
  } catch (error) {
    return { ok: false, error: errorForCrossing(error) }
  }
}

function closedError(): DatisError {
  return new DatisError('WORKERS_CLOSED', 'The worker threads were closed before the job had ended.')
}

function workerDied(cause: unknown): DatisError {
  return new DatisError('WORKER_DIED', 'A worker thread ended in the middle of a job.', {}, { cause })
}
