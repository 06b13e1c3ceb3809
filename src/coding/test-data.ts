import { createHash } from 'node:crypto'
import type { Code } from './codes.ts'
import type { Fragment, ReedSolomon } from './reed-solomon.ts'
import { type MultiplyRows, multiplyRowsOracle } from './reed-solomon-oracle.ts'
import { type KernelName, loadMultiplyRows } from './reed-solomon-wasm.ts'

/** For tests: bytes that look random and come from a seed (SHAKE-256 of its decimal digits). */
export function bytesFromSeed(seed: number | string, length: number): Uint8Array {
  return createHash('shake256', { outputLength: length }).update(String(seed)).digest()
}

/** For tests: all n fragments of a padded pack. */
export function fragmentsOf(coder: Pick<ReedSolomon, 'encodeParity'>, code: Code, data: Uint8Array): Fragment[] {
  const bytes = data.byteLength / code.k
  const whole = Buffer.concat([data, coder.encodeParity(code, data)])
  return Array.from({ length: code.n }, (_, row) => ({ row, bytes: whole.subarray(row * bytes, (row + 1) * bytes) }))
}

/** For tests: what computes products, by name; a kernel that this machine cannot run is left out. */
export function kernels(): [name: string, multiplyRows: MultiplyRows][] {
  const names: KernelName[] = ['reed-solomon', 'reed-solomon-relaxed']
  return [
    ['oracle', multiplyRowsOracle],
    ...names.flatMap((name): [string, MultiplyRows][] => {
      const kernel = loadMultiplyRows(name)
      return kernel === undefined ? [] : [[name, kernel]]
    }),
  ]
}
