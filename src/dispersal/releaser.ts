/**
 * The owner's side of releases: tells each host what it may forget, keeps what its brake holds back until there is
 * room, and takes it back. Which stripes are released stands in the vault's log; here, in `releases.cbor` beside the
 * heads, only how far each host is: a file that is lost is asked for again. docs/protocol/hosting.md
 */

import { z } from 'zod'
import { type BytePath, type Clock, codeOf, type Disk, type Log, mapConcurrent, writeDurably } from '#base'
import { type BoxId, count, encodeCancel, encodeRelease, hexBytes, RELEASE_STRIPES_MAX } from '#crypto'
import { type CheckedFormat, encodeChecked, readChecked } from './checked-file.ts'
import { type Graces, USUAL_GRACES } from './graces.ts'
import { HostClient, type Hosts } from './host-client.ts'
import { BRAKE_WINDOW_MS } from './hosting/brake.ts'
import type { ReleaseAnswer } from './release-protocol.ts'
import { type PlacedRow, type Signer, sign } from './statements.ts'

const FILE = 'releases.cbor'
const HOSTS_AT_ONCE = 16
const ITEMS_MAX = 500_000

const itemSchema = z.strictObject({
  stripe: hexBytes(32),
  host: hexBytes(16),
  /** `queued`: not accepted yet. `released`: the host will purge it. `gone`: it has. */
  state: z.enum(['queued', 'released', 'gone']),
  /** Wall ms: when there is room again, or when it will be purged, as the host said; null when that is not known. */
  until: count().nullable(),
})
const queueSchema = z.strictObject({ format: z.literal(1), number: count(), items: z.array(itemSchema).max(ITEMS_MAX) })
const QUEUE: CheckedFormat<typeof queueSchema> = {
  what: 'releases under way',
  schema: queueSchema,
  bytesMax: 64 * 1024 * 1024,
}

export type ReleaseItem = z.output<typeof itemSchema>

/** All rows of it go, whatever record they are under. */
export interface ReleasedStripe {
  readonly stripe: string
  readonly rows: readonly PlacedRow[]
  /** Hosts of rows that no placement names. */
  readonly strays: readonly BoxId[]
}

export interface ReleaserDeps {
  readonly disk: Disk
  readonly clock: Clock
  readonly log: Log
  readonly hosts: Hosts
  readonly graces?: Graces
}

export interface ReleaseReport {
  readonly items: readonly ReleaseItem[]
  readonly trouble: readonly { readonly host: BoxId; readonly code: string }[]
}

/** What hosts say of a stripe whose release was taken back. */
export interface TakenBack {
  readonly stripe: string
  /** Only these may be counted as placed. */
  readonly held: readonly PlacedRow[]
  readonly gone: readonly PlacedRow[]
  /** Their hosts were not reached: they are sent again, which takes the release back, too. */
  readonly unknown: readonly PlacedRow[]
}

export class Releaser {
  readonly #deps: ReleaserDeps
  readonly #folder: BytePath
  readonly #items = new Map<string, ReleaseItem>()
  #number = 0

  constructor(deps: ReleaserDeps, folder: BytePath) {
    this.#deps = deps
    this.#folder = folder
    const found = readChecked(deps.disk, folder, FILE, QUEUE)
    if (found !== null && 'damaged' in found) deps.log.error('release.queue.damaged', { code: found.damaged })
    if (found === null || !('value' in found)) return
    this.#number = found.value.number
    for (const item of found.value.items) this.#items.set(keyOf(item), item)
  }

  get items(): ReleaseItem[] {
    return [...this.#items.values()]
  }

  #save(): void {
    const bytes = encodeChecked(QUEUE, { format: 1, number: this.#number, items: this.items })
    writeDurably(this.#deps.disk, this.#folder, FILE, bytes)
  }

  /** Rising, whatever the clock does; kept before anybody sees it. */
  #nextNumber(atLeast = 0): number {
    this.#number = Math.max(this.#number + 1, Math.floor(this.#deps.clock.wall()), atLeast)
    this.#save()
    return this.#number
  }

  /** `released`: all stripes that the log calls so. */
  async send(signer: Signer, released: Iterable<ReleasedStripe>, signal: AbortSignal): Promise<ReleaseReport> {
    this.#follow(released)
    const trouble: { host: BoxId; code: string }[] = []
    await mapConcurrent(
      Map.groupBy(
        this.items.filter((item) => this.#isDue(item)),
        ({ host }) => host,
      ),
      HOSTS_AT_ONCE,
      async ([host, items], inner) => {
        try {
          await this.#tell(signer, host, items.map(({ stripe }) => stripe).sort(), inner)
        } catch (error) {
          inner.throwIfAborted()
          trouble.push({ host, code: codeOf(error) })
          this.#deps.log.warn('release.host.trouble', { host, code: codeOf(error) })
        }
      },
      signal,
    )
    this.#save()
    return { items: this.items, trouble }
  }

  /** One item a row that is released; what is not released any more is nobody's business here. */
  #follow(released: Iterable<ReleasedStripe>): void {
    const wanted = new Map<string, ReleaseItem>()
    for (const one of released) {
      const { stripe } = one
      for (const host of hostsOf(one)) {
        const item = { stripe, host, state: 'queued', until: null } as const
        wanted.set(keyOf(item), this.#items.get(keyOf(item)) ?? item)
      }
    }
    this.#items.clear()
    for (const [key, item] of wanted) this.#items.set(key, item)
  }

  /**
   * A host that has promised to purge is asked when it should have: so it is known when space is free. No wait is longer
   * than the brake's longest window: who was told more had a clock that was ahead, or a host that lies.
   */
  #isDue({ state, until }: ReleaseItem): boolean {
    const now = this.#deps.clock.wall()
    return state !== 'gone' && (until === null || until <= now || until > now + BRAKE_WINDOW_MS)
  }

  async #tell(signer: Signer, host: BoxId, stripes: string[], signal: AbortSignal): Promise<void> {
    const client = await this.#connect(signer, host, signal)
    for (let at = 0; at < stripes.length; at += RELEASE_STRIPES_MAX) {
      const batch = stripes.slice(at, at + RELEASE_STRIPES_MAX)
      const answer = await this.#ask(signer, (number) => client.release(this.#releaseOf(signer, batch, number), signal))
      this.#note(host, answer)
    }
  }

  async #connect(signer: Signer, host: BoxId, signal: AbortSignal): Promise<HostClient> {
    return new HostClient(this.#deps.clock, await this.#deps.hosts.session(host, signal), signer.box)
  }

  #releaseOf(signer: Signer, stripes: readonly string[], number: number) {
    const { box: owner, epoch } = signer
    const at = Math.floor(this.#deps.clock.wall())
    const body = encodeRelease({ format: 1, owner, epoch, number, stripes: [...stripes], log: null, at })
    return sign(signer, 'release', body)
  }

  #cancelOf(signer: Signer, stripes: readonly string[], number: number) {
    const { box: owner, epoch } = signer
    const at = Math.floor(this.#deps.clock.wall())
    return sign(signer, 'cancel', encodeCancel({ format: 1, owner, epoch, number, stripes: [...stripes], at }))
  }

  /** A host that knows a later number did nothing: it is asked once more, with one that is later than that. */
  async #ask(signer: Signer, send: (number: number) => Promise<ReleaseAnswer>): Promise<ReleaseAnswer> {
    const number = this.#nextNumber()
    const answer = await send(number)
    const { last } = answer
    const behind = last.epoch === signer.epoch && last.number > number && last.number < Number.MAX_SAFE_INTEGER
    // Not kept: a host that lies about its number spoils its own only.
    return behind ? await send(last.number + 1) : answer
  }

  /** Of lived time that a host still has to count, as if it ran all the while. */
  #wallAfter(livedMs: number): number {
    const { clock, graces = USUAL_GRACES } = this.#deps
    return clock.wall() + Math.ceil(livedMs / graces.livedRate)
  }

  #note(host: BoxId, answer: ReleaseAnswer): void {
    const waits = answer.refused.flatMap(({ wait }) => (wait === null ? [] : [wait]))
    const room = waits.length === 0 ? null : this.#wallAfter(Math.min(...waits))
    for (const { stripe, state, left } of answer.stripes) {
      const item = { stripe, host }
      if (!this.#items.has(keyOf(item))) continue
      const until = state === 'held' ? room : left === null ? null : this.#wallAfter(left)
      this.#items.set(keyOf(item), { ...item, state: state === 'held' ? 'queued' : state, until })
    }
  }

  /** Takes releases back; what the log says of it follows once the hosts have answered. */
  async cancel(signer: Signer, stripes: readonly ReleasedStripe[], signal: AbortSignal): Promise<TakenBack[]> {
    const answers = new Map<string, 'held' | 'gone'>()
    const byHost = Map.groupBy(
      stripes.flatMap((one) => [...hostsOf(one)].map((host) => ({ stripe: one.stripe, host }))),
      ({ host }) => host,
    )
    await mapConcurrent(
      byHost,
      HOSTS_AT_ONCE,
      async ([host, items], inner) => {
        try {
          for (const fate of await this.#takeBack(signer, host, items.map(({ stripe }) => stripe).sort(), inner)) {
            if (fate.state !== 'released') answers.set(keyOf({ stripe: fate.stripe, host }), fate.state)
          }
        } catch (error) {
          inner.throwIfAborted()
          this.#deps.log.warn('release.host.trouble', { host, code: codeOf(error) })
        }
      },
      signal,
    )
    return stripes.map(({ stripe, rows }) => {
      const of = (state: 'held' | 'gone' | undefined) =>
        rows.filter(({ host }) => answers.get(keyOf({ stripe, host })) === state)
      return { stripe, held: of('held'), gone: of('gone'), unknown: of(undefined) }
    })
  }

  async #takeBack(
    signer: Signer,
    host: BoxId,
    stripes: string[],
    signal: AbortSignal,
  ): Promise<ReleaseAnswer['stripes']> {
    const client = await this.#connect(signer, host, signal)
    const fates: ReleaseAnswer['stripes'] = []
    for (let at = 0; at < stripes.length; at += RELEASE_STRIPES_MAX) {
      const batch = stripes.slice(at, at + RELEASE_STRIPES_MAX)
      const answer = await this.#ask(signer, (number) => client.cancel(this.#cancelOf(signer, batch, number), signal))
      fates.push(...answer.stripes)
    }
    return fates
  }
}

function hostsOf({ rows, strays }: ReleasedStripe): Set<BoxId> {
  return new Set([...rows.map(({ host }) => host), ...strays])
}

function keyOf({ stripe, host }: { readonly stripe: string; readonly host: BoxId }): string {
  return `${host} ${stripe}`
}
