/** What members ask a box about the community. docs/protocol/community.md */
import { codeOf, DatisError, type Log } from '#base'
import type { PeerIdentity, PeerRequest, PeerResponse } from '#network'
import type { Acceptor } from './acceptor.ts'
import { hashOfAct } from './act.ts'
import { decodeSignedCharter, encodeCharterSignature, type SignedCharter } from './charter.ts'
import type { CharterStore } from './charter-store.ts'
import { findBox } from './membership.ts'
import type { PendingActs } from './pending.ts'
import {
  decodeAcceptRequest,
  decodeActs,
  decodePromiseRequest,
  encodePage,
  encodePromiseAnswer,
  encodeState,
  PATHS,
  pageStart,
} from './protocol.ts'

const NO_BYTES = new Uint8Array(0)

export interface RouteDeps {
  readonly store: CharterStore
  readonly pending: PendingActs
  readonly acceptor: Acceptor
  readonly log: Log
  readonly take: (signed: SignedCharter) => void
  readonly pull: (box: string, signal: AbortSignal) => Promise<void>
  /** Tries to do an act in the background. */
  readonly complete: (hash: string) => void
}

export class CommunityRoutes {
  readonly #deps: RouteDeps

  constructor(deps: RouteDeps) {
    this.#deps = deps
  }

  async serve(request: PeerRequest, signal: AbortSignal): Promise<PeerResponse | null> {
    const { method, path, peer } = request
    if (method === 'GET') {
      const from = pageStart(path)
      if (from !== null) return ok(encodePage(from, (number) => this.#shown(number, peer)))
    }
    const answer = await this.#members(`${method} ${path}`, request, signal)
    return answer === null ? null : ok(answer)
  }

  async #members(line: string, { peer, body }: PeerRequest, signal: AbortSignal): Promise<Uint8Array | null> {
    switch (line) {
      case `GET ${PATHS.state}`:
        this.#checkMember(peer)
        return this.#state()
      case `POST ${PATHS.acts}`:
        this.#checkMember(peer)
        return this.#addActs(body, peer)
      case `POST ${PATHS.charter}`:
        this.#checkMember(peer)
        return await this.#addCharter(decodeSignedCharter(body), peer, signal)
      case `POST ${PATHS.promise}`: {
        const { number, ballot } = decodePromiseRequest(body)
        await this.#checkProposer(peer, { number, box: ballot.box }, signal)
        return encodePromiseAnswer(this.#deps.acceptor.promise(number, ballot))
      }
      case `POST ${PATHS.accept}`: {
        const { number, ...proposal } = decodeAcceptRequest(body)
        await this.#checkProposer(peer, { number, box: proposal.ballot.box }, signal)
        return encodeCharterSignature(this.#deps.acceptor.accept(number, proposal))
      }
      default:
        return null
    }
  }

  /** An organisation that left sees the chain up to the charter that says so. */
  #shown(number: number, peer: PeerIdentity): SignedCharter | undefined {
    const { store } = this.#deps
    const until = peer.former ? (store.departures.get(peer.organisation)?.number ?? 0) : Number.POSITIVE_INFINITY
    return number <= until ? store.signed(number) : undefined
  }

  #state(): Uint8Array {
    const { store, pending } = this.#deps
    const { current } = store.chain
    if (current === undefined) throw new DatisError('NOT_FOUNDED', 'This box is not in a community yet.')
    const { community, number } = current.charter
    return encodeState({ community, number, hash: current.hash, acts: pending.acts() })
  }

  #addActs(body: Uint8Array, peer: PeerIdentity): Uint8Array {
    const { pending, log, complete } = this.#deps
    for (const act of decodeActs(body)) {
      try {
        if (!pending.add(act)) continue
        // A box that is not listed yet cannot propose: whom it asks does.
        const found = pending.find(hashOfAct(act.body))
        if (found?.body.kind === 'box' && found.body.box.box === peer.box) complete(found.hash)
      } catch (error) {
        // One bad act does not keep the others out.
        if (!(error instanceof DatisError)) throw error
        log.debug('community.act.refused', { box: peer.box, code: error.code, reason: error.details.reason })
      }
    }
    return NO_BYTES
  }

  async #addCharter(signed: SignedCharter, peer: PeerIdentity, signal: AbortSignal): Promise<Uint8Array> {
    try {
      this.#deps.take(signed)
    } catch (error) {
      // We lack those between.
      if (codeOf(error) !== 'CHARTER_INVALID') throw error
      await this.#deps.pull(peer.box, signal)
      this.#deps.take(signed)
    }
    return NO_BYTES
  }

  #checkMember({ role, organisation, former }: PeerIdentity): void {
    const members = this.#deps.store.current?.members ?? []
    if (role === 'box' && !former && members.some((one) => one.organisation === organisation)) return
    throw new DatisError('MEMBER_REFUSED', 'Only boxes of members may ask this.')
  }

  /** A listed box, in a ballot of its own; we catch up with it first. */
  async #checkProposer(
    peer: PeerIdentity,
    { number, box }: { number: number; box: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { store, pull } = this.#deps
    this.#checkMember(peer)
    if (number > (store.current?.number ?? 0) + 1) await pull(peer.box, signal)
    const listed = store.current === undefined ? undefined : findBox(store.current, peer.box)
    if (box !== peer.box || listed?.organisation !== peer.organisation) {
      throw new DatisError('MEMBER_REFUSED', 'Only boxes of members may ask this.')
    }
  }
}

function ok(body: Uint8Array): PeerResponse {
  return { status: 200, body }
}
