import { type BytePath, pathToBytes, pathToText } from '#base'
import type { ShownPath } from '../operations.ts'

export function shownPath(path: BytePath): ShownPath {
  return { path: pathToText(path), pathBytes: pathToBytes(path).toString('base64') }
}

export function shownInstant(ms: number): string {
  return Temporal.Instant.fromEpochMilliseconds(ms).toString({ smallestUnit: 'millisecond' })
}
