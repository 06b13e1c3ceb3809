import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fromHex } from '#base'
import { gearTable } from './chunker.ts'
import { type ChunkSizes, createChunker } from './index.ts'

/** The golden cuts come from another program, in another language: see docs/formats/chunker.md. */
interface Vectors {
  key: string
  gearFirst: number[]
  gearSha256: string
  streams: (ChunkSizes & { bytes: number; chunks: number[] })[]
}

const file = new URL('../../test/vectors/coding/chunker.json', import.meta.url)
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors
const key = fromHex(vectors.key)

test('the gear table of a key stays what it is', () => {
  const gear = gearTable(key)
  assert.deepEqual([...gear.subarray(0, 4)], vectors.gearFirst)
  const bytes = new DataView(new ArrayBuffer(1024))
  gear.forEach((value, index) => {
    bytes.setUint32(4 * index, value, true)
  })
  assert.equal(createHash('sha256').update(bytes).digest('hex'), vectors.gearSha256)
})

for (const { bytes, chunks, ...sizes } of vectors.streams) {
  test(`a stream is cut where it always was, at ${sizes.minBytes}, ${sizes.averageBytes}, ${sizes.maxBytes} bytes`, () => {
    const stream = createHash('shake256', { outputLength: bytes }).update('datis').digest()
    assert.deepEqual(createChunker(key, sizes).cut(stream, true), chunks)
  })
}
