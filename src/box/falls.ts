/** A sharp fall from one snapshot to the next: somebody deleted much, or what should be mounted is not. */
import { MiB } from '#base'
import type { Snapshot } from '#storage'

/** Below, a person deletes as much in a minute. */
const FILES_MIN = 20
const BYTES_MIN = MiB
const PERCENT = 50

export interface Fall {
  readonly filesBefore: number
  readonly bytesBefore: number
}

/** `others`: of any source and any time. Null when it has not fallen, or nothing is there to compare it with. */
export function fallOf(snapshot: Snapshot, others: readonly Snapshot[]): Fall | null {
  const before = previousOf(snapshot, others)
  if (before === null) return null
  const fell = isFar(snapshot.files, before.files, FILES_MIN) || isFar(snapshot.bytes, before.bytes, BYTES_MIN)
  return fell ? { filesBefore: before.files, bytesBefore: before.bytes } : null
}

function isFar(now: number, before: number, least: number): boolean {
  return before >= least && now * 100 < before * PERCENT
}

function previousOf({ source, startedAt }: Snapshot, others: readonly Snapshot[]): Snapshot | null {
  let found: Snapshot | null = null
  for (const one of others) {
    if (one.source !== source || one.state !== 'complete' || one.startedAt >= startedAt) continue
    if (found === null || one.startedAt > found.startedAt) found = one
  }
  return found
}
