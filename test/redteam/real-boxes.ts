/** The same thief among real boxes: what it leaves must be enough for a recovery from the words. */
import { bytesEqual, codeOf, DAY_MS } from '#base'
import { simRandom } from '#base/sim'
import { encodeRelease, type Signed } from '#crypto'
import { HostClient } from '#dispersal'
import { OpenedBox } from '../../src/box/opened-box.ts'
import { BOX_FOLDER, BoxTown, type TestBox } from '../../src/box/test-town.ts'
import { sign, signHead, verifyHead } from '../../src/dispersal/statements.ts'

const signal = new AbortController().signal
const BOXES = 6
/** More than one page of a recovery. */
const HEADS = 1100
const HEADS_AT_ONCE = 275
const PAST_DAYS = 32

interface Trick {
  readonly name: string
  play(on: RealBoxes): Promise<void>
}

const TRICKS: readonly Trick[] = [
  { name: 'heads without end, of no members and any time', play: (on) => on.floodHeads() },
  { name: 'starts used up', play: (on) => on.useUpStarts() },
  { name: 'leave the community to make hosts forget', play: (on) => on.leave() },
]

export interface RealReport {
  readonly strategy: string
  readonly virtualDays: number
  readonly failures: readonly string[]
}

/** Releases all that hosts let go for a month, plays a trick on top, and then somebody has the words. */
export async function playRealBoxes(number: number): Promise<RealReport> {
  const trick = TRICKS[number % TRICKS.length]
  if (trick === undefined) throw new Error('there is a trick for each number')
  const on = await RealBoxes.begin(`real boxes ${number}`)
  await trick.play(on)
  for (let week = 0; week < 5; week++) {
    await on.releaseAll()
    await on.live(7)
  }
  const failures: string[] = []
  try {
    await on.recover(new Date(on.calmAt).toISOString())
  } catch (error) {
    failures.push(`recovery: ${codeOf(error)} ${String(error)}`)
  }
  return {
    strategy: trick.name,
    virtualDays: on.town.clock.monotonic() / DAY_MS,
    failures: [...failures, ...on.failures],
  }
}

class RealBoxes {
  readonly town: BoxTown
  readonly owner: TestBox
  readonly others: readonly TestBox[]
  readonly content: Uint8Array
  readonly failures: string[] = []
  snapshot = ''
  /** Before the last head of the owner: a thief can sign into his own heads that they are as old as that one. */
  calmAt = 0

  static async begin(seed: string): Promise<RealBoxes> {
    const town = new BoxTown(seed)
    const [owner, ...others] = await town.founded(BOXES)
    if (owner === undefined) throw new Error('a town has boxes')
    const on = new RealBoxes(town, owner, others, simRandom(seed).bytes(120_000))
    on.snapshot = await town.save(owner, 'first', on.content)
    await on.live(PAST_DAYS)
    on.calmAt = town.clock.wall()
    await town.save(owner, 'second', simRandom(`${seed} again`).bytes(30_000))
    return on
  }

  private constructor(town: BoxTown, owner: TestBox, others: readonly TestBox[], content: Uint8Array) {
    this.town = town
    this.owner = owner
    this.others = others
    this.content = content
  }

  async live(days: number): Promise<void> {
    for (let day = 0; day < days; day++) await this.town.clock.runFor(DAY_MS)
  }

  async #each(act: (client: HostClient) => Promise<unknown>): Promise<void> {
    const { box } = this.owner
    for (const { box: host } of this.others) {
      try {
        const session = await this.town.run(box.hosts.session(host.settings.box, signal))
        await this.town.run(act(new HostClient(this.town.clock, session, box.settings.box)))
      } catch (error) {
        if (!/REFUSED|UNREACHABLE|DISCONNECTED/.test(codeOf(error))) this.failures.push(`a host: ${String(error)}`)
      }
    }
  }

  async releaseAll(): Promise<void> {
    const { signer, vault } = this.owner.box
    const at = this.town.clock.wall()
    const stripes = [...vault.packs()].map(({ id }) => id).sort()
    const { box: owner, epoch } = signer
    const body = encodeRelease({ format: 1, owner, epoch, number: at, stripes, log: null, at })
    await this.#each((client) => client.release(sign(signer, 'release', body), signal))
  }

  /** The real heads lie behind more than a recovery reads at once. */
  async floodHeads(): Promise<void> {
    const { signer, heads } = this.owner.box
    const { newest, incarnation } = heads
    if (newest === null || incarnation === null) throw new Error('the owner has signed heads')
    await this.#each(async (client) => {
      let last = newest
      for (let sent = 0; sent < HEADS; sent += HEADS_AT_ONCE) {
        const run: Signed[] = []
        for (let count = 0; count < HEADS_AT_ONCE; count++) {
          const { head, hash } = last
          last = signHead(signer, { ...head, number: head.number + 1, previous: hash, at: 1, organisations: [] })
          run.push(last.signed)
        }
        verifyHead(last.signed, signer)
        await client.putHeads(run, incarnation, signal)
      }
    })
  }

  async useUpStarts(): Promise<void> {
    await this.#each((client) => client.announce({ count: 2 ** 40, bytes: 'cd'.repeat(16) }, signal))
  }

  #left = false

  async leave(): Promise<void> {
    this.#left = true
    await this.town.call(this.owner.box, 'community.leave', {})
    await this.live(1)
  }

  /** Other members are told; one of them takes all back; the words bring back what there was before the thief. */
  async recover(before: string): Promise<void> {
    const { town, owner, others } = this
    const [member] = others
    if (member === undefined) throw new Error('a town has members')
    await town.run(owner.box[Symbol.asyncDispose]())
    const { hosts } = await town.call(member.box, 'release.undo', { owner: owner.box.settings.box })
    if (hosts.length === 0) this.failures.push('an undo reached nobody')
    const machine = town.machine('box-0')
    await town.recover(machine, { words: owner.words, peers: ['box-1:4600', 'box-2:4600'], before })
    const back = await town.run(OpenedBox.open(machine.world(), BOX_FOLDER))
    const found = await town.restored(machine, back, this.snapshot)
    if (!bytesEqual(found, this.content)) this.failures.push('a restored file differs')
    if (this.#left) return
    const { state } = await town.call(back, 'disperse', { waitMs: 0 })
    if (state !== 'whole' && state !== 'protected') this.failures.push(`hosts do not take the box again: ${state}`)
  }
}
