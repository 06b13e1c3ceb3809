/** Who holds every secret of the owner's box, and speaks to its hosts as it would. */
import { toHex } from '#base'
import { type SimRandom, simRandom } from '#base/sim'
import {
  buildFrame,
  checkFrames,
  encodeBrakeBudget,
  encodeCancel,
  encodeCondemn,
  encodeEpoch,
  encodeRelease,
  encodeSigned,
  encodeUndo,
  type LogEnd,
  rootOfIds,
  type Signed,
} from '#crypto'
import type { PeerMethod } from '#network'
import { encodeStripe, stripeRecordOf } from '../../src/dispersal/encode.ts'
import { encodeFragmentFile } from '../../src/dispersal/fragment-file.ts'
import { decodeBody, encodeBody, headsRequestSchema, incarnationRequestSchema } from '../../src/dispersal/protocol.ts'
import { type ReleaseAnswer, releaseAnswerSchema } from '../../src/dispersal/release-protocol.ts'
import {
  type Signer,
  sign,
  signHead,
  signPlacement,
  signStripe,
  type VerifiedHead,
} from '../../src/dispersal/statements.ts'
import { hashOf, type Town } from '../../src/dispersal/test-town.ts'
import { HOSTS, type KeptStripe, type PackClass, type Past } from './past.ts'
import { type Answer, type Dialler, memberOf, ownerOf, type Wire } from './wire.ts'

const GARBAGE_CODE = { n: 2, k: 1 }
/** The longest lists that the thief sends at once. */
const FRAMES_AT_ONCE = 4000

export interface Accepted {
  /** Clock, when the host first let something go that the brake or a budget had to pay for. */
  readonly at: number
  /** Bytes of packs by class that it let go so far. */
  readonly bytes: Record<PackClass, number>
}

/** How the owner's branch stands at one host. */
interface Branch {
  log: LogEnd
  head: VerifiedHead
}

export class Thief {
  readonly place: Town
  readonly past: Past
  readonly wire: Wire
  readonly random: SimRandom
  readonly signer: Signer
  readonly by: Dialler
  readonly hosts: readonly number[] = Array.from({ length: HOSTS }, (_, index) => index + 1)
  readonly accepted = new Map<number, Accepted>()
  /** Stripes of its own on each host. */
  readonly added = new Map<number, string[]>()
  /** Counted up from the time, as owners do; or whatever a strategy makes of it. */
  number: number
  readonly #branches = new Map<number, Branch>()
  #count: number

  constructor(wire: Wire, past: Past, seed: string) {
    this.wire = wire
    this.place = wire.place
    this.past = past
    this.random = simRandom(`thief ${seed}`)
    this.signer = this.place.box(0).signer
    this.by = ownerOf(this.place)
    this.number = this.place.clock.wall()
    this.#count = past.incarnation.count + 1
  }

  ask(host: number, method: PeerMethod, what: string, body?: Uint8Array, by: Dialler = this.by): Promise<Answer> {
    // What is sent is given away.
    const own = body === undefined ? undefined : Uint8Array.from(body)
    return this.wire.ask(host, method, `/v1/owners/${this.wire.owner}/${what}`, { body: own, by })
  }

  post(host: number, what: string, signed: Signed, by: Dialler = this.by): Promise<Answer> {
    return this.ask(host, 'POST', what, encodeSigned(signed), by)
  }

  // --- releases

  stripesAt(host: number, packClass?: PackClass): string[] {
    return this.keptAt(host)
      .filter((one) => packClass === undefined || one.class === packClass)
      .map(({ stripe }) => stripe)
  }

  keptAt(host: number): KeptStripe[] {
    return this.past.stripes.filter(({ rows }) => rows.some((row) => row.host === host))
  }

  releaseOf(stripes: readonly string[], number: number, signer = this.signer): Signed {
    const { box: owner, epoch } = this.signer
    const at = this.place.clock.wall()
    const sorted = [...new Set(stripes)].sort()
    return sign(signer, 'release', encodeRelease({ format: 1, owner, epoch, number, stripes: sorted, log: null, at }))
  }

  async release(host: number, stripes: readonly string[], number = ++this.number): Promise<ReleaseAnswer | null> {
    if (stripes.length === 0) return null
    return this.#noted(host, await this.post(host, 'releases', this.releaseOf(stripes, number)))
  }

  async everywhere(stripes: (host: number) => readonly string[]): Promise<void> {
    for (const host of this.hosts) await this.release(host, stripes(host))
  }

  #noted(host: number, { body }: Answer): ReleaseAnswer | null {
    if (body === null) return null
    const answer = decodeBody('answer', releaseAnswerSchema, body)
    const gone = new Set(answer.stripes.filter(({ state }) => state === 'released').map(({ stripe }) => stripe))
    const counted = this.past.stripes.filter(({ stripe, young }) => gone.has(stripe) && !young)
    if (counted.length === 0) return answer
    const known = this.accepted.get(host) ?? { at: this.place.clock.monotonic(), bytes: { data: 0, metadata: 0 } }
    for (const packClass of ['data', 'metadata'] as const) {
      const bytes = counted.filter((one) => one.class === packClass).reduce((sum, one) => sum + one.packBytes, 0)
      known.bytes[packClass] = Math.max(known.bytes[packClass], bytes)
    }
    this.accepted.set(host, known)
    return answer
  }

  async cancel(host: number, stripes: readonly string[], number = ++this.number): Promise<Answer> {
    const { box: owner, epoch } = this.signer
    const sorted = [...new Set(stripes)].sort()
    const body = encodeCancel({ format: 1, owner, epoch, number, stripes: sorted, at: this.place.clock.wall() })
    return await this.post(host, 'cancels', sign(this.signer, 'cancel', body))
  }

  // --- fragments

  async putAgain(host: number, stripe: string): Promise<void> {
    const kept = this.past.stripes.find((one) => one.stripe === stripe)
    const row = kept?.rows.find((one) => one.host === host)
    if (row !== undefined) await this.ask(host, 'PUT', `fragments/${stripe}.${row.row}`, row.file)
  }

  /** A stripe of rubbish, well signed. `prefix`: how its id begins. */
  async put(host: number, bytes: number, packClass: PackClass = 'data', prefix = ''): Promise<Answer> {
    const { signer, random } = this
    const stripe = `${prefix}${toHex(random.bytes(32))}`.slice(0, 64)
    const pack = random.bytes(bytes)
    const encoded = encodeStripe(GARBAGE_CODE, pack)
    const identity = { owner: signer.box, stripe, class: packClass }
    const record = signStripe(signer, stripeRecordOf(identity, GARBAGE_CODE, bytes, encoded))
    const hosts = [host, (host % HOSTS) + 1].map((index) => this.place.box(index).signer.box)
    const placement = signPlacement(signer, { format: 1, owner: signer.box, stripe, number: 1, hosts })
    const payload = encoded.payloads[0] ?? new Uint8Array(0)
    const answer = await this.ask(
      host,
      'PUT',
      `fragments/${stripe}.0`,
      encodeFragmentFile({ row: 0, record, placement, payload }),
    )
    if (answer.code === 'OK') this.added.set(host, [...(this.added.get(host) ?? []), stripe])
    return answer
  }

  addedAt(host: number): readonly string[] {
    return this.added.get(host) ?? []
  }

  // --- log, heads, keyrings

  branch(host: number): Branch {
    const known = this.#branches.get(host) ?? { log: this.past.log, head: this.past.newest }
    this.#branches.set(host, known)
    return known
  }

  get incarnation(): { count: number; bytes: string } {
    return { count: this.#count, bytes: 'ab'.repeat(16) }
  }

  async announce(host: number, count = this.#count + 1): Promise<Answer> {
    this.#count = Math.max(this.#count, count)
    const body = encodeBody(incarnationRequestSchema, { format: 1, incarnation: { count, bytes: 'ab'.repeat(16) } })
    return await this.ask(host, 'POST', 'incarnation', body)
  }

  #logPath(from: number, more = ''): string {
    const { count, bytes } = this.incarnation
    return `log?from=${from}&incarnation=${count}-${bytes}${more}`
  }

  /** Frames of rubbish behind what the host has; only the chain of hashes is any of its business. */
  async appendLog(host: number, frames: number, sealedBytes = 40, more = ''): Promise<Answer> {
    const branch = this.branch(host)
    const parts: Uint8Array[] = []
    let end = branch.log
    for (let index = 0; index < Math.min(frames, FRAMES_AT_ONCE); index++) {
      const frame = buildFrame(end.frames, end.hash, this.random.bytes(sealedBytes))
      parts.push(frame)
      end = checkFrames(frame, end)
    }
    const answer = await this.ask(host, 'POST', this.#logPath(branch.log.frames, more), Buffer.concat(parts))
    if (answer.code === 'OK') branch.log = end
    return answer
  }

  /** Another log in the place of the one that is there, from so many frames on. */
  async branchLog(host: number, from: number, previous: string): Promise<Answer> {
    const frame = buildFrame(from, previous, this.random.bytes(30))
    const answer = await this.ask(host, 'POST', this.#logPath(from, '&branch=1'), frame)
    if (answer.code === 'OK') this.branch(host).log = checkFrames(frame, { frames: from, hash: previous })
    return answer
  }

  async heads(host: number, count: number, changes: Partial<VerifiedHead['head']> = {}): Promise<Answer> {
    const branch = this.branch(host)
    let { head } = branch
    const heads: Signed[] = []
    for (let index = 0; index < count; index++) {
      head = this.#headAfter(head, branch.log, changes)
      heads.push(head.signed)
    }
    const body = encodeBody(headsRequestSchema, { format: 1, incarnation: this.incarnation, heads })
    const answer = await this.ask(host, 'POST', 'heads', body)
    if (answer.code === 'OK') branch.head = head
    return answer
  }

  #headAfter(before: VerifiedHead, log: LogEnd, changes: Partial<VerifiedHead['head']>): VerifiedHead {
    return signHead(this.signer, {
      ...before.head,
      incarnation: this.incarnation,
      number: before.head.number + 1,
      previous: before.hash,
      at: Math.floor(this.place.clock.wall()),
      log,
      stripes: rootOfIds([]),
      ...changes,
    })
  }

  async putKeyring(host: number): Promise<Answer> {
    const bytes = this.random.bytes(80)
    return await this.ask(host, 'PUT', `keyrings/${hashOf(bytes)}`, bytes)
  }

  // --- what is not its to sign

  /** Statements of others, signed with the one key that it has, and with that of a stranger. */
  async forge(host: number): Promise<void> {
    const { signer, random } = this
    const owner = signer.box
    const at = this.place.clock.wall()
    const until = { epoch: 1, number: 1 }
    const stripes = this.stripesAt(host).slice(0, 3)
    const [head] = this.past.heads
    const asRoot = (signed: Signed): Signed => ({ ...signed, certificate: new Uint8Array(0) })
    const undo = sign(signer, 'undo', encodeUndo({ format: 1, owner, until, by: owner, at }))
    const id = toHex(random.bytes(16))
    const raise = { format: 1, owner, id, class: 'data', bytes: 1e9, lasting: true, by: null, at } as const
    const budget = sign(signer, 'brake-budget', encodeBrakeBudget(raise))
    const own = sign(signer, 'brake-budget', encodeBrakeBudget({ ...raise, by: owner }))
    const named = { number: this.past.newest.head.number - 1, hash: hashOf(head?.body ?? new Uint8Array(1)) }
    const condemn = sign(signer, 'condemn', encodeCondemn({ format: 1, owner, head: named, epoch: 9, at }))
    const { publicKey } = this.place.box(0).keys
    const epoch = encodeEpoch({ format: 1, box: owner, epoch: 9, lastGood: null, publicKey, at })
    for (const one of [undo, asRoot(undo)]) await this.post(host, 'undo', one)
    for (const one of [budget, asRoot(budget), own]) await this.post(host, 'budget', one)
    for (const one of [condemn, asRoot(condemn)]) await this.post(host, 'condemn', one)
    await this.ask(host, 'PUT', 'epoch', encodeSigned(asRoot(sign(signer, 'epoch', epoch))))
    const stranger = this.place.box(host).signer
    await this.post(host, 'releases', this.releaseOf(stripes, ++this.number, stranger))
    const other = memberOf(this.place, (host % HOSTS) + 1)
    await this.post(host, 'releases', this.releaseOf(stripes, ++this.number), other)
  }
}
