import { type BytePath, pathToBytes, pathToText } from '#base'
import type { ShownPath } from '../operations.ts'

export function shownPath(path: BytePath): ShownPath {
  return { path: pathToText(path), pathBytes: pathToBytes(path).toString('base64') }
}

/** The latest instant that has a name. */
const INSTANT_MS_MAX = 8.64e15

/** Others may sign any time: one that no calendar has must not hide the rest. */
export function shownInstant(ms: number): string {
  return Temporal.Instant.fromEpochMilliseconds(Math.min(ms, INSTANT_MS_MAX)).toString({ smallestUnit: 'millisecond' })
}
