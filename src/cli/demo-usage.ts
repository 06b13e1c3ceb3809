/** What processes used, from /proc; null where there is none. */
import { readFileSync } from 'node:fs'
import { codeOf } from '#base'

/** The kernel counts CPU time in this unit for programs, whatever it uses inside (sysconf CLK_TCK). */
const TICKS_A_SECOND = 100
/** Fields of /proc/<pid>/stat, counted after the name in parentheses. */
const FIELD = { utime: 11, stime: 12, childrenUtime: 13, childrenStime: 14 } as const
const GONE = new Set(['ENOENT', 'ESRCH', 'EACCES'])

function readProc(pid: number | 'self', file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch (error) {
    if (GONE.has(codeOf(error))) return null
    throw error
  }
}

/** CPU seconds of these live processes and of all children of ours that have ended. */
export function cpuSecondsOf(livePids: readonly number[]): number | null {
  const own = statFields('self')
  if (own === null) return null
  const ended = ticks(own, FIELD.childrenUtime) + ticks(own, FIELD.childrenStime)
  const live = livePids
    .map((pid) => statFields(pid) ?? [])
    .reduce((sum, fields) => sum + ticks(fields, FIELD.utime) + ticks(fields, FIELD.stime), 0)
  return (ended + live) / TICKS_A_SECOND
}

function statFields(pid: number | 'self'): string[] | null {
  const text = readProc(pid, 'stat')
  // The name may hold spaces and parentheses: fields begin after the last one.
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function ticks(fields: readonly string[], field: number): number {
  return Number(fields[field] ?? 0)
}

/** Most memory that a process ever held, in bytes. */
export function peakMemoryOf(pid: number): number | null {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readProc(pid, 'status') ?? '')?.[1]
  return kib === undefined ? null : Number(kib) * 1024
}
