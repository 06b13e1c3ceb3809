import { createHash } from 'node:crypto'
import type { Random } from '../ports.ts'
import { uniformBelow } from '../real-random.ts'

export interface SimRandom extends Random {
  /** A stream of its own: what is drawn from it changes nothing for the others. */
  fork(label: string): SimRandom
  /** Uniform in 0 … 1, without 1. */
  fraction(): number
  /** True with this probability; draws even when it is 0 or 1. */
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
  /** A new array in random order. */
  shuffled<Item>(items: readonly Item[]): Item[]
}

/** The same seed gives the same draws. Not for secrets: sfc32, 32 bits a step. */
export function simRandom(seed: string | number): SimRandom {
  return new SeededRandom(String(seed))
}

class SeededRandom implements SimRandom {
  readonly #seed: string
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: string) {
    this.#seed = seed
    const digest = createHash('sha256').update(seed).digest()
    this.#a = digest.readInt32LE(0)
    this.#b = digest.readInt32LE(4)
    this.#c = digest.readInt32LE(8)
  }

  /** sfc32 by Chris Doty-Humphrey (PractRand): period about 2^127 on average. */
  #word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    this.#c |= 0
    return sum >>> 0
  }

  bytes(count: number): Uint8Array {
    const words = new Uint32Array(Math.ceil(count / 4))
    for (let place = 0; place < words.length; place++) words[place] = this.#word()
    return new Uint8Array(words.buffer).slice(0, count)
  }

  below(bound: number): number {
    return uniformBelow(bound, () => this.#word())
  }

  fraction(): number {
    return this.#word() / 2 ** 32
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new RangeError('nothing to pick from')
    return items[this.below(items.length)] as Item
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    const order = [...items]
    for (let last = order.length - 1; last > 0; last--) {
      const other = this.below(last + 1)
      const moved = order[last] as Item
      order[last] = order[other] as Item
      order[other] = moved
    }
    return order
  }

  fork(label: string): SimRandom {
    return new SeededRandom(`${this.#seed}/${label}`)
  }
}
