/**
 * Tasks between the session and its jobs. Shared tasks go to whichever job asks first; metadata goes to the first
 * job alone, so that a small snapshot makes one metadata pack; a flush is for a certain job. Pure but for promises.
 */
import type { PackClass } from './types.ts'
import type { WriteTask } from './write-protocol.ts'

interface Waiting {
  readonly worker: number
  readonly give: (task: WriteTask) => void
}

export class WritingQueue {
  readonly #shared: WriteTask[] = []
  readonly #metadata: WriteTask[] = []
  readonly #flushes = new Map<number, PackClass>()
  #waiting: Waiting[] = []
  #ended = false

  get sharedCount(): number {
    return this.#shared.length
  }

  get metadataCount(): number {
    return this.#metadata.length
  }

  get waitingCount(): number {
    return this.#waiting.length
  }

  /** All `workers` wait, and nothing is left for them. */
  isIdle(workers: number): boolean {
    const queued = this.#shared.length + this.#metadata.length + this.#flushes.size
    return queued === 0 && this.#waiting.length === workers
  }

  pushShared(task: WriteTask): void {
    this.#shared.push(task)
    this.#deal()
  }

  pushMetadata(task: WriteTask): void {
    this.#metadata.push(task)
    this.#deal()
  }

  flush(worker: number, packClass: PackClass): void {
    this.#flushes.set(worker, packClass)
    this.#deal()
  }

  end(): void {
    this.#ended = true
    this.#deal()
  }

  take(worker: number): Promise<WriteTask> {
    const { promise, resolve } = Promise.withResolvers<WriteTask>()
    this.#waiting.push({ worker, give: resolve })
    this.#deal()
    return promise
  }

  #deal(): void {
    this.#waiting = this.#waiting.filter(({ worker, give }) => {
      const task = this.#taskFor(worker)
      if (task) give(task)
      return !task
    })
  }

  #taskFor(worker: number): WriteTask | undefined {
    if (worker === 0 && this.#metadata.length > 0) return this.#metadata.shift()
    const task = this.#shared.shift()
    if (task) return task
    const flush = this.#flushes.get(worker)
    if (flush && this.#flushes.delete(worker)) return { kind: 'flush', class: flush }
    return this.#ended ? { kind: 'end' } : undefined
  }
}
