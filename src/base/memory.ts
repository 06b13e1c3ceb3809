/**
 * Buffers of whole packs lie outside of the engine's heap, whose filling makes it collect: without a hint, a few
 * threads hold hundreds of MiB that nobody uses any more (docs/decisions/0005-memory.md).
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { MiB } from './units.ts'

/** One collection takes about 20 ms in the main thread: once for so much garbage it costs a few per cent. */
const GARBAGE_BYTES_MAX = 48 * MiB

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
let garbageBytes = 0

/** Says that buffers of so many bytes are not needed any more. */
export function noteGarbage(bytes: number): void {
  garbageBytes += bytes
  if (garbageBytes >= GARBAGE_BYTES_MAX) collectNow()
}

export function collectNow(): void {
  garbageBytes = 0
  collect()
}
