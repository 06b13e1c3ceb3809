/** Where the process of a box says what it does. */
import { fstatSync } from 'node:fs'
import type { LogLevel, WriteLogLine } from './log.ts'
import { LogFiles } from './log-files.ts'
import type { BytePath } from './paths.ts'
import type { Disk } from './ports.ts'

const STDERR = 2
/** sd-daemon(3): of syslog, so that journald keeps the level. */
const PRIORITY: Readonly<Record<LogLevel, number>> = { error: 3, warn: 4, info: 6, debug: 7 }

/** To journald where stderr leads there, else to files in `folder`; what the disk does not take goes to stderr. */
export function realLogWriter(disk: Disk, folder: BytePath): WriteLogLine {
  if (isJournal(process.env.JOURNAL_STREAM)) {
    return (line, level) => void process.stderr.write(`<${PRIORITY[level]}>${line}`)
  }
  const files = new LogFiles(disk, folder)
  return (line) => void (files.write(line) || process.stderr.write(line))
}

/** `device:inode` of the stream to journald; whoever starts us with another stderr hands the variable on all the same. */
function isJournal(stream: string | undefined): boolean {
  if (stream === undefined) return false
  const { dev, ino } = fstatSync(STDERR, { bigint: true })
  return stream === `${dev}:${ino}`
}
