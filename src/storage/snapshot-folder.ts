/** The tree of one folder while some of its names still wait for their files to be read. */

import type { TreeEntry } from './tree.ts'
import { FolderWriter } from './tree-writer.ts'
import type { ChunkRef, WritingSession } from './types.ts'

/** Null: vanished, or excluded after all. */
export type Slot = TreeEntry | null | Promise<TreeEntry | null>

/** Names behind one that waits: more of them, and the walk waits too. */
const SLOTS_WAITING_MAX = 8192

export class FolderBuilder {
  readonly #settled: () => Promise<void>
  readonly #writer: FolderWriter
  #waiting: Slot[] = []
  #draining: Promise<void> | null = null
  #failure: { readonly error: unknown } | null = null

  /** `settled` waits until all files that were queued are read. */
  constructor(session: Pick<WritingSession, 'writeTree'>, settled: () => Promise<void>) {
    this.#settled = settled
    this.#writer = new FolderWriter(session)
  }

  /** In the order of names. */
  async add(slot: Slot): Promise<void> {
    if (slot === null) return
    if (this.#draining === null && !(slot instanceof Promise)) return this.#writer.add(slot)
    this.#waiting.push(slot)
    // It may fail before its turn comes; the drain awaits it again and hears of it.
    if (slot instanceof Promise) slot.catch(() => undefined)
    this.#draining ??= this.#drain()
    if (this.#waiting.length >= SLOTS_WAITING_MAX) await this.#makeRoom()
  }

  async finish(): Promise<ChunkRef> {
    while (this.#draining) await this.#draining
    if (this.#failure) throw this.#failure.error
    return this.#writer.finish()
  }

  async #makeRoom(): Promise<void> {
    // The file in front may lie in a batch that waits for company.
    await this.#settled()
    while (this.#draining) await this.#draining
    if (this.#failure) throw this.#failure.error
  }

  /** Never rejects: the failure is thrown to whoever adds or finishes next. */
  async #drain(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const slots = this.#waiting
        this.#waiting = []
        for (const slot of slots) {
          const entry = await slot
          if (entry) await this.#writer.add(entry)
        }
      }
    } catch (error) {
      this.#failure ??= { error }
    } finally {
      this.#draining = null
    }
  }
}
