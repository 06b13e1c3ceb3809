/** A practice community beside a box, for who opens a console for the first time: `datis lab up 6 --web`, without words. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Practice, PracticeState } from '#appliance'
import { SECOND_MS } from '#base'
import type { App } from './app.ts'
import { endAll } from './lab-boxes.ts'
import { knownLabFolder, LAB_STATE_FILE, Lab, lockLab, prepareLabFolder } from './lab-folder.ts'
import { buildLab, restartLab } from './lab-up.ts'
import { freePorts } from './processes.ts'

const BOXES = 6
const ASK_MS_MAX = 5 * SECOND_MS
const NONE: PracticeState = { state: 'none', progress: null, url: null, error: null }

/** Null where no lab runs. */
export function practiceBeside(app: App, folder: string, signal: AbortSignal): Practice | null {
  return process.platform === 'win32' ? null : new PracticeBeside(app, `${folder}.practice`, signal)
}

class PracticeBeside implements Practice {
  readonly #app: App
  readonly #folder: string
  readonly #signal: AbortSignal
  #state: PracticeState
  /** What is at work, so that one waits for the other. */
  #work: Promise<void> = Promise.resolve()
  #stop = new AbortController()

  constructor(app: App, folder: string, signal: AbortSignal) {
    this.#app = app
    this.#folder = folder
    this.#signal = signal
    this.#state = found(folder)
  }

  state(): PracticeState {
    return this.#state
  }

  async setupCode(): Promise<string | null> {
    const url = this.#lab()?.console?.url
    // It is used up by the first account.
    return url !== undefined && (await isFirst(url)) ? (this.#lab()?.console?.setupCode ?? null) : null
  }

  start(): void {
    if (['starting', 'ready', 'ending'].includes(this.#state.state)) return
    this.#state = { ...NONE, state: 'starting', progress: { phase: 'boxes' } }
    this.#stop = new AbortController()
    this.#run(async (signal) => {
      const url = await this.#bringUp(signal)
      this.#state = { ...NONE, state: 'ready', url }
    })
  }

  end(): void {
    if (this.#state.state === 'none' || this.#state.state === 'ending') return
    this.#state = { ...NONE, state: 'ending' }
    this.#stop.abort()
    this.#run(async () => {
      await this.#remove()
      this.#state = NONE
    })
  }

  #run(act: (signal: AbortSignal) => Promise<void>): void {
    const signal = AbortSignal.any([this.#signal, this.#stop.signal])
    this.#work = this.#work.then(async () => {
      try {
        await act(signal)
      } catch (error) {
        // Who throws it away while it starts is told of its end alone.
        if (this.#state.state !== 'ending' || !signal.aborted) this.#state = { ...NONE, state: 'failed', error }
      }
    })
  }

  async #bringUp(signal: AbortSignal): Promise<string | null> {
    const [app, door] = [this.#app, await this.#app.door()]
    const onProgress = (progress: NonNullable<PracticeState['progress']>): void => {
      if (this.#state.state === 'starting') this.#state = { ...this.#state, progress }
    }
    const context = { signal, onProgress }
    // What was cut short before is of no use.
    if (this.#lab()?.ready === false) await this.#remove()
    const known = this.#lab()
    const folder = known?.folder ?? prepareLabFolder(this.#folder)
    using _lock = lockLab(door, folder)
    if (known !== null) {
      await restartLab({ app, door, context, lab: known })
      return known.console?.url ?? null
    }
    const [webPort = null] = await freePorts(1)
    const lab = Lab.begin(folder, { fast: false, webPort })
    await buildLab({ app, door, context, lab }, BOXES)
    return lab.console?.url ?? null
  }

  async #remove(): Promise<void> {
    const lab = this.#lab()
    if (lab === null) return
    using _lock = lockLab(await this.#app.door(), lab.folder)
    await endAll(this.#app, lab, 'SIGKILL')
    lab.remove()
  }

  #lab(): Lab | null {
    return labIn(this.#folder)
  }
}

function labIn(folder: string): Lab | null {
  return existsSync(join(folder, LAB_STATE_FILE)) ? Lab.openAny(knownLabFolder(folder)) : null
}

function found(folder: string): PracticeState {
  const lab = labIn(folder)
  if (lab === null) return NONE
  const runs = lab.ready && lab.now().every(({ state }) => state !== 'stopped')
  return { ...NONE, state: runs ? 'ready' : 'stopped', url: runs ? (lab.console?.url ?? null) : null }
}

async function isFirst(url: string): Promise<boolean> {
  const response = await fetch(`${url}/api/setup`, { signal: AbortSignal.timeout(ASK_MS_MAX) }).catch(() => null)
  return response === null || ((await response.json()) as { isFirst: boolean }).isFirst
}
