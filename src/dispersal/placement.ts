/** Which hosts keep an owner's stripes. Pure: everybody with the charter comes to the same answer. */
import { fromHex, toHex, utf8 } from '#base'
import { type Code, codeForBoxes, metadataCodeForBoxes } from '#coding'
import { type BoxOfMember, boxesOf, type Charter, type CharterBox, hostsFor } from '#community'
import { type BoxId, sha256 } from '#crypto'
import { wholeFrom } from './counting.ts'
import type { PlacedRow } from './statements.ts'

export interface Codes {
  readonly data: Code
  readonly metadata: Code
}

/**
 * The charter as it will be for an owner when those who are leaving have left; as it is when nobody would be left to
 * keep anything.
 */
export function stayingCharter(charter: Charter, owner: BoxId): Charter {
  const stays = ({ box, leaving }: CharterBox) => leaving === undefined || box === owner
  const members = charter.members.map((member) => ({ ...member, boxes: member.boxes.filter(stays) }))
  const staying = { ...charter, members }
  return candidates(staying, owner).length > 0 ? staying : charter
}

/** The codes for new packs: the administrator's when enough hosts are there for it, else the table's for those there are. */
export function codesFor(charter: Charter, owner: BoxId): Codes {
  const hosts = candidates(charter, owner).length
  const data = charter.code !== null && charter.code.n <= hosts ? charter.code : codeForBoxes(hosts + 1)
  return { data, metadata: metadataCodeFor(hosts, data) }
}

function metadataCodeFor(hosts: number, data: Code): Code {
  const table = metadataCodeForBoxes(hosts + 1)
  if (table.k === 1) return table
  return { n: data.n, k: Math.ceil(data.k / 2) }
}

/**
 * Tells of a stripe whether members have left such that it can never be whole again, while one of today's code would
 * be, with a margin (fragments − k) at least as large.
 */
export function outgrownBy(
  charter: Charter,
  owner: BoxId,
): (stripe: { readonly code: Code; readonly class: 'data' | 'metadata' }) => boolean {
  const codes = codesFor(charter, owner)
  const hosts = candidates(charter, owner).length
  return ({ code, class: packClass }) => {
    const today = codes[packClass]
    const rows = Math.min(code.n, hosts)
    return rows < wholeFrom(code, packClass, codes.data) && today.n - today.k >= rows - code.k
  }
}

export interface PlacementRequest {
  readonly charter: Charter
  readonly owner: BoxId
  readonly code: Code
  /** Stripe id: rows turn with it. */
  readonly stripe: string
  /** Boxes that nobody can dial: the last on the ring. */
  readonly hard?: ReadonlySet<BoxId>
  /** Bytes of this owner that each box keeps; none when absent. */
  readonly used?: ReadonlyMap<BoxId, number>
}

export interface ChosenPlacement {
  /** As asked, or the table's when there are fewer hosts than its n. */
  readonly code: Code
  /** hosts[row]. */
  readonly hosts: readonly BoxId[]
}

/** Hosts among which an owner spreads, for each fragment of a stripe: fewer sets of hosts, fewer ways to lose one. */
const HOSTS_A_FRAGMENT = 1.5

/**
 * All boxes stand on a ring in the order of a hash, and an owner spreads its stripes evenly over the next half more than
 * n after itself: those that keep least of it come first. Each box is after equally many owners, so that use is even by
 * construction, where rendezvous hashing leaves it to chance (with 9 hosts and 9 owners ± 30 %).
 */
export function placementFor({ charter, owner, code, stripe, hard, used }: PlacementRequest): ChosenPlacement {
  const [easy, last] = partition(candidates(charter, owner), ({ box }) => hard?.has(box) !== true)
  const fitting = code.n <= easy.length + last.length ? code : codeForBoxes(easy.length + last.length + 1)
  const near = Math.ceil(HOSTS_A_FRAGMENT * fitting.n)
  const usedBy = ({ box }: BoxOfMember) => used?.get(box) ?? 0
  const leastFirst = easy.slice(0, near).sort((a, b) => usedBy(a) - usedBy(b))
  const ring = [...leastFirst, ...easy.slice(near), ...last]
  // At most n − k rows an organisation: it may be lost as a whole.
  const hosts = withinFailureGroups(ring, { n: fitting.n, most: mostOf(fitting), used: [] })
  // Data rows cost a reader nothing to decode: they turn over the hosts so that none is always asked first.
  const turn = Number.parseInt(stripe.slice(0, 8), 16) % hosts.length
  return { code: fitting, hosts: [...hosts.slice(turn), ...hosts.slice(0, turn)] }
}

export interface SparesRequest {
  /** As `candidates` gives them. */
  readonly ring: readonly BoxOfMember[]
  readonly code: Code
  /** Members that have not answered for long and hold no row of this stripe. */
  readonly absent: ReadonlySet<BoxId>
  /** Rows that are somewhere, one a host. */
  readonly held: readonly PlacedRow[]
}

/**
 * The hosts of a stripe as things have turned out: a row that is somewhere stays there; another goes where it was to go,
 * unless that box is absent, no member any more, or has another row, and then to a spare host without a row, the next on
 * the ring. Rows for which there is none stay where they were said to be. Null when nothing changes.
 */
export function withSpares(
  { ring, code, absent, held }: SparesRequest,
  hosts: readonly BoxId[],
): readonly BoxId[] | null {
  const there = ring.filter(({ box }) => !absent.has(box))
  const organisations = new Map(there.map(({ box, organisation }) => [box, organisation]))
  const holders = new Map(held.filter(({ host }) => organisations.has(host)).map(({ row, host }) => [row, host]))
  const holding = new Set(holders.values())
  const isFree = (host: BoxId) => organisations.has(host) && !holding.has(host)
  const known = hosts.map((host, row) => holders.get(row) ?? (isFree(host) ? host : undefined))
  const taken = new Set(known)
  const free = there.filter(({ box }) => !taken.has(box))
  const used = known.flatMap((host) => organisations.get(host ?? '') ?? [])
  const n = known.filter((host) => host === undefined).length
  const spares = withinFailureGroups(free, { n, most: mostOf(code), used })
  const moved = known.map((host, row) => host ?? spares.shift() ?? hosts[row] ?? '')
  const changes = moved.some((host, row) => host !== hosts[row])
  // A box is never named twice.
  return changes && new Set(moved).size === moved.length ? moved : null
}

/** The hosts of an owner in ring order, from the one after it. */
export function candidates(charter: Charter, owner: BoxId): BoxOfMember[] {
  const own = boxesOf(charter).find(({ box }) => box === owner)?.organisation ?? ''
  const start = ringPosition(charter, owner)
  const placed = hostsFor(charter, own).map((box) => ({ box, at: ringPosition(charter, box.box) }))
  placed.sort((a, b) => compare(a.at, b.at))
  const after = placed.filter(({ at }) => at > start)
  const before = placed.filter(({ at }) => at <= start)
  return [...after, ...before].map(({ box }) => box).filter(({ box }) => box !== owner)
}

function mostOf({ n, k }: Code): number {
  return Math.max(1, n - k)
}

/** The first n, with at most `most` of an organisation as long as there are enough organisations for it. */
function withinFailureGroups(
  ring: readonly BoxOfMember[],
  { n, most, used: before }: { n: number; most: number; used: readonly string[] },
): BoxId[] {
  const used = new Map<string, number>()
  for (const organisation of before) used.set(organisation, (used.get(organisation) ?? 0) + 1)
  const chosen: BoxId[] = []
  const left: BoxId[] = []
  for (const { box, organisation } of ring) {
    const count = used.get(organisation) ?? 0
    if (count >= most || chosen.length >= n) {
      left.push(box)
    } else {
      used.set(organisation, count + 1)
      chosen.push(box)
    }
  }
  return [...chosen, ...left].slice(0, n)
}

function partition<Item>(items: readonly Item[], is: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(is), items.filter((item) => !is(item))]
}

function ringPosition(charter: Charter, box: BoxId): string {
  return toHex(sha256(utf8('datis/1/ring'), fromHex(charter.community), fromHex(box)))
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
