/** What every command is given, and the one way in which every command ends. */
import type { Clock } from '#base'
import type { OperationContext } from '#box'
import type { Words } from '#text'
import type { BoxDoor } from './door.ts'
import { EXIT, type ExitCode, exitOf } from './exit.ts'
import { linesOf, sentenceOf, toTell } from './failure.ts'
import { Progress } from './progress.ts'

export interface Terminal {
  /** One line on stdout. */
  line(text: string): void
  /** Raw text on stderr. */
  note(text: string): void
  /** Whether stderr is a terminal, where one line can be redrawn. */
  readonly redraws: boolean
  /** Whether a person can be asked. */
  readonly asks: boolean
  columns(): number
}

export interface App {
  readonly words: Words
  readonly json: boolean
  readonly terminal: Terminal
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly version: string
  readonly clock: Clock
  readonly signal: AbortSignal
  door(): Promise<BoxDoor>
}

export interface Outcome {
  readonly exit: ExitCode
  readonly json: object
  readonly lines: readonly string[]
}

export function done(json: object, lines: readonly string[]): Outcome {
  return { exit: EXIT.done, json, lines }
}

/** Does the work of a command and prints how it ended: lines for people, or one JSON object. Never throws. */
export async function perform(app: App, work: (context: OperationContext) => Promise<Outcome>): Promise<ExitCode> {
  const progress = new Progress(app)
  try {
    const outcome = await work({ signal: app.signal, onProgress: (event) => progress.report(event) })
    progress.clear()
    print(app, outcome)
    return outcome.exit
  } catch (error) {
    progress.clear()
    if (!app.signal.aborted) return printFailure(app, error)
    printFailure(app, app.signal.reason)
    return EXIT.interrupted
  }
}

function print(app: App, outcome: Outcome): void {
  if (app.json) app.terminal.line(JSON.stringify(outcome.json))
  else for (const line of outcome.lines) app.terminal.line(line)
}

export function printFailure(app: Pick<App, 'json' | 'terminal' | 'words'>, error: unknown): ExitCode {
  const { code } = toTell(error)
  if (app.json) app.terminal.line(JSON.stringify({ error: { code, message: sentenceOf(app.words, error) } }))
  else app.terminal.note(`${linesOf(app.words, error).join('\n')}\n`)
  return exitOf(code)
}
