/** `datis start`: a box on a folder of its own, made when there is none, with its console: what `npm start` runs. */
import { hostname } from 'node:os'
import type { Command } from 'commander'
import type { NewBox } from '#appliance'
import type { App, Outcome } from './app.ts'
import { passphraseFrom } from './ask-passphrase.ts'
import { untilStopped, wordLines } from './box.ts'
import { addCommand, run, type Shelf } from './command.ts'
import { isThere } from './files.ts'
import { absolute, parseCount, parseName } from './parse.ts'
import { practiceBeside } from './practice.ts'

const BOX_FILE = 'box.cbor'
const DATA_DEFAULT = './data'
const PORT_DEFAULT = 8480
const PORT_MAX = 65_534
const CONSOLE_HOST = '127.0.0.1'

interface StartOptions {
  readonly data: string
  readonly port: string
}

export function addStartCommand(program: Command, shelf: Shelf): void {
  const { command, option } = shelf.app.words.say.console
  addCommand(program, shelf, 'start', command.start)
    .option('--data <DIR>', shelf.app.words.say.help.data, DATA_DEFAULT)
    .option('--port <NUMBER>', option.port, String(PORT_DEFAULT))
    .action((options: StartOptions) => run(shelf, (context) => start(shelf.app, options, context.signal)))
}

async function start(app: App, options: StartOptions, signal: AbortSignal): Promise<Outcome> {
  const port = parseCount(app.words, '--port', options.port, 1, PORT_MAX)
  const folder = absolute(options.data)
  const { settleRebuild, startAppliance } = await app.door()
  await settleRebuild(folder)
  const newBox = isThere(folder, BOX_FILE) ? null : await create(app, folder, port + 1)
  const web = { host: CONSOLE_HOST, port, tls: 'by-address' } as const
  const practice = practiceBeside(app, folder, signal)
  const given = { fast: false, manual: false, version: app.version, web, ask: passphraseFrom(app), newBox, practice }
  return await untilStopped(app, async (onReady) => await startAppliance(folder, given, signal, onReady))
}

/** Members reach it on the port after that of the console, so that several may stand on one machine. */
async function create(app: App, folder: string, port: number): Promise<NewBox | null> {
  const { createBox, wordsFromEntropy } = await app.door()
  const { say, formats } = app.words
  const name = parseName(app.words, '--name', hostname())
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const { box, root, entropy } = await createBox({
    folder,
    name,
    zone,
    listen: `[::]:${port}`,
    address: `${hostname()}:${port}`,
  })
  const words = entropy === null ? [] : wordsFromEntropy(entropy, formats.language)
  for (const line of [say.box.created(box, root), ...wordLines(app, words, undefined), ''])
    app.terminal.note(`${line}\n`)
  return entropy === null ? null : { entropy, box, organisation: root, name, zone, made: Math.floor(app.clock.wall()) }
}
