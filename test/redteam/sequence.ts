/** One life of 90 days with a thief in it, from a past that several lives share. The same number gives the same life. */
import { DAY_MS, HOUR_MS } from '#base'
import { type SimRandom, simRandom } from '#base/sim'
import { encodeSigned, encodeUndo, type Signed, signStatement } from '#crypto'
import { decodeBody } from '../../src/dispersal/protocol.ts'
import { noticesSchema, type ReleaseOrder } from '../../src/dispersal/release-protocol.ts'
import { sign } from '../../src/dispersal/statements.ts'
import { epochStatement } from '../../src/dispersal/test-town.ts'
import { type Gone, Judge } from './judge.ts'
import { type Past, pastOf, townOf } from './past.ts'
import { MIXED, SCRIPTED, type Strategy } from './strategies.ts'
import { Thief } from './thief.ts'
import { type Dialler, memberOf, Wire } from './wire.ts'

const DAYS = 90
/** Nothing is purged before; a thief's first act may be at the very beginning of day 0. */
const LAST_SAFE_DAY = 43
const PASTS = 6
/** Of all sequences, those in which somebody undoes what the thief did. */
const UNDONE_EVERY = 3
/** Into the day, hosts look after what they keep. */
const LOOK_MS = 22 * HOUR_MS
const QUIET_LOOK_DAYS = 4
const NEXT_EPOCH = 1000
const signal = new AbortController().signal

export interface SequenceReport {
  readonly number: number
  readonly strategy: string
  readonly trouble: string
  readonly virtualDays: number
  readonly requests: number
  readonly undone: boolean
  /** Of each class at day 90. */
  readonly gone: Gone
  readonly failures: readonly string[]
}

const pasts = new Map<number, Promise<Past>>()

function knownPast(number: number): Promise<Past> {
  const past = pasts.get(number) ?? pastOf(number)
  pasts.set(number, past)
  return past
}

/** Every second one is scripted, in turn; the others do whatever comes to mind. */
export function strategyOf(number: number): Strategy {
  const scripted = SCRIPTED[Math.floor(number / 2) % SCRIPTED.length]
  return number % 2 === 0 && scripted !== undefined ? scripted : MIXED
}

/** What else goes wrong at hosts meanwhile: none of it may help the thief. */
type Trouble = 'calm' | 'wrong clocks' | 'restarts' | 'power cuts'
const TROUBLES: readonly Trouble[] = ['calm', 'calm', 'wrong clocks', 'restarts', 'power cuts']

interface Plan {
  readonly strategy: Strategy
  readonly past: number
  readonly trouble: Trouble
  /** Null: nobody answers. */
  readonly undoDay: number | null
}

/** What is not asked for follows from the number. */
export async function playSequence(number: number, asked: Partial<Plan> = {}): Promise<SequenceReport> {
  const random = simRandom(`plan ${number}`)
  const chosen = {
    strategy: strategyOf(number),
    past: random.below(PASTS),
    trouble: random.pick(TROUBLES),
    undoDay: random.below(UNDONE_EVERY) === 0 ? random.below(LAST_SAFE_DAY + 1) : null,
  }
  return await new Sequence(number, { ...chosen, ...asked }).play()
}

class Sequence {
  readonly #number: number
  readonly #plan: Plan
  readonly #random: SimRandom
  #stopped = false

  constructor(number: number, plan: Plan) {
    this.#number = number
    this.#plan = plan
    this.#random = simRandom(`sequence ${number}`)
  }

  async play(): Promise<SequenceReport> {
    const number = this.#number
    const { strategy, trouble, undoDay } = this.#plan
    const past = await knownPast(this.#plan.past)
    const place = await townOf(past)
    const thief = new Thief(new Wire(place), past, String(number))
    const judge = new Judge(thief)
    const act = strategy.begin(thief)
    let gone: Gone = { data: 0, metadata: 0 }
    for (let day = 0; day < DAYS; day++) {
      await this.#day(thief, day, act)
      await judge.membersAreTold(day)
      if (day === LAST_SAFE_DAY) await judge.everythingIsThere(day)
      // What was judged until here had not lived 44 days yet.
      await place.clock.runFor(DAY_MS - LOOK_MS)
      judge.hostsAreCalm(day)
    }
    if (undoDay !== null) await judge.everythingIsThere(DAYS)
    else gone = await judge.littleIsGone(DAYS)
    await judge.chainIsWhole(DAYS)
    judge.disksAreBounded(DAYS)
    judge.hostsAreCalm(DAYS)
    const { failures } = judge
    const { requests } = thief.wire
    const named = { number, strategy: strategy.name, trouble, undone: undoDay !== null }
    return { ...named, virtualDays: DAYS, requests, gone, failures }
  }

  async #day(thief: Thief, day: number, act: (day: number) => Promise<void>): Promise<void> {
    const before = thief.wire.requests
    await this.#disturb(thief, day)
    if (!this.#stopped) await act(day)
    if (day === this.#plan.undoDay) await this.#answer(thief)
    await thief.place.clock.runFor(LOOK_MS)
    const isQuiet = thief.wire.requests === before && thief.wire.dark.size === 0
    if (!isQuiet || day % QUIET_LOOK_DAYS === LAST_SAFE_DAY % QUIET_LOOK_DAYS || day === DAYS - 1)
      await this.#look(thief)
    this.#powerIsBack(thief)
  }

  /** What hosts do by themselves once an hour; here on days on which something happened, and on some others. */
  async #look({ place, hosts, wire }: Thief): Promise<void> {
    for (const host of hosts) {
      try {
        await place.box(host).hosting.look(signal)
      } catch (error) {
        if (!wire.dark.has(host)) throw error
      }
    }
  }

  async #disturb({ place, hosts, wire }: Thief, day: number): Promise<void> {
    const random = this.#random
    if (this.#plan.trouble === 'wrong clocks' && day % 10 === 3) {
      place.clock.setWallOffset(random.chance(0.5) ? 0 : (random.below(2000) - 1000) * DAY_MS)
    }
    if (!random.chance(0.15)) return
    const host = random.pick(hosts)
    if (this.#plan.trouble === 'restarts') place.reopen(host)
    if (this.#plan.trouble !== 'power cuts') return
    wire.dark.add(host)
    place.box(host).disk.resetCalls()
    place.box(host).disk.cutPowerAt(1 + random.below(60))
  }

  /** What was not on the disk when the power failed is lost. */
  #powerIsBack({ place, wire }: Thief): void {
    wire.faults.push(...wire.alarms())
    for (const host of wire.dark) {
      const { disk } = place.box(host)
      disk.powerCut(this.#random)
      disk.resetCalls()
      place.reopen(host)
    }
    wire.dark.clear()
  }

  /** One statement brings all back. Root may end the thief's key as well, and then he goes on in vain. */
  async #answer(thief: Thief): Promise<void> {
    this.#powerIsBack(thief)
    const undo = await this.#undo(thief)
    for (const host of thief.hosts) await this.#deliver(thief, host, undo)
    if (this.#random.chance(0.5)) {
      this.#stopped = true
      return
    }
    const { root, keys, signer } = thief.place.box(0)
    const { head, hash } = thief.past.newest
    const epoch = epochStatement(root, signer.box, keys, NEXT_EPOCH, { number: head.number, hash })
    for (const host of thief.hosts) await thief.ask(host, 'PUT', 'epoch', encodeSigned(epoch))
  }

  async #deliver(thief: Thief, host: number, undo: Signed): Promise<void> {
    const { code } = await thief.post(host, 'undo', undo, otherThan(thief, host))
    if (code !== 'OK') thief.wire.faults.push(`an undo at host ${host}: ${code}`)
  }

  /** By root, or by a member, up to the last that any host heard of. */
  async #undo(thief: Thief): Promise<Signed> {
    let until: ReleaseOrder = { epoch: 1, number: 1 }
    for (const host of thief.hosts) {
      const { body } = await thief.ask(host, 'GET', 'unusual', undefined, otherThan(thief, host))
      const last = body === null ? until : decodeBody('notices', noticesSchema, body).last
      if (last.number > until.number) until = last
    }
    const { root, signer: owner } = thief.place.box(0)
    const { signer } = thief.place.box(this.#random.pick(thief.hosts))
    const byRoot = this.#random.chance(0.5)
    const by = byRoot ? null : signer.box
    const at = thief.place.clock.wall()
    const body = encodeUndo({ format: 1, owner: owner.box, until, by, at })
    return byRoot ? signStatement('undo', body, root.signingKey, new Uint8Array(0)) : sign(signer, 'undo', body)
  }
}

function otherThan({ place, hosts }: Thief, host: number): Dialler {
  return memberOf(place, (host % hosts.length) + 1)
}
