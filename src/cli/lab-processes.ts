/** The box processes of this machine, found by the folder that they run on. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { type Clock, codeOf, DatisError, SECOND_MS } from '#base'

const POLL_MS = 50
const END_MS_MAX = 20 * SECOND_MS
const GONE = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM'])
/** As `spawnBox` starts them: its options come after the folder. */
const COMMAND = /^\s*(\d+) .* box run --data (.+?) (?:--manual|--web \S+)(?: --fast)? --lang \w\w --json$/

/** Data folder → process. */
export function processes(): ReadonlyMap<string, number> {
  return existsSync('/proc/self/cmdline') ? fromProc() : fromPs()
}

function fromProc(): Map<string, number> {
  const found = new Map<string, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const data = dataOf(argumentsOf(name))
    if (data !== null) found.set(data, Number(name))
  }
  return found
}

/** Empty for a process that has ended, even when nobody has taken note of its end. */
function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch (error) {
    if (GONE.has(codeOf(error))) return []
    throw error
  }
}

function dataOf(args: readonly string[]): string | null {
  const at = args.findIndex((arg, index) => arg === 'box' && args[index + 1] === 'run')
  return at < 0 || args[at + 2] !== '--data' ? null : (args[at + 3] ?? null)
}

/** Where there is no /proc, as on macOS. */
function fromPs(): Map<string, number> {
  const found = new Map<string, number>()
  for (const line of execFileSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8' }).split('\n')) {
    const match = COMMAND.exec(line)
    if (match?.[2] !== undefined) found.set(match[2], Number(match[1]))
  }
  return found
}

/** False when the process has ended already. */
export function signalTo(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name)
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false
    throw error
  }
}

export type Stop = 'SIGTERM' | 'SIGKILL'

/**
 * Ends what runs on these folders and waits for it. A stopped process hears nothing but SIGKILL until it goes on; one
 * that does not end in time by SIGTERM is killed. LAB_STOP
 */
export async function endProcesses(clock: Clock, isOurs: (data: string) => boolean, stop: Stop): Promise<number> {
  const ours = (): [string, number][] => [...processes()].filter(([data]) => isOurs(data))
  const first = ours()
  for (const [, pid] of first) if (signalTo(pid, stop)) signalTo(pid, 'SIGCONT')
  if (await ended(clock, ours)) return first.length
  for (const [, pid] of ours()) signalTo(pid, 'SIGKILL')
  if (await ended(clock, ours)) return first.length
  const [name, pid] = ours()[0] ?? ['', 0]
  throw new DatisError('LAB_STOP', 'A process does not end.', { name, pid })
}

async function ended(clock: Clock, ours: () => readonly unknown[]): Promise<boolean> {
  const giveUpMs = clock.monotonic() + END_MS_MAX
  while (ours().length > 0) {
    if (clock.monotonic() > giveUpMs) return false
    await clock.sleep(POLL_MS)
  }
  return true
}
