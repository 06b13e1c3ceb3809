/** A large file read in ranges by several jobs at once: docs/decisions/0003-ranges.md. */
import { assert, concatBytes, type Stat } from '#base'
import { RANGE_BYTES } from './limits.ts'
import type { FileRead, FileToRead } from './types.ts'
import { sameContent } from './write-files.ts'
import type { FileOutcome, WriteReport } from './write-protocol.ts'

const ATTEMPTS = 3

interface Part {
  readonly outcome: FileOutcome
  readonly refs: Uint8Array
  readonly before: Stat | null
}

export class RangedFile {
  readonly file: FileToRead
  #bytes: number
  #attempt = 1
  #parts: (Part | undefined)[] = []
  #left = 0

  constructor(file: FileToRead) {
    this.file = file
    this.#bytes = file.stat.bytes
  }

  /** Starts an attempt. */
  ranges(): { readonly start: number; readonly end: number }[] {
    const count = Math.max(1, Math.ceil(this.#bytes / RANGE_BYTES))
    this.#parts = new Array(count)
    this.#left = count
    return Array.from({ length: count }, (_, index) => ({
      start: index * RANGE_BYTES,
      end: Math.min(this.#bytes, (index + 1) * RANGE_BYTES),
    }))
  }

  add(index: number, report: WriteReport): FileRead | 'more' | 'again' {
    const outcome = report.outcomes[0]
    assert(outcome, 'a range has an outcome')
    this.#parts[index] = { outcome, refs: report.refs, before: report.before }
    this.#left--
    return this.#left > 0 ? 'more' : this.#verdict()
  }

  #verdict(): FileRead | 'again' {
    const { key } = this.file
    const chunks: Uint8Array[] = []
    let bytes = 0
    let newest: Stat | null = null
    let changed = false
    for (const part of this.#parts) {
      assert(part, 'all parts are there')
      const { outcome, before, refs } = part
      if (outcome.state === 'vanished') return { key, state: 'vanished' }
      if (outcome.state === 'unreadable') return { key, state: 'unreadable', cause: outcome.cause }
      assert(outcome.stat && before, 'a range has its stats')
      changed ||= !sameContent(before, outcome.stat) || (newest !== null && !sameContent(newest, outcome.stat))
      if (!newest || outcome.stat.ctimeNs > newest.ctimeNs) newest = outcome.stat
      bytes += outcome.bytes
      chunks.push(refs)
    }
    assert(newest, 'a file has a part')
    const torn = changed || bytes !== newest.bytes
    if (torn && this.#attempt < ATTEMPTS) {
      this.#attempt++
      this.#bytes = newest.bytes
      return 'again'
    }
    return { key, state: 'read', chunks: concatBytes(...chunks), bytes, torn, stat: newest }
  }
}
