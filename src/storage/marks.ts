/**
 * Which chunks are needed, and on which side: a set for millions of ids in a few bytes each. Ids are keyed hashes, of
 * which 16 bytes tell one from another; a chunk that was taken for another would keep, never lose, what is its own, and
 * one such pair among 10^7 chunks has a chance of 10^-25.
 */
const WORDS = 4
const FIRST_SLOTS = 1 << 12
const FULL = 0.7

export const SIDE = { local: 1, remote: 2 } as const

export class Marks {
  #slots = FIRST_SLOTS
  #ids = new Uint32Array(FIRST_SLOTS * WORDS)
  #sides = new Uint8Array(FIRST_SLOTS)
  #count = 0

  get count(): number {
    return this.#count
  }

  has(id: Uint8Array): boolean {
    return this.#sides[this.#slotOf(wordsOf(id))] !== 0
  }

  /** On which sides it was needed before; 0: on none. */
  add(id: Uint8Array, sides: number): number {
    const slot = this.#slotOf(wordsOf(id))
    const before = this.#sides[slot] ?? 0
    if (before === 0) this.#count++
    this.#sides[slot] = before | sides
    if (this.#count > FULL * this.#slots) this.#grow()
    return before
  }

  #slotOf(words: readonly number[]): number {
    const [first = 0] = words
    for (let slot = first & (this.#slots - 1); ; slot = (slot + 1) & (this.#slots - 1)) {
      if (this.#sides[slot] !== 0 && !this.#isAt(slot, words)) continue
      if (this.#sides[slot] === 0) this.#ids.set(words, slot * WORDS)
      return slot
    }
  }

  #isAt(slot: number, words: readonly number[]): boolean {
    for (let word = 0; word < WORDS; word++) if (this.#ids[slot * WORDS + word] !== words[word]) return false
    return true
  }

  #grow(): void {
    const [ids, sides, slots] = [this.#ids, this.#sides, this.#slots]
    this.#slots = 2 * slots
    this.#ids = new Uint32Array(this.#slots * WORDS)
    this.#sides = new Uint8Array(this.#slots)
    for (let slot = 0; slot < slots; slot++) {
      const needed = sides[slot] ?? 0
      if (needed === 0) continue
      const moved = this.#slotOf([...ids.subarray(slot * WORDS, (slot + 1) * WORDS)])
      this.#sides[moved] = needed
    }
  }
}

function wordsOf(id: Uint8Array): number[] {
  const view = new DataView(id.buffer, id.byteOffset, WORDS * 4)
  return [view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12)]
}
