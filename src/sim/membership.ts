/** Boxes come and go: what people do to the community of a town, while all else goes wrong. */
import { DAY_MS, HOUR_MS } from '#base'
import type { SimClock, SimRandom } from '#base/sim'
import { codeForBoxes } from '#coding'
import type { TownBox } from './town-box.ts'
import type { Trace } from './trace.ts'

/** What coming and going needs of the town. */
export interface Community {
  readonly clock: SimClock
  readonly random: SimRandom
  readonly trace: Trace
  readonly boxes: readonly TownBox[]
  /** Null when it failed as things fail here; what is a bug is noted. */
  trying<Result>(box: TownBox, act: () => Promise<Result>): Promise<Result | null>
  /** It saves and disperses, as far as it can. */
  cycle(box: TownBox): Promise<void>
  /** A box outside, on and serving. */
  build(): Promise<TownBox>
  settleIn(box: TownBox): void
  /** These have signed that they do without it. */
  checkDrained(box: TownBox, owners: ReadonlySet<string>): void
  /** It is a member no more, and off for good. */
  depart(box: TownBox): void
}

const CHANGE_EVERY_MS = 4 * DAY_MS
const TRY_EVERY_MS = 2 * HOUR_MS
/** An invitation holds for 48 hours. */
const TRIES_MAX = 12
const BOXES_MAX = 12
const SHRUNK_TO = 9
const SHRINK_TRIES_MAX = 20
const SHRINK_EVERY_MS = 16 * HOUR_MS
const DRAIN_TRIES_MAX = 5

export class Membership {
  readonly #town: Community
  /** Boxes that were asked in and may be members without knowing it. */
  readonly #atTheDoor = new Map<TownBox, string>()
  readonly #leaving = new Set<TownBox>()
  /** How many boxes there may ever have been. */
  #boxesMax: number
  changes = 0

  constructor(town: Community) {
    this.#town = town
    this.#boxesMax = town.boxes.length
  }

  /** Until then. */
  async comeAndGo(untilMs: number): Promise<void> {
    const { clock, random } = this.#town
    for (;;) {
      const waitMs = (0.5 + random.fraction()) * CHANGE_EVERY_MS
      if (clock.monotonic() + waitMs + TRIES_MAX * TRY_EVERY_MS >= untilMs) return
      await clock.sleep(waitMs)
      const what = random.below(5)
      if (what < 2) await this.#admit()
      else await this.#takeOut(what < 4)
    }
  }

  /** To twelve boxes in the first half of the time, and to nine in the second. */
  async growAndShrink(untilMs: number): Promise<void> {
    const { clock, boxes } = this.#town
    const beganMs = clock.monotonic()
    const halfMs = (beganMs + untilMs) / 2
    while (boxes.length < BOXES_MAX && clock.monotonic() < halfMs) await this.#admit()
    await clock.sleep(Math.max(0, halfMs - clock.monotonic()))
    for (let tries = 0; boxes.length > SHRUNK_TO && tries < SHRINK_TRIES_MAX; tries++) {
      if (clock.monotonic() + TRIES_MAX * TRY_EVERY_MS >= untilMs) return
      // Who may be out or not, nobody knows, is enough to lose at once.
      if (this.#leaving.size > 0) return
      if (await this.#isSettled()) await this.#takeOut(tries % 2 === 0, { spared: false })
      await clock.sleep(SHRINK_EVERY_MS)
    }
  }

  /** Whether everybody has made good, since the last one went, what that one kept. */
  async #isSettled(): Promise<boolean> {
    const { boxes } = this.#town
    for (const box of boxes) if (box.isOpen && box.gone.size > 0) await this.#town.cycle(box)
    return boxes.every((box) => box.gone.size === 0)
  }

  /** Each side invites somebody, who never comes: at most one of both can be agreed on before the town is one again. */
  async actOnBothSides(sides: readonly (readonly TownBox[])[]): Promise<void> {
    const { clock, random, trace } = this.#town
    await clock.sleep(random.below(HOUR_MS))
    for (const side of sides) {
      const open = random.shuffled(side.filter(({ isOpen }) => isOpen))
      const [inviter] = open
      if (inviter === undefined) continue
      const made = await this.#town.trying(inviter, () => inviter.call('community.invite', { contacts: [] }))
      if (made !== null) await this.#approve(open, made.act)
      trace.count(`side: ${made === null ? 'failed' : made.state}`)
    }
  }

  /** On a calm day: everybody hears of everything, who was let in without knowing it is told, who was put out goes. */
  async settle(): Promise<void> {
    const { boxes } = this.#town
    await this.#rounds(3)
    for (const [newcomer, code] of this.#atTheDoor) await this.#join(newcomer, code)
    const newest = boxes.map((box) => box.charter).reduce((best, one) => (one.number > best.number ? one : best))
    const members = new Set(newest.members.flatMap((member) => member.boxes.map(({ box }) => box)))
    for (const box of boxes.filter(({ id }) => !members.has(id))) this.#town.depart(box)
    await this.#rounds(2)
  }

  async #rounds(count: number): Promise<void> {
    for (let round = 0; round < count; round++) {
      for (const box of [...this.#town.boxes]) await this.#town.trying(box, () => box.round())
    }
  }

  async #admit(): Promise<void> {
    const { clock, random, trace, boxes } = this.#town
    if (boxes.length >= BOXES_MAX) return
    this.changes++
    this.#boxesMax = Math.max(this.#boxesMax, boxes.length + 1)
    const newcomer = await this.#town.build()
    trace.fault('admission', newcomer.name, boxes.length)
    let invitation: { code: string; act: string } | null = null
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const open = random.shuffled(boxes.filter(({ isOpen }) => isOpen))
      const [inviter] = open
      if (invitation === null && inviter !== undefined) {
        invitation = await this.#town.trying(inviter, () => inviter.call('community.invite', { contacts: [] }))
      } else if (invitation !== null) {
        await this.#approve(open, invitation.act)
        if (await this.#join(newcomer, invitation.code)) return
      }
      await clock.sleep(TRY_EVERY_MS)
    }
    trace.count('admission given up')
  }

  /** Whether it is in. */
  async #join(newcomer: TownBox, code: string): Promise<boolean> {
    this.#atTheDoor.set(newcomer, code)
    if ((await this.#town.trying(newcomer, () => newcomer.call('community.join', { code }))) === null) return false
    this.#atTheDoor.delete(newcomer)
    this.#town.settleIn(newcomer)
    this.#town.trace.count('admitted')
    return true
  }

  async #approve(boxes: readonly TownBox[], act: string): Promise<void> {
    for (const box of boxes) await this.#town.trying(box, () => box.approve(act))
  }

  /** `willing`: it leaves; else the others put it out. `spared`: only while there is a spare host for each row it keeps. */
  async #takeOut(willing: boolean, { spared = true } = {}): Promise<void> {
    const { clock, random, trace, boxes } = this.#town
    const after = boxes.length - this.#leaving.size - 1
    const box = random.pick(boxes)
    if ((spared && after - 1 < codeForBoxes(this.#boxesMax).n) || this.#leaving.has(box)) return
    this.changes++
    this.#leaving.add(box)
    if (willing && spared && random.chance(0.5)) await this.#drain(box)
    // It may be out from now on, whoever learns of it when.
    for (const other of boxes) other.gone.set(box.id, Number.POSITIVE_INFINITY)
    trace.fault(willing ? 'leaving' : 'expulsion', box.name, boxes.length)
    const since = numberWith(box, boxes)
    let act: string | null = null
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const others = random.shuffled(boxes.filter((one) => one !== box && one.isOpen))
      if (act === null) act = await this.#propose(box, others, willing)
      else if (!willing) await this.#approve(others, act)
      if (isOut(box, boxes, since)) break
      await clock.sleep(TRY_EVERY_MS)
    }
    if (!isOut(box, boxes, since)) return trace.count('departure given up')
    this.#leaving.delete(box)
    this.#town.depart(box)
    trace.count('departed')
  }

  /** In good order: the others move what it keeps to spare hosts before it goes. */
  async #drain(box: TownBox): Promise<void> {
    const { clock, trace, boxes } = this.#town
    for (let tries = 0; tries < DRAIN_TRIES_MAX && box.isOpen; tries++) {
      const asked = await this.#town.trying(box, () => box.call('community.drain', { waitMs: 0 }))
      if (asked?.state === 'drained') {
        const signed = asked.boxes.filter(({ state, code }) => state === 'drained' && code === null)
        this.#town.checkDrained(box, new Set(signed.map((one) => one.box)))
        return trace.count('drained')
      }
      await clock.sleep(TRY_EVERY_MS)
      for (const other of boxes) if (other !== box && other.isOpen) await this.#town.cycle(other)
    }
    trace.count('drain given up')
  }

  async #propose(box: TownBox, others: readonly TownBox[], willing: boolean): Promise<string | null> {
    const [proposer] = others
    if (willing) {
      const left = box.isOpen ? await this.#town.trying(box, () => box.call('community.leave', {})) : null
      return left?.act ?? null
    }
    if (proposer === undefined) return null
    const { organisation } = box
    const out = await this.#town.trying(proposer, () => proposer.call('community.expel', { organisation }))
    return out?.act ?? null
  }
}

function lists({ charter }: TownBox, { organisation }: TownBox): boolean {
  return charter.members.some((member) => member.organisation === organisation)
}

/** Of a charter that lists the box. */
function numberWith(box: TownBox, boxes: readonly TownBox[]): number {
  return boxes.find((one) => one.isOpen && lists(one, box))?.charter.number ?? Number.POSITIVE_INFINITY
}

/** In a charter after that one: boxes that were cut off may never have heard that it came. */
function isOut(box: TownBox, boxes: readonly TownBox[], since: number): boolean {
  return boxes.some((one) => one.isOpen && one.charter.number > since && !lists(one, box))
}
