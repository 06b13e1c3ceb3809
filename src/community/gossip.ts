/** What a box hears of its community and tells of it: charters, and acts with their approvals. docs/protocol/community.md */
import { type Clock, codeOf, DatisError, type Log, MINUTE_MS, mapConcurrent, SECOND_MS } from '#base'
import type { PeerSession } from '#network'
import { type Act, type BoxSigner, hashOfAct } from './act.ts'
import type { Alarms } from './alarms.ts'
import { type Charter, decodeCharter, type SignedCharter } from './charter.ts'
import type { CharterStore } from './charter-store.ts'
import { majorityOf } from './form.ts'
import { type BoxOfMember, boxesOf, findBox } from './membership.ts'
import type { PendingActs } from './pending.ts'
import { CommunityClient, type CommunityState } from './protocol.ts'

const PEERS_AT_ONCE = 8
const MEET_TIMEOUT_MS = 30 * SECOND_MS
const TELL_TIMEOUT_MS = 10 * SECOND_MS
/** How often it is written down that a majority was heard. */
const HEARD_EVERY_MS = 60 * MINUTE_MS

export interface GossipDeps {
  readonly clock: Clock
  readonly log: Log
  readonly store: CharterStore
  readonly pending: PendingActs
  readonly alarms: Alarms
  readonly signer: () => BoxSigner
  readonly session: (box: string, addresses: readonly string[], signal: AbortSignal) => Promise<PeerSession>
  /** After each new charter. */
  readonly onCharter: () => void
}

export interface RoundReport {
  /** Organisations that answered, our own counted. */
  readonly heard: number
  readonly organisations: number
  readonly number: number
  readonly unreached: readonly string[]
}

export class Gossip implements AsyncDisposable {
  readonly #deps: GossipDeps
  readonly #closing = new AbortController()
  readonly #background = new Set<Promise<void>>()
  readonly #pulls = new Map<string, Promise<void>>()

  constructor(deps: GossipDeps) {
    this.#deps = deps
  }

  /** Aborted when the box stops. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /** Goes round all other boxes of the charter: hears what they have newer, tells them what they lack. */
  async hear(signal: AbortSignal): Promise<RoundReport> {
    const { store, signer } = this.#deps
    const charter = store.current
    const own = signer()
    const heard = new Set<string>([own.organisation])
    const unreached: string[] = []
    const others = charter === undefined ? [] : boxesOf(charter).filter(({ box }) => box !== own.box)
    await mapConcurrent(
      others,
      PEERS_AT_ONCE,
      async (peer, inner) => {
        using deadline = this.#deps.clock.deadline(MEET_TIMEOUT_MS)
        try {
          await this.#meet(peer, AbortSignal.any([inner, deadline.signal]))
          heard.add(peer.organisation)
        } catch (error) {
          inner.throwIfAborted()
          this.#deps.log.debug('community.peer.failed', { box: peer.box, code: codeOf(error) })
          unreached.push(peer.box)
        }
      },
      signal,
    )
    const organisations = charter?.members.length ?? 0
    if (organisations > 0 && heard.size >= majorityOf(organisations)) this.#deps.alarms.heardMajority(HEARD_EVERY_MS)
    return { heard: heard.size, organisations, number: store.current?.number ?? 0, unreached: unreached.sort() }
  }

  async #meet({ box }: BoxOfMember, signal: AbortSignal): Promise<void> {
    const { store, log } = this.#deps
    const client = await this.client(box, signal)
    const state = await this.#stateOf(client, signal)
    if (state.community !== store.current?.community) {
      throw new DatisError('CHARTER_FOREIGN', 'A peer is of another community.', { box })
    }
    if (state.number > (store.current?.number ?? 0)) await this.#pullFrom(client, signal)
    if (!this.#agrees(state)) await this.#findFork(client, signal)
    for (const act of state.acts) {
      try {
        this.#deps.pending.add(act)
      } catch (error) {
        if (!(error instanceof DatisError)) throw error
        log.debug('community.act.refused', { box, code: error.code })
      }
    }
    const lacking = this.#deps.pending.acts().filter((act) => !hasAll(state.acts, act))
    if (lacking.length > 0) await client.sendActs(lacking, signal)
  }

  async #stateOf(client: CommunityClient, signal: AbortSignal): Promise<CommunityState> {
    try {
      return await client.state(signal)
    } catch (error) {
      // We may be out, and are the last to know.
      if (codeOf(error) === 'MEMBER_REFUSED') await this.#pullFrom(client, signal)
      throw error
    }
  }

  #agrees({ number, hash }: { number: number; hash: string }): boolean {
    const ours = this.#deps.store.chain.at(number)
    return ours === undefined || ours.hash === hash
  }

  async #pullFrom(client: CommunityClient, signal: AbortSignal): Promise<void> {
    const { store } = this.#deps
    for (;;) {
      const number = store.current?.number ?? 0
      const charters = await client.charters(number + 1, signal)
      for (const signed of charters) {
        try {
          this.take(signed)
        } catch (error) {
          // What does not follow ours follows a rival of it.
          if (codeOf(error) === 'CHARTER_INVALID') await this.#findFork(client, signal)
          throw error
        }
      }
      // Nothing, or what we asked for not: a page that brings us on has the next number.
      if ((store.current?.number ?? 0) <= number) return
    }
  }

  /** From our newest back to where both chains are one; the first difference is a rival, if it is valid. */
  async #findFork(client: CommunityClient, signal: AbortSignal): Promise<void> {
    const { store } = this.#deps
    for (let number = store.current?.number ?? 0; number >= 1; number--) {
      const [theirs] = await client.charters(number, signal)
      const ours = store.chain.at(number - 1)
      if (theirs === undefined) continue
      if (ours === undefined || decodeCharter(theirs.body).previous === ours.hash) {
        this.take(theirs)
        return
      }
    }
  }

  /** Of a box that says it has newer ones, once at a time; whatever comes of it, we have what we have. */
  async pull(box: string, signal: AbortSignal): Promise<void> {
    const running = this.#pulls.get(box)
    if (running !== undefined) return await running
    const work = this.#pullInTime(box, signal).finally(() => this.#pulls.delete(box))
    this.#pulls.set(box, work)
    await work
  }

  async #pullInTime(box: string, signal: AbortSignal): Promise<void> {
    using deadline = this.#deps.clock.deadline(MEET_TIMEOUT_MS)
    const until = AbortSignal.any([signal, deadline.signal])
    try {
      await this.#pullFrom(await this.client(box, until), until)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof DatisError) && !deadline.signal.aborted) throw error
      this.#deps.log.info('community.pull.failed', { box, code: codeOf(error) })
    }
  }

  /** Verified and kept; a rival of one that is there becomes an alarm. What `CharterStore.append` throws. */
  take(signed: SignedCharter): Charter {
    const { store, onCharter, log } = this.#deps
    const before = store.current?.number ?? 0
    try {
      const charter = store.append(signed)
      if (charter.number > before) {
        log.info('community.charter', { number: charter.number })
        this.#deps.pending.sweep()
        onCharter()
      }
      return charter
    } catch (error) {
      if (error instanceof DatisError && error.code === 'CHARTER_CONFLICT') {
        log.error('community.charter.conflict', error.details)
        this.#deps.alarms.conflict(signed)
      }
      throw error
    }
  }

  /** In the background: who does not answer hears of it in a round. */
  tell(say: (client: CommunityClient, signal: AbortSignal) => Promise<void>, before?: Charter): void {
    const { store, signer, clock, log } = this.#deps
    const everybody = [before, store.current].flatMap((charter) => (charter === undefined ? [] : boxesOf(charter)))
    const peers = new Map(everybody.filter(({ box }) => box !== signer().box).map((peer) => [peer.box, peer]))
    this.later(async (signal) => {
      await mapConcurrent(peers.values(), PEERS_AT_ONCE, async ({ box, addresses }) => {
        using deadline = clock.deadline(TELL_TIMEOUT_MS)
        const until = AbortSignal.any([signal, deadline.signal])
        const tell = async () => await say(new CommunityClient(await this.#deps.session(box, addresses, until)), until)
        try {
          // A session from before the new charter may just be closing.
          await tell().catch((error: unknown) => again(error, tell))
        } catch (error) {
          log.debug('community.peer.untold', { box, code: codeOf(error) })
        }
      })
    })
  }

  /** In the background, until the box stops. */
  later(act: (signal: AbortSignal) => Promise<void>): void {
    const one = act(this.#closing.signal)
      .catch((error: unknown) => this.#deps.log.debug('community.background.failed', { code: codeOf(error), error }))
      .finally(() => this.#background.delete(one))
    this.#background.add(one)
  }

  /** At the addresses of the charter in force. */
  async client(box: string, signal: AbortSignal): Promise<CommunityClient> {
    const charter = this.#deps.store.current
    const addresses = (charter === undefined ? undefined : findBox(charter, box)?.addresses) ?? []
    return new CommunityClient(await this.#deps.session(box, addresses, signal))
  }

  /** What is told is told to the end, if that does not last. */
  async [Symbol.asyncDispose](): Promise<void> {
    using deadline = this.#deps.clock.deadline(TELL_TIMEOUT_MS)
    const late = new Promise<void>((resolve) => deadline.signal.addEventListener('abort', () => resolve()))
    await Promise.race([Promise.all(this.#background), late])
    this.#closing.abort(new DatisError('CANCELLED', 'The box stops.'))
    await Promise.all(this.#background)
  }
}

async function again(error: unknown, tell: () => Promise<void>): Promise<void> {
  if (!['PEER_DISCONNECTED', 'PEER_RESET'].includes(codeOf(error))) throw error
  await tell()
}

function hasAll(theirs: readonly Act[], ours: Act): boolean {
  const hash = hashOfAct(ours.body)
  const same = theirs.find((one) => hashOfAct(one.body) === hash)
  return same !== undefined && same.approvals.length >= ours.approvals.length
}
