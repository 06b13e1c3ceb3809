/** Which of its fragments an owner finds missing on a host: digests first, lists only where they differ. */
import { type Clock, DatisError } from '#base'
import type { BoxId } from '#crypto'
import { answerInvalid } from './errors.ts'
import type { HostClient } from './host-client.ts'
import { digestOf } from './inventory.ts'
import { BUCKET_FRAGMENTS_MAX, COMPARE_TIMEOUT_MS, INVENTORY_PAGE_MAX } from './limits.ts'
import type { FragmentId, InventoryEntry, RecordedFragment } from './protocol.ts'
import { type PlacedStripe, recordHash } from './statements.ts'

export interface ExpectedEntry extends RecordedFragment {
  readonly class: 'data' | 'metadata'
}

/** What each host should hold, by the receipts that the log remembers. */
export function expectedByHost(placed: Iterable<PlacedStripe>): Map<BoxId, ExpectedEntry[]> {
  const byHost = new Map<BoxId, ExpectedEntry[]>()
  for (const stripe of placed) {
    const record = recordHash(stripe.record)
    for (const { row, host } of stripe.rows) {
      const entries = byHost.get(host) ?? []
      entries.push({ stripe: stripe.stripe, row, record, class: stripe.class })
      byHost.set(host, entries)
    }
  }
  return byHost
}

const PAGES_MAX = Math.ceil(BUCKET_FRAGMENTS_MAX / INVENTORY_PAGE_MAX)

export interface Compared {
  /** Fragments that the host does not hold as we recorded them. */
  readonly missing: readonly FragmentId[]
  /** What it holds and we have no record of. */
  readonly extra: readonly InventoryEntry[]
}

/** HOST_TIMEOUT for a host that takes longer than all of it may take. */
export async function compareInTime(
  clock: Clock,
  client: HostClient,
  expected: readonly ExpectedEntry[],
  signal: AbortSignal,
): Promise<Compared> {
  using deadline = clock.deadline(COMPARE_TIMEOUT_MS)
  try {
    return await compareWith(client, expected, AbortSignal.any([signal, deadline.signal]))
  } catch (cause) {
    if (!deadline.signal.aborted || signal.aborted) throw cause
    const details = { host: client.host.box, ms: COMPARE_TIMEOUT_MS }
    throw new DatisError('HOST_TIMEOUT', 'A host did not show its inventory in time.', details, { cause })
  }
}

async function compareWith(
  client: HostClient,
  expected: readonly ExpectedEntry[],
  signal: AbortSignal,
): Promise<Compared> {
  const { buckets } = await client.inventory(signal)
  const theirs = new Map(buckets.map((bucket) => [`${bucket.class}/${bucket.prefix}`, bucket.digest]))
  const ours = inBuckets(expected)
  const missing: FragmentId[] = []
  const extra: InventoryEntry[] = []
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    const entries = ours.get(key) ?? []
    if (theirs.get(key) === digestOf(entries)) continue
    const held = theirs.has(key) ? await listBucket(client, key, signal) : new Map<string, InventoryEntry>()
    missing.push(...entries.filter((entry) => held.get(nameOf(entry))?.record !== entry.record))
    for (const entry of entries) held.delete(nameOf(entry))
    extra.push(...held.values())
  }
  return { missing: missing.map(({ stripe, row }) => ({ stripe, row })), extra }
}

function inBuckets(entries: readonly ExpectedEntry[]): Map<string, ExpectedEntry[]> {
  const buckets = new Map<string, ExpectedEntry[]>()
  for (const entry of entries) {
    const key = `${entry.class}/${Number.parseInt(entry.stripe.slice(0, 2), 16)}`
    const bucket = buckets.get(key) ?? []
    bucket.push(entry)
    buckets.set(key, bucket)
  }
  return buckets
}

async function listBucket(client: HostClient, key: string, signal: AbortSignal): Promise<Map<string, InventoryEntry>> {
  const [packClass, prefix] = key.split('/')
  const held = new Map<string, InventoryEntry>()
  let after: FragmentId | null = null
  for (let page = 0; page < PAGES_MAX; page++) {
    const bucket = { class: packClass === 'data' ? 'data' : 'metadata', prefix: Number(prefix), after } as const
    const { entries, more } = await client.inventoryPage(bucket, signal)
    for (const entry of entries) held.set(nameOf(entry), entry)
    const last = entries.at(-1)
    if (!more) return held
    if (last === undefined) throw answerInvalid('inventory')
    after = { stripe: last.stripe, row: last.row }
  }
  throw answerInvalid('inventory')
}

function nameOf({ stripe, row }: FragmentId): string {
  return `${stripe}.${row}`
}
