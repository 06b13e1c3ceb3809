/** A box as people have it: it keeps for others, saves by itself, and has a console. */
import { hostname } from 'node:os'
import { People, SecondFactor, Sessions, Setup, SignIn, Tokens } from '#accounts'
import { type Api, type ApiDeps, buildApi } from '#api'
import { codeOf, DatisError } from '#base'
import { type Beside, type RunningBox, type RunOptions, runBox } from '#box'
import { Scheduler, Tasks } from '#service'
import { KeptSettings } from './kept-settings.ts'

export interface ApplianceOptions extends RunOptions {
  /** It takes no snapshot by itself, and sends and expires nothing. */
  readonly manual: boolean
  /** Where the console listens; null: nowhere. */
  readonly web: { readonly host: string; readonly port: number } | null
  readonly version: string
}

export interface ApplianceReady {
  readonly listen: string
  /** Of the console. */
  readonly web: string | null
  /** For the first account; null when there is one, and without a console. */
  readonly setupCode: string | null
  readonly keysSealed: boolean
}

/** Until the signal aborts. FAST_NOT_LOCAL, WEB_IN_USE, WEB_REFUSED, SETTINGS_DAMAGED, SETTINGS_NEWER … */
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
  await runBox(
    folder,
    options,
    signal,
    (at) => onReady({ ...at, web: beside?.url ?? null, setupCode: beside?.setupCode ?? null }),
    begin,
  )
}

interface Parts {
  readonly url: string | null
  readonly setupCode: string | null
  readonly scheduler: Scheduler | null
  readonly kept: KeptSettings | null
  readonly stack: AsyncDisposableStack
}

class Services implements Beside {
  readonly url: string | null
  readonly setupCode: string | null
  readonly #stack: AsyncDisposableStack
  readonly #scheduler: Scheduler | null
  readonly #kept: KeptSettings | null

  private constructor({ url, setupCode, scheduler, kept, stack }: Parts) {
    this.url = url
    this.setupCode = setupCode
    this.#scheduler = scheduler
    this.#kept = kept
    this.#stack = stack
  }

  static async begin(running: RunningBox, { manual, web, version }: ApplianceOptions): Promise<Services> {
    await using stack = new AsyncDisposableStack()
    const { box, openSnapshot, name, zone, settingsPath } = running
    const { clock, random, log } = running.world
    const kept = new KeptSettings({ box, clock, log, settingsPath })
    const settings = stack.adopt(await kept.open(), (open) => open.destroy())
    const tasks = stack.use(await Tasks.open({ settings, clock, random, log, box }))
    const accounts = { settings, clock, random, boxName: name }
    const people = new People(accounts)
    const sessions = new Sessions(accounts)
    const setup = new Setup(accounts, people)
    const factor = new SecondFactor(accounts)
    const signIn = new SignIn(accounts, sessions)
    const own = [name, hostname(), `${hostname()}.local`]
    const rest = { hostNames: own, isSecure: false, lanOnly: true, version }
    const deps: ApiDeps = {
      box,
      openSnapshot,
      settings,
      people,
      sessions,
      signIn,
      setup,
      factor,
      tokens: new Tokens(accounts),
      tasks,
      clock,
      log,
      ...rest,
    }
    const url =
      web === null
        ? null
        : await listening(
            stack.adopt(await buildApi(deps), (api) => api.close()),
            web,
          )
    const first = url !== null && (await setup.isFirst())
    return new Services({
      url,
      setupCode: first ? (await setup.newCode()).code : null,
      scheduler: manual ? null : new Scheduler({ clock, log, box, tasks, zone }),
      kept: manual ? null : kept,
      stack: stack.move(),
    })
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#scheduler?.run(signal), this.#kept?.run(signal)])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync()
  }
}

/** The address at which the console is opened. WEB_IN_USE, WEB_REFUSED */
async function listening(api: Api, { host, port }: { host: string; port: number }): Promise<string> {
  try {
    return await api.listen({ host, port })
  } catch (cause) {
    const address = `${host}:${port}`
    const code = codeOf(cause)
    if (code === 'EADDRINUSE')
      throw new DatisError('WEB_IN_USE', 'The address of the console is taken.', { address }, { cause })
    throw new DatisError('WEB_REFUSED', 'The console cannot listen.', { address, cause: code }, { cause })
  }
}
