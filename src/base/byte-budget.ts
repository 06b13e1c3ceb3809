import { assert } from './errors.ts'

interface Waiter {
  readonly bytes: number
  readonly grant: () => void
}

/** Memory that is borrowed before it is filled: shares are given in the order they were asked for. */
export class ByteBudget {
  readonly bytesTotal: number
  #bytesFree: number
  #waiters: Waiter[] = []

  constructor(bytesTotal: number) {
    assert(bytesTotal > 0, 'a budget has some bytes')
    this.bytesTotal = bytesTotal
    this.#bytesFree = bytesTotal
  }

  get bytesFree(): number {
    return this.#bytesFree
  }

  /** A request larger than the whole budget waits for the whole, so that it passes alone instead of never. */
  take(bytes: number, signal?: AbortSignal): Promise<Disposable> {
    const wanted = Math.min(bytes, this.bytesTotal)
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const waiter: Waiter = {
        bytes: wanted,
        grant: () => {
          signal?.removeEventListener('abort', onAbort)
          resolve(this.#share(wanted))
        },
      }
      const onAbort = () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter)
        reject(signal?.reason)
        this.#grantNext()
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiters.push(waiter)
      this.#grantNext()
    })
  }

  #share(bytes: number): Disposable {
    let held = true
    return {
      [Symbol.dispose]: () => {
        if (!held) return
        held = false
        this.#bytesFree += bytes
        this.#grantNext()
      },
    }
  }

  #grantNext(): void {
    for (let first = this.#waiters[0]; first && first.bytes <= this.#bytesFree; first = this.#waiters[0]) {
      this.#waiters.shift()
      this.#bytesFree -= first.bytes
      first.grant()
    }
  }
}
