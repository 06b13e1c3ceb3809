import { DatisError } from '#base'

/** One after another, in order; the queue has a length. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0
  readonly #waitingMax: number

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax
  }

  get idle(): boolean {
    return this.#waiting === 0
  }

  run<Result>(act: () => Promise<Result>): Promise<Result> {
    if (this.#waiting >= this.#waitingMax) {
      return Promise.reject(
        new DatisError('HOST_BUSY', 'Too many requests wait for one another.', { max: this.#waitingMax }),
      )
    }
    this.#waiting++
    const mine = this.#last.then(act, act).finally(() => this.#waiting--)
    this.#last = mine.then(nothing, nothing)
    return mine
  }
}

const nothing = (): void => undefined

/** A mutex a name, for as long as somebody uses it. */
export class NamedMutexes {
  readonly #byName = new Map<string, Mutex>()
  readonly #waitingMax: number

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax
  }

  async run<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
    const mutex = this.#byName.get(name) ?? new Mutex(this.#waitingMax)
    this.#byName.set(name, mutex)
    try {
      return await mutex.run(act)
    } finally {
      if (mutex.idle) this.#byName.delete(name)
    }
  }
}
