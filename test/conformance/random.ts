import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Random, toHex } from '#base'

export function randomConformance(name: string, make: () => Random): void {
  test(`${name}: gives as many bytes as asked, in a buffer of their own`, () => {
    const random = make()
    for (const count of [0, 1, 3, 32, 1000]) {
      const bytes = random.bytes(count)
      assert.equal(bytes.byteLength, count)
      assert.equal(bytes.buffer.byteLength, count)
    }
  })

  test(`${name}: never gives the same 16 bytes twice`, () => {
    const random = make()
    const drawn = Array.from({ length: 1000 }, () => toHex(random.bytes(16)))
    assert.equal(new Set(drawn).size, 1000)
  })

  test(`${name}: below stays below and reaches every value about equally often`, () => {
    const random = make()
    const counts = new Array<number>(6).fill(0)
    for (let draw = 0; draw < 6000; draw++) {
      const value = random.below(6)
      counts[value] = (counts[value] ?? 0) + 1
    }
    assert.equal(counts.length, 6)
    // 1000 ± 10 standard deviations: a fair die fails this less than once in 10^20 runs.
    for (const count of counts) assert.ok(Math.abs(count - 1000) < 290, `${counts}`)
  })

  test(`${name}: below takes 1 … 2^32 and refuses the rest`, () => {
    const random = make()
    assert.equal(random.below(1), 0)
    assert.ok(random.below(2 ** 32) < 2 ** 32)
    for (const bound of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) assert.throws(() => random.below(bound), RangeError)
  })

  test(`${name}: bytes take every value`, () => {
    assert.equal(new Set(make().bytes(20_000)).size, 256)
  })
}
