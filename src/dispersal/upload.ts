/** The fragments of one stripe to its hosts: each host on its own, so that a slow or lying one holds up no other. */
import { codeOf, DatisError } from '#base'
import type { Code } from '#coding'
import type { BoxId, Signed } from '#crypto'
import type { PreparedStripe } from './encode.ts'
import { answerInvalid } from './errors.ts'
import { encodeFragmentFile, parseFragmentHeader } from './fragment-file.ts'
import type { HostClient } from './host-client.ts'
import {
  type Owner,
  type PlacedRow,
  type PlacedStripe,
  sameRecord,
  verifyFragmentReceipt,
  verifyStripeRecord,
} from './statements.ts'

export interface StripeToSend {
  readonly id: string
  readonly owner: Owner
  readonly prepared: PreparedStripe
  readonly placement: Signed
  /** hosts[row]. */
  readonly hosts: readonly BoxId[]
  /** Held already. */
  readonly rows: readonly PlacedRow[]
  placed(stored: readonly PlacedRow[]): PlacedStripe
}

export interface UploadReport {
  readonly stored: readonly PlacedRow[]
  readonly failed: readonly { readonly host: BoxId; readonly row: number; readonly code: string }[]
  readonly bytes: number
}

export interface UploadDeps {
  readonly uploads: Uploads
  readonly connect: (host: BoxId, signal: AbortSignal) => Promise<HostClient>
  readonly mayTake: (host: BoxId) => boolean
}

/** Turns at each host, and the hosts that get nothing more in this round. */
export class Uploads {
  readonly #most: number
  readonly #used = new Map<BoxId, number>()
  readonly #waiting = new Map<BoxId, (() => void)[]>()
  readonly #skipped = new Set<BoxId>()

  constructor(most: number) {
    this.#most = most
  }

  skip(host: BoxId): void {
    this.#skipped.add(host)
  }

  skips(host: BoxId): boolean {
    return this.#skipped.has(host)
  }

  /** Waits for a turn; the wait ends when those before have ended, each of which has its time-out. */
  async turn(host: BoxId): Promise<Disposable> {
    const used = this.#used.get(host) ?? 0
    if (used < this.#most) {
      this.#used.set(host, used + 1)
    } else {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting.set(host, [...(this.#waiting.get(host) ?? []), resolve])
      await promise
    }
    return { [Symbol.dispose]: () => this.#release(host) }
  }

  #release(host: BoxId): void {
    const [next, ...rest] = this.#waiting.get(host) ?? []
    this.#waiting.set(host, rest)
    if (next !== undefined) next()
    else this.#used.set(host, (this.#used.get(host) ?? 1) - 1)
  }
}

/** Only this fragment is refused, not the host: the next one may pass. */
const OF_THE_FRAGMENT = ['FRAGMENT_CONFLICT']

export async function uploadStripe(deps: UploadDeps, stripe: StripeToSend, signal: AbortSignal): Promise<UploadReport> {
  const held = new Set(stripe.rows.map(({ row }) => row))
  const stored: PlacedRow[] = []
  const failed: { host: BoxId; row: number; code: string }[] = []
  let bytes = 0
  const sendRow = async (host: BoxId, row: number): Promise<void> => {
    if (held.has(row) || !deps.mayTake(host)) return
    try {
      const sent = await sendOne(deps, stripe, { host, row }, signal)
      if (sent === null) return
      stored.push(sent)
      bytes += stripe.prepared.payloads[row]?.byteLength ?? 0
    } catch (error) {
      signal.throwIfAborted()
      const code = codeOf(error)
      if (!OF_THE_FRAGMENT.includes(code)) deps.uploads.skip(host)
      failed.push({ host, row, code })
    }
  }
  const outcomes = await Promise.allSettled(stripe.hosts.map(sendRow))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  return { stored: stored.sort((a, b) => a.row - b.row), failed, bytes }
}

/**
 * Whether a host shows that it holds this row of another stripe of the same id, which we signed: a kill came between
 * sending and logging, and the community grew before we were back.
 */
export async function holdsOther(
  connect: UploadDeps['connect'],
  { id, owner, prepared }: StripeToSend,
  { host, row }: { host: BoxId; row: number },
  signal: AbortSignal,
): Promise<boolean> {
  const client = await connect(host, signal)
  const { record } = parseFragmentHeader(await client.getFragmentHeader({ stripe: id, row }, signal))
  verifyStripeRecord(record, owner, id)
  return !sameRecord(record, prepared.record)
}

/** Null when the host was given up while this one waited for its turn. */
async function sendOne(
  { uploads, connect, mayTake }: UploadDeps,
  { id, owner, prepared, placement }: StripeToSend,
  { host, row }: { host: BoxId; row: number },
  signal: AbortSignal,
): Promise<PlacedRow | null> {
  using _turn = await uploads.turn(host)
  signal.throwIfAborted()
  if (!mayTake(host)) return null
  const payload = prepared.payloads[row]
  const root = prepared.roots[row]
  if (payload === undefined || root === undefined) {
    throw new DatisError('STRIPE_CHANGED', 'A stripe was prepared without one of its rows.', { stripe: id, row })
  }
  const client = await connect(host, signal)
  if (client.host.box !== host) throw answerInvalid('box')
  const file = encodeFragmentFile({ row, record: prepared.record, placement, payload })
  const receipt = await client.putFragment({ stripe: id, row }, file, signal)
  // Unverified, a receipt would count a fragment as safe on the word of whoever answers.
  const { at } = verifyFragmentReceipt(receipt, client.host, { owner: owner.box, stripe: id, row, root })
  return { row, host, at }
}

export function placedOf(
  pack: { readonly id: string; readonly class: 'data' | 'metadata' },
  code: Code,
  { prepared, placement, rows }: { prepared: PreparedStripe; placement: Signed; rows: PlacedStripe['rows'] },
): PlacedStripe {
  return {
    stripe: pack.id,
    class: pack.class,
    code,
    packBytes: prepared.packBytes,
    roots: prepared.roots,
    record: prepared.record,
    placement,
    rows,
  }
}
