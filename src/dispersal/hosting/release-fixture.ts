/** One owner, one host, one other member, and statements about releases: for the tests of this folder. */
import { codeOf, DAY_MS, HOUR_MS, silentLog, toHex, type Workers } from '#base'
import { inlineWorkers, MemoryDisk, type SimClock, type SimRandom, simRandom } from '#base/sim'
import {
  decodeSigned,
  encodeBrakeBudget,
  encodeCancel,
  encodeCondemn,
  encodeRelease,
  encodeSigned,
  encodeUndo,
  type Signed,
  signStatement,
} from '#crypto'
import type { PeerIdentity, PeerMethod } from '#network'
import { encodeStripe, stripeRecordOf } from '../encode.ts'
import { encodeFragmentFile } from '../fragment-file.ts'
import { decodeBody } from '../protocol.ts'
import { noticesSchema, releaseAnswerSchema, releaseSummarySchema, verdictAnswerSchema } from '../release-protocol.ts'
import { type Signer, sign, signPlacement, signStripe } from '../statements.ts'
import { HOSTING, type Town, type TownBox, town } from '../test-town.ts'
import { type Hosting, openHosting } from './hosting.ts'

const signal = new AbortController().signal
const CODE = { n: 2, k: 1 }

function slowly(workers: Workers): Workers {
  return {
    size: workers.size,
    run: async (job, input, options) => {
      await new Promise((resolve) => setImmediate(resolve))
      return await workers.run(job, input, options)
    },
    [Symbol.asyncDispose]: () => workers[Symbol.asyncDispose](),
  }
}

export interface PutFragment {
  readonly stripe: string
  readonly bytes: number
  readonly file: Uint8Array
}

/** `owner` is box 0, its host box 1 on a disk of its own, `other` a third member. */
export class ReleaseCase {
  readonly place: Town
  readonly clock: SimClock
  readonly owner: TownBox
  readonly host: TownBox
  readonly other: TownBox
  disk: MemoryDisk
  hosting: Hosting
  readonly events: string[] = []
  readonly random: SimRandom
  /** Jobs take a while: requests that come together overtake one another. */
  slow = false
  #number = 1

  static async open(seed: string): Promise<ReleaseCase> {
    return new ReleaseCase(await town(seed, 3), seed)
  }

  private constructor(place: Town, seed: string) {
    this.place = place
    this.clock = place.clock
    this.owner = place.box(0)
    this.host = place.box(1)
    this.other = place.box(2)
    this.random = simRandom(`releases ${seed}`)
    this.disk = new MemoryDisk({ clock: this.clock })
    this.hosting = this.#open()
  }

  #open(): Hosting {
    const { clock, disk } = this
    const random = this.random.fork('host')
    const note = (event: string) => void this.events.push(event)
    const inline = inlineWorkers({ disk, clock, random })
    const workers = this.slow ? slowly(inline) : inline
    return openHosting(
      { disk, clock, random, workers, log: { ...silentLog, error: note, warn: note } },
      {
        folder: HOSTING,
        box: () => this.host.signer,
        members: () => this.place.boxes.map(({ signer }) => signer.organisation),
      },
    )
  }

  /** The program starts anew on the same disk, or on another one. */
  restart(disk = this.disk): void {
    this.disk = disk
    this.hosting = this.#open()
  }

  peer(signer: Signer = this.owner.signer): PeerIdentity {
    const { box, organisation, epoch, certificate } = signer
    return { box, organisation, epoch, certificate, role: 'box' }
  }

  async ask(
    method: PeerMethod,
    what: string,
    body: Uint8Array = new Uint8Array(0),
    peer = this.peer(),
  ): Promise<Uint8Array> {
    const path = `/v1/owners/${this.owner.signer.box}/${what}`
    const answer = await this.hosting.handler({ peer, from: '127.0.0.1', method, path, body }, signal)
    if (answer.status !== 200) throw new Error(Buffer.from(answer.body).toString('latin1'))
    return answer.body
  }

  /** `OK`, or the code of the refusal. */
  async codeOf(asked: Promise<unknown>): Promise<string> {
    try {
      await asked
      return 'OK'
    } catch (error) {
      const code = codeOf(error)
      return code === 'UNEXPECTED' ? (/[A-Z_]{6,}/.exec(String(error))?.[0] ?? code) : code
    }
  }

  /** One fragment of a new stripe, as the owner would send it. */
  fragment(payloadBytes = 1000, packClass: 'data' | 'metadata' = 'data'): PutFragment {
    const { signer } = this.owner
    const stripe = toHex(this.random.bytes(32))
    const pack = this.random.bytes(payloadBytes)
    const encoded = encodeStripe(CODE, pack)
    const identity = { owner: signer.box, stripe, class: packClass }
    const record = signStripe(signer, stripeRecordOf(identity, CODE, payloadBytes, encoded))
    const hosts = [this.host.signer.box, this.other.signer.box]
    const placement = signPlacement(signer, { format: 1, owner: signer.box, stripe, number: 1, hosts })
    const payload = encoded.payloads[0] ?? new Uint8Array(0)
    const file = encodeFragmentFile({ row: 0, record, placement, payload })
    return { stripe, bytes: file.byteLength, file }
  }

  async put(fragment = this.fragment(), peer = this.peer()): Promise<PutFragment> {
    await this.ask('PUT', `fragments/${fragment.stripe}.0`, Uint8Array.from(fragment.file), peer)
    return fragment
  }

  async putMany(count: number, packClass: 'data' | 'metadata' = 'data'): Promise<PutFragment[]> {
    const all: PutFragment[] = []
    for (let index = 0; index < count; index++) all.push(await this.put(this.fragment(1000, packClass)))
    return all
  }

  async isThere({ stripe }: Pick<PutFragment, 'stripe'>): Promise<boolean> {
    const code = await this.codeOf(this.ask('GET', `fragments/${stripe}.0`))
    if (code !== 'OK' && code !== 'FRAGMENT_UNKNOWN') throw new Error(code)
    return code === 'OK'
  }

  async inventoryBytes(): Promise<number> {
    const report = await this.hosting.describe()
    const [owner] = report.owners
    return owner?.releases.classes.reduce((sum, { held }) => sum + held, 0) ?? 0
  }

  number(): number {
    return ++this.#number
  }

  releaseStatement(stripes: readonly string[], number = this.number(), signer = this.owner.signer): Signed {
    const body = encodeRelease({
      format: 1,
      owner: this.owner.signer.box,
      epoch: signer.epoch,
      number,
      stripes: [...stripes].sort(),
      log: null,
      at: this.clock.wall(),
    })
    return sign(signer, 'release', body)
  }

  async release(stripes: readonly string[], statement = this.releaseStatement(stripes)) {
    const answer = await this.ask('POST', 'releases', encodeSigned(statement))
    return decodeBody('answer', releaseAnswerSchema, answer)
  }

  async cancel(stripes: readonly string[], number = this.number()) {
    const { signer } = this.owner
    const { box: owner, epoch } = signer
    const body = encodeCancel({ format: 1, owner, epoch, number, stripes: [...stripes].sort(), at: this.clock.wall() })
    const answer = await this.ask('POST', 'cancels', encodeSigned(sign(signer, 'cancel', body)))
    return decodeBody('answer', releaseAnswerSchema, answer)
  }

  /** By root when `signer` is null. */
  undoStatement(signer: Signer | null, until = { epoch: 1, number: this.#number }): Signed {
    const owner = this.owner.signer.box
    const body = encodeUndo({ format: 1, owner, until, by: signer?.box ?? null, at: this.clock.wall() })
    return signer === null ? this.byRoot('undo', body) : sign(signer, 'undo', body)
  }

  budgetStatement(
    signer: Signer | null,
    bytes: number,
    more: { lasting?: boolean; class?: 'data' | 'metadata'; at?: number } = {},
  ) {
    const body = encodeBrakeBudget({
      format: 1,
      owner: this.owner.signer.box,
      id: toHex(this.random.bytes(16)),
      class: more.class ?? 'data',
      bytes,
      lasting: more.lasting ?? false,
      by: signer?.box ?? null,
      at: more.at ?? this.clock.wall(),
    })
    return signer === null ? this.byRoot('brake-budget', body) : sign(signer, 'brake-budget', body)
  }

  condemnStatement(head: { number: number; hash: string }, epoch = 1): Signed {
    const body = encodeCondemn({ format: 1, owner: this.owner.signer.box, head, epoch, at: this.clock.wall() })
    return this.byRoot('condemn', body)
  }

  byRoot(kind: 'undo' | 'condemn' | 'brake-budget', body: Uint8Array): Signed {
    return signStatement(kind, body, this.owner.root.signingKey, new Uint8Array(0))
  }

  async deliver(what: 'undo' | 'condemn' | 'budget', statement: Signed, signer = this.other.signer) {
    const answer = await this.ask('POST', what, encodeSigned(statement), this.peer(signer))
    return decodeBody('verdict', verdictAnswerSchema, answer)
  }

  async notices(signer = this.other.signer) {
    const answer = await this.ask('GET', 'unusual', new Uint8Array(0), this.peer(signer))
    return decodeBody('notices', noticesSchema, answer).notices.map((one) => decodeSigned(encodeSigned(one)))
  }

  async summary() {
    return decodeBody('releases', releaseSummarySchema, await this.ask('GET', 'releases'))
  }

  /** Time passes, and the host looks after what it keeps every six hours. */
  async live(days: number, stepMs = 6 * HOUR_MS): Promise<void> {
    for (let left = days * DAY_MS; left > 0; left -= stepMs) {
      await this.clock.runFor(Math.min(left, stepMs))
      await this.hosting.look(signal)
    }
  }
}

/** A host that has kept these for 31 lived days, so that a tenth may go. */
export async function settled(
  seed: string,
  count = 10,
): Promise<{ on: ReleaseCase; kept: { stripe: string; bytes: number }[] }> {
  const on = await ReleaseCase.open(seed)
  const kept = await on.putMany(count)
  await on.live(31, DAY_MS)
  return { on, kept }
}
