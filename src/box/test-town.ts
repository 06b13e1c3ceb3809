/** A few boxes on fake ports, to be asked as people would: for the tests of this layer. */
import { type BytePath, joinPath, type Log, pathFromText, pathToText, silentLog } from '#base'
import {
  inlineWorkers,
  lockTable,
  MemoryDisk,
  MemoryMail,
  MemoryNet,
  type SimClock,
  simClock,
  simRandom,
} from '#base/sim'
import { wordsFromEntropy } from '#crypto'
import { USUAL_GRACES } from '#dispersal'
import { LinePace, memoryTransport } from '#network'
import { createBoxIn } from './create.ts'
import { foundWith } from './found.ts'
import { OpenedBox } from './opened-box.ts'
import type { OperationName, Operations, RecoverArguments, RecoverResult } from './operations.ts'
import { recoverBoxIn } from './recover.ts'
import type { World } from './world.ts'

const START_MS = 1_780_000_000_000
const RUN_MS_MAX = 24 * 3_600_000
export const BOX_FOLDER = pathFromText('/data/box')
export const PEOPLE = pathFromText('/people')
export const CONTEXT = { signal: new AbortController().signal, onProgress: () => undefined }

/** A computer; each `world` is a start of the program on it. */
export interface Machine {
  readonly name: string
  readonly disk: MemoryDisk
  /** Names of what was logged as a warning or worse. */
  readonly events: string[]
  world(): World
}

export interface TestBox extends Machine {
  readonly words: string
  readonly box: OpenedBox
}

export class BoxTown {
  readonly clock: SimClock = simClock({ startWallMs: START_MS })
  readonly net: MemoryNet
  readonly mail = new MemoryMail(this.clock)
  readonly random: ReturnType<typeof simRandom>
  #starts = 0

  constructor(seed: string) {
    this.random = simRandom(`boxes ${seed}`)
    this.net = new MemoryNet(this.clock, this.random.fork('net'))
  }

  run<Result>(work: Promise<Result>): Promise<Result> {
    return this.clock.run(work, RUN_MS_MAX)
  }

  machine(name: string): Machine {
    const disk = new MemoryDisk({ clock: this.clock })
    disk.makeFolder(PEOPLE)
    const events: string[] = []
    return { name, disk, events, world: () => this.#world(name, disk, events) }
  }

  #world(name: string, disk: MemoryDisk, events: string[]): World {
    const clock = this.clock.machine()
    const random = this.random.fork(`start ${this.#starts++}`)
    const note = (event: string) => void events.push(event)
    const log: Log = { ...silentLog, warn: note, error: note }
    const net = this.net.on(name)
    return {
      disk,
      clock,
      random,
      log,
      net,
      pace: new LinePace(clock),
      transport: memoryTransport({ net, clock, log }),
      mailer: this.mail.mailer,
      startWorkers: (size) => inlineWorkers({ disk, clock, random }, { size }),
      indexPath: () => ':memory:',
      lock: lockTable(),
      threads: 1,
      graces: USUAL_GRACES,
    }
  }

  async create(name: string, words?: string): Promise<TestBox> {
    const machine = this.machine(name)
    const world = machine.world()
    const at = { listen: '0.0.0.0:4600', address: `${name}:4600` }
    const made = createBoxIn(world, BOX_FOLDER, { name, zone: 'UTC', ...at, ...(words === undefined ? {} : { words }) })
    const own = words ?? wordsFromEntropy(made.entropy as Uint8Array, 'en').join(' ')
    return { ...machine, words: own, box: await this.run(OpenedBox.open(world, BOX_FOLDER)) }
  }

  /** Boxes of one community, each reachable under its name. */
  async founded(count: number): Promise<TestBox[]> {
    const boxes: TestBox[] = []
    for (let index = 0; index < count; index++) boxes.push(await this.create(`box-${index}`))
    const world = boxes[0]?.world() as World
    await this.run(
      foundWith(
        boxes.map(({ box }) => box),
        world,
        CONTEXT,
      ),
    )
    for (const { box } of boxes) await this.run(box.serve())
    return boxes
  }

  call<Name extends OperationName>(
    box: OpenedBox,
    name: Name,
    args: Operations[Name][0],
  ): Promise<Operations[Name][1]> {
    return this.run(box.call(name, args, CONTEXT))
  }

  /** A source of that name with one file, saved and dispersed: whole. The id of its snapshot. */
  async save({ box, disk }: TestBox, name: string, content: Uint8Array): Promise<string> {
    const folder = joinPath(PEOPLE, name)
    disk.makeFolder(folder)
    write(disk, joinPath(folder, 'file'), content)
    await this.call(box, 'source.add', { name, paths: [pathToText(folder)], excludes: [], oneFileSystem: false })
    const { snapshots } = await this.call(box, 'snapshot.take', { sources: [name] })
    const { state, trouble } = await this.call(box, 'disperse', { waitMs: 0 })
    if (state !== 'whole') throw new Error(`${state} ${JSON.stringify(trouble)}`)
    return snapshots[0]?.id ?? ''
  }

  recover(machine: Machine, args: Omit<RecoverArguments, 'folder'>, folder = BOX_FOLDER): Promise<RecoverResult> {
    return this.run(recoverBoxIn(machine.world(), folder, args, CONTEXT))
  }

  /** The file of a source, as a snapshot gives it back. */
  async restored({ disk }: Machine, box: OpenedBox, id: string): Promise<Uint8Array> {
    const target = joinPath(PEOPLE, `restored ${this.#starts++}`)
    await this.call(box, 'restore', { id, path: '', target: pathToText(target), mode: 'refuse', dryRun: false })
    return read(disk, joinPath(target, 'file'))
  }
}

export interface Burnt {
  readonly town: BoxTown
  readonly owner: TestBox
  readonly hosts: TestBox[]
  readonly content: Uint8Array
  readonly snapshot: string
}

/** A box with one snapshot, whole on its hosts; then it is gone. */
export async function burnt(seed: string, hosts: number): Promise<Burnt> {
  const town = new BoxTown(seed)
  const [owner, ...others] = (await town.founded(hosts + 1)) as [TestBox, ...TestBox[]]
  const content = town.random.bytes(20_000)
  const snapshot = await town.save(owner, 'papers', content)
  await town.run(owner.box[Symbol.asyncDispose]())
  return { town, owner, hosts: others, content, snapshot }
}

/** An owner that has saved something, and its two hosts. */
export interface Place {
  readonly town: BoxTown
  readonly owner: TestBox
  readonly others: readonly [TestBox, TestBox]
}

export async function place(seed: string): Promise<Place> {
  const town = new BoxTown(seed)
  const [owner, ...others] = (await town.founded(3)) as [TestBox, TestBox, TestBox]
  await town.save(owner, 'papers', town.random.bytes(5000))
  return { town, owner, others }
}

export function write(disk: MemoryDisk, path: BytePath, bytes: Uint8Array): void {
  using file = disk.open(path, 'create')
  file.write(bytes, 0)
  file.sync()
}

export function read(disk: MemoryDisk, path: BytePath): Uint8Array {
  using file = disk.open(path, 'read')
  const bytes = new Uint8Array(file.stat().bytes)
  file.read(bytes, 0)
  return bytes
}

/** Every file below a folder, with its bytes in hex: to compare what was there with what is. */
export function treeOf(disk: MemoryDisk, folder: BytePath): Record<string, string> {
  const tree: Record<string, string> = {}
  for (const name of disk.list(folder).sort()) {
    const path = joinPath(folder, name)
    const { kind } = disk.stat(path)
    if (kind === 'folder') tree[`${path}/`] = 'folder'
    if (kind === 'folder') Object.assign(tree, treeOf(disk, path))
    else tree[path] = kind === 'file' ? Buffer.from(read(disk, path)).toString('hex') : kind
  }
  return tree
}
