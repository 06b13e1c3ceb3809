import type { BytePath } from '../../paths.ts'
import { systemError } from '../../system-error.ts'

export type DiskCallKind =
  | 'open'
  | 'read'
  | 'write'
  | 'truncate'
  | 'sync'
  | 'fileStat'
  | 'list'
  | 'stat'
  | 'makeFolder'
  | 'makeSymlink'
  | 'readSymlink'
  | 'makeHardLink'
  | 'rename'
  | 'removeFile'
  | 'removeFolder'
  | 'syncFolder'
  | 'xattrs'
  | 'setMetadata'
  | 'space'
  | 'holdFolder'

export interface DiskCall {
  /** 1 for the first call since the disk was made or `resetCalls`. */
  readonly number: number
  readonly kind: DiskCallKind
  readonly path: BytePath
}

/** Thrown by every call between the power cut and the next start: no cleaning up happens without power. */
export class PowerCut extends Error {
  readonly code = 'POWER_CUT'

  constructor() {
    super('the power is off')
    this.name = 'PowerCut'
  }
}

/** Counts the calls of a disk and lets some of them fail. */
export class CallCounter {
  number = 0
  readonly counts = new Map<DiskCallKind, number>()
  readonly #failures = new Map<number, string>()
  #failuresOfKind: { kind: DiskCallKind; code: string; times: number }[] = []
  #cutAt = Number.POSITIVE_INFINITY
  #off = false
  onCall: ((call: DiskCall) => void) | undefined

  /** Before the call has done anything; throws what it is to fail with. */
  enter(kind: DiskCallKind, path: BytePath): void {
    if (this.#off) throw new PowerCut()
    this.number++
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
    if (this.number >= this.#cutAt) this.cutPower()
    this.onCall?.({ number: this.number, kind, path })
    const code = this.#failures.get(this.number) ?? this.#failureOf(kind)
    if (code !== undefined) throw systemError(code, kind, path)
  }

  cutPower(): never {
    this.#off = true
    throw new PowerCut()
  }

  powerOn(): void {
    this.#off = false
    this.#cutAt = Number.POSITIVE_INFINITY
  }

  cutAt(callNumber: number): void {
    this.#cutAt = callNumber
  }

  failAt(callNumber: number, code: string): void {
    this.#failures.set(callNumber, code)
  }

  failNext(kind: DiskCallKind, code: string, times: number): void {
    this.#failuresOfKind.push({ kind, code, times })
  }

  reset(): void {
    this.number = 0
    this.counts.clear()
    this.#failures.clear()
    this.#failuresOfKind = []
    this.#cutAt = Number.POSITIVE_INFINITY
  }

  #failureOf(kind: DiskCallKind): string | undefined {
    const failure = this.#failuresOfKind.find((one) => one.kind === kind && one.times > 0)
    if (failure === undefined) return undefined
    failure.times--
    return failure.code
  }
}
