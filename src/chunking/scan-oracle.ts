import { HASH_WINDOW_BYTES, type Scan } from './scan.ts'

/** The plain statement of what the kernel computes: tests compare it, and a machine without WebAssembly works with it. */
export const scanOracle: Scan = (gear, buffer, from, to, mask) => {
  let hash = 0
  for (let at = from - HASH_WINDOW_BYTES; at < from; at++) hash = next(gear, hash, buffer[at])
  for (let at = from; at < to; at++) {
    hash = next(gear, hash, buffer[at])
    if ((hash & mask) === 0) return at + 1
  }
  return 0
}

function next(gear: Uint32Array, hash: number, byte = 0): number {
  return ((hash << 1) + (gear[byte] ?? 0)) | 0
}
