/**
 * What a host does to what it keeps for others, seen from its disk and told by the simulator's own time: no clock of the
 * host's, and nothing that it says of itself.
 */
import { type BytePath, DAY_MS, DatisError, type Disk, ignoring, joinPath, MiB, readWhole } from '#base'
import type { StripeRecord } from '#crypto'
import { type Owner, parseFragmentHeader, readReleases, verifyStripeRecord } from '#dispersal'
import { BOX_FOLDER } from './world.ts'

export interface HostEvents {
  /** It has taken releases in that it did not know before. */
  accepted(owner: string, stripes: ReadonlySet<string>): void
  /** It has forgotten a fragment. */
  purged(owner: string, fragment: string): void
  /** It has done what it must not do. */
  failed(what: string): void
}

export interface HostDeps {
  /** Of the host, past its program. */
  readonly disk: Disk
  /** For how long it has run. */
  ranMs(): number
  /** Looks that are no calls of the program's. */
  whileIgnored<Result>(act: () => Result): Result
}

interface Accepted {
  /** Number of the release: one that is taken back and given again has another. */
  readonly number: number
  readonly ranMs: number
}

/** What security rule 2 promises, whatever the program's own constant says. */
const KEPT_MS = 44 * DAY_MS
const HOSTING = joinPath(BOX_FOLDER, 'hosting')
const RELEASES = new RegExp(`^${HOSTING}/([0-9a-f]{32})/releases\\.cbor$`)
const NAME = /^([0-9a-f]{64})\.\d+$/
/** Of these small towns. */
const FRAGMENT_BYTES_MAX = MiB
const FRAGMENT = new RegExp(`^${HOSTING}/([0-9a-f]{32})/fragments/[0-9a-f]{2}/([0-9a-f]{64}\\.\\d+)$`)

export class HostWatch {
  readonly #deps: HostDeps
  readonly #events: HostEvents
  /** Fragments in which a bit was flipped, and those that it has forgotten: `<owner> <fragment>`. */
  readonly #flipped = new Set<string>()
  readonly #forgotten = new Set<string>()
  /** Owner → fragment → since when it is released. */
  readonly #accepted = new Map<string, Map<string, Accepted>>()

  constructor(deps: HostDeps, events: HostEvents) {
    this.#deps = deps
    this.#events = events
  }

  /** The disk as the program has it. */
  watched(disk: Disk): Disk {
    return {
      ...disk,
      removeFile: (path) => {
        disk.removeFile(path)
        const [, owner, fragment] = FRAGMENT.exec(path) ?? []
        if (owner !== undefined && fragment !== undefined) this.#removed(owner, fragment)
      },
      rename: (from, to) => {
        disk.rename(from, to)
        const owner = RELEASES.exec(to)?.[1]
        if (owner !== undefined) this.#released(owner)
      },
    }
  }

  /** Fragments that it is to forget and has not. */
  get pending(): number {
    return [...this.#accepted.values()].reduce((sum, one) => sum + one.size, 0)
  }

  noteFlip(path: string): void {
    const [, owner, fragment] = FRAGMENT.exec(path) ?? []
    if (owner !== undefined && fragment !== undefined) this.#flipped.add(`${owner} ${fragment}`)
  }

  hasForgotten(owner: string, fragment: string): boolean {
    return this.#forgotten.has(`${owner} ${fragment}`)
  }

  /** Fragments that lie here and that a flipped bit keeps from telling what they are, as long as no scrub has found them. */
  illegible(owner: Owner): string[] {
    const { disk, whileIgnored } = this.#deps
    return whileIgnored(() =>
      [...this.#flipped].flatMap((one) => {
        const [box, fragment = ''] = one.split(' ')
        const path = joinPath(HOSTING, owner.box, 'fragments', fragment.slice(0, 2), fragment)
        const bytes =
          box === owner.box ? ignoring(['ENOENT'], () => readWhole(disk, path, FRAGMENT_BYTES_MAX)) : undefined
        const isLegible = bytes === undefined || recordIn(bytes, owner, fragment.slice(0, 64)).length > 0
        return isLegible ? [] : [fragment]
      }),
    )
  }

  /** Rows of a stripe that lie here and stay. */
  rowsOf(owner: string, stripe: string): string[] {
    const { disk, whileIgnored } = this.#deps
    const folder = joinPath(HOSTING, owner, 'fragments', stripe.slice(0, 2))
    const names: readonly BytePath[] = whileIgnored(() => ignoring(['ENOENT'], () => disk.list(folder)) ?? [])
    const rows = names.filter((name) => name.startsWith(`${stripe}.`) && /\.\d+$/.test(name))
    return rows.filter((name) => this.#accepted.get(owner)?.has(name) !== true)
  }

  /** Stripe records of an owner's fragments here of which the names are such; one that is rotten counts nowhere. */
  recordsOf(owner: Owner, isWanted: (stripe: string) => boolean): StripeRecord[] {
    const { disk, whileIgnored } = this.#deps
    const folder = joinPath(HOSTING, owner.box, 'fragments')
    return whileIgnored(() =>
      (ignoring(['ENOENT'], () => disk.list(folder)) ?? []).flatMap((bucket) =>
        disk.list(joinPath(folder, bucket)).flatMap((name) => {
          const [, stripe] = NAME.exec(name) ?? []
          if (stripe === undefined || !isWanted(stripe)) return []
          return recordIn(readWhole(disk, joinPath(folder, bucket, name), FRAGMENT_BYTES_MAX), owner, stripe)
        }),
      ),
    )
  }

  #released(owner: string): void {
    const { disk, ranMs, whileIgnored } = this.#deps
    const known = this.#accepted.get(owner) ?? new Map<string, Accepted>()
    const now = new Map<string, Accepted>()
    const fresh = new Set<string>()
    for (const { stripe, row, number } of whileIgnored(() => readReleases(disk, joinPath(HOSTING, owner)))) {
      const name = `${stripe}.${row}`
      const before = known.get(name)
      if (before?.number !== number) fresh.add(stripe)
      now.set(name, before?.number === number ? before : { number, ranMs: ranMs() })
    }
    this.#accepted.set(owner, now)
    if (fresh.size > 0) this.#events.accepted(owner, fresh)
  }

  #removed(owner: string, fragment: string): void {
    const since = this.#accepted.get(owner)?.get(fragment)
    this.#accepted.get(owner)?.delete(fragment)
    this.#forgotten.add(`${owner} ${fragment}`)
    this.#events.purged(owner, fragment)
    const waited = since === undefined ? null : this.#deps.ranMs() - since.ranMs
    if (waited !== null && waited >= KEPT_MS) return
    const why = waited === null ? 'was never released' : `was released ${waited} ms of running ago`
    this.#events.failed(`forgot ${fragment} of ${owner}, which ${why}`)
  }
}

function recordIn(fragment: Uint8Array, owner: Owner, stripe: string): StripeRecord[] {
  try {
    return [verifyStripeRecord(parseFragmentHeader(fragment).record, owner, stripe)]
  } catch (error) {
    if (!(error instanceof DatisError)) throw error
    return []
  }
}
