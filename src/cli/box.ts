import { hostname } from 'node:os'
import { type Command, Option } from 'commander'
import type { ApplianceOptions, ApplianceReady, WebOptions } from '#appliance'
import type { CreateArguments } from '#box'
import { type App, done, type Outcome } from './app.ts'
import { type PassphraseOptions, passphraseFrom } from './ask-passphrase.ts'
import { addBoxLimitCommand } from './box-limit.ts'
import { addBoxMailCommands } from './box-mail.ts'
import { addCommand, run, type Shelf, withData } from './command.ts'
import { UsageError } from './failure.ts'
import { claimFile, readText } from './files.ts'
import { absolute, parseHostPort, parseName, parseZone } from './parse.ts'
import { addPassphraseCommands, withPassphraseFile } from './passphrase.ts'

/** All addresses, IPv4 included, at our port (docs/protocol/transport.md). */
const LISTEN_DEFAULT = '[::]:4600'
const WILDCARDS = new Set(['::', '0.0.0.0'])
const WORDS_A_LINE = 4

interface CreateOptions {
  readonly data: string
  readonly name?: string
  readonly zone?: string
  readonly listen?: string
  readonly address?: string
  readonly words?: string
  readonly wordsTo?: string
}

interface RunOptions extends PassphraseOptions {
  readonly data: string
  readonly fast?: boolean
  readonly manual?: boolean
  readonly web?: string
  readonly webTls?: boolean
  readonly webPlain?: boolean
  readonly webCert?: string
  readonly webKey?: string
}

export function addBoxCommands(program: Command, shelf: Shelf): void {
  const { command, option, console: say } = shelf.app.words.say
  const box = addCommand(program, shelf, 'box', command.box)

  withData(addCommand(box, shelf, 'create', command.boxCreate), shelf)
    .option('--name <N>', option.name)
    .option('--zone <ZONE>', option.zone)
    .option('--listen <HOST:PORT>', option.listen, LISTEN_DEFAULT)
    .option('--address <HOST:PORT>', option.address)
    .option('--words <FILE>', option.wordsOf)
    .option('--words-to <FILE>', option.wordsTo)
    .action((options: CreateOptions) => run(shelf, () => create(shelf.app, options)))

  addBoxMailCommands(box, shelf)
  addPassphraseCommands(box, shelf)
  addBoxLimitCommand(box, shelf)

  withData(addCommand(box, shelf, 'setup-code', say.command.setupCode), shelf).action(({ data }: { data: string }) =>
    run(shelf, async () => {
      const { newSetupCode } = await shelf.app.door()
      const made = await newSetupCode(absolute(data))
      return done(made, [say.setupCode(made.code)])
    }),
  )

  // Hidden: it is for the practice community that `datis lab` makes.
  withPassphraseFile(withData(addCommand(box, shelf, 'run', command.boxRun), shelf), shelf)
    .option('--web <HOST:PORT>', say.option.web)
    .option('--web-tls', say.option.webTls)
    .option('--web-plain', say.option.webPlain)
    .option('--web-cert <FILE>', say.option.webCert)
    .option('--web-key <FILE>', say.option.webKey)
    .option('--manual', say.option.manual)
    .addOption(new Option('--fast').hideHelp())
    .action((options: RunOptions) => run(shelf, (context) => runBox(shelf.app, options, context.signal)))
}

async function create(app: App, options: CreateOptions): Promise<Outcome> {
  const { usage } = app.words.say
  if (options.words !== undefined && options.wordsTo !== undefined) {
    throw new UsageError(usage.conflict('--words', '--words-to'))
  }
  const args = createArguments(app, options)
  const words = options.words === undefined ? {} : { words: readText(options.words) }
  const { createBox, wordsFromEntropy } = await app.door()
  using file = options.wordsTo === undefined ? undefined : claimFile(options.wordsTo)
  const { box, root, entropy } = await createBox({ ...args, ...words })
  const lines = [app.words.say.box.created(box, root)]
  if (entropy !== null) {
    const recoveryWords = wordsFromEntropy(entropy, app.words.formats.language)
    file?.write(`${recoveryWords.join(' ')}\n`)
    lines.push(...wordLines(app, recoveryWords, options.wordsTo))
    // Whoever reads JSON gave up seeing the words, and has to know what that means.
    if (app.json && !file) app.terminal.note(`${app.words.say.box.wordsUnseen}\n`)
  }
  return done({ box, root }, lines)
}

function createArguments(app: App, options: CreateOptions): CreateArguments {
  const listen = options.listen ?? LISTEN_DEFAULT
  const { host, port } = parseHostPort(app.words, '--listen', listen)
  const address = options.address ?? (WILDCARDS.has(host) ? `${hostname()}:${port}` : listen)
  parseHostPort(app.words, '--address', address)
  const zone = parseZone(app.words, '--zone', options.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone)
  const name = parseName(app.words, '--name', options.name ?? hostname())
  return { folder: absolute(options.data), name, zone, listen, address }
}

export function wordLines(app: App, words: readonly string[], writtenTo: string | undefined): string[] {
  const { box } = app.words.say
  if (writtenTo !== undefined) return [box.wordsWritten(writtenTo)]
  const width = Math.max(...words.map((word) => word.length))
  const cells = words.map((word, index) => `${String(index + 1).padStart(4)}. ${word.padEnd(width)}`)
  const rows = Array.from({ length: Math.ceil(cells.length / WORDS_A_LINE) }, (_, row) =>
    cells
      .slice(row * WORDS_A_LINE, (row + 1) * WORDS_A_LINE)
      .join('')
      .trimEnd(),
  )
  return ['', box.wordsHere, '', ...rows, '', box.wordsAdvice]
}

async function runBox(app: App, options: RunOptions, signal: AbortSignal): Promise<Outcome> {
  const { data, fast = false, manual = false } = options
  const tls = tlsWanted(app, options)
  const web = options.web === undefined ? null : { ...parseHostPort(app.words, '--web', options.web), tls }
  return await runUntilStopped(app, absolute(data), { fast, manual, web, ask: passphraseFrom(app, options) }, signal)
}

function tlsWanted({ words: { say } }: App, options: RunOptions): WebOptions['tls'] {
  const { web, webTls, webPlain, webCert, webKey } = options
  const given = { '--web-tls': webTls, '--web-plain': webPlain, '--web-cert': webCert, '--web-key': webKey }
  const names = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (names.length > 0 && web === undefined) throw new UsageError(say.usage.missingOption('--web'))
  const other = names.find((name) => name !== '--web-plain')
  if (webPlain === true && other !== undefined) throw new UsageError(say.usage.conflict('--web-plain', other))
  if (webPlain === true) return 'never'
  if (webCert !== undefined && webKey !== undefined) return { certificate: absolute(webCert), key: absolute(webKey) }
  if (webCert !== undefined) throw new UsageError(say.usage.missingOption('--web-key'))
  if (webKey !== undefined) throw new UsageError(say.usage.missingOption('--web-cert'))
  return webTls === true ? 'always' : 'by-address'
}

async function runUntilStopped(
  app: App,
  folder: string,
  options: Omit<ApplianceOptions, 'version'>,
  signal: AbortSignal,
): Promise<Outcome> {
  const { runAppliance } = await app.door()
  return await untilStopped(
    app,
    async (onReady) => await runAppliance(folder, { ...options, version: app.version }, signal, onReady),
  )
}

/** Says when it is ready, and that it has stopped. */
export async function untilStopped(
  app: App,
  work: (onReady: (at: ApplianceReady) => void) => Promise<void>,
): Promise<Outcome> {
  let listening = ''
  await work((at) => {
    listening = at.listen
    for (const line of app.json ? [JSON.stringify({ ready: true, ...at })] : readyLines(app, at))
      app.terminal.line(line)
  })
  return done({ stopped: true, listen: listening }, [app.words.say.box.stopped])
}

function readyLines(
  { words: { say } }: App,
  { listen, web, webFingerprint, setupCode, keysSealed }: ApplianceReady,
): string[] {
  return [
    say.box.running(listen),
    ...(web === null ? [] : [say.console.opens(web)]),
    ...(webFingerprint === null ? [] : [say.console.fingerprint(webFingerprint)]),
    ...(setupCode === null ? [] : [say.console.setupCode(setupCode)]),
    ...(keysSealed ? [] : [say.keys.open]),
  ]
}
