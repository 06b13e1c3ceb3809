/** A box as people have it: it keeps for others, saves by itself, and has a console. */
import { hostname } from 'node:os'
import { Passkeys, People, RecoverySheet, SecondFactor, Sessions, Setup, SignIn, Tokens } from '#accounts'
import { type Api, type ApiDeps, buildApi, changeTls, type FirstStart } from '#api'
import { codeOf, DatisError } from '#base'
import { type Beside, type RunningBox, type RunOptions, runBox } from '#box'
import { isLoopback } from '#network'
import { Alarms, Intents, Scheduler, Tasks } from '#service'
import { type CertificateFiles, ConsoleTls, ownNames } from './console-tls.ts'
import { KeptSettings } from './kept-settings.ts'

export interface ApplianceOptions extends RunOptions {
  /** It takes no snapshot by itself, and sends and expires nothing. */
  readonly manual: boolean
  /** Where the console listens; null: nowhere. */
  readonly web: WebOptions | null
  readonly version: string
  /** Of a process that was begun with `datis start`. */
  readonly firstStart?: FirstStart
  /** For the first account, when people have one already. */
  readonly setupCode?: string | null
}

export interface WebOptions {
  readonly host: string
  readonly port: number
  /** `by-address`: with TLS where other machines reach it (docs/decisions/0015-console-tls.md). */
  readonly tls: 'by-address' | 'always' | 'never' | CertificateFiles
}

export interface ApplianceReady {
  readonly listen: string
  /** Of the console. */
  readonly web: string | null
  /** Of the certificate with which it answers, SHA-256; null without TLS. */
  readonly webFingerprint: string | null
  /** For the first account; null when there is one, and without a console. */
  readonly setupCode: string | null
  readonly keysSealed: boolean
}

/** Until the signal aborts. FAST_NOT_LOCAL, WEB_IN_USE, WEB_REFUSED, WEB_CERTIFICATE_INVALID, SETTINGS_DAMAGED, SETTINGS_NEWER … */
export async function runAppliance(
  folder: string,
  options: ApplianceOptions,
  signal: AbortSignal,
  onReady: (at: ApplianceReady) => void,
): Promise<void> {
  // What other libraries write in the data folder is nobody else's to read either.
  process.umask(0o077)
  let beside: Services | null = null
  const begin = async (running: RunningBox) => {
    beside = await Services.begin(running, options)
    return beside
  }
  await runBox(folder, options, signal, (at) => onReady({ ...at, ...shown(beside) }), begin)
}

function shown(beside: Services | null): Pick<ApplianceReady, 'web' | 'webFingerprint' | 'setupCode'> {
  const { url = null, tls = null, setupCode = null } = beside ?? {}
  return { web: url, webFingerprint: tls?.presented.fingerprint ?? null, setupCode }
}

interface Parts {
  readonly api: Api | null
  readonly url: string | null
  readonly tls: ConsoleTls | null
  readonly setupCode: string | null
  readonly intents: Intents
  readonly alarms: Alarms | null
  readonly scheduler: Scheduler | null
  readonly kept: KeptSettings | null
  readonly stack: AsyncDisposableStack
}

class Services implements Beside {
  readonly url: string | null
  readonly tls: ConsoleTls | null
  readonly setupCode: string | null
  readonly #api: Api | null
  readonly #stack: AsyncDisposableStack
  readonly #intents: Intents
  readonly #alarms: Alarms | null
  readonly #scheduler: Scheduler | null
  readonly #kept: KeptSettings | null

  private constructor({ api, url, tls, setupCode, intents, alarms, scheduler, kept, stack }: Parts) {
    this.#api = api
    this.url = url
    this.tls = tls
    this.setupCode = setupCode
    this.#intents = intents
    this.#alarms = alarms
    this.#scheduler = scheduler
    this.#kept = kept
    this.#stack = stack
  }

  static async begin(running: RunningBox, options: ApplianceOptions): Promise<Services> {
    const { manual, web, version, firstStart = null } = options
    await using stack = new AsyncDisposableStack()
    const { box, openSnapshot, name, zone, settingsPath } = running
    const { clock, random, log } = running.world
    const kept = new KeptSettings({ box, clock, log, settingsPath })
    const settings = stack.adopt(await kept.open(), (open) => open.destroy())
    const tasks = stack.use(await Tasks.open({ settings, clock, random, log, box }))
    const intents = new Intents({ settings, clock, random, log, box, tasks })
    const alarms = new Alarms({ settings, clock, log, box })
    const accounts = { settings, clock, random, boxName: name }
    const people = new People(accounts)
    const sessions = new Sessions(accounts)
    const setup = new Setup(accounts, people)
    const factor = new SecondFactor(accounts)
    const passkeys = new Passkeys(accounts)
    const signIn = new SignIn(accounts, sessions, passkeys)
    const recoverySheet = new RecoverySheet(accounts)
    const newBox = firstStart?.newBox ?? null
    if (newBox !== null) await recoverySheet.draw(newBox.entropy)
    const tls = web === null ? null : tlsFor(running, web)
    const hostNames = [...ownNames(name), ...(tls?.presented.hostNames ?? [])]
    const rest = { hostNames, tls: tls?.presented ?? null, lanOnly: true, version, boxName: name, zone }
    const deps: ApiDeps = {
      box,
      openSnapshot,
      settings,
      people,
      sessions,
      passkeys,
      signIn,
      setup,
      factor,
      tokens: new Tokens(accounts),
      tasks,
      intents,
      alarms,
      recoverySheet,
      firstStart,
      clock,
      random,
      log,
      ...rest,
    }
    const api = web === null ? null : stack.adopt(await buildApi(deps), (one) => one.close())
    const url = api === null || web === null ? null : await listening(api, web)
    const first = url !== null && (await setup.isFirst())
    return new Services({
      api,
      url,
      tls,
      setupCode: first ? (await setup.newCode(options.setupCode ?? undefined)).code : null,
      intents,
      alarms: manual ? null : alarms,
      scheduler: manual ? null : new Scheduler({ clock, log, box, tasks, zone }),
      kept: manual ? null : kept,
      stack: stack.move(),
    })
  }

  async run(signal: AbortSignal): Promise<void> {
    const api = this.#api
    const renewing = api === null ? undefined : this.tls?.run(signal, (tls) => changeTls(api, tls))
    await Promise.all([
      this.#intents.run(signal),
      this.#alarms?.run(signal),
      this.#scheduler?.run(signal),
      this.#kept?.run(signal),
      renewing,
    ])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync()
  }
}

function tlsFor(running: RunningBox, web: WebOptions): ConsoleTls | null {
  return needsTls(web) ? new ConsoleTls(running, typeof web.tls === 'object' ? web.tls : null) : null
}

export function needsTls({ tls, ...address }: WebOptions): boolean {
  return tls !== 'never' && !(tls === 'by-address' && isLoopback(address))
}

/** The address at which the console is opened. WEB_IN_USE, WEB_REFUSED */
export async function listening(api: Api, { host, port }: { host: string; port: number }): Promise<string> {
  try {
    const url = await api.listen({ host, port })
    // Nobody can open "all addresses": the name of the machine leads to one of them.
    return url.replace(/\/\/(?:\[::\]|0\.0\.0\.0):/, `//${hostname()}:`)
  } catch (cause) {
    const address = `${host}:${port}`
    const code = codeOf(cause)
    if (code === 'EADDRINUSE')
      throw new DatisError('WEB_IN_USE', 'The address of the console is taken.', { address }, { cause })
    throw new DatisError('WEB_REFUSED', 'The console cannot listen.', { address, cause: code }, { cause })
  }
}
