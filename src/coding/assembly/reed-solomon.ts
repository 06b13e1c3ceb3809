/**
 * Products of a matrix over GF(2^8) with rows of bytes: out[r] = sum over i of cell[r][i] · in[i].
 *
 * A product with a constant c is linear, so c·x = c·(x & 15) xor c·(x & 240): two tables of 16 bytes, and a swizzle
 * looks up 16 bytes at a time. Rows are made four at a time, since each input is then loaded and cut in nibbles once
 * for four outputs, and 32 bytes a step; eight sums, four nibble vectors and the tables just fill 16 registers.
 *
 * Input i stands at `inputs + i * stride`, output r at `outputs + r * stride`. The caller owns the layout of memory.
 * This source makes two modules: with and without relaxed SIMD, whose swizzle is one instruction on x86 (the plain one
 * must also give zeros for indices above 15, which we never have, so both give the same bytes).
 */

const TABLE_BYTES: usize = 32
const STEP_BYTES: usize = 32

@inline
function look(table: v128, indices: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i8x16.relaxed_swizzle(table, indices)
  return i8x16.swizzle(table, indices)
}

@inline
function product(table: usize, low: v128, high: v128): v128 {
  return v128.xor(look(v128.load(table), low), look(v128.load(table, 16), high))
}

/**
 * Writes the tables the kernels read: for each group of at most four rows, for each column, for each row of the group
 * the 32 bytes of its cell. `nibbles` holds those of all 256 constants: c·0 … c·15, c·0 … c·240.
 */
export function expand(cells: usize, rows: usize, columns: usize, nibbles: usize, tables: usize): void {
  for (let first: usize = 0; first < rows; first += 4) {
    const group: usize = min<usize>(rows - first, 4)
    for (let column: usize = 0; column < columns; column++) {
      for (let row = first; row < first + group; row++) {
        const source = nibbles + <usize>load<u8>(cells + row * columns + column) * TABLE_BYTES
        v128.store(tables, v128.load(source))
        v128.store(tables, v128.load(source, 16), 16)
        tables += TABLE_BYTES
      }
    }
  }
}

/** `bytes` is a multiple of 32. */
export function multiply(
  tables: usize, rows: usize, columns: usize, inputs: usize, outputs: usize, stride: usize, bytes: usize,
): void {
  while (rows >= 4) {
    fourRows(tables, columns, inputs, outputs, stride, bytes)
    tables += 4 * TABLE_BYTES * columns
    outputs += 4 * stride
    rows -= 4
  }
  if (rows == 3) threeRows(tables, columns, inputs, outputs, stride, bytes)
  else if (rows == 2) twoRows(tables, columns, inputs, outputs, stride, bytes)
  else if (rows == 1) oneRow(tables, columns, inputs, outputs, stride, bytes)
}

function fourRows(tables: usize, columns: usize, inputs: usize, outputs: usize, stride: usize, bytes: usize): void {
  const mask = i8x16.splat(15)
  const tablesEnd = tables + 4 * TABLE_BYTES * columns
  for (let at: usize = 0; at < bytes; at += STEP_BYTES) {
    let a0 = i8x16.splat(0), b0 = i8x16.splat(0)
    let a1 = i8x16.splat(0), b1 = i8x16.splat(0)
    let a2 = i8x16.splat(0), b2 = i8x16.splat(0)
    let a3 = i8x16.splat(0), b3 = i8x16.splat(0)
    let input = inputs + at
    for (let table = tables; table < tablesEnd; table += 4 * TABLE_BYTES) {
      const a = v128.load(input), b = v128.load(input, 16)
      const aLow = v128.and(a, mask), aHigh = v128.and(i16x8.shr_u(a, 4), mask)
      const bLow = v128.and(b, mask), bHigh = v128.and(i16x8.shr_u(b, 4), mask)
      a0 = v128.xor(a0, product(table, aLow, aHigh))
      b0 = v128.xor(b0, product(table, bLow, bHigh))
      a1 = v128.xor(a1, product(table + TABLE_BYTES, aLow, aHigh))
      b1 = v128.xor(b1, product(table + TABLE_BYTES, bLow, bHigh))
      a2 = v128.xor(a2, product(table + 2 * TABLE_BYTES, aLow, aHigh))
      b2 = v128.xor(b2, product(table + 2 * TABLE_BYTES, bLow, bHigh))
      a3 = v128.xor(a3, product(table + 3 * TABLE_BYTES, aLow, aHigh))
      b3 = v128.xor(b3, product(table + 3 * TABLE_BYTES, bLow, bHigh))
      input += stride
    }
    const output = outputs + at
    v128.store(output, a0)
    v128.store(output, b0, 16)
    v128.store(output + stride, a1)
    v128.store(output + stride, b1, 16)
    v128.store(output + 2 * stride, a2)
    v128.store(output + 2 * stride, b2, 16)
    v128.store(output + 3 * stride, a3)
    v128.store(output + 3 * stride, b3, 16)
  }
}

function threeRows(tables: usize, columns: usize, inputs: usize, outputs: usize, stride: usize, bytes: usize): void {
  const mask = i8x16.splat(15)
  const tablesEnd = tables + 3 * TABLE_BYTES * columns
  for (let at: usize = 0; at < bytes; at += STEP_BYTES) {
    let a0 = i8x16.splat(0), b0 = i8x16.splat(0)
    let a1 = i8x16.splat(0), b1 = i8x16.splat(0)
    let a2 = i8x16.splat(0), b2 = i8x16.splat(0)
    let input = inputs + at
    for (let table = tables; table < tablesEnd; table += 3 * TABLE_BYTES) {
      const a = v128.load(input), b = v128.load(input, 16)
      const aLow = v128.and(a, mask), aHigh = v128.and(i16x8.shr_u(a, 4), mask)
      const bLow = v128.and(b, mask), bHigh = v128.and(i16x8.shr_u(b, 4), mask)
      a0 = v128.xor(a0, product(table, aLow, aHigh))
      b0 = v128.xor(b0, product(table, bLow, bHigh))
      a1 = v128.xor(a1, product(table + TABLE_BYTES, aLow, aHigh))
      b1 = v128.xor(b1, product(table + TABLE_BYTES, bLow, bHigh))
      a2 = v128.xor(a2, product(table + 2 * TABLE_BYTES, aLow, aHigh))
      b2 = v128.xor(b2, product(table + 2 * TABLE_BYTES, bLow, bHigh))
      input += stride
    }
    const output = outputs + at
    v128.store(output, a0)
    v128.store(output, b0, 16)
    v128.store(output + stride, a1)
    v128.store(output + stride, b1, 16)
    v128.store(output + 2 * stride, a2)
    v128.store(output + 2 * stride, b2, 16)
  }
}

function twoRows(tables: usize, columns: usize, inputs: usize, outputs: usize, stride: usize, bytes: usize): void {
  const mask = i8x16.splat(15)
  const tablesEnd = tables + 2 * TABLE_BYTES * columns
  for (let at: usize = 0; at < bytes; at += STEP_BYTES) {
    let a0 = i8x16.splat(0), b0 = i8x16.splat(0)
    let a1 = i8x16.splat(0), b1 = i8x16.splat(0)
    let input = inputs + at
    for (let table = tables; table < tablesEnd; table += 2 * TABLE_BYTES) {
      const a = v128.load(input), b = v128.load(input, 16)
      const aLow = v128.and(a, mask), aHigh = v128.and(i16x8.shr_u(a, 4), mask)
      const bLow = v128.and(b, mask), bHigh = v128.and(i16x8.shr_u(b, 4), mask)
      a0 = v128.xor(a0, product(table, aLow, aHigh))
      b0 = v128.xor(b0, product(table, bLow, bHigh))
      a1 = v128.xor(a1, product(table + TABLE_BYTES, aLow, aHigh))
      b1 = v128.xor(b1, product(table + TABLE_BYTES, bLow, bHigh))
      input += stride
    }
    const output = outputs + at
    v128.store(output, a0)
    v128.store(output, b0, 16)
    v128.store(output + stride, a1)
    v128.store(output + stride, b1, 16)
  }
}

function oneRow(tables: usize, columns: usize, inputs: usize, outputs: usize, stride: usize, bytes: usize): void {
  const mask = i8x16.splat(15)
  const tablesEnd = tables + TABLE_BYTES * columns
  for (let at: usize = 0; at < bytes; at += STEP_BYTES) {
    let a0 = i8x16.splat(0), b0 = i8x16.splat(0)
    let input = inputs + at
    for (let table = tables; table < tablesEnd; table += TABLE_BYTES) {
      const a = v128.load(input), b = v128.load(input, 16)
      a0 = v128.xor(a0, product(table, v128.and(a, mask), v128.and(i16x8.shr_u(a, 4), mask)))
      b0 = v128.xor(b0, product(table, v128.and(b, mask), v128.and(i16x8.shr_u(b, 4), mask)))
      input += stride
    }
    v128.store(outputs + at, a0)
    v128.store(outputs + at, b0, 16)
  }
}
