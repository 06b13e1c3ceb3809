/** `npm run sim -- --seeds N [--from S] [--json] [--trace]`: towns of boxes on virtual time. */
import { parseArgs } from 'node:util'
import { runSeed, type SeedReport } from './run-seed.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
  },
})

const print = (line: string): void => void process.stdout.write(`${line}\n`)

function numberOf(name: string, text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 0) return number
  process.stderr.write(`--${name} takes a whole number, not ${text}\n`)
  return process.exit(2)
}

function show({ seed, boxes, virtualDays, snapshots, counts, failures, hash }: SeedReport, cpuSeconds: number): void {
  const figures = `${boxes} boxes, ${virtualDays.toFixed(1)} days, ${snapshots} snapshots, ${cpuSeconds.toFixed(1)} CPU s`
  print(`seed ${seed}: ${failures.length === 0 ? 'ok' : 'FAILED'} · ${figures} · ${hash.slice(0, 16)}`)
  if (values.trace) print(JSON.stringify(counts, null, 1))
  for (const failure of failures) print(`  ${failure}`)
  if (failures.length > 0) print(`  replay: npm run sim -- --seeds 1 --from ${seed}`)
}

const seeds = numberOf('seeds', values.seeds)
const from = numberOf('from', values.from)
let failed = 0
let virtualDays = 0
const faults: Record<string, number> = {}

for (let seed = from; seed < from + seeds; seed += 1) {
  const before = process.cpuUsage()
  const report = await runSeed(seed, values.trace ? { onLine: print } : {})
  const { user, system } = process.cpuUsage(before)
  show(report, (user + system) / 1e6)
  if (report.failures.length > 0) failed += 1
  virtualDays += report.virtualDays
  for (const [kind, count] of Object.entries(report.counts)) faults[kind] = (faults[kind] ?? 0) + count
}

virtualDays = Math.round(virtualDays)
if (values.json) print(JSON.stringify({ seeds, failed, virtualDays, faults }))
else print(`${seeds} seeds, ${failed} failed, ${virtualDays} virtual days`)
process.exitCode = failed === 0 ? 0 : 1
