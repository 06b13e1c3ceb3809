import { readFileSync } from 'node:fs'
import { assert } from '#base'
import { HASH_WINDOW_BYTES, type Scan } from './scan.ts'

/** src/chunking/assembly/gear.ts; addresses in bytes. */
interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer }
  scan(gear: number, from: number, to: number, mask: number): number
}

/** The little of WebAssembly we use: TypeScript knows it only together with the whole browser. */
interface WebAssemblyHost {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object) => { readonly exports: object }
}

// One memory of 192 KiB a thread, whatever the number of chunkers:
//
//     offset   bytes  what
//       4096    1024  gear table
//       8192  131104  block of the buffer, with the 32 bytes before it
const GEAR_AT = 4096
const BLOCK_AT = 8192
/** Small enough to stay in the second-level cache between copy and scan. Source: scripts/bench-kernels.ts. */
const BLOCK_BYTES = 131_072

/** The kernel, or undefined where there is no WebAssembly. */
export function loadScan(): Scan | undefined {
  const { WebAssembly } = globalThis as { WebAssembly?: WebAssemblyHost }
  if (WebAssembly === undefined) return undefined
  const bytes = readFileSync(new URL('./gear.wasm', import.meta.url))
  const kernel = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Kernel
  const memory = new Uint8Array(kernel.memory.buffer)
  assert(memory.byteLength >= BLOCK_AT + HASH_WINDOW_BYTES + BLOCK_BYTES, 'the memory of the kernel is as laid out')
  return scanWith(kernel, memory)
}

/**
 * Copies only what is hashed: the first part of each chunk, below the smallest length, is never looked at.
 */
function scanWith(kernel: Kernel, memory: Uint8Array): Scan {
  const gearView = new Uint32Array(memory.buffer, GEAR_AT, 256)
  return (gear, buffer, from, to, mask) => {
    gearView.set(gear)
    for (let start = from; start < to; start += BLOCK_BYTES) {
      const end = Math.min(start + BLOCK_BYTES, to)
      memory.set(buffer.subarray(start - HASH_WINDOW_BYTES, end), BLOCK_AT)
      const base = BLOCK_AT + HASH_WINDOW_BYTES
      const cut = kernel.scan(GEAR_AT, base, base + end - start, mask)
      if (cut !== 0) return start + cut - base
    }
    return 0
  }
}
