import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { codeOf, DatisError } from '#base'
import {
  buildFrame,
  checkFrames,
  EMPTY_LOG,
  FRAME_BYTES_MAX,
  FRAME_HEADER_BYTES,
  framesIn,
  hashOfFrame,
} from './frames.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1e9)
const sealedParts = fc.array(fc.uint8Array({ minLength: 1, maxLength: 120 }), { minLength: 1, maxLength: 8 })

function chain(parts: readonly Uint8Array[]): Uint8Array[] {
  let previous = EMPTY_LOG.hash
  return parts.map((sealed, number) => {
    const frame = buildFrame(number, previous, sealed)
    previous = hashOfFrame(frame)
    return frame
  })
}

function errorOf(bytes: Uint8Array, from = EMPTY_LOG): DatisError {
  try {
    checkFrames(bytes, from)
  } catch (error) {
    if (error instanceof DatisError) return error
    throw error
  }
  throw new Error('the chain held')
}

test(`frames follow one another, whole or in parts, and yield what was sealed (SEED=${seed})`, () => {
  fc.assert(
    fc.property(sealedParts, fc.nat(), (parts, cut) => {
      const frames = chain(parts)
      const all = Buffer.concat(frames)
      const end = checkFrames(all, EMPTY_LOG)
      assert.equal(end.frames, parts.length)
      const first = cut % (parts.length + 1)
      const middle = checkFrames(Buffer.concat(frames.slice(0, first)), EMPTY_LOG)
      assert.deepEqual(checkFrames(Buffer.concat(frames.slice(first)), middle), end)
      assert.deepEqual(
        Array.from(framesIn(all), ({ sealed }) => Buffer.from(sealed)),
        parts.map((part) => Buffer.from(part)),
      )
    }),
    { seed, numRuns: 100 },
  )
})

test(`a flipped bit is noticed at the latest by the next frame (SEED=${seed})`, () => {
  fc.assert(
    fc.property(sealedParts, fc.nat(), (parts, where) => {
      const frames = chain([...parts, Uint8Array.of(1)])
      const all = Buffer.concat(frames)
      const before = all.byteLength - (frames.at(-1)?.byteLength ?? 0)
      const at = where % before
      all[at] = (all[at] ?? 0) ^ (1 << (where % 8))
      assert.ok(['LOG_CHAIN_BROKEN', 'LOG_FRAME_TORN'].includes(errorOf(all).code))
    }),
    { seed, numRuns: 300 },
  )
})

test('a frame cut anywhere is torn, and named', () => {
  const [first, second] = chain([new Uint8Array(90), new Uint8Array(70)])
  assert.ok(first && second)
  for (let length = 1; length < second.byteLength; length++) {
    const { code, details } = errorOf(Buffer.concat([first, second.subarray(0, length)]))
    assert.deepEqual({ code, details }, { code: 'LOG_FRAME_TORN', details: { frame: 1 } })
  }
})

test('frames left out, repeated, in another order or of another log break the chain', () => {
  const [a, b, c] = chain([new Uint8Array(1), new Uint8Array(2), new Uint8Array(3)])
  assert.ok(a && b && c)
  const joined = (...frames: Uint8Array[]) => errorOf(Buffer.concat(frames))
  assert.deepEqual(joined(a, c).details, { frame: 1, at: 'number' })
  assert.deepEqual(joined(a, a).details, { frame: 1, at: 'number' })
  assert.deepEqual(joined(b, a).details, { frame: 0, at: 'number' })
  const stranger = buildFrame(1, 'ab'.repeat(32), new Uint8Array(2))
  assert.deepEqual(joined(a, stranger).details, { frame: 1, at: 'previous' })
  assert.deepEqual(errorOf(c, { frames: 2, hash: hashOfFrame(a) }).details, { frame: 2, at: 'previous' })
})

test('nothing leads nowhere: no frames are no change', () => {
  assert.deepEqual(checkFrames(new Uint8Array(0), EMPTY_LOG), EMPTY_LOG)
})

test('lengths and numbers are bounded before anything is taken from them', () => {
  const frame = Buffer.from(buildFrame(0, EMPTY_LOG.hash, new Uint8Array(8)))
  const withLength = (total: number) => {
    const changed = Buffer.from(frame)
    changed.writeUInt32LE(total, 4)
    return errorOf(changed).details
  }
  assert.deepEqual(withLength(0), { frame: 0, at: 'length' })
  assert.deepEqual(withLength(FRAME_HEADER_BYTES - 1), { frame: 0, at: 'length' })
  assert.deepEqual(withLength(FRAME_BYTES_MAX + 1), { frame: 0, at: 'length' })
  const numbered = Buffer.from(frame)
  numbered.writeBigUInt64LE(2n ** 63n, 8)
  assert.deepEqual(errorOf(numbered).details, { frame: 0, at: 'number' })
  assert.throws(() => checkFrames(frame, EMPTY_LOG, { framesMax: 0 }), { code: 'LOG_CHAIN_BROKEN' })
  assert.throws(() => checkFrames(frame, EMPTY_LOG, { frameBytesMax: 50 }), { code: 'LOG_CHAIN_BROKEN' })
  assert.throws(() => buildFrame(0, EMPTY_LOG.hash, new Uint8Array(FRAME_BYTES_MAX)), /8 MiB/)
})

test(`random bytes never do more than be refused (SEED=${seed})`, () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.boolean(), (bytes, withMagic) => {
      if (withMagic) bytes.set(Buffer.from('DLF1').subarray(0, bytes.byteLength))
      try {
        checkFrames(bytes, EMPTY_LOG)
      } catch (error) {
        assert.ok(['LOG_CHAIN_BROKEN', 'LOG_FRAME_TORN'].includes(codeOf(error)))
      }
    }),
    { seed, numRuns: 300 },
  )
})
