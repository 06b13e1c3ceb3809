import { assert, DatisError } from '#base'
import { type Code, checkCode, checkFragmentBytes } from './codes.ts'
import { decodingMatrix, type Matrix, parityMatrix, rebuildingMatrix } from './matrix.ts'
import type { MultiplyRows } from './reed-solomon-oracle.ts'

/** One fragment as it came: rows 0 … k − 1 are slices of the pack, k … n − 1 parity. */
export interface Fragment {
  readonly row: number
  readonly bytes: Uint8Array
}

export interface ReedSolomon {
  /**
   * The n − k parity fragments, one after the other, of the k data fragments one after the other (the pack, padded
   * with zeros). Written to `into` when the caller has memory to use again: fresh pages can cost more than the sums.
   */
  encodeParity(code: Code, data: Uint8Array, into?: Uint8Array): Uint8Array
  /** The k data fragments, one after the other, from any k fragments. Data fragments are copied, only others computed. */
  reconstruct(code: Code, fragmentBytes: number, have: readonly Fragment[], into?: Uint8Array): Uint8Array
  /** One fragment, data or parity, from any k others. */
  rebuildRow(code: Code, have: readonly Fragment[], row: number): Uint8Array
}

export function reedSolomon(multiplyRows: MultiplyRows): ReedSolomon {
  return {
    encodeParity(code, data, into) {
      checkCode(code)
      const bytes = data.byteLength / code.k
      checkFragmentBytes(bytes)
      const parity = target(into, (code.n - code.k) * bytes)
      const outputs = rowsOf(parity, bytes)
      if (outputs.length > 0) multiplyInto(multiplyRows, parityOf(code), rowsOf(data, bytes), outputs)
      return parity
    },

    reconstruct(code, bytes, have, into) {
      const { used, missing } = choose(code, bytes, have)
      const data = target(into, code.k * bytes)
      for (const fragment of used) {
        if (fragment.row < code.k) data.set(fragment.bytes, fragment.row * bytes)
      }
      if (missing.length > 0) {
        const matrix = decodingMatrix(code, used.map(rowOf), missing)
        const outputs = missing.map((row) => data.subarray(row * bytes, (row + 1) * bytes))
        multiplyInto(multiplyRows, matrix, used.map(bytesOf), outputs)
      }
      return data
    },

    rebuildRow(code, have, row) {
      checkCode(code)
      checkRow(code, row)
      const bytes = have[0]?.bytes.byteLength ?? 0
      const { used, missing } = choose(code, bytes, have)
      const present = have.find((fragment) => fragment.row === row)
      // Not slice(): that of a Buffer shares the memory.
      if (present !== undefined) return new Uint8Array(present.bytes)
      const wanted = missing.indexOf(row)
      const matrix =
        wanted < 0
          ? rebuildingMatrix(code, used.map(rowOf), missing, row)
          : oneRow(decodingMatrix(code, used.map(rowOf), missing), wanted)
      const output = new Uint8Array(bytes)
      multiplyInto(multiplyRows, matrix, used.map(bytesOf), [output])
      return output
    },
  }
}

/** k of the fragments, data rows first since they cost a copy only, in the order of their rows. */
function choose(code: Code, bytes: number, have: readonly Fragment[]): { used: Fragment[]; missing: number[] } {
  checkCode(code)
  const byRow = new Map<number, Fragment>()
  for (const fragment of have) {
    checkRow(code, fragment.row)
    // Two fragments of one row may differ, and then one of them is wrong: the caller must know which it trusts.
    if (byRow.has(fragment.row)) throw rowError(code, fragment.row)
    byRow.set(fragment.row, fragment)
  }
  if (byRow.size < code.k) {
    const details = { have: byRow.size, ...code }
    throw new DatisError('FRAGMENTS_TOO_FEW', 'There are fewer fragments than the code needs.', details)
  }
  checkFragmentBytes(bytes)
  const used = [...byRow.values()].sort((a, b) => a.row - b.row).slice(0, code.k)
  checkLengths(bytes, have)
  const missing = Array.from({ length: code.k }, (_, row) => row).filter((row) => !byRow.has(row))
  return { used, missing }
}

function checkLengths(bytes: number, have: readonly Fragment[]): void {
  for (const fragment of have) {
    if (fragment.bytes.byteLength === bytes) continue
    const details = { row: fragment.row, bytes: fragment.bytes.byteLength, expected: bytes }
    throw new DatisError('FRAGMENT_LENGTH', 'A fragment is not as long as the stripe says.', details)
  }
}

function checkRow(code: Code, row: number): void {
  if (!Number.isInteger(row) || row < 0 || row >= code.n) throw rowError(code, row)
}

function rowError(code: Code, row: number): DatisError {
  return new DatisError('FRAGMENT_ROW', 'A fragment has a row outside its code, or a row that is there twice.', {
    row,
    ...code,
  })
}

function target(into: Uint8Array | undefined, bytes: number): Uint8Array {
  if (into === undefined) return new Uint8Array(bytes)
  assert(into.byteLength === bytes, 'the memory to write to has the length of the result')
  return into
}

/** With one column of ones the product is a copy: k = 1, the code of small communities. */
function multiplyInto(
  multiplyRows: MultiplyRows,
  matrix: Matrix,
  inputs: readonly Uint8Array[],
  outputs: readonly Uint8Array[],
): void {
  const [only] = inputs
  if (matrix.columns === 1 && only !== undefined && matrix.cells.every((value) => value === 1)) {
    for (const output of outputs) output.set(only)
  } else {
    multiplyRows(matrix, inputs, outputs)
  }
}

function rowsOf(bytes: Uint8Array, rowBytes: number): Uint8Array[] {
  const rows: Uint8Array[] = []
  for (let at = 0; at < bytes.byteLength; at += rowBytes) rows.push(bytes.subarray(at, at + rowBytes))
  return rows
}

function oneRow(matrix: Matrix, row: number): Matrix {
  const { columns, cells } = matrix
  return { rows: 1, columns, cells: cells.subarray(row * columns, (row + 1) * columns) }
}

const rowOf = (fragment: Fragment): number => fragment.row
const bytesOf = (fragment: Fragment): Uint8Array => fragment.bytes

const parityMatrices = new Map<number, Matrix>()

/** Kept: 48 · 49 / 2 codes of at most 576 bytes each. */
function parityOf(code: Code): Matrix {
  const key = code.n * 64 + code.k
  const known = parityMatrices.get(key)
  if (known !== undefined) return known
  const matrix = parityMatrix(code)
  parityMatrices.set(key, matrix)
  return matrix
}
