import { errorForCrossing, errorFromCrossing } from '../crossing.ts'
import { assert, DatisError } from '../errors.ts'
import { transfersOf } from '../job.ts'
import type { Job, JobOptions, JobWorld, Workers } from '../ports.ts'
import { outcomeOfCall } from '../workers.ts'

type WorldPorts = Pick<JobWorld, 'disk' | 'clock' | 'random'>

/**
 * Jobs run in the caller's thread, one after another as far as they do not wait, with what threads would do to their
 * inputs, outputs and errors: cloned, given away, stripped to code and details.
 */
export function inlineWorkers(world: WorldPorts, options: { size?: number } = {}): Workers {
  return new InlinePool(world, options.size ?? 2)
}

class InlinePool implements Workers {
  readonly size: number
  readonly #ports: WorldPorts
  readonly #closing = new AbortController()
  #waiting: (() => void)[] = []
  #running = 0

  constructor(ports: WorldPorts, size: number) {
    assert(Number.isInteger(size) && size >= 1, 'a pool runs at least one job')
    this.#ports = ports
    this.size = size
  }

  async run<Input, Output>(job: Job<Input, Output>, input: Input, options: JobOptions = {}): Promise<Output> {
    const { signal } = options
    this.#closing.signal.throwIfAborted()
    signal?.throwIfAborted()
    // A pool clones when a thread is free, which is the first moment at which the caller could notice.
    await this.#place(signal)
    try {
      const given = structuredClone(input, { transfer: [...(options.transfer ?? [])] })
      return await untilClosed(this.#runHere(job, given, options), this.#closing.signal)
    } finally {
      this.#running--
      this.#waiting.shift()?.()
    }
  }

  #place(signal: AbortSignal | undefined): Promise<void> | undefined {
    if (this.#running < this.size) {
      this.#running++
      return undefined
    }
    return new Promise((resolve, reject) => {
      const stops = [signal, this.#closing.signal].filter((stop) => stop !== undefined)
      const release = () => {
        for (const stop of stops) stop.removeEventListener('abort', onAbort)
      }
      const start = () => {
        release()
        this.#running++
        resolve()
      }
      const onAbort = () => {
        release()
        this.#waiting = this.#waiting.filter((other) => other !== start)
        reject(stops.find((stop) => stop.aborted)?.reason)
      }
      for (const stop of stops) stop.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(start)
    })
  }

  async #runHere<Input, Output>(job: Job<Input, Output>, input: Input, options: JobOptions): Promise<Output> {
    const signal = options.signal ?? new AbortController().signal
    try {
      // A turn passes before the job starts, as it does on the way to a thread.
      await Promise.resolve()
      const output = await job.run({ ...this.#ports, signal, call: callsOf(options) }, input)
      return structuredClone(output, { transfer: [...transfersOf(output)] })
    } catch (error) {
      if (signal.aborted && error === signal.reason) throw error
      throw errorFromCrossing(errorForCrossing(error))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new DatisError('WORKERS_CLOSED', 'The worker threads were closed before the job had ended.'))
  }
}

function callsOf(options: JobOptions): JobWorld['call'] {
  return async (name, input) => {
    const outcome = await outcomeOfCall(options, name, structuredClone(input))
    if (!outcome.ok) throw errorFromCrossing(outcome.error)
    return structuredClone(outcome.value)
  }
}

function untilClosed<Output>(work: Promise<Output>, closing: AbortSignal): Promise<Output> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(closing.reason)
    closing.addEventListener('abort', onClose, { once: true })
    work.then(resolve, reject).finally(() => closing.removeEventListener('abort', onClose))
  })
}
