import { randomBytes } from 'node:crypto'
import type { Random } from './ports.ts'

export function realRandom(): Random {
  return {
    // A plain copy: randomBytes of Node may be a slice of a shared pool, which a transfer would detach.
    bytes: (count) => Uint8Array.from(randomBytes(count)),
    below: (bound) => uniformBelow(bound, () => randomBytes(4).readUInt32LE()),
  }
}

/** Uniform in 0 … bound − 1 from uniform 32-bit words: words of the incomplete last round are thrown again. */
export function uniformBelow(bound: number, nextWord: () => number): number {
  if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) throw new RangeError(`bound out of range: ${bound}`)
  const usable = 2 ** 32 - (2 ** 32 % bound)
  for (;;) {
    const word = nextWord()
    if (word < usable) return word % bound
  }
}
