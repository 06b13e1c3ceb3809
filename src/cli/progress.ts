import type { ProgressEvent } from '#box'
import type { Words } from '#text'
import type { App } from './app.ts'

const REDRAW_MS = 100
const LINE_MS = 5000
/** A remaining time before this is a guess; people remember wrong guesses. */
const STABLE_AFTER_MS = 5000
const RATE_WINDOW_MS = 10_000
const CLEAR_LINE = '\r\u001b[2K'

interface Sample {
  readonly atMs: number
  readonly done: number
}

/** The pace of one phase over the last seconds, from which rate and remaining time come. */
export class Pace {
  readonly #startedMs: number
  #samples: Sample[] = []

  constructor(nowMs: number) {
    this.#startedMs = nowMs
  }

  add(nowMs: number, done: number): void {
    this.#samples.push({ atMs: nowMs, done })
    while (this.#samples.length > 2 && (this.#samples[1]?.atMs ?? nowMs) < nowMs - RATE_WINDOW_MS) this.#samples.shift()
  }

  /** Units a second, or 0 as long as nothing can be said. */
  rate(): number {
    const first = this.#samples[0]
    const last = this.#samples.at(-1)
    if (!first || !last || last.atMs - first.atMs < 1000) return 0
    return ((last.done - first.done) * 1000) / (last.atMs - first.atMs)
  }

  remainingMs(nowMs: number, total: number): number | null {
    const rate = this.rate()
    const last = this.#samples.at(-1)
    if (!last || rate <= 0 || nowMs - this.#startedMs < STABLE_AFTER_MS) return null
    return ((total - last.done) / rate) * 1000
  }
}

/** One line about where a phase stands. */
export function progressText({ say, formats }: Words, event: ProgressEvent, pace: Pace, nowMs: number): string {
  const phases: Readonly<Record<string, string>> = say.phase
  const parts = [phases[event.phase] ?? event.phase]
  if (event.filesDone !== undefined) parts.push(say.progress.files(event.filesDone))
  if (event.boxesDone !== undefined) {
    parts.push(say.progress.of(formats.number(event.boxesDone), say.progress.boxes(event.boxesTotal ?? 0)))
  }
  if (event.bytesDone !== undefined) {
    const bytes = formats.bytes(event.bytesDone)
    parts.push(event.bytesTotal ? say.progress.of(bytes, formats.bytes(event.bytesTotal)) : bytes)
    const rate = pace.rate()
    if (rate > 0) parts.push(formats.bytesPerSecond(rate))
    const remaining = event.bytesTotal ? pace.remainingMs(nowMs, event.bytesTotal) : null
    if (remaining !== null) parts.push(say.progress.remaining(remaining))
  }
  return parts.join(' · ')
}

/** Progress of a command on stderr: one line redrawn on a terminal, a line every few seconds elsewhere. */
export class Progress {
  readonly #app: Pick<App, 'clock' | 'json' | 'terminal' | 'words'>
  #phase = ''
  #pace = new Pace(0)
  #nextMs = 0
  #drawn = false

  constructor(app: Pick<App, 'clock' | 'json' | 'terminal' | 'words'>) {
    this.#app = app
  }

  report(event: ProgressEvent): void {
    const now = this.#app.clock.monotonic()
    if (event.phase !== this.#phase) this.#begin(event.phase, now)
    if (event.bytesDone !== undefined) this.#pace.add(now, event.bytesDone)
    if (event.reached !== undefined) this.#reached(event.reached)
    if (now < this.#nextMs) return
    this.#draw(event, now)
  }

  clear(): void {
    if (this.#drawn) this.#app.terminal.note(CLEAR_LINE)
    this.#drawn = false
  }

  #begin(phase: string, now: number): void {
    this.#phase = phase
    this.#pace = new Pace(now)
    this.#nextMs = this.#app.terminal.redraws ? now : now + LINE_MS
  }

  #reached(state: string): void {
    this.clear()
    const reached: Readonly<Record<string, string>> = this.#app.words.say.progress.reached
    if (this.#app.terminal.redraws || !this.#app.json) this.#app.terminal.note(`${reached[state] ?? state}\n`)
  }

  #draw(event: ProgressEvent, now: number): void {
    const { terminal, words, json } = this.#app
    const text = progressText(words, event, this.#pace, now)
    this.#nextMs = now + (terminal.redraws ? REDRAW_MS : LINE_MS)
    if (terminal.redraws) {
      // A line that wraps could not be redrawn.
      terminal.note(CLEAR_LINE + text.slice(0, Math.max(0, terminal.columns() - 1)))
      this.#drawn = true
    } else if (!json) terminal.note(`${text}\n`)
  }
}
