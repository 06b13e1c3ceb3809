import { DatisError } from './errors.ts'
import type { Clock } from './ports.ts'

export type LogFields = Readonly<Record<string, unknown>>

/** The operational log: an event name and fields, no sentences. */
export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

export type LogLevel = keyof Log
export type WriteLogLine = (line: string, level: LogLevel) => void

/** One JSON object a line: `{"at":…,"level":…,"event":…,fields…}`; `at` is ISO 8601 in UTC. */
export function jsonLog(write: WriteLogLine, clock: Clock): Log {
  const at =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}) => {
      const instant = Temporal.Instant.fromEpochMilliseconds(Math.floor(clock.wall())).toString()
      const own = { at: instant, level, event }
      // First in the line, and never what a field of the same name says.
      write(`${JSON.stringify({ ...own, ...(showable(fields, 0) as object), ...own })}\n`, level)
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** Fields are small by custom; deeper or longer ones are a mistake, and are cut rather than written. */
const LOG_DEPTH_MAX = 5
const LOG_LIST_COUNT_MAX = 100
const LOG_TEXT_CHARS_MAX = 2000

/** Bytes are never printed: they may be keys or content. Of errors only the code and the sentence are. */
function showable(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'string' && value.length > LOG_TEXT_CHARS_MAX) return `${value.slice(0, LOG_TEXT_CHARS_MAX)}…`
  if (typeof value !== 'object' || value === null) return value
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `<${value.byteLength} bytes>`
  if (value instanceof Error) return showableError(value)
  if (depth >= LOG_DEPTH_MAX) return '<deep>'
  if (Array.isArray(value)) return value.slice(0, LOG_LIST_COUNT_MAX).map((item) => showable(item, depth + 1))
  if (value instanceof Map) return showable(Object.fromEntries(value), depth)
  if (value instanceof Set) return showable([...value], depth)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, showable(item, depth + 1)]))
}

function showableError(error: Error): object {
  if (error instanceof DatisError) return { code: error.code, message: error.message }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  return { code, message: error.message }
}
