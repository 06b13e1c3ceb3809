/**
 * The whole path with real parts: real processes, real TLS, real files. Boxes are only ever spoken to through the
 * command line; what hosts hold is read from their folders, and what came back is compared by code of its own.
 */
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { DatisError } from '#base'
import type { CommunityResult, InviteResult, RecoverResult, RestoreResult, SnapshotResult } from '#box'
import { type App, done, type Outcome } from './app.ts'
import { compareFolders } from './compare.ts'
import type { DemoPlan } from './demo.ts'
import { accountLines, type DemoAccount, holdersTable, type Phase, type Usage, verdictLines } from './demo-account.ts'
import { fewestFragments, type Holding, holdingOf } from './demo-holdings.ts'
import { StepError, Town, type TownBox } from './demo-town.ts'
import { EXIT } from './exit.ts'
import { sentenceOf } from './failure.ts'

const SOURCE_NAME = 'demo'
const LOSE_DEFAULT_MAX = 2
const DONE_OR_INCOMPLETE = [EXIT.done, EXIT.incomplete]

export async function playDemo(app: App, plan: DemoPlan): Promise<Outcome> {
  const { clock, signal, words } = app
  const town = new Town({ folder: plan.folder, language: words.formats.language, clock, signal })
  const story = new Story(app, plan, town)
  try {
    const outcome = await story.tell()
    return plan.keep && outcome.exit === EXIT.done ? await story.leave(outcome) : outcome
  } finally {
    if (plan.keep && !signal.aborted) {
      // On stderr, where it is read with --json too.
      app.terminal.note(`${words.say.demo.kept(plan.folder, town.release().join(' '))}\n`)
    } else await town.end()
  }
}

class Story {
  readonly #app: App
  readonly #plan: DemoPlan
  readonly #town: Town
  readonly #phases: Partial<Record<Phase, Usage>> = {}
  #lost: ReadonlySet<TownBox> = new Set()

  constructor(app: App, plan: DemoPlan, town: Town) {
    this.#app = app
    this.#plan = plan
    this.#town = town
  }

  async tell(): Promise<Outcome> {
    const { code, source } = await this.#build()
    const saved = await this.#save(source)
    const holdings = new Map(this.#hosts.map((host) => [host.name, holdingOf(host.data, this.#owner.box)]))
    const lose = this.#plan.lose ?? Math.min(LOSE_DEFAULT_MAX, code.n - code.k)
    const lost = mostLaden(this.#hosts, holdings, lose)
    this.#show(holdings, lost)
    const found = await this.#burn(code.n, holdings, lost)
    const account = this.#accountOf(saved, code, holdings, lose)
    return found < code.k ? await this.#fail(found, account) : await this.#recoverAll(source, account)
  }

  /** For who wants to look at it: what burnt is back, and the owner has a console. */
  async leave(outcome: Outcome): Promise<Outcome> {
    const { say } = this.#app.words
    const opened = await this.#town.mend(this.#owner, this.#recovered, this.#lost)
    if (opened === null) throw new StepError('box run', EXIT.failed, { code: 'UNEXPECTED', message: 'no console' })
    await this.#town.datis(['disperse', '--wait', '30s', '--data', this.#owner.data], DONE_OR_INCOMPLETE)
    const { url, setupCode } = opened
    const code = setupCode === null ? [] : [say.console.setupCode(setupCode)]
    return {
      ...outcome,
      json: { ...outcome.json, console: opened },
      lines: [...outcome.lines, '', say.console.opens(url), ...code],
    }
  }

  /** A line for people; with --json only the last line is for the reader, so nothing else is said. */
  say(...lines: readonly string[]): void {
    if (!this.#app.json) for (const line of lines) this.#app.terminal.line(line)
  }

  get #demo(): App['words']['say']['demo'] {
    return this.#app.words.say.demo
  }

  get #owner(): TownBox {
    const [owner] = this.#town.boxes
    if (owner === undefined) throw new Error('the demo has no owner')
    return owner
  }

  get #hosts(): readonly TownBox[] {
    return this.#town.boxes.slice(1)
  }

  async #build(): Promise<{ code: CommunityResult['code']; source: string }> {
    const source = realpathSync(this.#plan.source)
    this.say(this.#demo.begin(this.#plan.boxes, source))
    await this.#town.create(this.#plan.boxes)
    await this.#town.startAll()
    const code = await this.#gather()
    this.say(this.#demo.founded(code.n, code.k))
    return { code, source }
  }

  /** The owner founds alone and invites; each of the others joins with its code. */
  async #gather(): Promise<CommunityResult['code']> {
    const owner = ['--data', this.#owner.data]
    await this.#town.datis(['community', 'found', ...owner])
    const invitations: { host: TownBox; code: string }[] = []
    for (const host of this.#hosts) {
      const { code } = await this.#town.datis<InviteResult>(['community', 'invite', '--for', host.name, ...owner])
      invitations.push({ host, code })
    }
    for (const { host, code } of invitations) {
      await this.#town.datis(['community', 'join', code, '--data', host.data])
    }
    return (await this.#town.datis<CommunityResult>(['community', 'show', ...owner])).code
  }

  async #save(source: string): Promise<SnapshotResult> {
    const data = ['--data', this.#owner.data]
    await this.#town.datis(['source', 'add', SOURCE_NAME, source, ...data])
    const { snapshots } = await this.#phase('snapshot', () =>
      this.#town.datis<{ snapshots: SnapshotResult[] }>(['snapshot', 'take', ...data], DONE_OR_INCOMPLETE),
    )
    const [snapshot] = snapshots
    if (snapshot === undefined) throw new DatisError('DEMO_STEP', 'No snapshot was taken.', { step: 'snapshot take' })
    await this.#phase('disperse', () => this.#town.datis(['disperse', ...data], DONE_OR_INCOMPLETE))
    return snapshot
  }

  async #phase<Result>(phase: Phase, work: () => Promise<Result>): Promise<Result> {
    const { clock } = this.#app
    const startMs = clock.monotonic()
    const startCpu = this.#town.cpuSeconds()
    const result = await work()
    const endCpu = this.#town.cpuSeconds()
    this.#phases[phase] = {
      seconds: round((clock.monotonic() - startMs) / 1000),
      cpuSeconds: startCpu === null || endCpu === null ? null : round(endCpu - startCpu),
    }
    return result
  }

  #show(holdings: ReadonlyMap<string, Holding>, lost: ReadonlySet<TownBox>): void {
    this.say('', this.#demo.holders, ...holdersTable(this.#app.words, this.#town.boxes, holdings, lost))
    this.say('', this.#demo.kill(lost.size))
  }

  /** The fewest fragments that are left of a pack afterwards. */
  async #burn(n: number, holdings: ReadonlyMap<string, Holding>, lost: ReadonlySet<TownBox>): Promise<number> {
    this.#town.noteMemory()
    this.#lost = lost
    await this.#town.destroy(this.#owner)
    for (const box of lost) await (this.#plan.keep ? this.#town.takeAway(box) : this.#town.destroy(box))
    const survivors = this.#hosts.filter((host) => !lost.has(host)).flatMap(({ name }) => holdings.get(name) ?? [])
    return fewestFragments(n, [...holdings.values()], survivors)
  }

  async #recoverAll(source: string, account: Omit<DemoAccount, 'identical'>): Promise<Outcome> {
    await this.#restore()
    this.say(this.#demo.comparing)
    const comparison = await compareFolders(source, this.#target, () => this.#app.clock.sleep(0, this.#app.signal))
    this.#town.noteMemory()
    const identical = comparison.differenceCount === 0
    const total = { identical, ...account, peakMemoryBytes: this.#town.peakMemoryBytes() }
    const lines = [...accountLines(this.#app.words, total), ...verdictLines(this.#app.words, comparison)]
    if (identical) return done(total, lines)
    const error = new DatisError('DEMO_DIFFERENT', 'What came back is not what was saved.')
    return { exit: EXIT.failed, json: { ...total, ...this.#errorJson(error) }, lines }
  }

  get #recovered(): string {
    return join(this.#plan.folder, 'recovered')
  }

  get #target(): string {
    return join(this.#plan.folder, 'restored')
  }

  async #restore(): Promise<void> {
    const contact = this.#hosts.find(({ process }) => process !== null)
    if (contact === undefined) throw new StepError('recover', EXIT.notRecoverable, noneLeft(this.#demo.noneLeft))
    this.say(this.#demo.recovering(contact.address))
    const data = ['--data', this.#recovered]
    const recover = ['recover', '--words', this.#owner.words, '--peer', contact.address, ...data]
    await this.#phase('recover', () => this.#town.datis<RecoverResult>(recover))
    const restore = ['restore', 'latest', this.#target, ...data]
    await this.#phase('restore', () => this.#town.datis<RestoreResult>(restore, DONE_OR_INCOMPLETE))
  }

  /** More is lost than the code bears: that must be said, and nothing may look like a restore. */
  async #fail(found: number, account: Omit<DemoAccount, 'identical'>): Promise<Outcome> {
    const { k } = account.code
    const refusal = await this.#refusedRestore()
    if (refusal === null || this.#leftovers()) {
      throw new DatisError('DEMO_SURVIVED', 'Something was restored although too much was lost.')
    }
    const details = { needed: k, have: found, missing: k - found }
    const error = new DatisError('NOT_RECOVERABLE', 'Too few fragments survive.', details)
    const total = { identical: false, ...account }
    return {
      exit: EXIT.notRecoverable,
      json: { ...this.#errorJson(error), ...total, ...details },
      lines: [...accountLines(this.#app.words, total), refusal, this.#demo.missing(k - found, k, found)],
    }
  }

  /** What the command said when it refused; null when it did not. */
  async #refusedRestore(): Promise<string | null> {
    try {
      await this.#restore()
      return null
    } catch (error) {
      if (!(error instanceof StepError) || error.exit !== EXIT.notRecoverable) throw error
      return String(error.details.step)
    }
  }

  #leftovers(): boolean {
    return existsSync(this.#target) && readdirSync(this.#target).length > 0
  }

  #errorJson(error: DatisError): object {
    return { error: { code: error.code, message: sentenceOf(this.#app.words, error) } }
  }

  #accountOf(
    { files, bytes }: SnapshotResult,
    code: DemoAccount['code'],
    holdings: ReadonlyMap<string, Holding>,
    lost: number,
  ): Omit<DemoAccount, 'identical'> {
    const storedBytes = [...holdings.values()].reduce((sum, holding) => sum + holding.bytes, 0)
    const peakMemoryBytes = this.#town.peakMemoryBytes()
    return { files, bytes, storedBytes, code, boxes: this.#plan.boxes, lost, phases: this.#phases, peakMemoryBytes }
  }
}

/** Losing a host that holds nothing would prove nothing: the ones that hold most go first. */
function mostLaden(
  hosts: readonly TownBox[],
  holdings: ReadonlyMap<string, Holding>,
  count: number,
): ReadonlySet<TownBox> {
  const bytes = (host: TownBox): number => holdings.get(host.name)?.bytes ?? 0
  return new Set([...hosts].sort((a, b) => bytes(b) - bytes(a)).slice(0, count))
}

function noneLeft(message: string): { code: string; message: string } {
  return { code: 'NOT_RECOVERABLE', message }
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}
