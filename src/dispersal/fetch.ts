/** A pack back from its hosts: the k fastest of n, each fragment verified before any is used. */
import { type Clock, codeOf, DatisError, type Log, SECOND_MS, type Workers } from '#base'
import { type Code, fragmentBytes } from '#coding'
import { type BoxId, decodePlacement } from '#crypto'
import { HostClient, type Hosts } from './host-client.ts'
import { type CheckedFragment, checkFragmentJob, reconstructPackJob } from './jobs.ts'
import type { HostLatencies } from './latency.ts'
import { FRAGMENT_FILE_BYTES_MAX, FRAGMENT_HEADER_BYTES_MAX, FRAGMENT_PREFIX_BYTES } from './limits.ts'
import { type Owner, type PlacedStripe, recordHash } from './statements.ts'

export interface FetchDeps {
  readonly clock: Clock
  readonly log: Log
  readonly workers: Workers
  readonly hosts: Hosts
  readonly latencies: HostLatencies
}

export interface DamagedFragment {
  readonly host: BoxId
  /** `<stripe>.<row>`. */
  readonly fragment: string
}

export interface FetchRequest {
  readonly owner: Owner
  readonly stripe: string
  /** As the log says; null when it does not, and hosts are asked in turn. */
  readonly placed: PlacedStripe | null
  /** Boxes that may hold fragments: asked for any row once those named by the placement have failed. */
  readonly candidates: readonly BoxId[]
  readonly onDamaged?: (damaged: DamagedFragment) => void
}

const HEDGE_MIN_MS = 200
const HEDGE_MAX_MS = 10 * SECOND_MS
/** Data rows need no decoding: worth a little waiting. */
const PARITY_PENALTY = 1.25
/** More rows than hosts can be asked for when nobody knows who holds what: 64 hosts, 48 rows. */
const TRIES_MAX = 64 * 48

interface Try {
  readonly host: BoxId
  readonly row: number
  /** A guess costs only a small answer when it is wrong. */
  readonly guessed: boolean
}

/** STRIPE_UNREACHABLE {stripe, have, needed, missing} when fewer than k fragments are to be had. */
export async function fetchPack(deps: FetchDeps, request: FetchRequest, signal: AbortSignal): Promise<Uint8Array> {
  const gathering = new Gathering(deps, request)
  const enough = await gathering.run(signal)
  const [first] = enough
  if (first === undefined) throw new Error('a stripe needs at least one fragment')
  const have = enough.map(({ row, payload }) => ({ row, bytes: payload }))
  const input = { code: first.code, packBytes: first.packBytes, have }
  const transfer = buffersOf(have.map(({ bytes }) => bytes))
  const { pack } = await deps.workers.run(reconstructPackJob, input, { signal, transfer })
  return pack
}

/** Buffers that hold nothing else, to be given to a job instead of copied. */
function buffersOf(parts: readonly Uint8Array[]): ArrayBuffer[] {
  return parts.flatMap(({ buffer, byteLength }) =>
    buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [],
  )
}

class Gathering {
  readonly #deps: FetchDeps
  readonly #request: FetchRequest
  readonly #queue: Try[]
  readonly #running = new Map<Try, Promise<void>>()
  /** By stripe record: an owner that signed two records of one stripe must not have their fragments mixed. */
  readonly #have = new Map<string, Map<number, CheckedFragment>>()
  readonly #silent = new Set<BoxId>()
  readonly #failed = new Map<string, string>()
  #code: Code | null
  #wake = Promise.withResolvers<void>()

  constructor(deps: FetchDeps, request: FetchRequest) {
    this.#deps = deps
    this.#request = request
    this.#code = request.placed?.code ?? null
    this.#queue = [...this.#known(), ...this.#guesses()].slice(0, TRIES_MAX)
  }

  /** Rows where the placement puts them: the fast first, data before parity when close. */
  #known(): Try[] {
    const { placed } = this.#request
    if (placed === null) return []
    const { hosts } = decodePlacement(placed.placement.body)
    const tries = hosts.map((host, row) => ({ host, row, guessed: false }))
    const stored = new Set(placed.rows.map(({ row }) => row))
    const cost = ({ host, row }: Try) =>
      this.#deps.latencies.estimateMs(host) * (row < placed.code.k ? 1 : PARITY_PENALTY) +
      (stored.has(row) ? 0 : 60_000)
    return tries.sort((a, b) => cost(a) - cost(b))
  }

  /** Any host may hold any row once placements are lost: row by row over all hosts. */
  #guesses(): Try[] {
    const { candidates, placed } = this.#request
    const known = new Set(this.#known().map(({ host, row }) => `${host}.${row}`))
    const rows = Array.from({ length: placed?.code.n ?? 48 }, (_, row) => row)
    return rows
      .flatMap((row) => candidates.map((host) => ({ host, row, guessed: true })))
      .filter(({ host, row }) => !known.has(`${host}.${row}`))
  }

  async run(signal: AbortSignal): Promise<CheckedFragment[]> {
    const stop = new AbortController()
    const inner = AbortSignal.any([signal, stop.signal])
    try {
      return await this.#gather(inner)
    } finally {
      // The slow ones are told to stop, and nothing goes on behind the caller's back.
      stop.abort(new DatisError('FETCH_ENDED', 'Enough fragments have come.'))
      await Promise.allSettled(this.#running.values())
    }
  }

  async #gather(signal: AbortSignal): Promise<CheckedFragment[]> {
    for (;;) {
      signal.throwIfAborted()
      const enough = this.#enough()
      if (enough !== null) return enough
      this.#startMissing(signal)
      if (this.#running.size === 0) throw this.#unreachable()
      await this.#progressOrHedge(signal)
    }
  }

  #enough(): CheckedFragment[] | null {
    for (const rows of this.#have.values()) {
      const [first] = rows.values()
      if (first !== undefined && rows.size >= first.code.k) {
        return [...rows.values()].sort((a, b) => a.row - b.row).slice(0, first.code.k)
      }
    }
    return null
  }

  #best(): number {
    return Math.max(0, ...[...this.#have.values()].map((rows) => rows.size))
  }

  /** As many at once as are still missing. */
  #startMissing(signal: AbortSignal): void {
    const needed = (this.#code?.k ?? 1) - this.#best()
    while (this.#running.size < needed && this.#startNext(signal));
  }

  #startNext(signal: AbortSignal): boolean {
    const next = this.#takeNext()
    if (next === undefined) return false
    const done = this.#attempt(next, signal).finally(() => {
      this.#running.delete(next)
      this.#wake.resolve()
    })
    this.#running.set(next, done)
    return true
  }

  #takeNext(): Try | undefined {
    const useful = ({ host, row }: Try) =>
      !this.#silent.has(host) && !this.#holds(row) && row < (this.#code?.n ?? 48) && !this.#isRunning(row)
    for (let index = 0; index < this.#queue.length; index++) {
      const one = this.#queue[index]
      if (one !== undefined && useful(one)) return this.#queue.splice(index, 1)[0]
    }
    return undefined
  }

  #holds(row: number): boolean {
    return [...this.#have.values()].some((rows) => rows.has(row))
  }

  #isRunning(row: number): boolean {
    return [...this.#running.keys()].some((one) => one.row === row)
  }

  /** Waits for an answer; when none comes in good time, one more host is asked. */
  async #progressOrHedge(signal: AbortSignal): Promise<void> {
    const slowest = Math.max(...[...this.#running.keys()].map(({ host }) => this.#deps.latencies.estimateMs(host)))
    const hedgeMs = Math.min(HEDGE_MAX_MS, Math.max(HEDGE_MIN_MS, 2 * slowest))
    using deadline = this.#deps.clock.deadline(hedgeMs)
    const late = Promise.withResolvers<'late'>()
    const onLate = () => late.resolve('late')
    deadline.signal.addEventListener('abort', onLate, { once: true })
    signal.addEventListener('abort', onLate, { once: true })
    try {
      const what = await Promise.race([this.#wake.promise.then(() => 'moved' as const), late.promise])
      if (what === 'moved') this.#wake = Promise.withResolvers<void>()
      else if (!signal.aborted) this.#startNext(signal)
    } finally {
      signal.removeEventListener('abort', onLate)
    }
    // Nobody is left to ask: what runs has its own time-outs.
    const only = this.#running.size > 0 && this.#takeablesLeft() === 0
    if (deadline.signal.aborted && only) await Promise.race([...this.#running.values(), aborted(signal)])
  }

  #takeablesLeft(): number {
    return this.#queue.filter(({ host, row }) => !this.#silent.has(host) && !this.#holds(row)).length
  }

  async #attempt(one: Try, signal: AbortSignal): Promise<void> {
    const { latencies, clock } = this.#deps
    const startedAt = clock.monotonic()
    try {
      const fragment = await this.#fetch(one, signal)
      if (!one.guessed) latencies.note(one.host, clock.monotonic() - startedAt)
      this.#keep(fragment)
    } catch (error) {
      if (!signal.aborted) this.#note(one, error)
    }
  }

  async #fetch({ host, row }: Try, signal: AbortSignal): Promise<CheckedFragment> {
    const { owner, stripe, placed } = this.#request
    const client = new HostClient(this.#deps.clock, await this.#deps.hosts.session(host, signal), owner.box)
    const bytes = await client.getFragment({ stripe, row }, signal, this.#bytesMax())
    const record = placed === null ? null : recordHash(placed.record)
    const input = { bytes, owner, stripe, row, record }
    return await this.#deps.workers.run(checkFragmentJob, input, { signal, transfer: buffersOf([bytes]) })
  }

  #bytesMax(): number {
    const { placed } = this.#request
    if (placed === null) return FRAGMENT_FILE_BYTES_MAX
    return FRAGMENT_PREFIX_BYTES + FRAGMENT_HEADER_BYTES_MAX + fragmentBytes(placed.code, placed.packBytes)
  }

  #keep(fragment: CheckedFragment): void {
    const rows = this.#have.get(fragment.record) ?? new Map<number, CheckedFragment>()
    this.#have.set(fragment.record, rows.set(fragment.row, fragment))
    this.#code ??= fragment.code
  }

  #note({ host, row, guessed }: Try, error: unknown): void {
    const code = codeOf(error)
    this.#failed.set(`${host}.${row}`, code)
    if (code === 'FRAGMENT_UNKNOWN' || code === 'OWNER_UNKNOWN') {
      if (code === 'OWNER_UNKNOWN') this.#silent.add(host)
      if (!guessed) this.#deps.latencies.noteFailure(host)
      return
    }
    if (DAMAGED.includes(code)) {
      const damaged = { host, fragment: `${this.#request.stripe}.${row}` }
      this.#deps.log.warn('fragment.damaged', { ...damaged, code })
      this.#request.onDamaged?.(damaged)
      return
    }
    this.#silent.add(host)
    this.#deps.latencies.noteFailure(host)
    this.#deps.log.debug('fragment.unreached', { host, code })
  }

  #unreachable(): DatisError {
    const needed = this.#code?.k ?? 1
    const have = this.#best()
    const reasons = [...new Set(this.#failed.values())].slice(0, 8).join(' ')
    return new DatisError('STRIPE_UNREACHABLE', 'Too few fragments of a stripe can be had.', {
      stripe: this.#request.stripe,
      have,
      needed,
      missing: needed - have,
      reasons,
    })
  }
}

/** What only wrong bytes lead to. */
const DAMAGED = [
  'FRAGMENT_INVALID',
  'FORMAT_INVALID',
  'STATEMENT_INVALID',
  'SIGNATURE_INVALID',
  'CERTIFICATE_INVALID',
  'CODE_INVALID',
  'FRAGMENT_LENGTH',
]

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  else signal.addEventListener('abort', () => resolve(), { once: true })
  return promise
}
