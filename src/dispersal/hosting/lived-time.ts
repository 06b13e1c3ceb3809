/**
 * The time for which a host has run: what its promises to forget nothing early are counted in. No clock that jumps, no
 * crash and no time off makes any of it pass. docs/formats/hosting.md, docs/decisions/0009-releases.md
 */
import { z } from 'zod'
import {
  type BytePath,
  type Clock,
  type Disk,
  HOUR_MS,
  type Log,
  MINUTE_MS,
  type Random,
  SECOND_MS,
  toHex,
  writeDurably,
} from '#base'
import { count, hexBytes } from '#crypto'
import { encodeChecked, readChecked } from '../checked-file.ts'
import { CLOCK_SHIFT_MS_MAX } from '../limits.ts'

const LIVED_FILE = 'lived.cbor'
const LIVED_BYTES_MAX = 4096
/** One in sixty: no crystal is so bad, and a clock that is slewed moves slower. */
const NOISE_SHARE = 60
/** What a crash may cost of lived time: a disk that has nothing else to do is not woken at each tick. */
const PERSIST_MS = 25 * MINUTE_MS

const livedSchema = z.strictObject({
  format: z.literal(1),
  /** Drawn with the counter: times of another one say nothing. */
  counter: hexBytes(16),
  lived: count(),
  /** How far wall and monotonic clock have gone apart so far, added up. */
  shift: count(),
  /** Null: purges go on. Else the lived time for which clocks have agreed since they were stopped. */
  agreed: count().nullable(),
  /** How far the members' median clock is from this one, as last heard; null before. */
  peers: z.int().nullable(),
})
type Lived = z.output<typeof livedSchema>

const LIVED = { what: 'lived time', schema: livedSchema, bytesMax: LIVED_BYTES_MAX }

export interface LivedTimeDeps {
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export class LivedTime {
  readonly #deps: LivedTimeDeps
  readonly #folder: BytePath
  /** Lived ms that count for each that passes: 1, but in a practice community. */
  readonly #rate: number
  #state: Lived
  /** Where both clocks stood when `lived` was last advanced. */
  #last: { wall: number; monotonic: number }
  /** Where they stood at the last `tick`, and how much was lived then. */
  #ticked: { wall: number; monotonic: number; lived: number }
  /** What was lived when it was last written. */
  #persisted = 0

  /** A counter that is lost, or that cannot be read, is another one from 0 on: all waits begin again. */
  constructor(deps: LivedTimeDeps, folder: BytePath, rate = 1) {
    this.#deps = deps
    this.#folder = folder
    this.#rate = rate
    const known = readLived(deps, folder)
    const counter = () => toHex(deps.random.bytes(16))
    this.#state = known ?? { format: 1, counter: counter(), lived: 0, shift: 0, agreed: null, peers: null }
    this.#last = this.#clocks()
    this.#ticked = { ...this.#last, lived: this.#state.lived }
    this.#persisted = this.#state.lived
    if (known === null) this.persist()
  }

  get counter(): string {
    return this.#state.counter
  }

  /** Clocks disagree: nothing may be purged. */
  get frozen(): boolean {
    return this.#state.agreed !== null
  }

  /** Milliseconds lived. Of two clocks the one that claims less counts, and none goes back. */
  now(): number {
    const clocks = this.#clocks()
    const step = Math.min(clocks.monotonic - this.#last.monotonic, clocks.wall - this.#last.wall)
    this.#last = clocks
    if (step > 0) this.#state = { ...this.#state, lived: this.#state.lived + step * this.#rate }
    return this.#state.lived
  }

  #clocks(): { wall: number; monotonic: number } {
    const { clock } = this.#deps
    return { wall: Math.floor(clock.wall()), monotonic: Math.floor(clock.monotonic()) }
  }

  /** Wall clocks of members, as their distance from ours. The median counts: no minority moves it. */
  notePeers(offsetsMs: readonly number[]): void {
    const median = medianOf(offsetsMs)
    if (median === null) return
    this.#state = { ...this.#state, peers: Math.round(median) }
    this.tick()
    this.persist()
  }

  /**
   * Compares the clocks since the last time: at least every 10 minutes, and before a purge. What they disagree about is
   * kept at once, what was lived every 25 minutes and more.
   */
  tick(): void {
    const lived = this.now()
    const clocks = this.#last
    const monotonic = clocks.monotonic - this.#ticked.monotonic
    const apart = Math.abs(clocks.wall - this.#ticked.wall - monotonic)
    const shifted = apart > Math.max(SECOND_MS, monotonic / NOISE_SHARE) ? apart : 0
    const livedSince = lived - this.#ticked.lived
    this.#ticked = { ...clocks, lived }
    const before = this.#state
    this.#judge(shifted, livedSince)
    if (lived - this.#persisted >= PERSIST_MS || isNews(before, this.#state)) this.persist()
  }

  #judge(shifted: number, livedSince: number): void {
    const { agreed, peers } = this.#state
    const shift = this.#state.shift + shifted
    const peersDisagree = peers !== null && Math.abs(peers) > CLOCK_SHIFT_MS_MAX
    if (agreed === null) {
      if (shift > CLOCK_SHIFT_MS_MAX || peersDisagree) this.#freeze(shift, peers)
      else this.#state = { ...this.#state, shift }
      return
    }
    const again = shifted > 0 || peersDisagree ? 0 : agreed + livedSince
    if (again >= 24 * HOUR_MS) this.#deps.log.warn('hosting.clock.agrees', {})
    this.#state = { ...this.#state, shift: 0, agreed: again >= 24 * HOUR_MS ? null : again }
  }

  #freeze(shift: number, peers: number | null): void {
    this.#state = { ...this.#state, shift: 0, agreed: 0 }
    this.#deps.log.error('hosting.clock.frozen', { shift, peers: peers ?? 0 })
  }

  /** Never ahead of what was lived: a crash loses some, and gains nothing. */
  persist(): void {
    this.#persisted = this.now()
    writeDurably(this.#deps.disk, this.#folder, LIVED_FILE, encodeChecked(LIVED, this.#state))
  }
}

/** A crash must not let purges go on earlier than without it. */
function isNews(before: Lived, { shift, agreed }: Lived): boolean {
  if (shift !== before.shift || (agreed === null) !== (before.agreed === null)) return true
  return agreed !== null && before.agreed !== null && agreed < before.agreed
}

function readLived({ disk, log }: LivedTimeDeps, folder: BytePath): Lived | null {
  const found = readChecked(disk, folder, LIVED_FILE, LIVED)
  if (found === null || 'value' in found) return found?.value ?? null
  log.error('hosting.lived.damaged', { code: found.damaged })
  return null
}

function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  const low = sorted[Math.floor((sorted.length - 1) / 2)]
  const high = sorted[Math.floor(sorted.length / 2)]
  return low === undefined || high === undefined ? null : (low + high) / 2
}
