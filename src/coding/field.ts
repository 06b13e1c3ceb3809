/**
 * GF(2^8): bytes as polynomials over GF(2), modulo x^8 + x^4 + x^3 + x^2 + 1 (0x11d). Adding is xor; multiplying goes
 * over logarithms to the base x (2), which generates all 255 elements but zero.
 */
const POLYNOMIAL = 0x11d
const ORDER = 255

// Powers stand twice in a row, so that a sum of two logarithms needs no remainder.
const powers = new Uint8Array(2 * ORDER)
const logarithms = new Uint8Array(256)

let power = 1
for (let exponent = 0; exponent < ORDER; exponent++) {
  powers[exponent] = power
  powers[exponent + ORDER] = power
  logarithms[power] = exponent
  power <<= 1
  if (power > 0xff) power ^= POLYNOMIAL
}

export function multiply(a: number, b: number): number {
  if (a === 0 || b === 0) return 0
  return powers[(logarithms[a] ?? 0) + (logarithms[b] ?? 0)] ?? 0
}

/** Of a non-zero element. */
export function inverse(a: number): number {
  if (a === 0) throw new RangeError('zero has no inverse')
  return powers[ORDER - (logarithms[a] ?? 0)] ?? 0
}
