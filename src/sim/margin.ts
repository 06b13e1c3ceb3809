/** What no owner's program may do to itself, whatever else goes wrong: lower its margin, promise more, or count what is not there. */
import type { HostingResult } from '#box'
import { protectedFrom } from '#dispersal'
import type { TownBox } from './town-box.ts'
import type { Trace } from './trace.ts'

export interface MarginDeps {
  readonly trace: Trace
  /** All that ever were in the town: what a host kept that is gone is no fault of the owner's. */
  readonly everybody: readonly TownBox[]
  fail(what: string): void
}

/** The first host that takes a release in shows what the owner has decided: its twin must have been protected then. */
export class Margin {
  readonly #deps: MarginDeps
  readonly #seen = new Set<string>()

  constructor(deps: MarginDeps) {
    this.#deps = deps
  }

  released(id: string, stripes: ReadonlySet<string>): void {
    const owner = this.#deps.everybody.find((box) => box.id === id)
    for (const stripe of stripes) {
      if (this.#seen.has(stripe)) continue
      this.#seen.add(stripe)
      if (owner?.isOpen !== true) this.#deps.trace.count('released by who is off now')
      else this.#check(owner, stripe)
    }
  }

  /** Owners have signed that they do without this box: what is on it must be protected elsewhere. */
  checkDrained(leaver: TownBox, members: readonly TownBox[], owners: ReadonlySet<string>): void {
    const others = members.filter((box) => box !== leaver)
    // Who has lost power since is looked at by its next dispersal.
    for (const owner of others.filter(({ id, isOpen }) => isOpen && owners.has(id))) {
      for (const { id, released } of owner.vault.packs()) {
        const code = owner.vault.placement(id)?.code
        if (released || code === undefined || leaver.watch.rowsOf(owner.id, id).length === 0) continue
        const rows = others.map(({ watch }) => watch.rowsOf(owner.id, id)).filter((held) => held.length > 0)
        // What bit flips took since is the owner's next dispersal's matter.
        const needed = protectedFrom(code) - owner.damagedHosts.size
        if (rows.length < needed)
          this.#deps.fail(`${owner.name} lets ${leaver.name} go with ${rows.length} rows of ${id}`)
      }
    }
  }

  #check(owner: TownBox, stripe: string): void {
    this.#deps.trace.count('stripe released')
    // What no snapshot needs has none; that none does is seen when all of them are restored.
    if (owner.twinsOf(stripe).size === 0) {
      this.#deps.trace.count('stripe collected')
      return
    }
    const twins = twinsNow(owner, stripe)
    if (twins.some((twin) => this.#isSafe(owner, twin))) return
    this.#deps.fail(`${owner.name} lets go of ${stripe} before one of ${twins.length} twins is protected`)
  }

  /** With the metadata pack that leads into it. */
  #isSafe(owner: TownBox, twin: string): boolean {
    const { vault } = owner
    const needed = vault.pack(twin)?.class === 'data' ? [twin, vault.packOfPart(twin)] : [twin]
    return needed.every((id) => id !== null && this.#isProtected(owner, id))
  }

  #isProtected({ id: owner, vault }: TownBox, stripe: string): boolean {
    const code = vault.placement(stripe)?.code
    if (code === undefined) return false
    const held = this.#deps.everybody.map(({ watch }) => watch.rowsOf(owner, stripe)).filter((rows) => rows.length > 0)
    return Math.min(held.length, new Set(held.flat()).size) >= protectedFrom(code)
  }
}

/** A brake may hold a release back until its twin has been packed anew, too: the twins of twins count. */
function twinsNow(owner: TownBox, stripe: string): string[] {
  const seen = new Set([stripe])
  for (const one of seen) for (const twin of owner.twinsOf(one)) seen.add(twin)
  return [...seen].filter((one) => owner.vault.pack(one)?.released === false)
}

/** At rest, no box promises that it bears more losses than what hosts really have bears. */
export async function checkPromised({ boxes, trace, fail }: Totals): Promise<void> {
  for (const owner of boxes) {
    const { margin } = await owner.call('state.show', {})
    trace.note(owner.name, 'margin', `${margin}`)
    if (margin === null) continue
    const others = boxes.filter((box) => box !== owner)
    for (const { id, released } of owner.vault.packs()) {
      const code = owner.vault.placement(id)?.code
      const held = others.map(({ watch }) => watch.rowsOf(owner.id, id))
      // One that is nowhere, and that no newest snapshot needs, does not count.
      const isLost = code === undefined || (!owner.vault.hasPack(id) && new Set(held.flat()).size < code.k)
      if (released || isLost) continue
      const borne = lossesThatTake(code.k, held) - 1
      if (margin > borne) fail(`${owner.name} promises a margin of ${margin}, and ${id} bears ${borne}`)
    }
  }
}

/** So many hosts, those with most rows first, take a stripe below k; perhaps fewer do. */
function lossesThatTake(k: number, held: readonly (readonly string[])[]): number {
  const left = held.toSorted((a, b) => b.length - a.length)
  let lost = 0
  while (new Set(left.slice(lost).flat()).size >= k) lost++
  return lost
}

type Kept = HostingResult['own'][number]['classes']

interface Totals {
  readonly boxes: readonly TownBox[]
  readonly trace: Trace
  fail(what: string): void
}

/** At rest, what an owner believes that a host keeps of it is what that host counts, class by class. */
export async function checkTotals({ boxes, trace, fail }: Totals): Promise<void> {
  const shown = new Map<TownBox, HostingResult>()
  for (const box of boxes) shown.set(box, await box.call('hosting.show', {}))
  for (const owner of boxes) {
    for (const host of boxes.filter((box) => box !== owner)) {
      const believed = shown.get(owner)?.own.find((one) => one.host === host.id)?.classes ?? []
      const counted = shown.get(host)?.owners.find((one) => one.box === owner.id)?.classes ?? []
      const strays = straysOf(owner, host)
      for (const _ of strays) trace.count('stray fragment')
      const sure = withoutReleased(believed, partlyPurged(owner, host))
      const [mine, theirs] = [said(sure), said(without(counted, strays))]
      trace.note(owner.name, 'totals', `${host.name} ${mine}`)
      const alike = partsOf(illegibleAt(owner, host)).some((part) => said(without(sure, part)) === theirs)
      if (!alike) fail(`${owner.name} believes ${mine} on ${host.name}, which counts ${theirs}`)
    }
  }
}

/**
 * Fragments of stripes that went out shortly before the owner's disk was put back, in time for no host to get the log:
 * nobody knows of them, and no lost memory is a reason to forget anything (security rule 1).
 */
function straysOf(owner: TownBox, host: TownBox): Fragments {
  if (!owner.wasPutBack) return []
  const { id: box, organisation, vault } = owner
  const records = host.watch.recordsOf({ box, organisation }, (stripe) => vault.pack(stripe) === undefined)
  return records.map(({ class: packClass, fragmentBytes }) => ({ class: packClass, bytes: fragmentBytes }))
}

type Fragments = { class: 'data' | 'metadata'; bytes: number }[]

/**
 * What a flipped bit keeps from telling what it is, and no scrub has found yet: its owner believes in it still, and the
 * host counts it until it next starts.
 */
function illegibleAt({ id: box, organisation, vault }: TownBox, host: TownBox): Fragments {
  return host.watch.illegible({ box, organisation }).flatMap((fragment) => {
    const [stripe = '', row] = fragment.split('.')
    const [pack, placement] = [vault.pack(stripe), vault.placement(stripe)]
    const isBelieved = placement?.rows.some((one) => one.host === host.id && one.row === Number(row)) === true
    // What the host has promised to forget it counts by its list of that, unread.
    const isHeld = host.watch.rowsOf(box, stripe).some((name) => name === fragment)
    return pack === undefined || placement === undefined || !isHeld || !isBelieved
      ? []
      : [{ class: pack.class, bytes: placement.length }]
  })
}

/**
 * A stripe that is let go of and of which the host has rows under two records: it hears of one later than of the other,
 * forgets it later, and says nothing but the fate of both together before.
 */
function partlyPurged({ id, vault, strays }: TownBox, host: TownBox): Fragments {
  const beside = Map.groupBy(
    strays.filter((stray) => stray.host === host.id),
    ({ stripe }) => stripe,
  )
  return [...beside].flatMap(([stripe, rows]) => {
    const [pack, placement] = [vault.pack(stripe), vault.placement(stripe)]
    if (pack?.released !== true) return []
    const placed = (placement?.rows ?? []).filter((one) => one.host === host.id)
    const all = [...placed.map(({ row }) => ({ row, bytes: placement?.length ?? 0 })), ...rows]
    const gone = all.filter(({ row }) => host.watch.hasForgotten(id, `${stripe}.${row}`))
    return gone.length === all.length ? [] : gone.map(({ bytes }) => ({ class: pack.class, bytes }))
  })
}

/** All of them, some, none. */
function partsOf(all: Fragments): Fragments[] {
  const parts: Fragments[] = [[]]
  for (const one of all) for (const part of [...parts]) parts.push([...part, one])
  return parts
}

function withoutReleased(kept: Kept, gone: Fragments): Kept {
  return kept.map((one) => {
    const mine = gone.filter((fragment) => fragment.class === one.class)
    const bytes = mine.reduce((sum, fragment) => sum + fragment.bytes, 0)
    const { releasedFragments, releasedBytes } = one
    return { ...one, releasedFragments: releasedFragments - mine.length, releasedBytes: releasedBytes - bytes }
  })
}

function without(kept: Kept, strays: Fragments): Kept {
  return kept.map((one) => {
    const mine = strays.filter((stray) => stray.class === one.class)
    const bytes = mine.reduce((sum, stray) => sum + stray.bytes, 0)
    return { ...one, fragments: one.fragments - mine.length, bytes: one.bytes - bytes }
  })
}

function said(kept: Kept): string {
  const some = kept.filter((one) => one.fragments + one.releasedFragments > 0)
  return some
    .map((one) => `${one.class} ${one.fragments}/${one.bytes}+${one.releasedFragments}/${one.releasedBytes}`)
    .join(', ')
}
