import { assert } from '#base'
import type { Code } from './codes.ts'
import { inverse, multiply } from './field.ts'

/** Over GF(2^8), row after row. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly cells: Uint8Array
}

export function emptyMatrix(rows: number, columns: number): Matrix {
  return { rows, columns, cells: new Uint8Array(rows * columns) }
}

export function cell(matrix: Matrix, row: number, column: number): number {
  return matrix.cells[row * matrix.columns + column] ?? 0
}

export function setCell(matrix: Matrix, row: number, column: number, value: number): void {
  matrix.cells[row * matrix.columns + column] = value
}

/**
 * How parity row k + j is made from data row i. Cauchy: 1 / ((k + j) xor i), each row divided by its first cell
 * 1 / (k + j), so that column 0 is all ones. A row times a constant spans the same lines: any k rows of the code stay
 * independent, and with k = 1 the parity fragments are the pack itself.
 */
export function parityCell(k: number, j: number, i: number): number {
  return multiply(k + j, inverse((k + j) ^ i))
}

export function parityMatrix({ n, k }: Code): Matrix {
  const matrix = emptyMatrix(n - k, k)
  for (let j = 0; j < n - k; j++) {
    for (let i = 0; i < k; i++) setCell(matrix, j, i, parityCell(k, j, i))
  }
  return matrix
}

/** Gauss–Jordan. Every square part of a Cauchy matrix can be inverted, so a missing pivot is our mistake. */
export function invert(matrix: Matrix): Matrix {
  const size = matrix.rows
  const work = emptyMatrix(size, 2 * size)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) setCell(work, row, column, cell(matrix, row, column))
    setCell(work, row, size + row, 1)
  }
  for (let pivot = 0; pivot < size; pivot++) {
    swapRows(work, pivot, pivotRow(work, pivot))
    scaleRow(work, pivot, inverse(cell(work, pivot, pivot)))
    for (let row = 0; row < size; row++) {
      if (row !== pivot) addRow(work, row, pivot, cell(work, row, pivot))
    }
  }
  const inverted = emptyMatrix(size, size)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) setCell(inverted, row, column, cell(work, row, size + column))
  }
  return inverted
}

function pivotRow(matrix: Matrix, column: number): number {
  let row = column
  while (row < matrix.rows && cell(matrix, row, column) === 0) row++
  assert(row < matrix.rows, 'a matrix that must be regular is singular')
  return row
}

function swapRows({ cells, columns }: Matrix, a: number, b: number): void {
  if (a === b) return
  const kept = cells.slice(a * columns, (a + 1) * columns)
  cells.copyWithin(a * columns, b * columns, (b + 1) * columns)
  cells.set(kept, b * columns)
}

function scaleRow(matrix: Matrix, row: number, factor: number): void {
  for (let column = 0; column < matrix.columns; column++) {
    setCell(matrix, row, column, multiply(cell(matrix, row, column), factor))
  }
}

/** Adds `factor` times row `source` to row `target`. */
function addRow(matrix: Matrix, target: number, source: number, factor: number): void {
  if (factor === 0) return
  for (let column = 0; column < matrix.columns; column++) {
    const added = multiply(cell(matrix, source, column), factor)
    setCell(matrix, target, column, cell(matrix, target, column) ^ added)
  }
}

/**
 * How each of the data rows `missing` is made from the rows `have` (k of them, in the order of the inputs).
 *
 * With p the parity rows we have, m the missing and d the present data rows: p = A·m + B·d, so m = A⁻¹·p + (A⁻¹·B)·d.
 * Inverting A (at most n − k ≤ 24 rows where it is largest) instead of a whole k × k matrix keeps small packs cheap.
 */
export function decodingMatrix({ k }: Code, have: readonly number[], missing: readonly number[]): Matrix {
  const parities = have.filter((row) => row >= k)
  assert(parities.length === missing.length && have.length === k, 'as many parity rows as missing data rows')
  const system = emptyMatrix(missing.length, missing.length)
  parities.forEach((parity, row) => {
    missing.forEach((data, column) => {
      setCell(system, row, column, parityCell(k, parity - k, data))
    })
  })
  const solution = invert(system)
  const decoding = emptyMatrix(missing.length, k)
  for (let row = 0; row < missing.length; row++) {
    have.forEach((source, column) => {
      const value =
        source >= k
          ? cell(solution, row, parities.indexOf(source))
          : parities.reduce(
              (sum, parity, index) => sum ^ multiply(cell(solution, row, index), parityCell(k, parity - k, source)),
              0,
            )
      setCell(decoding, row, column, value)
    })
  }
  return decoding
}

/** How parity row `row` is made from the rows `have`, by way of the missing data rows. */
export function rebuildingMatrix(code: Code, have: readonly number[], missing: readonly number[], row: number): Matrix {
  const decoding = decodingMatrix(code, have, missing)
  const rebuilding = emptyMatrix(1, code.k)
  have.forEach((source, column) => {
    let value = source < code.k ? parityCell(code.k, row - code.k, source) : 0
    missing.forEach((data, index) => {
      value ^= multiply(parityCell(code.k, row - code.k, data), cell(decoding, index, column))
    })
    setCell(rebuilding, 0, column, value)
  })
  return rebuilding
}
