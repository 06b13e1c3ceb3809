/** The door of #box on this machine: real disk, real network, real threads. */
import { availableParallelism } from 'node:os'
import { type BytePath, codeOf, DatisError, joinPath, pathToText, realClock, realDisk, realLogWriter } from '#base'
import { isLoopback, parseAddress } from '#network'
import { connectControl, serveControl } from './control.ts'
import { createBoxIn } from './create.ts'
import { type BoxSettings, dataFolderPath, readSettings } from './data-folder.ts'
import { foundWith } from './found.ts'
import { lockDataFolder } from './lock.ts'
import { OpenedBox } from './opened-box.ts'
import type {
  AskPassphrase,
  BoxClient,
  CommunityResult,
  CreateArguments,
  CreateResult,
  OperationContext,
  RecoverArguments,
  RecoverResult,
} from './operations.ts'
import { areKeysSealed } from './private-files.ts'
import { recoverBoxIn } from './recover.ts'
import { signRootRequest as signWith } from './root-requests.ts'
import { keepCommunity, keepReachable } from './rounds.ts'
import { type OpenSnapshot, snapshotOpener } from './saved-files.ts'
import { keepWarning } from './warnings.ts'
import { realWorld, type World } from './world.ts'

const LOGS = 'logs'
const SETTINGS_FILE = 'settings.sqlite'
const OPEN_TRIES = 50
const OPEN_PAUSE_MS = 200

const quiet = (): void => undefined

/** A command says what matters in its result; the operational log is for the box that runs. */
function commandWorld(): World {
  return realWorld({ threads: availableParallelism(), logTo: quiet })
}

function folderOf(text: string): BytePath {
  return dataFolderPath(text, process.cwd())
}

export async function createBox({ folder, ...args }: CreateArguments): Promise<CreateResult> {
  return createBoxIn(commandWorld(), folderOf(folder), args)
}

/** The running box over its socket, else the folder itself. A folder that another command owns is waited for a while. */
export async function openBox(folder: string, ask: AskPassphrase = nobody): Promise<BoxClient> {
  const path = folderOf(folder)
  let passphrase: string | null = null
  const control = { disk: realDisk(), clock: realClock() }
  readSettings(control.disk, path)
  for (let tries = 1; ; tries += 1) {
    const running = await connectControl(control, path)
    if (running !== null) return running
    // Before the folder is ours: nobody else should wait for what a person types.
    if (tries === 1) passphrase = await passphraseFor(path, ask)
    try {
      return await OpenedBox.open(commandWorld(), path, passphrase)
    } catch (error) {
      if (codeOf(error) !== 'BOX_IN_USE' || tries === OPEN_TRIES) throw error
      await control.clock.sleep(OPEN_PAUSE_MS)
    }
  }
}

const nobody: AskPassphrase = async () => null

async function passphraseFor(path: BytePath, ask: AskPassphrase): Promise<string | null> {
  return areKeysSealed(realDisk(), path) ? await ask(pathToText(path)) : null
}

/** A box that runs, as what runs beside it sees it. */
export interface RunningBox {
  readonly box: Pick<BoxClient, 'call'>
  readonly openSnapshot: OpenSnapshot
  readonly world: Pick<World, 'disk' | 'clock' | 'random' | 'net' | 'log'>
  readonly folder: BytePath
  readonly name: string
  /** IANA name. */
  readonly zone: string
  /** A system path. */
  readonly settingsPath: string
}

/** Of a box, whether it runs or not. NO_BOX */
export function whereSettingsAre(folder: string): Pick<RunningBox, 'name' | 'zone' | 'settingsPath'> {
  const path = folderOf(folder)
  const { name, zone } = readSettings(realDisk(), path)
  return { name, zone, settingsPath: pathToText(joinPath(path, SETTINGS_FILE)) }
}

/** What runs in the process of a box: begun before it is said to be ready, ended before it closes. */
export interface Beside extends AsyncDisposable {
  run(signal: AbortSignal): Promise<void>
}

const alone: Beside = { run: async () => undefined, [Symbol.asyncDispose]: async () => undefined }

export interface RunOptions {
  /** With the short waits of a practice community. */
  readonly fast: boolean
  readonly ask?: AskPassphrase
}

interface Ready {
  readonly listen: string
  readonly keysSealed: boolean
}

/** Runs until the signal aborts. FAST_NOT_LOCAL, PASSPHRASE_NEEDED, PASSPHRASE_WRONG */
export async function runBox(
  folder: string,
  { fast, ask = nobody }: RunOptions,
  signal: AbortSignal,
  onReady: (at: Ready) => void,
  begin: (running: RunningBox) => Promise<Beside> = async () => alone,
): Promise<void> {
  const path = folderOf(folder)
  const logTo = realLogWriter(realDisk(), joinPath(path, LOGS))
  const world = realWorld({ threads: availableParallelism(), logTo, fast })
  if (fast) checkLocal(readSettings(world.disk, path))
  const passphrase = await passphraseFor(path, ask)
  await using box = await OpenedBox.open(world, path, passphrase)
  const { listen } = await box.serve()
  await using _control = await serveControl(world, box.folder, (name, args, context) =>
    box.call(name, args as never, context),
  )
  const { name, zone } = box.settings
  const settingsPath = pathToText(joinPath(path, SETTINGS_FILE))
  await using beside = await begin({
    box,
    openSnapshot: snapshotOpener(box),
    world,
    folder: path,
    name,
    zone,
    settingsPath,
  })
  onReady({ listen, keysSealed: box.privateFiles.areSealed })
  world.log.info('box.ready', { listen })
  await Promise.all([
    beside.run(signal),
    keepCommunity(box, signal),
    keepReachable(box, signal),
    keepWarning(box, signal),
    box.draining.run(box, signal),
  ])
}

/** Whoever keeps for others across a network has promised them the usual waits. */
function checkLocal({ listen, address }: BoxSettings): void {
  for (const one of [listen, address]) {
    if (isLoopback(parseAddress(one))) continue
    throw new DatisError('FAST_NOT_LOCAL', 'Only a box that no other machine reaches may hurry.', { address: one })
  }
}

export interface FoundOptions {
  readonly successor?: boolean
  readonly ask?: AskPassphrase
}

export async function foundCommunity(
  folders: readonly string[],
  { successor = false, ask = nobody }: FoundOptions = {},
): Promise<CommunityResult> {
  await using stack = new AsyncDisposableStack()
  const clients: BoxClient[] = []
  for (const folder of folders) clients.push(stack.use(await openBox(folder, ask)))
  const context = { signal: new AbortController().signal, onProgress: quiet }
  return await foundWith(clients, commandWorld(), context, { successor })
}

export async function recoverBox(
  { folder, ...args }: RecoverArguments,
  context: OperationContext,
): Promise<RecoverResult> {
  return await recoverBoxIn(commandWorld(), folderOf(folder), args, context)
}

/** Makes this process the only one at work in a folder, until disposed of or dead. BOX_IN_USE */
export function lockFolder(folder: string): Disposable {
  return lockDataFolder(folderOf(folder))
}

export function signRootRequest(request: Uint8Array, words: string): Uint8Array {
  return signWith(commandWorld().random, request, words)
}
