/**
 * `npm run sim -- --seeds N [--from S] [--jobs J] [--json] [--trace]`: towns of boxes on virtual time. Seeds run in
 * processes of their own, some after another in each: what boxes that were killed in the middle of their work left
 * waiting for ever ends with the process.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { runSeed, type SeedReport } from './run-seed.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    worker: { type: 'boolean', default: false },
  },
})

const SEEDS_A_PROCESS = 25
/** Most of what a town makes lives shortly: with a larger nursery the collector takes half of its time. */
const NURSERY = ['--max-semi-space-size=64']

interface Played {
  readonly report: SeedReport
  readonly cpuSeconds: number
  /** The last of its process. */
  readonly last: boolean
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)

function numberOf(name: 'seeds' | 'from' | 'jobs'): number {
  const number = Number(values[name])
  if (Number.isSafeInteger(number) && number >= 0) return number
  process.stderr.write(`--${name} takes a whole number, not ${values[name]}\n`)
  return process.exit(2)
}

async function play(seed: number): Promise<Omit<Played, 'last'>> {
  const before = process.cpuUsage()
  const report = await runSeed(seed, values.trace ? { onLine: print } : {})
  const { user, system } = process.cpuUsage(before)
  return { report, cpuSeconds: (user + system) / 1e6 }
}

/** The process that plays: a seed a message. */
function work(): void {
  let played = 0
  process.on('message', async (seed: number) => {
    played += 1
    process.send?.({ ...(await play(seed)), last: played === SEEDS_A_PROCESS })
  })
}

class Account {
  readonly faults: Record<string, number> = {}
  failed = 0
  virtualDays = 0

  take({ report, cpuSeconds }: Omit<Played, 'last'>): void {
    const { seed, boxes, virtualDays, snapshots, counts, failures, hash } = report
    const figures = `${boxes} boxes, ${virtualDays.toFixed(1)} days, ${snapshots} snapshots, ${cpuSeconds.toFixed(1)} CPU s`
    print(`seed ${seed}: ${failures.length === 0 ? 'ok' : 'FAILED'} · ${figures} · ${hash.slice(0, 16)}`)
    if (values.trace) print(JSON.stringify(counts, null, 1))
    for (const failure of failures) print(`  ${failure}`)
    if (failures.length > 0) print(`  replay: npm run sim -- --seeds 1 --from ${seed}`)
    if (failures.length > 0) this.failed += 1
    this.virtualDays += virtualDays
    for (const [kind, count] of Object.entries(counts)) this.faults[kind] = (this.faults[kind] ?? 0) + count
  }

  end(seeds: number): void {
    const { failed, faults } = this
    const virtualDays = Math.round(this.virtualDays)
    if (values.json) print(JSON.stringify({ seeds, failed, virtualDays, faults }))
    else print(`${seeds} seeds, ${failed} failed, ${virtualDays} virtual days`)
    process.exitCode = failed === 0 ? 0 : 1
  }
}

/** One row of processes, each of which takes the next seed when it has played one. */
async function row(next: () => number | undefined, account: Account): Promise<void> {
  let child: ChildProcess | undefined
  for (let seed = next(); seed !== undefined; seed = next()) {
    child ??= fork(import.meta.filename, ['--worker'], { serialization: 'advanced', execArgv: NURSERY })
    const played = await answerOf(child, seed)
    account.take(played)
    if (played.last) child = void child.disconnect()
  }
  child?.disconnect()
}

function answerOf(child: ChildProcess, seed: number): Promise<Played> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`seed ${seed} ended its process with ${code}`))
    child.once('exit', ended)
    child.once('message', (played) => {
      child.off('exit', ended)
      resolve(played as Played)
    })
    child.send(seed)
  })
}

async function playAll(): Promise<void> {
  const [from, seeds, jobs] = [numberOf('from'), numberOf('seeds'), numberOf('jobs')]
  const account = new Account()
  let seed = from
  const next = (): number | undefined => (seed < from + seeds ? seed++ : undefined)
  if (values.trace || seeds === 1) for (let one = next(); one !== undefined; one = next()) account.take(await play(one))
  else await Promise.all(Array.from({ length: Math.max(1, jobs) }, () => row(next, account)))
  account.end(seeds)
}

if (values.worker) work()
else await playAll()
