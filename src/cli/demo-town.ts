/** Boxes as processes of their own, started and asked through the command line like any person would. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type Clock, DatisError, MINUTE_MS } from '#base'
import { cpuSecondsOf, peakMemoryOf } from './demo-usage.ts'

const ROOT = join(import.meta.dirname, '..', '..')
/** The launcher bounds the memory of its process; Windows starts no script without a shell. */
const DATIS: readonly [string, ...string[]] =
  process.platform === 'win32' ? [process.execPath, join(ROOT, 'src', 'cli', 'main.ts')] : [join(ROOT, 'datis')]
const HOST = '127.0.0.1'
const START_MS_MAX = MINUTE_MS
const POLL_MS = 50
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

  constructor(step: string, exit: number, error: { code: string; message: string }) {
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

  async #start(box: TownBox): Promise<void> {
    const logPath = `${box.data}.log`
    const log = openSync(logPath, 'a')
    const [program, ...first] = DATIS
    const args = [...first, 'box', 'run', '--data', box.data, '--json']
    // In a session of its own: Ctrl+C is for the demo, which then stops its boxes itself.
    box.process = spawn(program, args, { stdio: ['ignore', log, log], detached: true })
    closeSync(log)
    const { clock, signal } = this.#world
    const giveUpMs = clock.monotonic() + START_MS_MAX
    while (!readFileSync(logPath, 'utf8').includes('{"ready":true')) {
      if (box.process.exitCode !== null || clock.monotonic() > giveUpMs) {
        throw new StepError('box run', box.process.exitCode ?? 1, lastError(readFileSync(logPath, 'utf8')))
      }
      await clock.sleep(POLL_MS, signal)
    }
  }

  /** SIGKILL, then the data folder is gone: what a fire leaves. */
  async destroy(box: TownBox): Promise<void> {
    this.noteMemory()
    const child = box.process
    box.process = null
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
    rmSync(box.data, { recursive: true, force: true })
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

/** Why the watch over a command stops: it would be in the way of the figures to let a last sleep end. */
const commandEnded = new Error('the command has ended')

function unless(expected: unknown): (error: unknown) => void {
  return (error) => {
    if (error !== expected) throw error
  }
}

/** Ports that were free a moment ago: all are held until the last is known, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, HOST))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  })
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** The error in the last line that a command wrote, or that line itself when it is none. */
function lastError(output: string): { code: string; message: string } {
  const line = output.trimEnd().split('\n').at(-1) ?? ''
  try {
    const { error } = JSON.parse(line) as { error?: { code: string; message: string } }
    if (error) return error
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return { code: 'UNEXPECTED', message: line }
}
