import { readFileSync } from 'node:fs'
import { assert } from '#base'
import { CODE_FRAGMENTS_MAX } from './codes.ts'
import { multiply } from './field.ts'
import type { Matrix } from './matrix.ts'
import type { MultiplyRows } from './reed-solomon-oracle.ts'

/** src/coding/assembly/reed-solomon.ts; addresses and lengths in bytes. */
interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer }
  expand(cells: number, rows: number, columns: number, nibbles: number, tables: number): void
  multiply(
    tables: number,
    rows: number,
    columns: number,
    inputs: number,
    outputs: number,
    stride: number,
    bytes: number,
  ): void
}

/** The little of WebAssembly we use: TypeScript knows it only together with the whole browser. */
interface WebAssemblyHost {
  validate(bytes: Uint8Array): boolean
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object) => { readonly exports: object }
}

export type KernelName = 'reed-solomon-relaxed' | 'reed-solomon'

// One memory of 1 MiB a thread:
//
//     offset  bytes  what
//          0   8192  nibble tables of all 256 constants
//       8192   1024  cells of the matrix, at most 24 × 24
//       9216  18432  tables of the matrix, 32 bytes a cell
//      28672         rows: inputs, then outputs, together never more than n ≤ 48
const CELLS_AT = 8192
const TABLES_AT = 9216
const ROWS_AT = 28_672
const MEMORY_BYTES = 1_048_576
const CELLS_MAX = (CODE_FRAGMENTS_MAX / 2) ** 2

/**
 * Rows are worked on in blocks, so that a block of all rows stays in the second-level cache between copying in,
 * computing and copying out. Source: scripts/bench-kernels.ts.
 */
const BLOCK_BYTES_MAX = 16_384
/** Rows a power of two apart would fall into one set of the first-level cache and push one another out. */
const ROW_GAP_BYTES = 64

/** The kernel of that name, or undefined where the machine cannot run it. */
export function loadMultiplyRows(name: KernelName): MultiplyRows | undefined {
  const { WebAssembly } = globalThis as { WebAssembly?: WebAssemblyHost }
  if (WebAssembly === undefined) return undefined
  const bytes = readFileSync(new URL(`./${name}.wasm`, import.meta.url))
  if (!WebAssembly.validate(bytes)) return undefined
  const kernel = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Kernel
  const memory = new Uint8Array(kernel.memory.buffer)
  assert(memory.byteLength === MEMORY_BYTES, 'the memory of the kernel is laid out for 1 MiB')
  writeNibbles(memory)
  return (matrix, inputs, outputs) => multiplyRows(kernel, memory, matrix, inputs, outputs)
}

/** For each constant c the products c·0 … c·15, then c·0, c·16 … c·240. */
function writeNibbles(memory: Uint8Array): void {
  for (let constant = 0; constant < 256; constant++) {
    for (let nibble = 0; nibble < 16; nibble++) {
      memory[constant * 32 + nibble] = multiply(constant, nibble)
      memory[constant * 32 + 16 + nibble] = multiply(constant, nibble << 4)
    }
  }
}

function multiplyRows(
  kernel: Kernel,
  memory: Uint8Array,
  { rows, columns, cells }: Matrix,
  inputs: readonly Uint8Array[],
  outputs: readonly Uint8Array[],
): void {
  assert(rows + columns <= CODE_FRAGMENTS_MAX && cells.length <= CELLS_MAX, 'rows fit the memory of the kernel')
  assert(inputs.length === columns && outputs.length === rows, 'a matrix has a column an input and a row an output')
  memory.set(cells, CELLS_AT)
  kernel.expand(CELLS_AT, rows, columns, 0, TABLES_AT)
  const rowBytes = inputs[0]?.byteLength ?? 0
  const stride = BLOCK_BYTES_MAX + ROW_GAP_BYTES
  const outputsAt = ROWS_AT + columns * stride
  for (let from = 0; from < rowBytes; from += BLOCK_BYTES_MAX) {
    const to = Math.min(from + BLOCK_BYTES_MAX, rowBytes)
    let at = ROWS_AT
    for (const input of inputs) {
      memory.set(input.subarray(from, to), at)
      at += stride
    }
    kernel.multiply(TABLES_AT, rows, columns, ROWS_AT, outputsAt, stride, to - from)
    for (const output of outputs) {
      output.set(memory.subarray(at, at + to - from), from)
      at += stride
    }
  }
}
