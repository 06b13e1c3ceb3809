import { type BytePath, codeOf, HOUR_MS, joinPath, KiB, pathFromText, pathToText, readWhole, removeTree } from '#base'
import { PowerCut, type SimRandom } from '#base/sim'
import { createBoxIn, OpenedBox, type OperationName, type Operations, signRootRequestWith, type World } from '#box'
import { wordsFromEntropy } from '#crypto'
import { imageOf, putBack } from './disk-image.ts'
import { type HostEvents, HostWatch } from './host-watch.ts'
import { PEOPLE } from './mounted-disk.ts'
import { differenceFrom, type Model, Workload } from './workload.ts'
import { BOX_FOLDER, type Death, Killed, Machine, type Program, SOURCE_FOLDER, type Surroundings } from './world.ts'

export const PORT = 4600
export const SOURCE = 'documents'
const HOSTING = 'hosting'
const REQUEST_BYTES_MAX = 4 * KiB
/** No operation of these small boxes takes so long, whatever the network does. */
const OPERATION_MS_MAX = 24 * HOUR_MS
const PACKED_ANEW = '"recode.packed"'

/** What a dispersal promised: these snapshots survive the loss of as many hosts as `state` stands for. */
export interface Promised {
  readonly state: 'protected' | 'whole'
  /** Number of the head that promises it. */
  readonly head: number
  readonly snapshots: readonly string[]
}

/** A person's box: the machine, the program on it, and what both have promised. */
export class TownBox {
  readonly name: string
  readonly random: SimRandom
  readonly workload: Workload
  /** Snapshot id → what it must give back; only those whose call resolved. */
  readonly acknowledged = new Map<string, Model>()
  /** Promised, then forgotten with the disk that was put back: the next dispersal that promises anything brings them back. */
  readonly forgotten = new Map<string, Model>()
  /** Snapshots of which the box itself has no data any more. */
  readonly onlyRemote = new Set<string>()
  /** Boxes in whose fragments of this owner the seed has flipped bits. */
  readonly damagedHosts = new Set<string>()
  readonly machine: Machine
  readonly watch: HostWatch
  /** Pack → packs that have had the same chunks. */
  readonly #twins = new Map<string, Set<string>>()
  promised: Promised | null = null
  /** Of its last dispersal. */
  reported: Operations['disperse'][1] | null = null
  /** Hosts that are members no more, by id, and since when this is sure: what they kept counts as lost until the next dispersal. */
  readonly gone = new Map<string, number>()
  /** Its disk: it has forgotten which starts of it there were. */
  wasPutBack = false
  id = ''
  organisation = ''
  words = ''
  readonly #around: Surroundings
  #program: Program | null = null
  #client: OpenedBox | null = null
  #restored = 0

  constructor(around: Surroundings, index: number, events: HostEvents) {
    this.name = `box-${index}`
    this.#around = around
    this.random = around.random.fork(this.name)
    const machine = new Machine(around, this.name)
    this.machine = machine
    const { disk } = machine
    const whileIgnored: Machine['whileIgnored'] = (act) => machine.whileIgnored(act)
    this.watch = new HostWatch({ disk, ranMs: () => machine.ranMs, whileIgnored }, events)
    machine.watch = this.watch
    machine.onLog = (line) => this.#noteTwin(line)
    this.workload = new Workload(this.machine.people, this.random.fork('workload'), SOURCE_FOLDER)
  }

  get address(): string {
    return `${this.name}:${PORT}`
  }

  get world(): World {
    if (this.#program === null) throw new Error('a box that is off has no world')
    return this.#program.world
  }

  /** Whether operations can be asked of it. */
  get isOpen(): boolean {
    return this.#client !== null
  }

  async create(): Promise<OpenedBox> {
    this.#program = this.machine.start()
    const { world } = this.#program
    const { name, address } = this
    const made = await createBoxIn(world, BOX_FOLDER, {
      name,
      zone: 'Europe/Paris',
      listen: `0.0.0.0:${PORT}`,
      address,
    })
    if (made.entropy === null) throw new Error('a new organisation has words')
    this.id = made.box
    this.organisation = made.root
    this.words = wordsFromEntropy(made.entropy, 'fr').join(' ')
    this.#client = await OpenedBox.open(world, BOX_FOLDER)
    const paths = [pathToText(SOURCE_FOLDER)]
    await this.call('source.add', { name: SOURCE, paths, excludes: [], oneFileSystem: false })
    return this.#client
  }

  async serve(): Promise<void> {
    if (this.#client === null || this.#program === null) throw new Error('only an open box serves')
    await this.#program.run(this.#client.serve())
  }

  /** Starts the program again. `Killed` when it dies on the way. */
  async open(): Promise<void> {
    const program = this.machine.isOn ? this.#program : this.machine.start()
    if (program === null) throw new Error('a machine that is on has a program')
    this.#program = program
    const client = await program.run(OpenedBox.open(program.world, BOX_FOLDER))
    await program.run(client.serve())
    this.#client = client
  }

  /** A copy of the disk but for what it keeps for others, and what it makes of the box to put it back later. */
  copyDisk(): () => void {
    const { machine } = this
    const image = machine.whileIgnored(() => imageOf(machine.disk, BOX_FOLDER, HOSTING))
    const known = new Set(this.acknowledged.keys())
    return () => {
      this.wasPutBack = true
      machine.whileIgnored(() => putBack(machine.disk, BOX_FOLDER, image, HOSTING))
      for (const [id, model] of [...this.acknowledged].filter(([one]) => !known.has(one))) {
        this.acknowledged.delete(id)
        if (this.promised?.snapshots.includes(id)) this.forgotten.set(id, model)
      }
    }
  }

  /** Snapshots expire: from one side the data, from the other the promise. */
  letGo(local: readonly string[], remote: readonly string[]): void {
    for (const id of local) this.onlyRemote.add(id)
    for (const id of remote) for (const models of [this.acknowledged, this.forgotten]) models.delete(id)
    if (this.promised === null) return
    const gone = new Set(remote)
    this.promised = { ...this.promised, snapshots: this.promised.snapshots.filter((id) => !gone.has(id)) }
  }

  /** After a dispersal that promised something. */
  remember(): void {
    for (const [id, model] of this.forgotten) {
      this.acknowledged.set(id, model)
      this.onlyRemote.add(id)
    }
    this.forgotten.clear()
  }

  /** The machine was killed, or is now. */
  die(death: Death): void {
    this.#client = null
    this.machine.die(death)
    this.#program = null
  }

  get vault(): OpenedBox['vault'] {
    return this.#open.vault
  }

  get strays(): OpenedBox['strays']['all'] {
    return this.#open.strays.all
  }

  /** Both are known before either is let go of. */
  noteTwins(): void {
    for (const [pack, twins] of this.vault.twins()) for (const twin of twins) this.#areTwins(pack, twin)
  }

  #noteTwin(line: string): void {
    if (!line.includes(PACKED_ANEW)) return
    const { pack, twin } = JSON.parse(line) as { readonly pack: string; readonly twin: string }
    this.#areTwins(pack, twin)
  }

  #areTwins(pack: string, twin: string): void {
    const all = new Set([pack, twin, ...(this.#twins.get(pack) ?? []), ...(this.#twins.get(twin) ?? [])])
    for (const one of all) this.#twins.set(one, all)
  }

  twinsOf(pack: string): ReadonlySet<string> {
    return (this.#twins.get(pack) ?? new Set()).difference(new Set([pack]))
  }

  get charter(): OpenedBox['charter'] {
    return this.#open.charter
  }

  get hasAlarms(): boolean {
    return this.#open.keeper.alarms.length > 0
  }

  get chain(): string {
    return this.#open.charters.chain.kept.map(({ hash }) => hash).join()
  }

  get #open(): OpenedBox {
    if (this.#client === null) throw new Killed('the box is off')
    return this.#client
  }

  /** As a box that runs does by itself every few minutes. */
  async round(): Promise<void> {
    const [{ keeper }, program] = [this.#open, this.#program]
    if (program === null) throw new Killed('the box is off')
    await this.#unlessDead('round', program.run(keeper.round(new AbortController().signal)))
  }

  /** Its administrator approves of an act that has come here. */
  async approve(act: string): Promise<void> {
    const { items } = await this.call('community.pending', {})
    if (items.some((one) => one.act === act)) await this.call('community.approve', { act })
  }

  /** The words are fetched, sign the question that the box has left, and the box is given the answer. */
  async askRoot(): Promise<void> {
    const { disk, random } = this.world
    const request = readWhole(disk, joinPath(BOX_FOLDER, 'epoch.request'), REQUEST_BYTES_MAX)
    const answer = signRootRequestWith(random, request, this.words)
    await this.call('root.apply', { statement: Buffer.from(answer).toString('base64') })
  }

  /** An operation; `Killed` when the box dies before it answers. */
  async call<Name extends OperationName>(name: Name, args: Operations[Name][0]): Promise<Operations[Name][1]> {
    const [client, program] = [this.#client, this.#program]
    if (client === null || program === null) throw new Killed('the box is off')
    const { clock } = this.#around
    const finished = new AbortController()
    const late = clock.sleep(OPERATION_MS_MAX, finished.signal).then(() => {
      throw new Error(`${name} has hung for a day`)
    })
    late.catch(() => undefined)
    const context = { signal: new AbortController().signal, onProgress: () => undefined }
    try {
      return await this.#unlessDead(name, Promise.race([program.run(client.call(name, args, context)), late]))
    } finally {
      finished.abort()
    }
  }

  async #unlessDead<Result>(what: string, work: Promise<Result>): Promise<Result> {
    const { trace } = this.#around
    try {
      const result = await work
      trace.note(this.name, what, 'done')
      return result
    } catch (error) {
      // What the dead say on their way out is that their disk is gone.
      const dead = error instanceof PowerCut || codeOf(error) === 'POWER_CUT' || !this.machine.isOn
      trace.note(this.name, what, dead ? 'KILLED' : codeOf(error))
      if (dead) throw new Killed('the program was killed')
      throw error
    }
  }

  /** What is wrong with the restored snapshot, or null. */
  async restoreWrong(id: string): Promise<string | null> {
    const model = this.acknowledged.get(id)
    if (model === undefined) return `snapshot ${id} was never acknowledged`
    return await restoreAndCompare(this, this.machine, { id, model, number: this.#restored++ })
  }
}

type Caller = Pick<TownBox, 'call'>

/** Restores a snapshot beside people's files, compares it with the model and removes it again. */
export async function restoreAndCompare(
  box: Caller,
  machine: Machine,
  { id, model, number }: { id: string; model: Model; number: number },
): Promise<string | null> {
  const target: BytePath = joinPath(pathFromText(PEOPLE), `restored-${number}`)
  const request = { id, path: '', target: pathToText(target), mode: 'refuse', dryRun: false } as const
  try {
    const { failed } = await box.call('restore', request)
    const first = failed[0]
    if (first !== undefined)
      return `snapshot ${id}: ${failed.length} not restored, first ${first.path} (${first.cause})`
    const difference = differenceFrom(model, machine.people, target)
    return difference === null ? null : `snapshot ${id}: ${difference}`
  } finally {
    removeTree(machine.people, target)
  }
}
