/** Settings that come back with the box: saved whenever something was done, found again where there are none. */

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { newestHash } from '#accounts'
import { type Clock, codeOf, type Log, SECOND_MS } from '#base'
import type { RunningBox } from '#box'
import { copySettings, openSettings, type Settings, takeCopy } from '#settings'

const LOOK_MS = 10 * SECOND_MS
/** While it copies, nothing else is done: one part in so many is spent on it. */
const REST = 20

export interface KeptSettingsDeps extends Pick<RunningBox, 'box' | 'settingsPath'> {
  readonly clock: Clock
  readonly log: Log
}

export class KeptSettings {
  readonly #deps: KeptSettingsDeps
  readonly #copy: string
  #settings: Settings | null = null
  #saved = ''
  /** How long the last copy took. */
  #tookMs = 0

  constructor(deps: KeptSettingsDeps) {
    this.#deps = deps
    this.#copy = join(dirname(deps.settingsPath), 'settings', 'settings.sqlite')
  }

  /** A box that was rebuilt has those that it had. SETTINGS_LOST … */
  async open(): Promise<Settings> {
    const { box, settingsPath } = this.#deps
    if (!existsSync(settingsPath)) {
      const context = { signal: new AbortController().signal, onProgress: () => undefined }
      const { found } = await box.call('settings.bring', {}, context)
      if (found && existsSync(this.#copy)) takeCopy(this.#copy, settingsPath)
    }
    this.#settings = await openSettings(settingsPath)
    return this.#settings
  }

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#deps
    try {
      for (;;) {
        await this.#look(signal).catch((error: unknown) => {
          signal.throwIfAborted()
          log.error('settings.unsaved', { code: codeOf(error), error })
        })
        await clock.sleep(Math.max(LOOK_MS, REST * this.#tookMs), signal)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    if (this.#settings === null) return
    const newest = await newestHash(this.#settings)
    if (newest === this.#saved) return
    const began = this.#deps.clock.monotonic()
    await copySettings(this.#settings, this.#copy)
    this.#tookMs = this.#deps.clock.monotonic() - began
    await this.#deps.box.call('settings.save', {}, { signal, onProgress: () => undefined })
    this.#saved = newest
  }
}
