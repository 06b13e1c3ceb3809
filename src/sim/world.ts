import { joinPath, jsonLog, pathFromText } from '#base'
import {
  inlineWorkers,
  lockTable,
  type MachineClock,
  MemoryDisk,
  MemoryMail,
  type MemoryNet,
  PowerCut,
  type RevocableDisk,
  revocableDisk,
  type SimClock,
  type SimRandom,
} from '#base/sim'
import type { World } from '#box'
import { USUAL_GRACES } from '#dispersal'
import { LinePace, memoryTransport } from '#network'
import type { HostWatch } from './host-watch.ts'
import { mountedDisk, PEOPLE } from './mounted-disk.ts'
import type { Trace } from './trace.ts'

/** What the machines of a town share. */
export interface Surroundings {
  readonly clock: SimClock
  readonly net: MemoryNet
  readonly random: SimRandom
  readonly trace: Trace
}

/** `power`: the disk forgets what was not synced, peers hear nothing. `kill`: kill -9, the machine lives on. */
export type Death = 'power' | 'kill'

/** The program that was asked is dead: no answer will come. */
export class Killed extends Error {
  readonly code = 'KILLED'
}

/** One start of a program on a machine, until it is killed. */
export interface Program {
  readonly world: World
  /** The result of `work`, or `Killed` once the program is dead. */
  run<Result>(work: Promise<Result>): Promise<Result>
}

interface Running extends Program {
  readonly disks: readonly RevocableDisk[]
  readonly clock: MachineClock
  readonly die: () => void
}

const WALL_ERROR_MS_MAX = 2_000

/** A computer with a disk of its own for the box and one for the files of its people. */
export class Machine {
  readonly name: string
  readonly disk: MemoryDisk
  readonly people: MemoryDisk
  readonly #around: Surroundings
  readonly #random: SimRandom
  readonly #wallErrorMs: number
  #wallAheadMs = 0
  #starts = 0
  #startedAt = 0
  #ranMs = 0
  #running: Running | null = null
  #death: Death | null = null
  #ignored = false
  #callsToPowerCut = Number.POSITIVE_INFINITY
  onPowerCut: (() => void) | undefined
  /** Sees each line of the program's log. */
  onLog: ((line: string) => void) | undefined
  /** Sees what the program does to what it keeps for others. */
  watch: HostWatch | undefined

  constructor(around: Surroundings, name: string, label = name) {
    this.name = name
    this.#around = around
    this.#random = around.random.fork(`machine ${label}`)
    this.#wallErrorMs = this.#random.below(2 * WALL_ERROR_MS_MAX) - WALL_ERROR_MS_MAX
    this.disk = new MemoryDisk({ clock: around.clock, device: 1 })
    this.people = new MemoryDisk({
      clock: around.clock,
      device: 2,
      unnamedFiles: this.#random.fork('file system').below(2) === 0,
    })
    this.people.makeFolder(pathFromText(PEOPLE))
    this.disk.onCall = () => this.#countDown()
  }

  get isOn(): boolean {
    return this.#running !== null
  }

  /** For how long its programs have run, by the simulator's own time. */
  get ranMs(): number {
    return this.#ranMs + (this.isOn ? this.#around.clock.monotonic() - this.#startedAt : 0)
  }

  /** How far somebody, or a bad battery, has set its wall clock from the right time. */
  get wallAheadMs(): number {
    return this.#wallAheadMs
  }

  set wallAheadMs(ms: number) {
    this.#wallAheadMs = ms
    this.#running?.clock.setWallOffset(this.#wallErrorMs + ms)
  }

  /** Starts the program on what the last death left on the disk. */
  start(): Program {
    if (this.#death === 'power') this.disk.powerCut(this.#random.fork(`power cut ${this.#starts}`))
    this.#death = null
    this.#starts += 1
    const { net, trace } = this.#around
    net.up(this.name)
    const running = this.#program()
    this.#running = running
    this.#startedAt = this.#around.clock.monotonic()
    trace.note(this.name, 'start', this.#starts)
    return running
  }

  /** The power goes at the disk call of this number from now, if it comes before `die`. */
  cutPowerAfter(calls: number): void {
    this.#callsToPowerCut = calls
  }

  die(death: Death): void {
    const running = this.#running
    if (running === null) return
    this.#ranMs = this.ranMs
    this.#running = null
    this.#death = death
    this.#callsToPowerCut = Number.POSITIVE_INFINITY
    for (const disk of running.disks) disk.revoke()
    running.clock.stop()
    this.#around.net.down(this.name, death === 'kill' ? 'reset' : 'silence')
    this.#around.trace.note(this.name, 'die', death)
    running.die()
  }

  /** Whether the seed has left it next to no room. */
  get isFull(): boolean {
    return this.disk.capacityBytes < 2 ** 40
  }

  /** Looks at the disk, which is not a call of the program's. */
  whileIgnored<Result>(act: () => Result): Result {
    this.#ignored = true
    try {
      return act()
    } finally {
      this.#ignored = false
    }
  }

  #countDown(): void {
    if (this.#ignored || this.#running === null || --this.#callsToPowerCut > 0) return
    this.die('power')
    this.onPowerCut?.()
    throw new PowerCut()
  }

  #program(): Running {
    const { clock: townClock, net, trace } = this.#around
    const random = this.#random.fork(`start ${this.#starts}`)
    const clock = townClock.machine({ wallOffsetMs: this.#wallErrorMs + this.#wallAheadMs })
    const disks = [revocableDisk(this.disk), revocableDisk(this.people)] as const
    const ownNet = net.on(this.name)
    const mounted = mountedDisk(...disks)
    const disk = this.watch?.watched(mounted) ?? mounted
    const log = jsonLog((line) => {
      trace.note(this.name, 'log', line.trimEnd())
      this.onLog?.(line)
    }, clock)
    const dead = Promise.withResolvers<void>()
    const world: World = {
      disk,
      clock,
      random,
      log,
      net: ownNet,
      pace: new LinePace(clock),
      transport: memoryTransport({ net: ownNet, clock, log }),
      mailer: new MemoryMail(clock).mailer,
      startWorkers: (size) => inlineWorkers({ disk, clock, random }, { size }),
      indexPath: () => ':memory:',
      lock: lockTable(),
      threads: 1,
      graces: USUAL_GRACES,
    }
    const killed = dead.promise.then(() => Promise.reject(new Killed('the program was killed')))
    killed.catch(() => undefined)
    return { world, disks, clock, die: dead.resolve, run: (work) => Promise.race([work, killed]) }
  }
}

export const BOX_FOLDER = pathFromText('/data/box')
export const SOURCE_FOLDER = joinPath(pathFromText(PEOPLE), 'documents')
