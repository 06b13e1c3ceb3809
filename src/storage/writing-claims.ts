import { pathFromBytes } from '#base'

/** Chunks that a job has promised to write and that no closed pack holds yet: at most what the open packs hold. */
export class ChunksInFlight {
  readonly #ids = new Set<string>()

  get size(): number {
    return this.#ids.size
  }

  has(id: Uint8Array): boolean {
    return this.#ids.has(keyOf(id))
  }

  add(id: Uint8Array): void {
    this.#ids.add(keyOf(id))
  }

  remove(id: Uint8Array): void {
    this.#ids.delete(keyOf(id))
  }
}

/** One byte a character: 32 instead of the 64 of hex. */
function keyOf(id: Uint8Array): string {
  return pathFromBytes(id)
}
