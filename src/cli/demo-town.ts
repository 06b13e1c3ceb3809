/** Boxes as processes of their own, started and asked through the command line like any person would. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, DatisError } from '#base'
import { cpuSecondsOf, peakMemoryOf } from './demo-usage.ts'
import {
  type ConsoleAt,
  consoleIn,
  DATIS,
  freePorts,
  HOST,
  lastError,
  readiness,
  type SaidError,
  spawnBox,
} from './processes.ts'

const MEMORY_POLL_MS = 200

export interface TownBox {
  readonly name: string
  readonly data: string
  readonly words: string
  readonly address: string
  box: string
  process: ChildProcess | null
  peakMemoryBytes: number
}

/** The result of a command that ended badly. */
export class StepError extends DatisError {
  readonly exit: number

  constructor(step: string, exit: number, error: SaidError) {
    super('DEMO_STEP', `A step of the demo failed: ${step}`, {
      step: `datis ${step}: ${error.message} (${error.code})`,
    })
    this.exit = exit
  }
}

export interface TownWorld {
  readonly folder: string
  readonly language: string
  readonly clock: Clock
  readonly signal: AbortSignal
}

export class Town {
  readonly #world: TownWorld
  readonly boxes: TownBox[] = []
  readonly #killAll = (): void => {
    for (const { process: child } of this.#live()) child?.kill('SIGKILL')
  }
  #peakCommandBytes = 0

  constructor(world: TownWorld) {
    this.#world = world
    // However the demo ends, no box outlives it unless it is told to.
    process.on('exit', this.#killAll)
  }

  async create(count: number): Promise<void> {
    for (const [index, port] of (await freePorts(count)).entries()) {
      const name = index === 0 ? 'owner' : `host-${String(index).padStart(2, '0')}`
      const data = join(this.#world.folder, name)
      const box: TownBox = {
        name,
        data,
        words: join(this.#world.folder, `${name}.words`),
        address: `${HOST}:${port}`,
        box: '',
        process: null,
        peakMemoryBytes: 0,
      }
      const args = ['--data', data, '--name', name, '--listen', box.address, '--address', box.address]
      const created = await this.datis<{ box: string }>(['box', 'create', ...args, '--words-to', box.words])
      box.box = created.box
      this.boxes.push(box)
    }
  }

  async startAll(): Promise<void> {
    await Promise.all(this.boxes.map((box) => this.#start(box)))
  }

  async #start(box: TownBox, webPort: number | null = null): Promise<void> {
    const started = spawnBox(box.data, `${box.data}.log`, [], webPort)
    box.process = started.child
    const failure = await readiness(started, this.#world)
    if (failure !== null) throw new StepError('box run', failure.exit, failure.error)
  }

  /** SIGKILL, then the data folder is gone: what a fire leaves. */
  async destroy(box: TownBox): Promise<void> {
    await this.#kill(box)
    rmSync(box.data, { recursive: true, force: true })
  }

  /** The same to all others; what it kept waits under another name until `mend`. */
  async takeAway(box: TownBox): Promise<void> {
    await this.#kill(box)
    renameSync(box.data, awayFrom(box))
  }

  async #kill(box: TownBox): Promise<void> {
    this.noteMemory()
    const child = box.process
    box.process = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  /** All of them run again: the owner, with a console, from the folder into which it was recovered. */
  async mend(owner: TownBox, recovered: string, away: ReadonlySet<TownBox>): Promise<ConsoleAt | null> {
    for (const box of away) renameSync(awayFrom(box), box.data)
    renameSync(recovered, owner.data)
    await Promise.all([...away].map((box) => this.#start(box)))
    const [webPort = null] = await freePorts(1)
    await this.#start(owner, webPort)
    return consoleIn(`${owner.data}.log`)
  }

  /** Runs one command to its end; its JSON result, whatever exit code is in `accepted`. */
  async datis<Result>(args: readonly string[], accepted: readonly number[] = [0]): Promise<Result> {
    const { exit, line } = await this.#oneCommand([...args, '--json', '--lang', this.#world.language])
    if (!accepted.includes(exit)) throw new StepError(args.slice(0, 2).join(' '), exit, lastError(line))
    return JSON.parse(line) as Result
  }

  async #oneCommand(args: readonly string[]): Promise<{ exit: number; line: string }> {
    const { signal } = this.#world
    signal.throwIfAborted()
    const [program, ...first] = DATIS
    const child = spawn(program, [...first, ...args], { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
    const stop = (): void => void child.kill('SIGTERM')
    signal.addEventListener('abort', stop, { once: true })
    const ended = new AbortController()
    const watching = this.#watchMemory(child, ended.signal)
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    try {
      const [code] = (await once(child, 'close')) as [number | null]
      signal.throwIfAborted()
      return { exit: code ?? 1, line: output.trimEnd().split('\n').at(-1) ?? '' }
    } finally {
      signal.removeEventListener('abort', stop)
      ended.abort(commandEnded)
      await watching
    }
  }

  async #watchMemory(child: ChildProcess, ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      this.#peakCommandBytes = Math.max(this.#peakCommandBytes, peakMemoryOf(child.pid ?? 0) ?? 0)
      await this.#world.clock.sleep(MEMORY_POLL_MS, ended).catch(unless(commandEnded))
    }
  }

  cpuSeconds(): number | null {
    return cpuSecondsOf(this.#live().flatMap(({ process }) => process?.pid ?? []))
  }

  noteMemory(): void {
    for (const box of this.#live()) {
      box.peakMemoryBytes = Math.max(box.peakMemoryBytes, peakMemoryOf(box.process?.pid ?? 0) ?? 0)
    }
  }

  peakMemoryBytes(): number {
    return Math.max(this.#peakCommandBytes, ...this.boxes.map(({ peakMemoryBytes }) => peakMemoryBytes))
  }

  #live(): TownBox[] {
    return this.boxes.filter(
      ({ process: child }) => child !== null && child.exitCode === null && child.signalCode === null,
    )
  }

  /** Leaves the boxes running; their process ids. */
  release(): number[] {
    process.off('exit', this.#killAll)
    return this.#live().flatMap(({ process: child }) => {
      child?.unref()
      return child?.pid ?? []
    })
  }

  async end(): Promise<void> {
    await Promise.all(this.boxes.map((box) => this.destroy(box)))
    process.off('exit', this.#killAll)
    rmSync(this.#world.folder, { recursive: true, force: true })
  }
}

function awayFrom({ data }: TownBox): string {
  return `${data}.away`
}

/** Why the watch over a command stops: it would be in the way of the figures to let a last sleep end. */
const commandEnded = new Error('the command has ended')

function unless(expected: unknown): (error: unknown) => void {
  return (error) => {
    if (error !== expected) throw error
  }
}
