/** Boxes as processes of their own on this machine, for the demo and the lab. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type Clock, MINUTE_MS } from '#base'

const ROOT = join(import.meta.dirname, '..', '..')
/** The launcher bounds the memory of its process; Windows starts no script without a shell. */
export const DATIS: readonly [string, ...string[]] =
  process.platform === 'win32' ? [process.execPath, join(ROOT, 'src', 'cli', 'main.ts')] : [join(ROOT, 'datis')]
export const HOST = '127.0.0.1'
const START_MS_MAX = MINUTE_MS
const POLL_MS = 50

/** A box that was told to start. */
export interface StartedBox {
  readonly child: ChildProcess
  readonly logPath: string
  /** Where in its log what this start says begins. */
  readonly logFrom: number
}

/** What a command said of its failure in its last line. */
export interface SaidError {
  readonly code: string
  readonly message: string
}

export interface Patience {
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Of a box that has one. */
export interface ConsoleAt {
  readonly url: string
  /** For the first account, if there was none when the box started. */
  readonly setupCode: string | null
}

/**
 * In a session of its own: Ctrl+C is for the command, which then decides what becomes of its boxes. With a port it has
 * a console, and lives by itself as people's boxes do.
 */
export function spawnBox(
  data: string,
  logPath: string,
  options: readonly string[] = [],
  webPort: number | null = null,
): StartedBox {
  const log = openSync(logPath, 'a')
  try {
    const logFrom = fstatSync(log).size
    const [program, ...first] = DATIS
    const web = webPort === null ? ['--manual'] : ['--web', `${HOST}:${webPort}`]
    const args = [...first, 'box', 'run', '--data', data, ...web, ...options, '--json']
    return { child: spawn(program, args, { stdio: ['ignore', log, log], detached: true }), logPath, logFrom }
  } finally {
    closeSync(log)
  }
}

/** Null once the box serves; what it said when it ended before, or does not come up. */
export async function readiness(
  { child, logPath, logFrom }: StartedBox,
  { clock, signal }: Patience,
): Promise<{ readonly exit: number; readonly error: SaidError } | null> {
  const giveUpMs = clock.monotonic() + START_MS_MAX
  for (;;) {
    const said = readFileSync(logPath).subarray(logFrom).toString('utf8')
    if (said.includes('{"ready":true')) return null
    const ended = child.exitCode !== null || child.signalCode !== null
    if (ended || clock.monotonic() > giveUpMs) return { exit: child.exitCode ?? 1, error: lastError(said) }
    await clock.sleep(POLL_MS, signal)
  }
}

/** As the box said when it last started; null: it has none, or has never been ready. */
export function consoleIn(logPath: string): ConsoleAt | null {
  const said = readFileSync(logPath, 'utf8')
    .split('\n')
    .findLast((line) => line.startsWith('{"ready":true'))
  if (said === undefined) return null
  const { web, setupCode } = JSON.parse(said) as { web: string | null; setupCode: string | null }
  return web === null ? null : { url: web, setupCode }
}

/** Ports that were free a moment ago: all are held until the last is known, so that they differ. */
export async function freePorts(count: number): Promise<number[]> {
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
export function lastError(output: string): SaidError {
  const line = output.trimEnd().split('\n').at(-1) ?? ''
  try {
    const { error } = JSON.parse(line) as { error?: SaidError }
    if (error) return error
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return { code: 'UNEXPECTED', message: line }
}
