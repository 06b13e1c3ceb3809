/** Whether the box is heard at all: told by the stream of events, which the browser takes up again by itself. */
import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
/** Wall ms; null: it is heard. */
let since: number | null = null

/** True: it had been silent. */
export function noteHeard(isHeard: boolean): boolean {
  const was = since
  if (isHeard) since = null
  else since ??= Date.now()
  if (was !== since) for (const listener of listeners) listener()
  return was !== null
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export function useSilence(): number | null {
  return useSyncExternalStore(subscribe, () => since)
}
