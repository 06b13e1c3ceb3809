/**
 * A box's part in its community: it hears of charters and acts, tells of them, approves for its people, and carries
 * through what enough organisations approve of. docs/protocol/community.md
 */
import {
  type BytePath,
  type Clock,
  codeOf,
  DatisError,
  type Disk,
  joinPath,
  type Log,
  type Random,
  SECOND_MS,
} from '#base'
import { INVITATION_SECRET_BYTES, invitationKeysFromSecret } from '#crypto'
import type { PeerRequest, PeerResponse, PeerSession, VisitHandler } from '#network'
import { Acceptor } from './acceptor.ts'
import {
  type Act,
  type ActContent,
  type ActKind,
  type BoxSigner,
  encodeActBody,
  hashOfAct,
  signApproval,
} from './act.ts'
import { Agreement } from './agreement.ts'
import { type Alarm, Alarms } from './alarms.ts'
import { INVITATION_MS_MAX } from './apply.ts'
import type { Kept } from './chain.ts'
import { type Charter, encodeSignedCharter, type SignedCharter } from './charter.ts'
import type { CharterStore } from './charter-store.ts'
import { Gossip, type RoundReport } from './gossip.ts'
import { encodeInvitation } from './invitation-code.ts'
import { checkInvitation, isAdmitted, readAdmission } from './joining.ts'
import { type PendingAct, PendingActs, unheardBy } from './pending.ts'
import { CommunityRoutes } from './routes.ts'

/** Between two rounds that a joiner with an unknown invitation makes us go. */
const VISITOR_PAUSE_MS = 10 * SECOND_MS

export interface KeeperDeps {
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly store: CharterStore
  readonly signer: () => BoxSigner
  readonly session: (box: string, addresses: readonly string[], signal: AbortSignal) => Promise<PeerSession>
  /** After each new charter. */
  readonly onCharter: () => void
}

export interface ActOutcome {
  readonly act: string
  readonly kind: ActKind
  /** `pending`: it waits for approvals, or for more than half of the organisations to answer. */
  readonly state: 'done' | 'pending'
  readonly approvals: number
  readonly needed: number
}

export interface InviteOutcome extends ActOutcome {
  readonly code: string
  /** The public key of the invitation. */
  readonly invitation: string
  readonly until: number
}

/** What became of an act that was tried: it waits for approvals, or too few organisations answer. */
type Completion = 'done' | 'waits' | 'unheard'

export class CommunityKeeper implements AsyncDisposable {
  readonly acceptor: Acceptor
  readonly pending: PendingActs
  readonly #deps: KeeperDeps
  readonly #agreement: Agreement
  readonly #routes: CommunityRoutes
  readonly #alarms: Alarms
  readonly #gossip: Gossip
  #heardForVisitorAt = Number.NEGATIVE_INFINITY
  /** One act at a time: a box need not compete with itself. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(deps: KeeperDeps, folder: BytePath) {
    const { disk, clock, random, log, store, signer, session, onCharter } = deps
    const chain = () => store.chain
    this.#deps = deps
    this.acceptor = new Acceptor({ disk, clock, log, chain, signer }, folder)
    this.pending = new PendingActs({ disk, clock, log, chain }, joinPath(folder, 'acts'))
    this.#alarms = new Alarms({ disk, clock, log, store }, folder)
    const { pending } = this
    this.#gossip = new Gossip({ clock, log, store, signer, session, onCharter, pending, alarms: this.#alarms })
    this.#agreement = new Agreement({
      clock,
      random,
      log,
      store,
      acceptor: this.acceptor,
      signer,
      client: (box, signal) => this.#gossip.client(box, signal),
      decided: (signed) => this.#decided(signed),
      pull: (box, signal) => this.#gossip.pull(box, signal),
    })
    this.#routes = new CommunityRoutes({
      store,
      log,
      pending: this.pending,
      acceptor: this.acceptor,
      take: (signed) => void this.#gossip.take(signed),
      pull: (box, signal) => this.#gossip.pull(box, signal),
      complete: (hash) => this.#gossip.later((signal) => this.#complete(hash, signal).then(() => undefined)),
    })
  }

  get alarms(): readonly Alarm[] {
    return this.#alarms.list()
  }

  /** When more than half of the organisations last answered, as far as is written down. */
  get majorityAt(): number | null {
    return this.#alarms.majorityAt
  }

  /** For the box's handler: null when the request is none of ours. */
  async serve(request: PeerRequest, signal: AbortSignal): Promise<PeerResponse | null> {
    return await this.#routes.serve(request, signal)
  }

  /** For the transport: a joiner at the door. */
  readonly visit: VisitHandler = async (visitor, signal) => {
    const admission = readAdmission(visitor)
    if (admission === null) return null
    const { store, clock } = this.#deps
    const { act, body } = admission
    if (isAdmitted(store.chain, body)) return this.#wholeChain()
    // Its invitation may have been made elsewhere, and its charter be on the way.
    const ours = store.current?.community === body.community
    if (ours && store.chain.invitation(body.key) === undefined) await this.#hearForVisitor(signal)
    const waits = this.pending.list().some((one) => one.body.kind === 'invite' && one.body.key === body.key)
    checkInvitation(store.chain, body, clock.wall(), waits)
    try {
      await this.#decide(act, signal)
    } catch (error) {
      // Another joiner was faster, and is told so in our words.
      if (codeOf(error) === 'CHARTER_INVALID') checkInvitation(store.chain, body, clock.wall(), false)
      throw error
    }
    return this.#wholeChain()
  }

  /** Strangers cannot make us ask everybody again and again. */
  async #hearForVisitor(signal: AbortSignal): Promise<void> {
    const now = this.#deps.clock.monotonic()
    if (now - this.#heardForVisitorAt < VISITOR_PAUSE_MS) return
    this.#heardForVisitorAt = now
    await this.#gossip.hear(signal)
  }

  /** Goes round: hears what others have newer, tells what they lack, carries through what may be. */
  async round(signal: AbortSignal): Promise<RoundReport> {
    const report = await this.#gossip.hear(signal)
    this.pending.sweep()
    if (this.#member() === undefined) return report
    if (this.acceptor.forgot) await this.#tried('community.forgot', () => this.#agreement.remember(signal), signal)
    for (const { hash } of this.pending.list()) {
      const outcome = await this.#tried('community.act.failed', () => this.#complete(hash, signal), signal)
      // Each further act would wait for those who do not answer as long again.
      if (outcome === 'unheard') break
    }
    return report
  }

  // --- acts of people

  /** Proposes an act of our organisation, approved by this box, and does it when that is enough. EXPULSION_OWN */
  async propose(content: ActContent, signal: AbortSignal): Promise<ActOutcome> {
    const { clock, signer } = this.#deps
    const { community } = this.#ownCharter()
    const at = clock.wall()
    const by = signer().organisation
    if (content.kind === 'expel' && content.organisation === by) {
      throw new DatisError('EXPULSION_OWN', 'An organisation has no say in its own expulsion.')
    }
    const body = encodeActBody({ format: 1, community, by, at, ...content })
    return await this.#enter({ body, approvals: [signApproval(signer(), { body, at })] }, signal)
  }

  /** ACT_UNKNOWN, EXPULSION_OWN */
  async approve(hash: string, signal: AbortSignal): Promise<ActOutcome> {
    const { clock, signer } = this.#deps
    this.#ownCharter()
    const known = this.pending.find(hash)
    if (known === undefined) throw new DatisError('ACT_UNKNOWN', 'No such act waits for approvals.', { act: hash })
    const { body } = known.act
    // It would be left out without a word.
    if (unheardBy(body) === signer().organisation) {
      throw new DatisError('EXPULSION_OWN', 'An organisation has no say in its own expulsion.', { act: hash })
    }
    const approval = signApproval(signer(), { body, at: clock.wall() })
    return await this.#enter({ ...known.act, approvals: [...known.act.approvals, approval] }, signal)
  }

  /** `validMs`: at most 48 hours. */
  async invite(
    args: { readonly contacts: readonly string[]; readonly validMs?: number; readonly for?: string },
    signal: AbortSignal,
  ): Promise<InviteOutcome> {
    const { random, clock, store } = this.#deps
    const { community } = this.#ownCharter()
    const secret = random.bytes(INVITATION_SECRET_BYTES)
    const { key } = invitationKeysFromSecret(secret)
    const until = clock.wall() + Math.min(args.validMs ?? INVITATION_MS_MAX, INVITATION_MS_MAX)
    const whom = args.for === undefined ? {} : { for: args.for }
    const outcome = await this.propose({ kind: 'invite', key, until, ...whom }, signal)
    const charter = (store.chain.current?.hash ?? '').slice(0, 32)
    const code = encodeInvitation({ community, charter, secret, contacts: args.contacts })
    return { ...outcome, code, invitation: key, until }
  }

  async #enter(act: Act, signal: AbortSignal): Promise<ActOutcome> {
    const hash = hashOfAct(act.body)
    this.pending.add(act)
    this.#gossip.tell(async (client, inner) => await client.sendActs([act], inner))
    const { kind } = this.#found(hash).body
    const { approvals, needed } = this.#found(hash)
    const outcome = await this.#complete(hash, signal)
    return { act: hash, kind, state: outcome === 'done' ? 'done' : 'pending', approvals, needed }
  }

  #found(hash: string): PendingAct {
    const found = this.pending.find(hash)
    if (found === undefined) throw new DatisError('ACT_UNKNOWN', 'No such act waits for approvals.', { act: hash })
    return found
  }

  async #complete(hash: string, signal: AbortSignal): Promise<Completion> {
    const { store, log } = this.#deps
    if (store.chain.madeBy(hash) !== undefined) return 'done'
    const waiting = this.pending.find(hash)
    if (waiting === undefined || waiting.approvals < waiting.needed) return 'waits'
    if (this.#member() === undefined) return 'waits'
    try {
      await this.#decide(waiting.act, signal)
      return 'done'
    } catch (error) {
      if (!['AGREEMENT_TOO_FEW', 'AGREEMENT_BUSY'].includes(codeOf(error))) throw error
      log.info('community.act.waits', { act: hash, error, details: error instanceof DatisError ? error.details : {} })
      return 'unheard'
    }
  }

  async #decide(act: Act, signal: AbortSignal): Promise<Charter> {
    const either = AbortSignal.any([signal, this.#gossip.closing])
    const turn = this.#turn.then(() => {
      either.throwIfAborted()
      return this.#agreement.decide(act, either)
    })
    this.#turn = turn.catch(() => undefined)
    return await turn
  }

  async #tried<Result>(event: string, act: () => Promise<Result>, signal: AbortSignal): Promise<Result | undefined> {
    try {
      return await act()
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof DatisError)) throw error
      this.#deps.log.info(event, { code: error.code, error })
      return undefined
    }
  }

  #decided(signed: SignedCharter): void {
    // Those who go are told too: they are in the charter before.
    const before = this.#deps.store.current
    this.#gossip.take(signed)
    this.#gossip.tell(async (client, inner) => await client.sendCharter(signed, inner), before)
  }

  // --- who we are

  /** Our organisation in the charter in force. */
  #member(): Charter['members'][number] | undefined {
    const { organisation } = this.#deps.signer()
    return this.#deps.store.current?.members.find((one) => one.organisation === organisation)
  }

  /** NOT_FOUNDED, COMMUNITY_LEFT */
  #ownCharter(): Charter {
    const { store } = this.#deps
    if (store.current === undefined) throw new DatisError('NOT_FOUNDED', 'This box is not in a community yet.')
    if (this.#member() === undefined) {
      throw new DatisError('COMMUNITY_LEFT', 'The organisation of this box is no longer a member of its community.')
    }
    return store.current
  }

  #wholeChain(): Uint8Array[] {
    return this.#deps.store.chain.kept.map(({ signed }: Kept) => encodeSignedCharter(signed))
  }

  /** What is being agreed on stops; what is told is told to the end, if that does not last. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#gossip[Symbol.asyncDispose]()
    await this.#turn
  }
}
