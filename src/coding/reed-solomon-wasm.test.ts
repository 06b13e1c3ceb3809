import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileWasm, WASM_MODULES } from '../../scripts/build-wasm.ts'
import { inverse, multiply } from './field.ts'
import { multiplyRowsOracle } from './reed-solomon-oracle.ts'
import { bytesFromSeed, kernels } from './test-data.ts'

const seed = Number(process.env.SEED ?? randomInt(2 ** 31))

test('both kernels run on this machine', () => {
  assert.deepEqual(
    kernels().map(([name]) => name),
    ['oracle', 'reed-solomon', 'reed-solomon-relaxed'],
  )
})

for (const [name, multiplyRows] of kernels().slice(1)) {
  test(`${name} computes any matrix as the oracle does, byte for byte (SEED=${seed})`, () => {
    const shapes = fc.record({
      rows: fc.integer({ min: 1, max: 24 }),
      columns: fc.integer({ min: 1, max: 24 }),
      // Around the borders of the blocks of 16 KiB, and short ones.
      rowBytes: fc.constantFrom(64, 128, 192, 4096, 16_320, 16_384, 16_448, 32_768, 40_000 - 64),
      bytesSeed: fc.nat(),
    })
    const property = fc.property(shapes, ({ rows, columns, rowBytes, bytesSeed }) => {
      const matrix = { rows, columns, cells: bytesFromSeed(`cells ${bytesSeed}`, rows * columns) }
      const inputs = Array.from({ length: columns }, (_, row) => bytesFromSeed(`${bytesSeed} ${row}`, rowBytes))
      const expected = Array.from({ length: rows }, () => new Uint8Array(rowBytes))
      const actual = Array.from({ length: rows }, () => new Uint8Array(rowBytes).fill(255))
      multiplyRowsOracle(matrix, inputs, expected)
      multiplyRows(matrix, inputs, actual)
      actual.forEach((row, index) => {
        assert.equal(Buffer.compare(row, expected[index] ?? row), 0, `row ${index}`)
      })
    })
    fc.assert(property, { numRuns: 60, seed })
  })

  test(`${name} multiplies all 256 constants with all 256 bytes`, () => {
    const input = Uint8Array.from({ length: 256 }, (_, value) => value)
    for (let constant = 0; constant < 256; constant++) {
      const output = new Uint8Array(256)
      multiplyRows({ rows: 1, columns: 1, cells: Uint8Array.of(constant) }, [input], [output])
      assert.deepEqual(
        output,
        input.map((value) => multiply(constant, value)),
      )
    }
  })
}

test('multiplication is that of polynomials modulo 0x11d, and has inverses', () => {
  for (let a = 0; a < 256; a++) {
    for (let b = 0; b < 256; b++) {
      let product = 0
      for (let bit = 0; bit < 8; bit++) if ((b >> bit) & 1) product ^= a << bit
      for (let bit = 14; bit >= 8; bit--) if ((product >> bit) & 1) product ^= 0x11d << (bit - 8)
      assert.equal(multiply(a, b), product)
    }
    if (a > 0) assert.equal(multiply(a, inverse(a)), 1)
  }
  assert.throws(() => inverse(0), RangeError)
})

for (const module of WASM_MODULES) {
  test(`${module.output} is what its source compiles to`, async () => {
    const committed = readFileSync(new URL(`../../${module.output}`, import.meta.url))
    assert.equal(Buffer.compare(await compileWasm(module), committed), 0, 'run: node scripts/build-wasm.ts')
  })
}
