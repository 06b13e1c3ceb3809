/** `datis …`: the process around a command line. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatisError, realClock } from '#base'
import type { Terminal } from './app.ts'
import { EXIT } from './exit.ts'
import { runCommandLine } from './run.ts'

const COLUMNS_DEFAULT = 80

const terminal: Terminal = {
  line: (text) => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(text),
  redraws: process.stderr.isTTY === true,
  asks: process.stdin.isTTY === true && process.stderr.isTTY === true,
  columns: () => process.stderr.columns || COLUMNS_DEFAULT,
}

/** The first signal ends the work cleanly, a second one at once: nothing acknowledged depends on a clean end. */
function interruption(): AbortSignal {
  const controller = new AbortController()
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    controller.abort(new DatisError('CANCELLED', 'The command was cancelled.'))
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop)
  return controller.signal
}

function version(): string {
  const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

// `datis … | head` closes our output before its end: nobody is left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
// Into a full disk, or a journal that restarts: a box goes on although nobody hears it.
process.stderr.on('error', () => undefined)

const exit = await runCommandLine({
  args: process.argv.slice(2),
  environment: process.env,
  version: version(),
  terminal,
  clock: realClock(),
  signal: interruption(),
  door: () => import('#appliance'),
})
// Ends although a peer's socket or a thread may linger: the answer is given, and written out before this is called.
process.stdout.write('', () => process.exit(exit))
