/** Reading hosted fragments again: rot is set aside while others still have the rest of the stripe. */
import { type Clock, SECOND_MS } from '#base'
import type { BoxId } from '#crypto'
import type { FragmentId } from '../protocol.ts'
import type { OwnerRoom } from './owner-room.ts'

/** A disk has other work: 32 MiB a second is a day for 2.6 TB. */
const SCRUB_BYTES_A_SECOND = 32 * 1024 * 1024
/** A slow disk, or one that others keep busy, is left alone for twice as long as it was read. */
const REST_OF_WORK = 2

export interface ScrubReport {
  readonly fragments: number
  readonly rotten: readonly (FragmentId & { readonly owner: BoxId })[]
}

export interface ScrubOptions {
  readonly signal: AbortSignal
  onProgress?(done: { readonly fragments: number }): void
}

/** All of it, at a bounded rate, and with rests in proportion to the work. */
export async function scrubAll(
  clock: Clock,
  rooms: AsyncGenerator<OwnerRoom>,
  { signal, onProgress }: ScrubOptions,
): Promise<ScrubReport> {
  let fragments = 0
  const rotten: ScrubReport['rotten'][number][] = []
  for await (const room of rooms) {
    const { bytes, count } = await meanOf(room)
    let after: FragmentId | null = null
    do {
      const started = clock.monotonic()
      const { good, missing, next } = await room.fragments.verify(null, after, signal)
      fragments += good + missing.length
      rotten.push(...missing.map((id) => ({ owner: room.owner.box, ...id })))
      onProgress?.({ fragments })
      after = next
      const mean = count === 0 ? 0 : bytes / count
      const fairMs = (((good + missing.length) * mean) / SCRUB_BYTES_A_SECOND) * SECOND_MS
      const workedMs = clock.monotonic() - started
      const pauseMs = Math.ceil(Math.max(fairMs - workedMs, REST_OF_WORK * workedMs))
      if (after !== null && pauseMs > 0) await clock.sleep(pauseMs, signal)
    } while (after !== null)
  }
  return { fragments, rotten }
}

async function meanOf(room: OwnerRoom): Promise<{ bytes: number; count: number }> {
  const { fragments, bytes } = await room.fragments.totals()
  return { bytes, count: fragments }
}

/** Where a scrub in parts goes on. */
export interface ScrubPlace {
  readonly owner: BoxId | null
  readonly after: FragmentId | null
}

/** So many pages, on from where the last part ended; from the beginning after the last owner. */
export async function nextScrubbed(
  rooms: AsyncGenerator<OwnerRoom>,
  place: ScrubPlace,
  { pages, signal }: { pages: number; signal: AbortSignal },
): Promise<ScrubPlace> {
  let left = pages
  let { owner, after } = place
  for await (const room of rooms) {
    if (owner !== null && room.owner.box < owner) continue
    if (room.owner.box !== owner) after = null
    owner = room.owner.box
    do {
      if (left-- <= 0) return { owner, after }
      after = (await room.fragments.verify(null, after, signal)).next
    } while (after !== null)
  }
  return { owner: null, after: null }
}
