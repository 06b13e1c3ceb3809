/**
 * `npm run redteam -- --sequences N [--from S] [--json]`: a thief who holds every secret of a box, against its hosts.
 * Every hundredth sequence is played among real boxes, and ends in a recovery from the words.
 */
import { parseArgs } from 'node:util'
import { playRealBoxes } from './real-boxes.ts'
import { playSequence, type SequenceReport } from './sequence.ts'

const REAL_BOXES_EVERY = 100

const { values } = parseArgs({
  options: {
    sequences: { type: 'string', default: '20' },
    from: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
  },
})

const print = (line: string): void => void process.stdout.write(`${line}\n`)

function numberOf(name: 'sequences' | 'from'): number {
  const number = Number(values[name])
  if (Number.isSafeInteger(number) && number >= 0) return number
  process.stderr.write(`--${name} takes a whole number, not ${values[name]}\n`)
  return process.exit(2)
}

class Account {
  failed = 0
  virtualDays = 0
  undone = 0
  realBoxes = 0
  requests = 0
  readonly strategies: Record<string, number> = {}
  readonly most = { data: 0, metadata: 0 }

  take(report: SequenceReport, cpuSeconds: number): void {
    const { number, strategy, trouble, undone, gone, failures } = report
    const shares = `${(100 * gone.data).toFixed(1)} % data, ${(100 * gone.metadata).toFixed(1)} % metadata gone`
    const end = undone ? 'undone' : shares
    print(
      `sequence ${number}: ${failures.length === 0 ? 'ok' : 'FAILED'} · ${strategy} · ${trouble} · ${end} · ${cpuSeconds.toFixed(1)} CPU s`,
    )
    for (const failure of failures.slice(0, 20)) print(`  ${failure}`)
    if (failures.length > 0) print(`  replay: npm run redteam -- --sequences 1 --from ${number}`)
    this.failed += failures.length > 0 ? 1 : 0
    this.undone += undone ? 1 : 0
    this.realBoxes += isRealBoxes(number) ? 1 : 0
    this.virtualDays += report.virtualDays
    this.requests += report.requests
    this.strategies[strategy] = (this.strategies[strategy] ?? 0) + 1
    for (const packClass of ['data', 'metadata'] as const) {
      this.most[packClass] = Math.max(this.most[packClass], gone[packClass])
    }
  }
}

function isRealBoxes(number: number): boolean {
  return number % REAL_BOXES_EVERY === REAL_BOXES_EVERY - 1
}

/** Among real boxes each ends in an undo and a recovery from the words. */
async function play(number: number): Promise<SequenceReport> {
  if (!isRealBoxes(number)) return await playSequence(number)
  const report = await playRealBoxes(Math.floor(number / REAL_BOXES_EVERY))
  return { ...report, number, trouble: 'real boxes', requests: 0, undone: true, gone: { data: 0, metadata: 0 } }
}

async function playAll(): Promise<void> {
  const [from, sequences] = [numberOf('from'), numberOf('sequences')]
  const account = new Account()
  for (let number = from; number < from + sequences; number++) {
    const before = process.cpuUsage()
    const report = await play(number)
    const { user, system } = process.cpuUsage(before)
    account.take(report, (user + system) / 1e6)
  }
  const { failed, virtualDays } = account
  if (values.json) print(JSON.stringify({ sequences, ...account }))
  else print(`${sequences} sequences, ${failed} failed, ${virtualDays} virtual days`)
  process.exitCode = failed === 0 ? 0 : 1
}

await playAll()
