import { createHash } from 'node:crypto'

export type FaultCounts = Readonly<Record<string, number>>

/** All that happened in a town, in order, as one hash: two runs that differ anywhere differ here. */
export class Trace {
  readonly #hash = createHash('sha256')
  readonly #now: () => number
  readonly #onLine: ((line: string) => void) | undefined
  readonly #counts = new Map<string, number>()

  constructor(now: () => number, onLine?: (line: string) => void) {
    this.#now = now
    this.#onLine = onLine
  }

  note(who: string, event: string, details: string | number = ''): void {
    const line = `${this.#now()} ${who} ${event} ${details}`.trimEnd()
    this.#hash.update(`${line}\n`)
    this.#onLine?.(line)
  }

  /** Something that the seed did to the town. */
  fault(kind: string, who: string, details: string | number = ''): void {
    this.count(kind)
    this.note(who, `fault.${kind}`, details)
  }

  count(kind: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
  }

  get counts(): FaultCounts {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  digest(): string {
    return this.#hash.copy().digest('hex')
  }
}
