import { Duplex } from 'node:stream'
import { systemError } from '../../system-error.ts'
import type { Lane } from './lane.ts'

/** One end of a connection. Closing, half closing and resetting reach the other end as TCP would tell it. */
export class SimSocket extends Duplex {
  readonly remoteAddress: string
  #lane: Lane | undefined
  #incoming: Lane | undefined
  #wantsBytes = false
  #endSent = false
  /** The machine went off: nothing happens here any more, not even an error. */
  #dead = false
  readonly #onGone: () => void

  constructor(remoteAddress: string, onGone: () => void) {
    super({ allowHalfOpen: true })
    this.remoteAddress = remoteAddress
    this.#onGone = onGone
  }

  connect(outgoing: Lane, incoming: Lane): void {
    this.#lane = outgoing
    this.#incoming = incoming
  }

  /** A closed socket takes bytes too: its machine answers them with a reset. */
  get wantsBytes(): boolean {
    return this.#wantsBytes || this.gone
  }

  get gone(): boolean {
    return this.#dead || this.destroyed
  }

  onBytes(bytes: Uint8Array): void {
    if (this.gone) this.#lane?.send('reset')
    else this.#wantsBytes = this.push(bytes)
  }

  onEnd(): void {
    if (!this.gone) this.push(null)
  }

  onReset(): void {
    this.fail(systemError('ECONNRESET', 'read'))
  }

  fail(error: Error): void {
    this.#endSent = true
    if (!this.gone) this.destroy(error)
  }

  /** `reset`: the program died and its machine closes the connection. Otherwise the other end hears nothing. */
  kill(reset: boolean): void {
    this.#dead = true
    if (reset) this.#lane?.send('reset')
    this.#onGone()
  }

  override _read(): void {
    this.#wantsBytes = true
    this.#incoming?.arm()
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#dead) return
    // The caller may reuse its buffer once the write is done.
    this.#lane?.send(Uint8Array.from(chunk), done)
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#dead) return
    this.#sendEnd()
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#endSent) {
      // With bytes that nobody read, or after an error, a close is a reset.
      if (error || this.readableLength > 0) this.#lane?.send('reset')
      else this.#sendEnd()
    }
    this.#endSent = true
    this.#onGone()
    done(error)
  }

  #sendEnd(): void {
    if (this.#endSent) return
    this.#endSent = true
    this.#lane?.send('end')
  }
}
