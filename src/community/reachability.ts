/** From what members and this box itself saw: whether a box can be reached, and if not, why. Pure. */
import { familyOf, isCarrierShared, type Look, scopeOf } from '#network'
import { type ProbeAnswer, seenAddresses } from './probe.ts'

export type ReachVerdict =
  | 'reachable'
  /** Whatever is there resets the connection: no redirection, or no program. */
  | 'closed'
  /** Nothing comes back: a firewall drops it. */
  | 'filtered'
  /** Something else answers. */
  | 'other'
  /** The operator shares one public address among customers (CGNAT), or a second router stands before ours. */
  | 'shared'
  /** It answers from inside its own network alone. */
  | 'inside'
  /** Connections of this box come from another address than the listed one. */
  | 'changed'
  /** Somebody on the line answers in the name of boxes. */
  | 'intercepted'
  /** The name leads to no address. */
  | 'unresolved'
  /** No member could be asked. */
  | 'unknown'

/** When several addresses fail in different ways: the one that explains most. */
const TELLING: readonly ReachVerdict[] = [
  'intercepted',
  'changed',
  'shared',
  'inside',
  'other',
  'closed',
  'filtered',
  'unresolved',
]

export interface MemberSaw extends Omit<ProbeAnswer, 'format'> {
  /** Hosts of its own listed addresses. */
  readonly hosts: readonly string[]
}

export interface ReachEvidence {
  readonly box: string
  readonly organisation: string
  readonly addresses: readonly string[]
  /** IP addresses of this machine. */
  readonly own: readonly string[]
  /** The public address that the router believes it has. */
  readonly router: string | null
  readonly members: readonly MemberSaw[]
  /** What this box sees at its own addresses. */
  readonly self: ReadonlyMap<string, Look>
  /** Members that were asked for, and how many of them had somebody else's certificate at their address. */
  readonly asked: number
  readonly foreign: number
}

export interface Reachability {
  readonly verdict: ReachVerdict
  readonly addresses: readonly { readonly address: string; readonly verdict: ReachVerdict }[]
  /** Where this box answers although the community does not list it. */
  readonly announce: string | null
}

export function judgeReachability(evidence: ReachEvidence): Reachability {
  const { addresses, members, asked, foreign } = evidence
  if (members.length === 0) {
    const verdict = foreign > 0 && foreign === asked ? 'intercepted' : 'unknown'
    return { verdict, addresses: addresses.map((address) => ({ address, verdict })), announce: null }
  }
  const judged = addresses.map((address) => ({ address, verdict: judgeAddress(evidence, address) }))
  const verdicts = new Set(judged.map(({ verdict }) => verdict))
  const verdict = verdicts.has('reachable') ? 'reachable' : (TELLING.find((one) => verdicts.has(one)) ?? 'unknown')
  return { verdict, addresses: judged, announce: verdict === 'changed' ? announceable(evidence) : null }
}

function judgeAddress(evidence: ReachEvidence, address: string): ReachVerdict {
  const { box, own, self } = evidence
  const { outside, inside } = sides(evidence)
  const looks = looksAt(outside, address)
  if (looks.some((look) => isOurs(evidence, look))) return 'reachable'
  if (looks.some((look) => look.outcome === 'other' && look.subject?.includes(box))) return 'intercepted'
  if (looks.every(({ outcome }) => outcome === 'unresolved')) return 'unresolved'
  const ips = [...new Set(looks.flatMap(({ ip }) => (ip === null ? [] : [ip])))]
  if (hasChanged(ips, outside, own)) return 'changed'
  if (ips.some((ip) => familyOf(ip) === 4) && isShared(evidence, outside)) return 'shared'
  const seenFromInside = [...looksAt(inside, address), ...throughRouter(self.get(address), own)]
  if (seenFromInside.some((look) => isOurs(evidence, look))) return 'inside'
  if (looks.some(({ outcome }) => outcome === 'private')) return 'inside'
  if (looks.some(({ outcome }) => outcome === 'other' || outcome === 'box')) return 'other'
  return looks.some(({ outcome }) => outcome === 'refused') ? 'closed' : 'filtered'
}

/** Members who share our network or our public address see us from inside. */
function sides({ members }: ReachEvidence): { outside: MemberSaw[]; inside: MemberSaw[] } {
  const froms = new Set(members.map(({ from }) => from))
  const anyPublic = members.some(({ from }) => scopeOf(from) === 'public')
  const isInside = ({ from, hosts }: MemberSaw) =>
    (anyPublic && scopeOf(from) !== 'public') || hosts.some((host) => froms.has(host))
  const outside = members.filter((one) => !isInside(one))
  // All on one network: then there is no outside to speak of.
  return outside.length === 0 ? { outside: [...members], inside: [] } : { outside, inside: members.filter(isInside) }
}

function looksAt(members: readonly MemberSaw[], address: string): Look[] {
  return members.flatMap(({ looks }) => looks.filter((one) => one.address === address).map(({ look }) => look))
}

function isOurs({ box, organisation }: ReachEvidence, look: Look): boolean {
  return look.outcome === 'box' && look.box === box && look.organisation === organisation
}

/** That this machine reaches an address of its own says nothing; that its router leads back to it does. */
function throughRouter(look: Look | undefined, own: readonly string[]): Look[] {
  return look === undefined || (look.ip !== null && own.includes(look.ip)) ? [] : [look]
}

function hasChanged(ips: readonly string[], outside: readonly MemberSaw[], own: readonly string[]): boolean {
  return ips.length > 0 && ips.every((ip) => !own.includes(ip) && scopeOf(ip) === 'public' && isElsewhere(ip, outside))
}

/** Of the same family all connections came from elsewhere. */
function isElsewhere(ip: string, outside: readonly MemberSaw[]): boolean {
  const seen = outside.map(({ from }) => from).filter((from) => familyOf(from) === familyOf(ip))
  return seen.length > 0 && seen.every((from) => from !== ip && scopeOf(from) === 'public')
}

function isShared({ own, router }: ReachEvidence, outside: readonly MemberSaw[]): boolean {
  if (own.some(isCarrierShared)) return true
  if (router === null) return false
  const seen = outside.map(({ from }) => from).filter((from) => familyOf(from) === 4 && scopeOf(from) === 'public')
  return seen.length > 0 && !seen.includes(router)
}

/** Of the addresses that connections came from, one where all who looked found this box. */
function announceable(evidence: ReachEvidence): string | null {
  const { outside } = sides(evidence)
  const seen = new Set(outside.flatMap(({ from }) => seenAddresses(evidence.addresses, from)))
  const good = [...seen].find((address) => {
    const looks = looksAt(outside, address)
    return looks.length > 0 && looks.every((look) => isOurs(evidence, look))
  })
  return good === undefined || evidence.addresses.includes(good) ? null : good
}
