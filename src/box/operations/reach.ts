/** Who can be reached, and whether this box can. */
import { codeOf, mapConcurrent, SECOND_MS } from '#base'
import {
  askProbe,
  type BoxOfMember,
  findBox,
  hostsFor,
  judgeReachability,
  type MemberSaw,
  PROBE_PAUSE_MS,
  type ProbeAnswer,
  type ReachEvidence,
} from '#community'
import { type Look, type PeerSession, parseAddress } from '#network'
import type { OpenedBox } from '../opened-box.ts'
import type { OperationContext, PeerListResult, PeerResult, ProbeResult } from '../operations.ts'
import { checkMember, membershipOf } from './community.ts'
import { shownInstant } from './shown.ts'

/** So many members dial back; two more than one whose own line is bad. */
const MEMBERS_ASKED = 3
const HOSTS_AT_ONCE = 16
/** All within half a minute, the second try with other members included. */
const SESSION_TIMEOUT_MS = 4 * SECOND_MS
const ANSWER_TIMEOUT_MS = 8 * SECOND_MS
const ROUTER_TIMEOUT_MS = 2 * SECOND_MS

export async function listPeers(
  box: OpenedBox,
  _args: Record<string, never>,
  { signal }: OperationContext,
): Promise<PeerListResult> {
  const hosts = hostsFor(box.charter, box.settings.organisation)
  const items = await mapConcurrent(hosts, HOSTS_AT_ONCE, (host, inner) => peerOf(box, host, inner), signal)
  const membership = membershipOf(box)
  return { items, reachability: membership === 'member' ? box.reachability : null, membership }
}

async function peerOf(box: OpenedBox, host: BoxOfMember, signal: AbortSignal): Promise<PeerResult> {
  const { clock } = box.world
  const member = box.charter.members.find(({ organisation }) => organisation === host.organisation)
  const shared = {
    box: host.box,
    name: host.name,
    organisation: host.organisation,
    organisationName: member?.name ?? '',
    addresses: host.addresses,
  }
  using deadline = clock.deadline(SESSION_TIMEOUT_MS)
  const from = clock.monotonic()
  try {
    const session = await box.hosts.session(host.box, AbortSignal.any([signal, deadline.signal]))
    await session.request({ method: 'GET', path: '/v1/time' }, AbortSignal.any([signal, deadline.signal]))
    const state = box.isLent(host.box) ? 'lent' : 'answers'
    box.margin.noteAnswer(host.box, true)
    return { ...shared, state, latencyMs: Math.round(clock.monotonic() - from), code: null }
  } catch (error) {
    signal.throwIfAborted()
    box.margin.noteAnswer(host.box, false)
    const code = deadline.signal.aborted ? 'PEER_TIMEOUT' : codeOf(error)
    return { ...shared, state: 'silent', latencyMs: null, code }
  }
}

/** Asks two or three members to dial back, looks from inside, and says what follows. The box serves meanwhile. COMMUNITY_LEFT */
export async function probe(
  box: OpenedBox,
  _args: Record<string, never>,
  { signal, onProgress }: OperationContext,
): Promise<ProbeResult> {
  checkMember(box)
  await box.ensureServing()
  onProgress({ phase: 'probe' })
  const { settings, world } = box
  const addresses = findBox(box.charter, settings.box)?.addresses ?? [settings.address]
  const [asked, self, router] = await Promise.all([
    askMembers(box, signal),
    lookAtSelf(box, addresses, signal),
    routerOf(box, signal),
  ])
  const evidence: ReachEvidence = {
    box: settings.box,
    organisation: settings.organisation,
    addresses,
    own: world.net.ownAddresses(),
    router,
    members: asked.answers.map(({ saw }) => saw),
    self,
    asked: asked.count,
    foreign: asked.foreign,
  }
  const { verdict, addresses: judged, announce } = judgeReachability(evidence)
  const result: ProbeResult = {
    verdict,
    at: shownInstant(world.clock.wall()),
    addresses: judged,
    announce,
    router,
    members: asked.answers.map(({ host, saw }) => ({
      box: host.box,
      name: host.name,
      from: saw.from,
      looks: saw.looks.map(({ address, look }) => ({ address, outcome: look.outcome, ip: look.ip })),
    })),
  }
  box.noteReachability(result)
  return result
}

interface Asked {
  readonly count: number
  readonly foreign: number
  readonly answers: readonly { readonly host: BoxOfMember; readonly saw: MemberSaw }[]
}

/** A few by chance; where fewer than two answer, a few others, or the same on new connections. */
async function askMembers(box: OpenedBox, signal: AbortSignal): Promise<Asked> {
  const all = shuffled(hostsFor(box.charter, box.settings.organisation), box.world.random)
  const answers: { host: BoxOfMember; saw: MemberSaw }[] = []
  const [asked, foreign] = [new Set<BoxOfMember>(), new Set<BoxOfMember>()]
  for (let round = 0; round < 2 && answers.length < 2; round++) {
    const others = all.filter((host) => !asked.has(host))
    const again = all.filter((host) => asked.has(host) && !answers.some((one) => one.host === host))
    const now = [...others, ...again].slice(0, MEMBERS_ASKED)
    for (const host of now) box.dialAgain(host.box)
    const found = await mapConcurrent(now, MEMBERS_ASKED, (host, inner) => askMember(box, host, inner), signal)
    for (const [index, one] of found.entries()) {
      const host = now[index] as BoxOfMember
      asked.add(host)
      if (one === 'foreign') foreign.add(host)
      else if (one !== null) answers.push(one)
    }
  }
  return { count: asked.size, foreign: foreign.size, answers }
}

async function askMember(
  box: OpenedBox,
  host: BoxOfMember,
  signal: AbortSignal,
): Promise<Asked['answers'][number] | 'foreign' | null> {
  const { clock, log } = box.world
  try {
    using opening = clock.deadline(SESSION_TIMEOUT_MS)
    const session = await box.hosts.session(host.box, AbortSignal.any([signal, opening.signal]))
    const { from, looks } = await dialledBack(box, session, signal)
    return { host, saw: { from, looks, hosts: host.addresses.map((one) => parseAddress(one).host) } }
  } catch (error) {
    signal.throwIfAborted()
    log.info('reach.member.failed', { host: host.box, code: codeOf(error) })
    return (await isForeign(box, host, signal)) ? 'foreign' : null
  }
}

/** A member that dialled back a moment ago is asked again once it may. */
async function dialledBack(box: OpenedBox, session: PeerSession, signal: AbortSignal): Promise<ProbeAnswer> {
  const { clock } = box.world
  const once = async () => {
    using deadline = clock.deadline(ANSWER_TIMEOUT_MS)
    try {
      return await askProbe(session, AbortSignal.any([signal, deadline.signal]))
    } catch (error) {
      // After a change of address connections of before hang until their pings are missed.
      if (deadline.signal.aborted) await session[Symbol.asyncDispose]()
      throw error
    }
  }
  try {
    return await once()
  } catch (error) {
    if (codeOf(error) !== 'PROBE_RATE_REFUSED') throw error
    await clock.sleep(PROBE_PAUSE_MS, signal)
    return await once()
  }
}

/** Whether somebody speaks TLS at a member's address without being a box. */
async function isForeign(box: OpenedBox, host: BoxOfMember, signal: AbortSignal): Promise<boolean> {
  const looks = await Promise.all(host.addresses.map((address) => lookAt(box, address, signal)))
  return looks.some((look) => look.outcome === 'other' && look.subject !== null)
}

async function lookAtSelf(
  box: OpenedBox,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, Look>> {
  const looks = addresses.map(async (address) => [address, await lookAt(box, address, signal)] as const)
  return new Map(await Promise.all(looks))
}

function lookAt(box: OpenedBox, address: string, signal: AbortSignal): Promise<Look> {
  return box.world.transport.look(parseAddress(address), { identity: box.identity, signal })
}

async function routerOf(box: OpenedBox, signal: AbortSignal): Promise<string | null> {
  using deadline = box.world.clock.deadline(ROUTER_TIMEOUT_MS)
  try {
    return await box.world.net.routerAddress(AbortSignal.any([signal, deadline.signal]))
  } catch (error) {
    signal.throwIfAborted()
    box.world.log.debug('reach.router.failed', { code: codeOf(error) })
    return null
  }
}

function shuffled<T>(items: readonly T[], random: OpenedBox['world']['random']): T[] {
  const left = [...items]
  return items.flatMap(() => left.splice(random.below(left.length), 1))
}
