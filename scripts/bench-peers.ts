/**
 * Datis beside restic and borg (Debian's packages, those that are installed) on one folder, in the same run: first
 * snapshot, nothing changed, full restore. `npm run bench -- peers`, folder from BENCH_FOLDER, else node_modules.
 * CPU is that of the finished commands, from /proc (Linux only).
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const TICKS_A_SECOND = 100
const folder = process.env.BENCH_FOLDER ?? join(ROOT, 'node_modules')
const work = mkdtempSync(join(tmpdir(), 'datis-bench-'))
const at = (name: string): string => join(work, name)
const environment = {
  ...process.env,
  RESTIC_PASSWORD: 'bench',
  BORG_PASSPHRASE: 'bench',
  BORG_BASE_DIR: at('borg-base'),
}

interface Contender {
  readonly name: string
  readonly prepare: readonly string[][]
  readonly snapshot: readonly string[]
  readonly restore: readonly string[]
}

const datis = join(ROOT, 'datis')
const contenders: Contender[] = [
  {
    name: 'datis',
    prepare: [
      [datis, 'box', 'create', '--data', at('datis'), '--name', 'bench', '--words-to', at('words'), '--json'],
      [datis, 'source', 'add', 'bench', folder, '--data', at('datis'), '--json'],
    ],
    snapshot: [datis, 'snapshot', 'take', '--data', at('datis'), '--json'],
    restore: [datis, 'restore', 'latest', at('datis-restored'), '--data', at('datis'), '--json'],
  },
  {
    name: 'restic',
    prepare: [['restic', 'init', '-q', '-r', at('restic'), '--repository-version', '2']],
    snapshot: ['restic', 'backup', '-q', '--no-cache', '-r', at('restic'), folder],
    restore: ['restic', 'restore', 'latest', '-q', '--no-cache', '-r', at('restic'), '--target', at('restic-restored')],
  },
  {
    name: 'borg',
    prepare: [['borg', 'init', '-e', 'repokey-blake2', at('borg')]],
    snapshot: ['borg', 'create', '-C', 'zstd,3', `${at('borg')}::{now}`, folder],
    restore: ['sh', '-c', `borg extract "${at('borg')}::$(borg list --last 1 --short "${at('borg')}")"`],
  },
]

function childCpuSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[13]) + Number(fields[14])) / TICKS_A_SECOND
}

function timed(name: string, step: string, command: readonly string[]): void {
  const cpu = childCpuSeconds()
  const start = performance.now()
  const [program = '', ...args] = command
  const { status } = spawnSync(program, args, { cwd: work, env: environment, stdio: ['ignore', 'ignore', 'inherit'] })
  const seconds = (performance.now() - start) / 1000
  const cpuSeconds = childCpuSeconds() - cpu
  console.log(
    `${name.padEnd(8)}${step.padEnd(18)}${seconds.toFixed(2).padStart(8)} s${cpuSeconds.toFixed(2).padStart(8)} CPU s`,
  )
  if (status !== 0) process.exitCode = 1
}

console.log(`folder: ${folder}`)
try {
  for (const { name, prepare, snapshot, restore } of contenders) {
    const known = name === 'datis' || spawnSync('which', [name]).status === 0
    if (!known) {
      console.log(`${name}: not installed, left out`)
      continue
    }
    for (const [program = '', ...args] of prepare) spawnSync(program, args, { env: environment, stdio: 'ignore' })
    timed(name, 'first', snapshot)
    timed(name, 'nothing changed', snapshot)
    timed(name, 'full restore', restore)
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
