import { codeOf, DAY_MS, DatisError, HOUR_MS, MINUTE_MS } from '#base'
import { MemoryNet, type SimClock, type SimRandom, simClock, simRandom } from '#base/sim'
import { foundWith, type Operations } from '#box'
import { type Code, codeForBoxes } from '#coding'
import { heal, plague, type Victims } from './faults.ts'
import { checkPromised, checkTotals, Margin } from './margin.ts'
import { Membership } from './membership.ts'
import { SOURCE, TownBox } from './town-box.ts'
import { Trace } from './trace.ts'
import { type Death, Killed, type Surroundings } from './world.ts'

const START_MS = 1_780_000_000_000
const CYCLE_MS = 6 * HOUR_MS
/** A town's work grows with the square of its history: large and long ones skip cycles, as machines that sleep do. */
const CYCLES_A_TOWN = 40
/** In a few towns three boxes become twelve, and then nine. */
const GROWING_ONE_IN = 40
const GROWN_FROM = 3
const THINNING_ONE_IN = 3
const POLICIES = { local: '<2 d, 6 h>, <7 d, 1 d>', remote: '<4 d, 6 h>, <20 d, 1 d>' }
const GROWING_DAYS = 30
const SETTLE_MS = 20 * MINUTE_MS
const REOPEN_TRY_MS = HOUR_MS
const FAILURES_MAX = 20
const NOT_ABORTED = { signal: new AbortController().signal, onProgress: () => undefined }

export interface TownPlan {
  readonly seed: number
  readonly onLine?: ((line: string) => void) | undefined
}

/** A community of boxes on virtual time, each living through its days; what goes wrong is in `failures`. */
export class Town implements Surroundings {
  readonly clock: SimClock
  readonly random: SimRandom
  readonly net: MemoryNet
  readonly trace: Trace
  readonly boxes: TownBox[]
  readonly membership: Membership
  readonly days: number
  readonly failures: string[] = []
  code: Code = { n: 0, k: 0 }
  snapshots = 0
  readonly #everybody: TownBox[] = []
  readonly #margin: Margin
  readonly #comesAndGoes: boolean
  readonly #grows: boolean
  /** Its boxes keep less than all that they ever saved. */
  readonly #thins: boolean
  #quiet = false
  #untilMs = 0
  #running: Promise<void>[] = []

  constructor({ seed, onLine }: TownPlan) {
    this.clock = simClock({ startWallMs: START_MS })
    this.random = simRandom(`town ${seed}`)
    this.net = new MemoryNet(this.clock, this.random.fork('net'))
    this.trace = new Trace(() => this.clock.monotonic(), onLine)
    this.#grows = this.random.below(GROWING_ONE_IN) === 0
    const count = this.random.below(10) === 0 ? 9 + this.random.below(4) : 3 + this.random.below(6)
    this.days = this.#grows ? GROWING_DAYS : 10 + this.random.below(21)
    const fail = (what: string) => this.fail(what)
    this.#margin = new Margin({ trace: this.trace, everybody: this.#everybody, fail })
    this.boxes = Array.from({ length: this.#grows ? GROWN_FROM : count }, () => this.#newBox())
    for (const box of this.boxes) box.machine.onPowerCut = () => this.#lostPower(box)
    this.#comesAndGoes = this.random.below(3) === 0 || this.#grows
    this.#thins = this.random.fork('thins').below(THINNING_ONE_IN) === 0
    const random = this.random.fork('membership')
    const own = { clock: this.clock, trace: this.trace, boxes: this.boxes, random }
    this.membership = new Membership({
      ...own,
      trying: (box, act) => this.#trying(box, act),
      cycle: (box) => this.#tolerating(box, () => this.#cycle(box)),
      build: () => this.#build(),
      settleIn: (box) => this.#settleIn(box),
      checkDrained: (box, owners) => this.#margin.checkDrained(box, this.boxes, owners),
      depart: (box) => this.#depart(box),
    })
  }

  /** Half of what a code can lose: what even a stripe that is only `protected` survives. */
  get damagedHostsMax(): number {
    return Math.ceil((this.code.n - this.code.k) / 2)
  }

  async found(): Promise<void> {
    const clients = []
    for (const box of this.boxes) clients.push(await box.create())
    const first = this.boxes[0]
    if (first === undefined) throw new Error('a town has boxes')
    const { community, code } = await foundWith(clients, first.world, NOT_ABORTED)
    this.code = this.#leastOf(code)
    for (const box of this.boxes) await box.serve()
    this.trace.note('town', 'founded', `${community} n=${code.n} k=${code.k}`)
  }

  /** Towns in which boxes come and go may become smaller by one than they were founded; then less is promised. */
  #leastOf(code: Code): Code {
    const after = this.boxes.length - 1
    if (!this.#comesAndGoes || this.#grows || after - 1 < code.n) return code
    const smaller = codeForBoxes(after)
    return smaller.n - smaller.k < code.n - code.k ? smaller : code
  }

  /** All days, with all faults. */
  async live(): Promise<void> {
    const untilMs = this.clock.monotonic() + this.days * DAY_MS
    this.#untilMs = untilMs
    for (const box of this.boxes) this.#start(box.name, this.#days(box, untilMs))
    if (this.#grows) this.#start('membership', this.membership.growAndShrink(untilMs))
    else if (this.#comesAndGoes) this.#start('membership', this.membership.comeAndGo(untilMs))
    this.#start('plague', plague({ ...this.#victims(), random: this.random.fork('plague') }, untilMs))
    while (this.#running.length > 0) await Promise.all(this.#running.splice(0))
  }

  /** No more faults, and every box on. */
  async calm(): Promise<void> {
    this.#quiet = true
    heal(this.#victims())
    for (const box of this.boxes) if (!box.isOpen) await this.#reopen(box)
    await this.clock.sleep(HOUR_MS)
    await this.membership.settle()
    const chains = new Set(this.boxes.map(({ chain }) => chain))
    if (chains.size > 1) this.fail(`members have ${chains.size} different chains of charters`)
    for (const box of this.boxes) if (box.hasAlarms) this.fail(`${box.name} has seen two charters of one number`)
  }

  async #build(): Promise<TownBox> {
    const box = this.#newBox()
    await box.create()
    await box.serve()
    return box
  }

  #newBox(): TownBox {
    const index = this.#everybody.length
    const box = new TownBox(this, index, {
      accepted: (owner, stripes) => this.#margin.released(owner, stripes),
      purged: () => this.trace.count('fragment purged'),
      failed: (what) => this.fail(`box-${index} ${what}`),
    })
    this.#everybody.push(box)
    return box
  }

  #settleIn(box: TownBox): void {
    box.machine.onPowerCut = () => this.#lostPower(box)
    this.boxes.push(box)
    if (!this.#quiet) this.#start(box.name, this.#days(box, this.#untilMs))
  }

  #depart(box: TownBox): void {
    this.boxes.splice(this.boxes.indexOf(box), 1)
    box.die('power')
    for (const other of this.boxes) other.gone.set(box.id, this.clock.monotonic())
  }

  /** Takes and disperses once more everywhere, without trouble: all must come out whole. */
  async settle(): Promise<void> {
    for (const box of this.boxes) {
      box.workload.change()
      await this.snapshot(box)
      const state = await this.disperse(box, SETTLE_MS)
      if (!state.startsWith('whole')) this.fail(`${box.name} is not whole after a calm day: ${state}`)
    }
    const at = { boxes: this.boxes, trace: this.trace, fail: (what: string) => this.fail(what) }
    await checkTotals(at)
    await checkPromised(at)
  }

  /** The last cycles of an owner before its end reach only some of the hosts: nobody was promised anything of them. */
  async lastWords(owner: TownBox): Promise<void> {
    for (let cycle = 0; cycle < 2; cycle += 1) {
      const others = this.random.shuffled(this.boxes.filter((box) => box !== owner))
      const cutOff = others.slice(0, 1 + this.random.below(others.length - 1))
      this.trace.fault('lastWords', owner.name, cutOff.map(({ name }) => name).join(','))
      for (const { name } of cutOff) this.net.cut(owner.name, name)
      owner.workload.change()
      await this.#tolerating(owner, async () => {
        await this.snapshot(owner)
        await this.disperse(owner)
      })
      this.net.healAll()
      await this.clock.sleep(HOUR_MS)
    }
  }

  fail(what: string): void {
    this.trace.note('town', 'FAILURE', what)
    if (this.failures.length < FAILURES_MAX) this.failures.push(what)
  }

  crash(box: TownBox, death: Death, offMs: number): void {
    if (this.#quiet || !box.machine.isOn) return
    box.die(death)
    this.#start(`${box.name} reopens`, this.#reopenAfter(box, offMs))
  }

  /** Somebody puts an older copy of the disk back, off the machine. */
  putBack(box: TownBox, copy: () => void): void {
    if (this.#quiet || !box.isOpen) return
    box.die('kill')
    copy()
    this.#start(`${box.name} reopens`, this.#reopenAfter(box, MINUTE_MS))
  }

  later(ms: number, act: () => void): void {
    this.#start(
      'later',
      this.clock.sleep(ms).then(() => {
        if (!this.#quiet) act()
      }),
    )
  }

  async snapshot(box: TownBox): Promise<void> {
    const model = box.workload.model()
    const { snapshots } = await box.call('snapshot.take', { sources: [] })
    for (const { id, state } of snapshots) {
      if (state !== 'complete') this.fail(`${box.name}: snapshot ${id} of a good disk is ${state}`)
      box.acknowledged.set(id, model)
      this.snapshots += 1
      this.trace.note(box.name, 'snapshot', id)
    }
  }

  async disperse(box: TownBox, waitMs = 0): Promise<string> {
    const snapshots = [...box.acknowledged.keys(), ...box.forgotten.keys()]
    const began = this.clock.monotonic()
    if (this.#comesAndGoes && box.isOpen) box.noteTwins()
    box.reported = await this.#disperseOrHelp(box, waitMs)
    const { state, head, receipts, stripes, trouble } = box.reported
    const hosts = trouble.map(({ host, code }) => `${host.slice(0, 4)}:${code}`).join(',')
    this.trace.note(box.name, 'dispersed', `${state} head=${head} receipts=${receipts} of ${stripes.total} ${hosts}`)
    this.trace.count(`dispersed ${state}`)
    if (state !== 'stored') {
      box.promised = { state, head, snapshots }
      for (const [host, at] of box.gone) {
        if (at >= began) continue
        box.gone.delete(host)
        box.damagedHosts.delete(host)
      }
      box.remember()
    }
    return `${state} ${hosts}`.trim()
  }

  /**
   * What a person does for a box whose disk was put back (security rule 4). Hosts that were away when it drew its
   * incarnation may know a later one: it takes itself for a clone until it is started again. Hosts that were away when it
   * caught up may hold heads that never had enough receipts: the root says which branch goes on.
   */
  async #disperseOrHelp(box: TownBox, waitMs: number): Promise<Operations['disperse'][1]> {
    try {
      const report = await box.call('disperse', { waitMs })
      if (!box.wasPutBack || report.trouble.every(({ code }) => code !== 'LOG_FORK')) return report
      this.trace.count('branch ended by the root')
      await box.askRoot()
      return await box.call('disperse', { waitMs })
    } catch (error) {
      const help = box.wasPutBack ? HELP.get(codeOf(error)) : undefined
      if (help === undefined) throw error
      this.trace.count(help.count)
      await help.act(box)
      return await box.call('disperse', { waitMs })
    }
  }

  /** All that was acknowledged is there, and one of it is what it was. */
  async checkLocal(box: TownBox): Promise<void> {
    const { items } = await box.call('snapshot.list', {})
    const there = new Set(items.map(({ id }) => id))
    for (const id of box.acknowledged.keys()) if (!there.has(id)) this.fail(`${box.name} has lost the snapshot ${id}`)
    const ids = [...box.acknowledged.keys()].filter((id) => !box.onlyRemote.has(id))
    if (ids.length === 0) return
    const wrong = await box.restoreWrong(box.random.pick(ids))
    if (wrong !== null) this.fail(`${box.name} on its own: ${wrong}`)
  }

  #victims(): Victims {
    const { clock, net, random, trace, boxes, damagedHostsMax } = this
    return {
      clock,
      net,
      random,
      trace,
      boxes,
      damagedHostsMax,
      crash: (box, death, offMs) => this.crash(box, death, offMs),
      putBack: (box, copy) => this.putBack(box, copy),
      later: (ms, act) => this.later(ms, act),
      cutInTwo: (sides) => {
        if (this.#comesAndGoes) this.#start('sides', this.membership.actOnBothSides(sides))
      },
      leftMs: () => this.#untilMs - clock.monotonic(),
    }
  }

  async #days(box: TownBox, untilMs: number): Promise<void> {
    const share = Math.min(1, (CYCLES_A_TOWN * CYCLE_MS) / (this.days * DAY_MS * this.boxes.length))
    for (;;) {
      const waitMs = CYCLE_MS * (0.5 + box.random.fraction())
      if (this.clock.monotonic() + waitMs >= untilMs) return
      await this.clock.sleep(waitMs)
      if (!this.boxes.includes(box)) return
      if (box.isOpen && this.#comesAndGoes) await this.#trying(box, () => box.round())
      if (!box.random.chance(share)) continue
      box.workload.change()
      if (box.isOpen) await this.#tolerating(box, () => this.#cycle(box))
    }
  }

  async #cycle(box: TownBox): Promise<void> {
    await this.snapshot(box)
    await this.disperse(box)
    if (this.#thins && box.random.below(3) === 0) await this.#thin(box)
    if (box.random.below(10) === 0) await this.checkLocal(box)
  }

  /** What is about to expire is promised no more from now on, whether the box survives it or not. */
  async #thin(box: TownBox): Promise<void> {
    await box.call('policy.set', { source: SOURCE, ...POLICIES })
    const { local, remote } = await box.call('snapshot.expire', { dryRun: true })
    box.letGo(local, remote)
    await box.call('snapshot.expire', { dryRun: false })
    this.trace.note(box.name, 'expired', `${local.length} here, ${remote.length} on hosts`)
    const { dropped, released } = await box.call('vault.collect', {})
    this.trace.note(box.name, 'collected', `${dropped} dropped, ${released} released`)
    this.trace.count('collected')
  }

  async #trying<Result>(box: TownBox, act: () => Promise<Result>): Promise<Result | null> {
    let result: Result | null = null
    await this.#tolerating(box, async () => {
      result = await act()
    })
    return result
  }

  /** Death and a full disk end a cycle; anything else that does not come as an error of ours is a bug. */
  async #tolerating(box: TownBox, act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      if (error instanceof Killed) return
      this.trace.count(`error ${codeOf(error)}`)
      if (box.machine.isFull || isTrouble(error)) return
      this.fail(`${box.name}: ${describe(error)}`)
    }
  }

  #lostPower(box: TownBox): void {
    box.die('power')
    const offMs = MINUTE_MS + box.random.below(10 * HOUR_MS)
    this.#start(`${box.name} reopens`, this.#reopenAfter(box, offMs))
  }

  async #reopenAfter(box: TownBox, offMs: number): Promise<void> {
    await this.clock.sleep(offMs)
    if (!box.isOpen && this.boxes.includes(box)) await this.#reopen(box)
  }

  async #reopen(box: TownBox): Promise<void> {
    for (let tries = 0; tries < 100 && this.boxes.includes(box); tries += 1) {
      try {
        await box.open()
        await this.checkLocal(box)
        return
      } catch (error) {
        // Who dies again is opened again by whoever killed it.
        if (error instanceof Killed || !box.machine.isOn) return
        if (!box.machine.isFull) return this.fail(`${box.name} does not open: ${describe(error)}`)
        box.die('kill')
        await this.clock.sleep(REOPEN_TRY_MS)
      }
    }
    if (this.boxes.includes(box)) this.fail(`${box.name} never opened again`)
  }

  #start(what: string, work: Promise<void>): void {
    this.#running.push(work.catch((error: unknown) => this.fail(`${what}: ${describe(error)}`)))
  }
}

interface Help {
  readonly count: string
  act(box: TownBox): Promise<void>
}

const HELP: ReadonlyMap<string, Help> = new Map([
  ['BOX_REFUSED', { count: 'started again by a person', act: startAgain }],
  ['HEAD_FORK', { count: 'fork ended by the root', act: (box) => box.askRoot() }],
])

async function startAgain(box: TownBox): Promise<void> {
  box.die('kill')
  await box.open()
}

const BUGS = new Set([
  'UNEXPECTED',
  'LOG_BROKEN',
  'HEAD_ROLLED_BACK',
  'HEAD_FORK',
  'BOX_REFUSED',
  'SNAPSHOT_UNKNOWN',
  'PACK_DAMAGED',
])

/** What a box may say while its peers and its lines are bad. */
function isTrouble(error: unknown): boolean {
  return error instanceof DatisError && !BUGS.has(error.code)
}

export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const details = error instanceof DatisError ? ` ${JSON.stringify(error.details)}` : ''
  const where = error.stack?.split('\n').find((line) => line.includes('/src/') && !line.includes('/src/sim/'))
  return `${codeOf(error)} ${error.message}${details}${where === undefined ? '' : ` (${where.trim()})`}`
}
