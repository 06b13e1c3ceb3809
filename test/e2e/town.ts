/** A town of real boxes: processes of their own, reached through `./datis … --json` as any person would. */
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommunityResult, DisperseResult, SnapshotResult } from '#box'

const DATIS = resolve(import.meta.dirname, '../../datis')
const COMMAND_MS_MAX = 240_000
const START_MS_MAX = 120_000
const HOST = '127.0.0.1'

export interface Box {
  readonly name: string
  readonly data: string
  readonly words: string
  readonly address: string
  readonly id: string
  readonly root: string
  process: ChildProcess | null
}

export interface Ran {
  readonly exit: number | null
  readonly out: string
  readonly err: string
  /** The last line of stdout; an empty object when it is none. */
  readonly json: { readonly error?: { readonly code: string; readonly message: string } } & Record<string, unknown>
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ran>
}

export class Town {
  readonly folder = mkdtempSync(join(tmpdir(), 'datis-e2e-'))
  readonly boxes: Box[] = []
  readonly #children = new Set<ChildProcess>()
  readonly #mounts: string[] = []
  #nextPort = 10_000 + ((process.pid * 16) % 20_000)

  constructor(t: { after(act: () => Promise<void>): void }) {
    const killAll = (): void => {
      for (const child of this.#children) child.kill('SIGKILL')
    }
    process.on('exit', killAll)
    // The runner stops a file that takes too long with SIGTERM: no box may outlive it.
    process.once('SIGTERM', () => process.exit(1))
    t.after(async () => {
      for (const child of this.#children) await ended(child, 'SIGKILL')
      process.off('exit', killAll)
      for (const mount of this.#mounts) execFileSync('umount', ['-l', mount])
      rmSync(this.folder, { recursive: true, force: true })
    })
  }

  path(...names: string[]): string {
    return join(this.folder, ...names)
  }

  /** A file system of its own, so that it can be filled. */
  smallDisk(name: string, megabytes: number): string {
    assert.equal(process.getuid?.(), 0, 'this test mounts a small tmpfs and therefore has to run as root, as CI does')
    const path = this.path(name)
    mkdirSync(path)
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path])
    this.#mounts.push(path)
    return path
  }

  start(args: readonly string[]): Running {
    const child = spawn(DATIS, [...args, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, LANG: 'C' },
    })
    this.#children.add(child)
    // A box that runs is not a command that hangs: it lives as long as its test.
    return { child, ended: this.#result(child, args[1] === 'run' ? null : COMMAND_MS_MAX) }
  }

  async #result(child: ChildProcess, msMax: number | null): Promise<Ran> {
    const texts = { out: '', err: '' }
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      texts.out += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      texts.err += text
    })
    const timer = msMax === null ? undefined : setTimeout(() => child.kill('SIGKILL'), msMax)
    const [exit] = (await once(child, 'close')) as [number | null]
    clearTimeout(timer)
    this.#children.delete(child)
    return { exit, ...texts, json: lastLine(texts.out) }
  }

  async datis(...args: string[]): Promise<Ran> {
    return await this.start(args).ended
  }

  /** The result of a command that must end with one of these exit codes. */
  async ok<Result = Ran['json']>(args: readonly string[], exits: readonly number[] = [0]): Promise<Result> {
    const ran = await this.datis(...args)
    assert.ok(
      exits.includes(ran.exit ?? -1),
      `datis ${args.join(' ')} → ${ran.exit}\n${ran.out}${ran.err.slice(-2000)}`,
    )
    return ran.json as Result
  }

  /** The code of a command that must fail. */
  async fails(exit: number, ...args: string[]): Promise<string> {
    const ran = await this.datis(...args)
    assert.equal(ran.exit, exit, `datis ${args.join(' ')}\n${ran.out}${ran.err.slice(-2000)}`)
    assert.ok(ran.json.error?.message, ran.out)
    return ran.json.error.code
  }

  async box(name: string, { words, data }: { words?: string; data?: string } = {}): Promise<Box> {
    const address = `${HOST}:${await this.freePort()}`
    const paths = { data: data ?? this.path(name), words: words ?? this.path(`${name}.words`) }
    const key = words === undefined ? ['--words-to', paths.words] : ['--words', words]
    const at = ['--listen', address, '--address', address]
    const made = await this.ok<{ box: string; root: string }>([
      ...['box', 'create', '--data', paths.data, '--name', name, ...at, ...key],
    ])
    const box = { name, ...paths, address, id: made.box, root: made.root, process: null }
    this.boxes.push(box)
    return box
  }

  async found(boxes: readonly Box[] = this.boxes): Promise<CommunityResult> {
    return await this.ok(['community', 'found', ...boxes.flatMap(({ data }) => ['--data', data])])
  }

  /** An owner and hosts in one community; the hosts run, the owner does not. */
  async founded(hosts: number, options: readonly string[] = []): Promise<{ owner: Box; hosts: Box[] }> {
    const names = ['owner', ...Array.from({ length: hosts }, (_, index) => `host-${index + 1}`)]
    const boxes = await Promise.all(names.map((name) => this.box(name)))
    await this.found(boxes)
    const [owner, ...others] = boxes
    assert.ok(owner)
    await Promise.all(others.map((box) => this.run(box, options)))
    return { owner, hosts: others }
  }

  async run(box: Box, options: readonly string[] = []): Promise<void> {
    const { child, ended } = this.start(['box', 'run', '--data', box.data, '--manual', ...options])
    box.process = child
    const ready = new Promise<string>((resolve) => {
      let text = ''
      child.stdout?.on('data', (part: string) => {
        text += part
        if (text.includes('{"ready":true')) resolve('ready')
      })
    })
    const first = await Promise.race([
      ready,
      ended.then(({ out, err }) => out + err),
      sleep(START_MS_MAX, 'late', { ref: false }),
    ])
    assert.equal(first, 'ready', `the box ${box.name} does not run`)
  }

  async kill(box: Box, signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (box.process !== null) await ended(box.process, signal)
    box.process = null
  }

  /** What the box wrote to its operational log. */
  logOf({ data }: Box): string {
    return readFileSync(join(data, 'logs', 'datis.log'), 'utf8')
  }

  async destroy(box: Box): Promise<void> {
    await this.kill(box)
    rmSync(box.data, { recursive: true, force: true })
  }

  async take(box: Box, exits: readonly number[] = [0]): Promise<SnapshotResult> {
    const { snapshots } = await this.ok<{ snapshots: SnapshotResult[] }>(
      ['snapshot', 'take', '--data', box.data],
      exits,
    )
    assert.ok(snapshots[0])
    return snapshots[0]
  }

  async whole(box: Box): Promise<DisperseResult> {
    const result = await this.ok<DisperseResult>(['disperse', '--data', box.data, '--wait', '30s'])
    assert.equal(result.state, 'whole')
    return result
  }

  async freePort(): Promise<number> {
    for (;;) {
      const port = this.#nextPort++
      const server = createServer()
      const free = await new Promise<boolean>((resolve) => {
        server.once('error', () => resolve(false)).listen(port, HOST, () => resolve(true))
      })
      if (!free) continue
      await new Promise((resolve) => server.close(resolve))
      return port
    }
  }
}

async function ended(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
}

function lastLine(out: string): Ran['json'] {
  try {
    return JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as Ran['json']
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

/** Takes all room that is left on a small disk but `left` bytes; the file to remove again. */
export function fill(disk: string, left: number): string {
  const path = join(disk, 'ballast')
  const free = Number(execFileSync('df', ['--output=avail', '-B1', disk], { encoding: 'utf8' }).split('\n')[1])
  writeFileSync(path, Buffer.alloc(Math.max(0, free - left), 7))
  return path
}

/** What a box keeps for an owner: the files of its fragments. */
export function fragmentsAt(host: Box, owner: Box): { name: string; path: string }[] {
  const folder = join(host.data, 'hosting', owner.id, 'fragments')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[0-9a-f]{64}\.\d+$/.test(entry.name))
    .map(({ parentPath, name }) => ({ name, path: join(parentPath, name) }))
}

/** Where the payload of a fragment begins: docs/formats/fragment.md. */
export function payloadOf(path: string): Buffer {
  const bytes = readFileSync(path)
  return bytes.subarray(8 + bytes.readUInt32LE(4))
}
