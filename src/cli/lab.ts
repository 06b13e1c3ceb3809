/** `datis lab`: a practice community of real boxes on this machine, which stays after the command has returned. */
import type { Command } from 'commander'
import { DatisError } from '#base'
import type { OperationContext } from '#box'
import { table, type Words } from '#text'
import { type App, done, type Outcome } from './app.ts'
import { addCommand, run, type Shelf } from './command.ts'
import { confirmed } from './confirm.ts'
import { notProtected } from './disperse.ts'
import { EXIT, exitOf } from './exit.ts'
import { sentenceOf, toTell, UsageError } from './failure.ts'
import { type Dispersed, endAll, type LabWork } from './lab-boxes.ts'
import { failBox } from './lab-fail.ts'
import {
  type BoxNow,
  defaultLabFolder,
  FAILURES,
  type Failure,
  knownLabFolder,
  LAB_BOXES_MAX,
  Lab,
  lockLab,
  prepareLabFolder,
} from './lab-folder.ts'
import { type Healing, healLab } from './lab-heal.ts'
import { buildLab, restartLab } from './lab-up.ts'
import { absolute, parseCount } from './parse.ts'
import { freePorts } from './processes.ts'

const BOXES_MIN = 2

interface FolderOption {
  readonly folder?: string
}

interface UpOptions extends FolderOption {
  readonly fast?: boolean
  readonly web?: boolean
}

interface DownOptions extends FolderOption {
  readonly keep?: boolean
  readonly yes?: boolean
}

export function addLabCommands(program: Command, shelf: Shelf): void {
  const { app } = shelf
  const { command, option } = app.words.say
  const lab = addCommand(program, shelf, 'lab', command.lab)
  const add = (usage: string, description: string): Command =>
    addCommand(lab, shelf, usage, description).option('--folder <DIR>', option.labFolder)

  add('up [N]', command.labUp)
    .option('--fast', option.fast)
    .option('--web', app.words.say.console.option.labWeb)
    .action((count: string | undefined, options: UpOptions) =>
      run(shelf, (context) => (count === undefined ? again(app, options, context) : up(app, count, options, context))),
    )
  add('show', command.labShow).action((options: FolderOption) => run(shelf, async () => show(app, options)))
  add('fail <HOW> <N>', command.labFail).action((how: string, number: string, options: FolderOption) =>
    run(shelf, (context) => fail(app, { how, number, ...options }, context)),
  )
  add('heal', command.labHeal).action((options: FolderOption) => run(shelf, (context) => heal(app, options, context)))
  add('down', command.labDown)
    .option('--keep', option.labKeep)
    .option('--yes', option.labYes)
    .action((options: DownOptions) => run(shelf, () => down(app, options)))
}

function folderOf(app: App, { folder }: FolderOption): string {
  // Processes are told to go on without us, to end, and to start again: Windows knows no such thing.
  if (process.platform === 'win32') throw new DatisError('LAB_SYSTEM', 'The lab needs Linux or macOS.')
  return folder === undefined ? defaultLabFolder(app) : absolute(folder)
}

/** Alone at work in a lab that is there. */
async function inLab(
  app: App,
  options: FolderOption,
  context: OperationContext,
  act: (work: LabWork) => Promise<Outcome>,
): Promise<Outcome> {
  const door = await app.door()
  const folder = knownLabFolder(folderOf(app, options))
  using _lock = lockLab(door, folder)
  return await act({ app, door, context, lab: Lab.open(folder) })
}

// --- up

async function up(app: App, count: string, options: UpOptions, context: OperationContext): Promise<Outcome> {
  const boxes = parseCount(app.words, 'N', count, BOXES_MIN, LAB_BOXES_MAX)
  const door = await app.door()
  const folder = prepareLabFolder(folderOf(app, options))
  using _lock = lockLab(door, folder)
  const [webPort = null] = options.web === true ? await freePorts(1) : []
  const lab = Lab.begin(folder, { fast: options.fast ?? false, webPort })
  const dispersed = await buildLab({ app, door, context, lab }, boxes)
  const { say } = app.words
  const first = [say.lab.up(boxes, folder), ...(lab.fast ? [say.lab.fast] : []), '']
  return {
    ...verdict(app, dispersed, { ...shown(lab), dispersed }),
    lines: [
      ...first,
      ...boxLines(app, lab),
      '',
      ...consoleLines(app, lab),
      ...shortLines(app, lab, dispersed),
      say.lab.play,
    ],
  }
}

async function again(app: App, options: UpOptions, context: OperationContext): Promise<Outcome> {
  if (options.fast === true || options.web === true) throw new UsageError(app.words.say.usage.missingArgument('N'))
  return await inLab(app, options, context, async (work) => {
    const started = await restartLab(work)
    if (started === 0) throw new DatisError('LAB_EXISTS', 'All of the lab runs already.', { folder: work.lab.folder })
    return done({ ...shown(work.lab), started }, [
      app.words.say.lab.again(started),
      '',
      ...boxLines(app, work.lab),
      ...consoleLines(app, work.lab),
    ])
  })
}

// --- show

function show(app: App, options: FolderOption): Outcome {
  const lab = Lab.open(knownLabFolder(folderOf(app, options)))
  return done(shown(lab), [...(lab.fast ? [app.words.say.lab.fast, ''] : []), ...boxLines(app, lab)])
}

function shown(lab: Lab) {
  const boxes = lab.now().map(({ box, pid, state }) => {
    const { number, name, address, data, words, files, record } = box
    return { number, name, box: record.box, address, state, folder: data, words, files, pid }
  })
  const { console } = lab
  return { folder: lab.folder, fast: lab.fast, boxes, ...(console === null ? {} : { console }) }
}

function consoleLines({ words: { say } }: App, { console }: Lab): string[] {
  if (console === null) return []
  const { url, setupCode } = console
  return [say.console.opens(url), ...(setupCode === null ? [] : [say.console.setupCode(setupCode)])]
}

function boxLines({ words: { say } }: App, lab: Lab): string[] {
  const { column } = say
  const columns = [
    { title: column.number, align: 'right' as const },
    { title: column.name },
    { title: column.address },
    { title: column.state },
    { title: column.folder },
    { title: column.process, align: 'right' as const },
  ]
  const rows = lab
    .now()
    .map(({ box, pid, state }) => [
      String(box.number),
      box.name,
      box.address,
      say.lab.state[state],
      box.data,
      String(pid ?? ''),
    ])
  return table(columns, rows)
}

// --- fail

interface FailArguments extends FolderOption {
  readonly how: string
  readonly number: string
}

async function fail(app: App, args: FailArguments, context: OperationContext): Promise<Outcome> {
  const failure = parseFailure(app.words, args.how)
  return await inLab(app, args, context, async (work) => {
    const number = parseCount(app.words, 'N', args.number, 1, work.lab.boxes.length)
    const all = work.lab.now()
    const now = all.find(({ box }) => box.number === number)
    if (now === undefined) throw new Error('each number within the bounds is that of a box')
    const fragments = await failBox(work, now, failure)
    const next = nextCommands(args, { all, now, failure })
    const { say } = app.words
    const lines = [say.lab.did[failure](now.box.name, fragments), '', say.lab.next, ...next.map((one) => `  ${one}`)]
    return done({ number, name: now.box.name, failed: failure, fragments, next }, lines)
  })
}

function parseFailure({ say }: Words, text: string): Failure {
  const failure = FAILURES.find((one) => one === text)
  if (failure !== undefined) return failure
  throw new UsageError(say.usage.bad('HOW', text, FAILURES.join(' / ')))
}

/** What shows the failure, or makes it well; the last one makes all well. */
function nextCommands(
  { folder }: FolderOption,
  { all, now: { box }, failure }: { all: readonly BoxNow[]; now: BoxNow; failure: Failure },
): string[] {
  const where = folder === undefined ? [] : ['--folder', absolute(folder)]
  const other = all.find((one) => one.box !== box && one.state === 'runs')?.box
  const heal = commandOf(['lab', 'heal', ...where])
  if (failure === 'liar') return [commandOf(['hosting', 'scrub', '--data', box.data]), heal]
  // Nobody is left who could be asked.
  if (other === undefined) return [heal]
  if (failure !== 'fire') return [commandOf(['disperse', '--data', other.data]), heal]
  const recover = ['recover', '--words', box.words, '--peer', other.address, '--data', box.data]
  return [commandOf(recover), commandOf(['lab', 'up', ...where]), heal]
}

function commandOf(args: readonly string[]): string {
  const quoted = args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`))
  return ['datis', ...quoted].join(' ')
}

// --- heal

async function heal(app: App, options: FolderOption, context: OperationContext): Promise<Outcome> {
  return await inLab(app, options, context, async (work) => healed(app, work.lab, await healLab(work)))
}

function healed(app: App, lab: Lab, { healed: well, dispersed, trouble }: Healing): Outcome {
  const { say } = app.words
  const errors = trouble.map(({ number, error }) => {
    return { number, code: toTell(error).code, message: sentenceOf(app.words, error) }
  })
  const lines = [
    ...(well.length === 0 ? [say.lab.nothingFailed] : []),
    ...well.map(({ number, was, rotten }) => say.lab.healed[was](nameIn(lab, number), rotten ?? 0)),
    ...errors.map(({ number, code, message }) => `${nameIn(lab, number)}: ${message} ${say.failure.technical(code)}`),
    ...shortLines(app, lab, dispersed),
    say.lab.dispersed(dispersed.filter(({ state }) => state === 'whole').length, dispersed.length),
  ]
  return { ...healedVerdict(app, { healed: well, dispersed, trouble: errors }), lines }
}

interface HealedJson extends Omit<Healing, 'trouble'> {
  readonly trouble: readonly { readonly number: number; readonly code: string; readonly message: string }[]
}

/** What nothing can bring back weighs more than what is not back yet. */
function healedVerdict(app: App, json: HealedJson): Omit<Outcome, 'lines'> {
  const lost = json.trouble.find(({ code }) => exitOf(code) === EXIT.notRecoverable)
  if (lost !== undefined) {
    const { code, message } = lost
    return { exit: EXIT.notRecoverable, json: { ...json, error: { code, message } } }
  }
  const ended = verdict(app, json.dispersed, json)
  return ended.exit === EXIT.done && json.trouble.length > 0 ? { ...ended, exit: EXIT.incomplete } : ended
}

/** As `datis disperse` would end for the worst of them. */
function verdict(app: App, dispersed: readonly Dispersed[], json: object): Omit<Outcome, 'lines'> {
  if (dispersed.some(({ state }) => state === 'stored')) {
    return { exit: EXIT.failed, json: { ...json, ...notProtected(app) } }
  }
  return { exit: dispersed.every(({ state }) => state === 'whole') ? EXIT.done : EXIT.incomplete, json }
}

/** Boxes that have less than the full margin. */
function shortLines({ words: { say } }: App, lab: Lab, dispersed: readonly Dispersed[]): string[] {
  return dispersed.flatMap(({ number, state }) =>
    state === 'whole' ? [] : [`${nameIn(lab, number)}: ${say.disperse[state]}`],
  )
}

function nameIn({ boxes }: Lab, number: number): string {
  return boxes[number - 1]?.name ?? ''
}

// --- down

async function down(app: App, options: DownOptions): Promise<Outcome> {
  const { say } = app.words
  const keep = options.keep === true
  const door = await app.door()
  const folder = knownLabFolder(folderOf(app, options))
  if (!keep) await confirmed(app, say.lab.confirmDown(folder), options)
  using _lock = lockLab(door, folder)
  const lab = Lab.openAny(folder)
  const stopped = await endAll(app, lab, keep ? 'SIGTERM' : 'SIGKILL')
  if (!keep) lab.remove()
  return done({ folder, stopped, kept: keep }, [keep ? say.lab.kept(stopped, folder) : say.lab.down(stopped, folder)])
}
