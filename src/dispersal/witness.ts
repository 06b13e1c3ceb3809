/** Bringing one host up to date: log, keyring, heads; then its receipt. */
import { codeOf, DatisError, toHex } from '#base'
import { EMPTY_LOG, framesIn, type LogEnd, type Signed, sha256 } from '#crypto'
import type { HostClient } from './host-client.ts'
import { HEADS_A_DAY_MAX, LOG_PAGE_BYTES_MAX } from './limits.ts'
import type { OwnHeads } from './own-heads.ts'
import type { Incarnation, OwnerState } from './protocol.ts'
import { verifyReceipt } from './statements.ts'

/** The vault's log, as sealed frames: `storage`'s Log has this form. */
export interface LogSource {
  end(): LogEnd
  /** Frames from number `from` on, back to back; at least one when there is one. */
  frames(from: number, bytesMax: number): Uint8Array
}

const PAGES_MAX = 100_000
const HEAD_MESSAGES_MAX = 64
/** Fits the host's bound for one body with heads of 8 KiB. */
const HEADS_A_MESSAGE_MAX = Math.min(HEADS_A_DAY_MAX, 512)

/** Whether our log once ended there. */
export function hasEnd(log: LogSource, end: LogEnd): boolean {
  return ownEndAt(log, end.frames)?.hash === end.hash
}

/** Our own end after `frames` frames, from the frame that follows. */
function ownEndAt(log: LogSource, frames: number): LogEnd | null {
  const end = log.end()
  if (frames > end.frames) return null
  if (frames === end.frames) return end
  if (frames === 0) return EMPTY_LOG
  for (const frame of framesIn(log.frames(frames, 1), frames)) return { frames, hash: frame.previous }
  return null
}

/**
 * Appends what a host lacks of the log. Where it holds other frames than we do, it puts those aside that no head of its
 * names (our disk was put back before we signed one), or that root has ended. LOG_FORK {host} when it holds something
 * else, which no honest run leads to.
 */
export async function syncLog(
  client: HostClient,
  log: LogSource,
  incarnation: Incarnation,
  signal: AbortSignal,
): Promise<LogEnd> {
  const target = log.end()
  let end = await client.logEnd(signal)
  let branch = !hasEnd(log, end)
  if (branch) end = await commonEnd(client, log, signal)
  for (let page = 0; (end.frames < target.frames || branch) && page < PAGES_MAX; page++) {
    const frames = end.frames < target.frames ? log.frames(end.frames, LOG_PAGE_BYTES_MAX) : new Uint8Array(0)
    const next = await appended(client, { from: end.frames, frames, incarnation, branch }, target, signal)
    if (next.frames <= end.frames && !branch) throw forked(client, next, target)
    if (!hasEnd(log, next)) throw forked(client, next, target)
    end = next
    branch = false
  }
  return end
}

async function appended(
  client: HostClient,
  request: { from: number; frames: Uint8Array; incarnation: Incarnation; branch: boolean },
  target: LogEnd,
  signal: AbortSignal,
): Promise<LogEnd> {
  try {
    return await client.appendLog(request, signal)
  } catch (error) {
    if (codeOf(error) !== 'LOG_BRANCH_REFUSED') throw error
    throw forked(client, { frames: request.from, hash: '' }, target)
  }
}

/** The longest beginning that both have: hosts answer with the hash at any frame. */
async function commonEnd(client: HostClient, log: LogSource, signal: AbortSignal): Promise<LogEnd> {
  let low = EMPTY_LOG
  let high = Math.min(log.end().frames, (await client.logEnd(signal)).frames) + 1
  while (high - low.frames > 1) {
    const middle = Math.floor((low.frames + high) / 2)
    const theirs = await client.logEnd(signal, middle)
    if (theirs.frames === middle && hasEnd(log, theirs)) low = theirs
    else high = middle
  }
  return low
}

function forked(client: HostClient, end: LogEnd, ours: LogEnd): DatisError {
  return new DatisError('LOG_FORK', 'A host holds another log of this box.', {
    host: client.host.box,
    theirs: end.frames,
    ours: ours.frames,
  })
}

export async function syncKeyring(
  client: HostClient,
  wrapped: Uint8Array,
  state: OwnerState | null,
  signal: AbortSignal,
): Promise<void> {
  const hash = toHex(sha256(wrapped))
  if (state?.keyrings.includes(hash)) return
  await client.putKeyring(hash, wrapped, signal)
}

/**
 * Sends the newest head, and the missed ones before it when the host asks for them; a verified receipt. A host whose
 * fork root has ended gets the heads from the last one that it shares with us.
 */
export async function witness(client: HostClient, heads: OwnHeads, signal: AbortSignal): Promise<Signed> {
  const { newest, incarnation } = heads
  if (newest === null || incarnation === null) throw new Error('there is no head to witness')
  const about = { owner: newest.head.box, number: newest.head.number, hash: newest.hash }
  let from = newest.head.number - 1
  for (let message = 0; message < HEAD_MESSAGES_MAX; message++) {
    const run = heads.run(from, newest.head.number, HEADS_A_MESSAGE_MAX)
    try {
      const receipt = await client.putHeads(run, incarnation, signal)
      if (from + run.length >= newest.head.number) {
        verifyReceipt(receipt, client.host, about)
        return receipt
      }
      from += run.length
    } catch (error) {
      from = await retryFrom(client, heads, { error, from, newest: newest.head.number }, signal)
    }
  }
  throw new DatisError('HEAD_NUMBER', 'A host keeps asking for other heads.', { host: client.host.box })
}

/** Heads that a host has lost go out again; it takes the very ones that it had. Those that we lack too stay lost. */
export async function sendLost(
  client: HostClient,
  heads: OwnHeads,
  lost: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  const { incarnation } = heads
  if (incarnation === null) throw new Error('a box disperses after its start')
  for (const { first, last } of rowsOf(lost)) {
    const run = heads.run(first - 1, last, HEADS_A_MESSAGE_MAX)
    if (run.length === last - first + 1) await client.putHeads(run, incarnation, signal)
  }
}

/** Numbers, in any order, as rows of consecutive ones. */
function rowsOf(numbers: readonly number[]): { first: number; last: number }[] {
  const rows: { first: number; last: number }[] = []
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const row = rows.at(-1)
    if (row !== undefined && number === row.last + 1) row.last = number
    else rows.push({ first: number, last: number })
  }
  return rows
}

async function retryFrom(
  client: HostClient,
  heads: OwnHeads,
  { error, from, newest }: { error: unknown; from: number; newest: number },
  signal: AbortSignal,
): Promise<number> {
  const code = codeOf(error)
  if (code === 'HEAD_INCARNATION_REFUSED') throw await heads.refused(client, error, signal)
  const theirs = error instanceof DatisError ? Number(error.details.newest) : Number.NaN
  if (code === 'HEAD_NUMBER' && Number.isSafeInteger(theirs) && theirs >= 0 && theirs < from) {
    if (heads.head(theirs + 1) !== null) return theirs
    throw error
  }
  if (code !== 'HEAD_FORK') throw error
  const shared = await sharedHead(client, heads, Math.min(newest, from), signal)
  if (shared >= from) throw error
  return shared
}

/** The number of the newest head that both hold: chains share a beginning, so halving finds its end. */
async function sharedHead(client: HostClient, heads: OwnHeads, below: number, signal: AbortSignal): Promise<number> {
  let low = 0
  let high = below + 1
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (await isShared(client, heads, middle, signal)) low = middle
    else high = middle
  }
  return low
}

async function isShared(client: HostClient, heads: OwnHeads, number: number, signal: AbortSignal): Promise<boolean> {
  const ours = heads.head(number)
  if (ours === null) return false
  try {
    const theirs = await client.head(number, signal)
    return Buffer.compare(theirs.body, ours.signed.body) === 0
  } catch (error) {
    if (codeOf(error) === 'HEAD_UNKNOWN') return false
    throw error
  }
}
