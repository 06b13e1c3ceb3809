import type { SimRandom } from '../sim-random.ts'

/** A disk writes whole sectors: a torn write is cut between two. */
export const SECTOR_BYTES = 512
export const BLOCK_BYTES = 4096

/**
 * One write or truncation since the last fsync, with what it replaced, so that a power cut can take it back.
 * `lost`: its fsync failed; the page cache still shows it, and no later fsync will write it.
 * `kept`: written by an fsync after one that failed.
 */
interface Change {
  readonly at: number
  readonly before: Uint8Array
  readonly after: Uint8Array
  readonly bytesBefore: number
  readonly bytesAfter: number
  state: 'dirty' | 'lost' | 'kept'
}

/** The bytes of a file: as programs see them, and as a power cut would leave them. */
export class FileContent {
  #buffer = new Uint8Array(0)
  #bytes = 0
  #changes: Change[] = []

  get bytes(): number {
    return this.#bytes
  }

  get dirty(): boolean {
    return this.#changes.length > 0
  }

  read(into: Uint8Array, at: number): number {
    const found = this.#buffer.subarray(Math.min(at, this.#bytes), Math.min(at + into.byteLength, this.#bytes))
    into.set(found)
    return found.byteLength
  }

  write(bytes: Uint8Array, at: number): void {
    if (bytes.byteLength === 0) return
    this.#record(at, bytes.slice(), Math.max(this.#bytes, at + bytes.byteLength))
    this.#put(bytes, at)
  }

  truncate(bytes: number): void {
    this.#record(Math.min(bytes, this.#bytes), new Uint8Array(0), bytes)
    this.#resize(bytes)
  }

  #record(at: number, after: Uint8Array, bytesAfter: number): void {
    const end = bytesAfter < this.#bytes ? this.#bytes : at + after.byteLength
    const before = this.#buffer.slice(Math.min(at, this.#bytes), Math.min(end, this.#bytes))
    this.#changes.push({ at, before, after, bytesBefore: this.#bytes, bytesAfter, state: 'dirty' })
  }

  sync(): void {
    for (const change of this.#changes) if (change.state === 'dirty') change.state = 'kept'
    if (this.#changes.every((change) => change.state === 'kept')) this.#changes = []
  }

  /** An fsync that failed marks its pages clean without writing them: the next fsync succeeds, the bytes are gone. */
  failSync(): void {
    for (const change of this.#changes) if (change.state === 'dirty') change.state = 'lost'
  }

  /** Silent damage, as by a disk that rots: what was written before stays written. */
  damage(change: (bytes: Uint8Array) => void): void {
    change(this.#buffer.subarray(0, this.#bytes))
  }

  /** Takes back all that is not synced, then lets chance write some of it after all. */
  powerCut(random: SimRandom): void {
    if (this.#changes.length === 0) return
    const changes = this.#changes
    this.#changes = []
    for (const change of changes.toReversed()) {
      this.#resize(change.bytesBefore)
      this.#put(change.before, change.at)
    }
    const survives = survival(changes.filter(({ state }) => state === 'dirty').length, random)
    let dirtyBefore = 0
    let truncationLost = false
    for (const change of changes) {
      if (change.state === 'lost') continue
      const fate = change.state === 'kept' ? 'whole' : survives(dirtyBefore++)
      const truncation = change.after.byteLength === 0
      // Lengths are kept in a journal: none comes back without the ones before it.
      if (truncation && (fate !== 'whole' || truncationLost)) truncationLost = true
      else if (fate === 'whole') this.#redo(change)
      else if (fate === 'torn') this.#tear(change, random)
    }
  }

  #redo(change: Change): void {
    if (change.after.byteLength === 0) this.#resize(change.bytesAfter)
    else this.#put(change.after, change.at)
  }

  #tear(change: Change, random: SimRandom): void {
    // The length may reach the disk before the bytes do: then the gap reads as zeros.
    if (random.chance(0.5)) this.#resize(Math.max(this.#bytes, change.bytesAfter))
    const end = change.at + change.after.byteLength
    for (let from = change.at; from < end; ) {
      const to = Math.min(end, from - (from % SECTOR_BYTES) + SECTOR_BYTES)
      if (random.chance(0.5)) this.#put(change.after.subarray(from - change.at, to - change.at), from)
      from = to
    }
  }

  #put(bytes: Uint8Array, at: number): void {
    if (bytes.byteLength === 0) return
    if (at + bytes.byteLength > this.#bytes) this.#resize(at + bytes.byteLength)
    this.#buffer.set(bytes, at)
  }

  #resize(bytes: number): void {
    if (bytes < this.#bytes) this.#buffer.fill(0, bytes, this.#bytes)
    if (bytes > this.#buffer.byteLength) {
      const larger = new Uint8Array(Math.max(bytes, 2 * this.#buffer.byteLength))
      larger.set(this.#buffer.subarray(0, this.#bytes))
      this.#buffer = larger
    }
    this.#bytes = bytes
  }
}

type Fate = 'whole' | 'torn' | 'none'

/** Each is something that disks and kernels do: nothing written, all, a prefix with a torn end, or any of it. */
function survival(count: number, random: SimRandom): (place: number) => Fate {
  const kind = random.below(4)
  if (kind === 0) return () => 'none'
  if (kind === 1) return () => 'whole'
  if (kind === 2) {
    const torn = random.below(count + 1)
    return (place) => (place < torn ? 'whole' : place === torn ? 'torn' : 'none')
  }
  return () => random.pick(['whole', 'torn', 'none'] as const)
}
