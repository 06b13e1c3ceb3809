import type { BoxId } from '#crypto'

/** A host nobody has asked yet: worth a try, behind those known to be fast. */
const LATENCY_START_MS = 150
const WEIGHT_OF_NEWEST = 0.3
/** A failure counts as an answer so late. */
const FAILURE_MS = 5000

/** How long each host took for a fragment, as a moving average. */
export class HostLatencies {
  readonly #ms = new Map<BoxId, number>()

  estimateMs(host: BoxId): number {
    return this.#ms.get(host) ?? LATENCY_START_MS
  }

  /** Null: it was never measured. */
  knownMs(host: BoxId): number | null {
    return this.#ms.get(host) ?? null
  }

  note(host: BoxId, ms: number): void {
    const before = this.#ms.get(host)
    this.#ms.set(host, before === undefined ? ms : before + WEIGHT_OF_NEWEST * (ms - before))
  }

  noteFailure(host: BoxId): void {
    this.note(host, FAILURE_MS)
  }
}
