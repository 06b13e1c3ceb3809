/**
 * Buffers of whole packs lie outside of the engine's heap, whose filling makes it collect: without a hint, a few
 * threads hold hundreds of MiB that nobody uses any more (docs/decisions/0005-memory.md).
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { KiB, MiB } from './units.ts'

/** One collection takes about 20 ms in the main thread: once for so much garbage it costs a few per cent. */
const GARBAGE_BYTES_MAX = 48 * MiB

/** A thread that idles keeps about 2 MiB: code, and the memory of a kernel. */
const BUFFERS_BYTES_MAX = 16 * MiB

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
let garbageBytes = 0

/** Says that buffers of so many bytes are not needed any more. */
export function noteGarbage(bytes: number): void {
  garbageBytes += bytes
  if (garbageBytes >= GARBAGE_BYTES_MAX) collectNow()
}

/** After a job: what it let fall of such buffers and did not release. */
export function collectBuffers(): void {
  if (getHeapStatistics().external_memory >= BUFFERS_BYTES_MAX) collectNow()
}

function collectNow(): void {
  garbageBytes = 0
  collect()
}

/** Above the 64 KiB that Node shares out in slices (`Buffer.poolSize`). */
const RELEASED_BYTES_MIN = 128 * KiB

/**
 * Gives the memory of bytes back at once, instead of when the engine next collects. They must have their buffer to
 * themselves, and nobody may look at them any more: they are empty afterwards. Never what a socket still sends.
 */
export function release(...all: Uint8Array[]): void {
  for (const { buffer } of all) {
    if (buffer instanceof ArrayBuffer && buffer.byteLength >= RELEASED_BYTES_MIN) buffer.transfer(0)
  }
}
