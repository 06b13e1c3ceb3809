import assert from 'node:assert/strict'
import { createHash, randomInt } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { MiB } from '#base'
import { chunkerWith } from './chunker.ts'
import { loadScan } from './gear-wasm.ts'
import { CHUNK_SIZES, type Chunker, createChunker } from './index.ts'
import { scanOracle } from './scan-oracle.ts'

const seed = Number(process.env.SEED ?? randomInt(2 ** 31))
const TINY = { minBytes: 64, averageBytes: 256, maxBytes: 1024 }

function bytesFromSeed(from: number | string, length: number): Uint8Array {
  return createHash('shake256', { outputLength: length }).update(String(from)).digest()
}

const keyOf = (name: number | string): Uint8Array => bytesFromSeed(`key ${name}`, 32)

/** Cuts a stream as a reader of files does: keeps the uncut tail, adds the next part. */
function cutInParts(chunker: Chunker, stream: Uint8Array, parts: readonly number[]): number[] {
  const lengths: number[] = []
  let start = 0
  let end = 0
  for (const part of [...parts, stream.byteLength]) {
    end = Math.min(end + part, stream.byteLength)
    for (const length of chunker.cut(stream.subarray(start, end), end === stream.byteLength)) {
      lengths.push(length)
      start += length
    }
  }
  return lengths
}

/** The chunks themselves, as text to compare. */
function chunksOf(chunker: Chunker, stream: Uint8Array): string[] {
  let at = 0
  return chunker.cut(stream, true).map((length) => {
    at += length
    return Buffer.from(stream.subarray(at - length, at)).toString('latin1')
  })
}

test('the kernel runs on this machine', () => {
  assert.ok(loadScan())
})

test(`the kernel cuts as the oracle does, at any sizes (SEED=${seed})`, () => {
  const scan = loadScan() ?? assert.fail()
  const cases = fc.record({
    minBytes: fc.integer({ min: 64, max: 2000 }),
    more: fc.integer({ min: 0, max: 8000 }),
    most: fc.integer({ min: 0, max: 300_000 }),
    length: fc.integer({ min: 0, max: 600_000 }),
    name: fc.nat(),
    last: fc.boolean(),
  })
  const property = fc.property(cases, ({ minBytes, more, most, length, name, last }) => {
    const sizes = { minBytes, averageBytes: minBytes + more, maxBytes: minBytes + more + most }
    const stream = bytesFromSeed(name, length)
    const expected = chunkerWith(scanOracle, keyOf(name), sizes).cut(stream, last)
    assert.deepEqual(chunkerWith(scan, keyOf(name), sizes).cut(stream, last), expected)
  })
  fc.assert(property, { numRuns: 60, seed })
})

test('the kernel cuts as the oracle does at the sizes of production', () => {
  const stream = bytesFromSeed('production', 16 * MiB)
  const expected = chunkerWith(scanOracle, keyOf(1), CHUNK_SIZES).cut(stream, true)
  assert.deepEqual(createChunker(keyOf(1)).cut(stream, true), expected)
})

test(`cuts do not depend on how the stream came in buffers (SEED=${seed})`, () => {
  const cases = fc.record({ length: fc.nat(20_000), name: fc.nat(), parts: fc.array(fc.nat(3000), { maxLength: 40 }) })
  const property = fc.property(cases, ({ length, name, parts }) => {
    const chunker = createChunker(keyOf(name), TINY)
    const stream = bytesFromSeed(name, length)
    assert.deepEqual(cutInParts(chunker, stream, parts), chunker.cut(stream, true))
  })
  fc.assert(property, { numRuns: 300, seed })
})

test('cuts at the sizes of production do not depend on buffers either', () => {
  const chunker = createChunker(keyOf(2))
  const stream = bytesFromSeed('parts', 16 * MiB)
  assert.deepEqual(cutInParts(chunker, stream, [1, 300_000, 5 * MiB, 4 * MiB, 77]), chunker.cut(stream, true))
})

test(`chunks cover the stream and keep their limits, all but the last one (SEED=${seed})`, () => {
  const property = fc.property(fc.nat(50_000), fc.nat(), (length, name) => {
    const lengths = createChunker(keyOf(name), TINY).cut(bytesFromSeed(name, length), true)
    assert.equal(
      lengths.reduce((sum, bytes) => sum + bytes, 0),
      length,
    )
    for (const bytes of lengths) assert.ok(bytes > 0 && bytes <= TINY.maxBytes)
    for (const bytes of lengths.slice(0, -1)) assert.ok(bytes > TINY.minBytes)
  })
  fc.assert(property, { numRuns: 100, seed })
})

test('bytes that are all alike are cut at the largest size, or at the first byte above the smallest', () => {
  // The hash of a run is one number: cut at once or never. A table where it cuts is rare; both keep the limits.
  for (let name = 0; name < 20; name++) {
    const lengths = createChunker(keyOf(name), TINY).cut(new Uint8Array(10_000), true)
    assert.ok([TINY.maxBytes, TINY.averageBytes + 1, TINY.minBytes + 1].includes(lengths[0] ?? 0), String(lengths[0]))
  }
})

test('a full buffer always gives a chunk, a shorter one keeps the tail that could grow', () => {
  const chunker = createChunker(keyOf(3), TINY)
  for (let name = 0; name < 50; name++) {
    assert.ok(chunker.cut(bytesFromSeed(name, TINY.maxBytes), false).length > 0)
    assert.deepEqual(chunker.cut(bytesFromSeed(name, TINY.minBytes), false), [])
  }
  assert.deepEqual(chunker.cut(new Uint8Array(0), true), [])
  assert.deepEqual(chunker.cut(new Uint8Array(10), true), [10])
})

test('a byte put in or taken out changes few chunks', () => {
  const chunker = createChunker(keyOf(4), TINY)
  for (let name = 0; name < 50; name++) {
    const stream = bytesFromSeed(name, 50_000)
    const before = new Set(chunksOf(chunker, stream))
    const longer = Buffer.concat([stream.subarray(0, 20_000), Uint8Array.of(name), stream.subarray(20_000)])
    const shorter = Buffer.concat([stream.subarray(0, 20_000), stream.subarray(20_001)])
    for (const changed of [longer, shorter]) {
      const chunks = chunksOf(chunker, changed)
      const fresh = chunks.filter((chunk) => !before.has(chunk)).length
      assert.ok(chunks.length > 100 && fresh <= 20, `${fresh} of ${chunks.length} chunks are new`)
    }
  }
})

test('another key cuts elsewhere', () => {
  const stream = bytesFromSeed('keys', 200_000)
  const cutsOf = (name: string): Set<number> => {
    let at = 0
    return new Set(
      createChunker(keyOf(name), TINY)
        .cut(stream, true)
        .map((length) => (at += length)),
    )
  }
  const [one, other] = [cutsOf('one'), cutsOf('other')]
  const common = [...one].filter((at) => other.has(at)).length
  assert.ok(one.size > 400 && common < one.size / 20, `${common} of ${one.size} cuts in common`)
})

test('two chunkers of one thread do not disturb each other', () => {
  const stream = bytesFromSeed('two', 100_000)
  const [a, b] = [createChunker(keyOf('a'), TINY), createChunker(keyOf('b'), TINY)]
  const alone = a.cut(stream, true)
  b.cut(stream, true)
  assert.deepEqual(a.cut(stream, true), alone)
})

test('chunks of random data are 1.2 MiB long on average', () => {
  const chunker = createChunker(keyOf(5))
  const lengths = Array.from({ length: 6 }, (_, name) => chunker.cut(bytesFromSeed(name, 16 * MiB), false)).flat()
  const average = lengths.reduce((sum, bytes) => sum + bytes, 0) / lengths.length
  assert.ok(average > 1.0 * MiB && average < 1.45 * MiB, String(average / MiB))
})

test('sizes out of order or out of range are refused', () => {
  for (const [minBytes, averageBytes, maxBytes] of [
    [63, 256, 1024],
    [64, 63, 1024],
    [64, 256, 255],
    [64, 256, 16 * MiB + 1],
    [64.5, 256, 1024],
    [64, Number.NaN, 1024],
  ] as const) {
    const sizes = { minBytes, averageBytes, maxBytes }
    assert.throws(() => createChunker(keyOf(0), sizes), { code: 'CHUNK_SIZES_INVALID' })
  }
  assert.throws(() => createChunker(new Uint8Array(16)), /assertion failed/)
})
