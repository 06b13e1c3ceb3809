/** What `datis start` knows of how its box began, and a rebuild in the place of a box that nobody uses yet. */
import type { FirstStart, NewBox, Practice, RebuildArguments, RebuildState } from '#api'
import { buildRebuildApi } from '#api'
import { type Clock, DatisError, HOUR_MS, pathFromText, realClock, realDisk, realRandom, silentLog } from '#base'
import { recoverBox, whereSettingsAre } from '#box'
import { entropyFromWords } from '#crypto'
import { parseAddress } from '#network'
import { putAside, settle } from './aside.ts'
import { ownNames } from './console-tls.ts'
import { type ApplianceOptions, type ApplianceReady, listening, runAppliance, type WebOptions } from './run.ts'

/** The answer is on its way before the console closes. */
const STOP_AFTER_MS = 200
/** How it ended is for who has just asked for it. */
const TOLD_MS = HOUR_MS

export interface StartOptions extends Omit<ApplianceOptions, 'firstStart' | 'setupCode'> {
  /** On an address that this machine alone reaches. */
  readonly web: WebOptions
  /** Null: the box was there before. */
  readonly newBox: NewBox | null
  readonly practice: Practice | null
}

/** As `runAppliance`; the box that it begins with may be another one in the end. `folder`: an absolute path. */
export async function startAppliance(
  folder: string,
  { newBox, practice, ...options }: StartOptions,
  signal: AbortSignal,
  onReady: (at: ApplianceReady) => void,
): Promise<void> {
  const clock = realClock()
  const first = new Beginning(clock, newBox, practice)
  let setupCode: string | null = null
  for (;;) {
    const stopping = new AbortController()
    const wanted = first.wanted(() => stopping.abort())
    const given = { ...options, firstStart: first, setupCode }
    await runAppliance(folder, given, AbortSignal.any([signal, stopping.signal]), (at) => {
      setupCode = at.setupCode
      onReady(at)
    })
    const args = wanted()
    if (args === null || signal.aborted) return
    await rebuild(folder, options, { first, args }, signal)
  }
}

/** Of a rebuild that was cut short: before it is looked what there is in the folder, an absolute path. */
export function settleRebuild(folder: string): void {
  settle(realDisk(), pathFromText(folder))
}

async function rebuild(
  folder: string,
  { web, version }: Pick<StartOptions, 'web' | 'version'>,
  { first, args }: { first: Beginning; args: RebuildArguments },
  signal: AbortSignal,
): Promise<void> {
  const [disk, path] = [realDisk(), pathFromText(folder)]
  const { name, zone } = whereSettingsAre(folder)
  const shown = {
    random: realRandom(),
    version,
    zone,
    hostNames: ownNames(name),
    tls: null,
    lanOnly: true,
    log: silentLog,
    firstStart: first,
  }
  const api = await buildRebuildApi(shown)
  try {
    await listening(api, web)
    try {
      putAside(disk, path)
      const onProgress = first.progressed.bind(first)
      first.succeeded(await recoverBox({ ...args, folder }, { signal, onProgress }))
    } finally {
      settle(disk, path)
    }
  } catch (error) {
    signal.throwIfAborted()
    first.failed(error)
  } finally {
    await api.close()
  }
}

const NONE: RebuildState = { state: 'none', progress: null, result: null, error: null }

class Beginning implements FirstStart {
  readonly practice: Practice | null
  readonly #clock: Clock
  #newBox: NewBox | null
  #rebuilding: RebuildState = NONE
  #endedMs = 0
  #wanted: RebuildArguments | null = null
  #watcher: string | null = null
  #stop: () => void = () => undefined

  constructor(clock: Clock, newBox: NewBox | null, practice: Practice | null) {
    this.#clock = clock
    this.#newBox = newBox
    this.practice = practice
  }

  get newBox(): NewBox | null {
    return this.#newBox
  }

  forget(): void {
    this.#newBox?.entropy.fill(0)
    this.#newBox = null
  }

  get rebuilding(): RebuildState {
    const isOld = this.#endedMs > 0 && this.#clock.monotonic() - this.#endedMs > TOLD_MS
    return isOld ? NONE : this.#rebuilding
  }

  isWatcher(token: string | undefined): boolean {
    return token !== undefined && token === this.#watcher
  }

  rebuild(args: RebuildArguments, watcher: string): void {
    if (this.#rebuilding.state === 'running') throw new DatisError('BOX_REBUILDING', 'A rebuild has begun.')
    // Who mistyped a word is told so while the box still runs.
    entropyFromWords(args.words)
    for (const peer of args.peers) parseAddress(peer)
    this.#wanted = args
    this.#watcher = watcher
    this.#endedMs = 0
    this.#rebuilding = { ...NONE, state: 'running', progress: { phase: 'stop' } }
    void this.#clock.sleep(STOP_AFTER_MS).then(() => this.#stop())
  }

  /** What a person asks for while the box runs, handed out once; `stop`: who is told at once. */
  wanted(stop: () => void): () => RebuildArguments | null {
    this.#stop = stop
    return () => {
      const args = this.#wanted
      this.#wanted = null
      return args
    }
  }

  progressed(progress: NonNullable<RebuildState['progress']>): void {
    this.#rebuilding = { ...this.#rebuilding, progress }
  }

  succeeded(result: NonNullable<RebuildState['result']>): void {
    // They are of the box that has made way.
    this.forget()
    this.#end({ ...NONE, state: 'done', result })
  }

  failed(error: unknown): void {
    this.#end({ ...NONE, state: 'failed', error })
  }

  #end(state: RebuildState): void {
    this.#rebuilding = state
    this.#endedMs = this.#clock.monotonic()
  }
}
