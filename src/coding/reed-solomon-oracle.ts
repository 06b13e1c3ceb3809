import { multiply } from './field.ts'
import { cell, type Matrix } from './matrix.ts'

/** outputs[r] = sum over i of matrix[r][i] · inputs[i]; all rows of one length, a multiple of 64. */
export type MultiplyRows = (matrix: Matrix, inputs: readonly Uint8Array[], outputs: readonly Uint8Array[]) => void

/**
 * The plain statement of what the kernels compute: tests compare them with it, and a machine whose WebAssembly has no
 * SIMD works with it, slowly.
 */
export const multiplyRowsOracle: MultiplyRows = (matrix, inputs, outputs) => {
  outputs.forEach((output, row) => {
    output.fill(0)
    inputs.forEach((input, column) => {
      addProduct(output, input, cell(matrix, row, column))
    })
  })
}

function addProduct(output: Uint8Array, input: Uint8Array, factor: number): void {
  const products = Uint8Array.from({ length: 256 }, (_, value) => multiply(factor, value))
  for (let at = 0; at < output.length; at++) {
    output[at] = (output[at] ?? 0) ^ (products[input[at] ?? 0] ?? 0)
  }
}
