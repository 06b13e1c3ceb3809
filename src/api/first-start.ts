/** What a first start offers, by the process that people began with `datis start`. */
import type { ProgressEvent, RecoverResult } from '#box'

/** Of a box that this process has made: it goes when its sheet is confirmed, and with the process. Never logged. */
export interface NewBox {
  readonly entropy: Uint8Array
  readonly box: string
  readonly organisation: string
  readonly name: string
  /** IANA name. */
  readonly zone: string
  /** Wall ms. */
  readonly made: number
}

export interface RebuildArguments {
  readonly words: string
  readonly peers: readonly string[]
  readonly box?: string
  /** ISO 8601 instant. */
  readonly before?: string
}

/** `running` says in `progress` where it is: `stop`, `recover`, `start`. */
export interface RebuildState {
  readonly state: 'none' | 'running' | 'done' | 'failed'
  readonly progress: ProgressEvent | null
  readonly result: RecoverResult | null
  readonly error: unknown
}

/** `stopped`: it is there, and does not run, as after a reboot. */
export interface PracticeState {
  readonly state: 'none' | 'starting' | 'ready' | 'stopped' | 'ending' | 'failed'
  readonly progress: ProgressEvent | null
  /** Of the console of its first box. */
  readonly url: string | null
  readonly error: unknown
}

/** A practice community beside the box. */
export interface Practice {
  state(): PracticeState
  /** For the first account of its first box, while that has none. */
  setupCode(): Promise<string | null>
  /** One that is there is started again. Nothing while it starts or ends. */
  start(): void
  end(): void
}

export interface FirstStart {
  /** Null: this process did not make the box, or its sheet is confirmed. */
  readonly newBox: NewBox | null
  forget(): void
  readonly rebuilding: RebuildState
  /** `watcher`: by which the browser that has begun it is known. The box stops a moment later. WORDS_COUNT, WORDS_MIXED, WORDS_UNKNOWN, WORDS_CHECKSUM, ADDRESS_INVALID */
  rebuild(args: RebuildArguments, watcher: string): void
  isWatcher(token: string | undefined): boolean
  /** Null where this system has none. */
  readonly practice: Practice | null
}
