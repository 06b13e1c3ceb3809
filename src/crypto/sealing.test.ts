import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bytesEqual, DatisError, toHex } from '#base'
import { OTHER_PURPOSES, SEAL_PURPOSES } from './purposes.ts'
import {
  additionalData,
  open,
  SEAL_OVERHEAD_BYTES,
  SEAL_PLAIN_BYTES_MAX,
  type SealContext,
  seal,
  sealInto,
} from './sealing.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1e9)
const fresh = new Uint8Array(32).fill(1)

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const u8 = fc.integer({ min: 0, max: 255 })
const cases = fc
  .record({
    key: bytes(32),
    purpose: fc.constantFrom(...SEAL_PURPOSES),
    box: bytes(16).map(toHex),
    id: fc.uint8Array({ maxLength: 255 }),
    binding: bytes(32),
    fields: fc.record({ type: u8, generation: u32, codec: u8, position: u32 }),
    claimed: fc.integer({ min: 0, max: SEAL_PLAIN_BYTES_MAX }),
    plain: fc.uint8Array({ maxLength: 300 }),
  })
  .map(({ plain, claimed, fields, ...context }) => ({
    plain,
    context: { ...context, fields: { ...fields, plainBytes: fields.codec === 0 ? plain.byteLength : claimed } },
  }))

function brokenAt(context: SealContext, sealed: Uint8Array): unknown {
  try {
    open(context, sealed)
  } catch (error) {
    if (!(error instanceof DatisError)) throw error
    assert.equal(error.code, 'SEAL_BROKEN')
    return error.details.at
  }
  throw new Error('it opened')
}

function flipped(from: Uint8Array, bit: number): Uint8Array {
  const to = Uint8Array.from(from)
  to[bit >> 3] = (to[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return to
}

test(`what is sealed opens, 80 bytes longer, wherever it lies in a buffer (SEED=${seed})`, () => {
  fc.assert(
    fc.property(cases, fc.integer({ min: 0, max: 50 }), ({ context, plain }, at) => {
      const sealed = seal(context, plain, fresh)
      assert.equal(sealed.byteLength, plain.byteLength + SEAL_OVERHEAD_BYTES)
      assert.ok(bytesEqual(open(context, sealed), plain))
      const out = new Uint8Array(sealed.byteLength + at + 3)
      assert.equal(sealInto(context, plain, fresh, out, at), sealed.byteLength)
      assert.ok(bytesEqual(out.subarray(at, at + sealed.byteLength), sealed))
      assert.ok(bytesEqual(open(context, out.subarray(at, at + sealed.byteLength)), plain))
    }),
    { seed, numRuns: 200 },
  )
})

test(`a flipped bit anywhere in sealed bytes is noticed, in the right place (SEED=${seed})`, () => {
  fc.assert(
    fc.property(cases, fc.nat(), ({ context, plain }, where) => {
      const sealed = seal(context, plain, fresh)
      const bit = where % (sealed.byteLength * 8)
      // Fresh bytes and commitment are caught before anything is decrypted.
      assert.equal(brokenAt(context, flipped(sealed, bit)), bit < 64 * 8 ? 'commitment' : 'tag')
    }),
    { seed, numRuns: 500 },
  )
})

test('every flipped bit of one sealed thing is noticed', () => {
  const context: SealContext = {
    key: new Uint8Array(32).fill(2),
    purpose: 'log-frame',
    box: '00'.repeat(16),
    id: new Uint8Array(0),
    binding: new Uint8Array(32),
    fields: { type: 1, generation: 1, codec: 0, position: 0, plainBytes: 5 },
  }
  const sealed = seal(context, Buffer.from('datis'), fresh)
  for (let bit = 0; bit < sealed.byteLength * 8; bit++) brokenAt(context, flipped(sealed, bit))
})

test(`another key, binding, box, id or purpose fails on the commitment (SEED=${seed})`, () => {
  fc.assert(
    fc.property(cases, fc.nat(), ({ context, plain }, where) => {
      const sealed = seal(context, plain, fresh)
      const change = (of: Uint8Array) => flipped(of, where % (of.byteLength * 8))
      const others: SealContext[] = [
        { ...context, key: change(context.key) },
        { ...context, binding: change(context.binding) },
        { ...context, box: toHex(change(Buffer.from(context.box, 'hex'))) },
        { ...context, id: context.id.byteLength > 0 ? change(context.id) : new Uint8Array(1) },
        ...SEAL_PURPOSES.filter((each) => each !== context.purpose).map((purpose) => ({ ...context, purpose })),
      ]
      for (const other of others) assert.equal(brokenAt(other, sealed), 'commitment')
    }),
    { seed, numRuns: 100 },
  )
})

test(`another type, generation, codec, position or plain length does not open (SEED=${seed})`, () => {
  const flips = fc.record({ u8: fc.integer({ min: 0, max: 7 }), u32: fc.integer({ min: 0, max: 31 }) })
  fc.assert(
    fc.property(cases, flips, ({ context, plain }, bit) => {
      const sealed = seal(context, plain, fresh)
      const { fields } = context
      const others = [
        { ...fields, type: fields.type ^ (1 << bit.u8) },
        { ...fields, codec: fields.codec ^ (1 << bit.u8) },
        { ...fields, generation: (fields.generation ^ (1 << bit.u32)) >>> 0 },
        { ...fields, position: (fields.position ^ (1 << bit.u32)) >>> 0 },
        { ...fields, plainBytes: fields.plainBytes ^ (1 << (bit.u32 % 26)) },
      ]
      for (const other of others)
        assert.ok(['tag', 'length'].includes(String(brokenAt({ ...context, fields: other }, sealed))))
    }),
    { seed, numRuns: 200 },
  )
})

test(`additional data of two contexts are equal only when all fields are (SEED=${seed})`, () => {
  fc.assert(
    fc.property(cases, cases, ({ context: a }, { context: b }) => {
      const same =
        a.box === b.box && toHex(a.id) === toHex(b.id) && JSON.stringify(a.fields) === JSON.stringify(b.fields)
      assert.equal(bytesEqual(additionalData(a), additionalData(b)), same)
    }),
    { seed, numRuns: 300 },
  )
})

test('too short, too long, or of another length than told is refused before any key is derived', () => {
  const context: SealContext = {
    key: new Uint8Array(32),
    purpose: 'settings',
    box: '00'.repeat(16),
    id: new Uint8Array(0),
    binding: new Uint8Array(32),
    fields: { type: 1, generation: 1, codec: 0, position: 0, plainBytes: 4 },
  }
  const sealed = seal(context, new Uint8Array(4), fresh)
  for (let length = 0; length < sealed.byteLength; length++) {
    assert.equal(brokenAt(context, sealed.subarray(0, length)), 'length')
  }
  const tooLong = { ...context, fields: { ...context.fields, codec: 1, plainBytes: SEAL_PLAIN_BYTES_MAX + 1 } }
  assert.equal(brokenAt(tooLong, sealed), 'length')
  assert.throws(() => seal(tooLong, new Uint8Array(4), fresh), /plain length/)
  assert.throws(() => seal(context, new Uint8Array(5), fresh), /plain length/)
  assert.throws(() => sealInto(context, new Uint8Array(4), fresh, new Uint8Array(83), 0), /room/)
  assert.throws(() => seal(context, new Uint8Array(4), new Uint8Array(31)), /fresh/)
})

test('an error of sealing holds no key and no plain byte', () => {
  const key = new Uint8Array(32).fill(0xab)
  const context: SealContext = {
    key,
    purpose: 'data-group',
    box: '00'.repeat(16),
    id: new Uint8Array(0),
    binding: new Uint8Array(32),
    fields: { type: 1, generation: 1, codec: 0, position: 0, plainBytes: 6 },
  }
  const sealed = seal(context, Buffer.from('secret'), fresh)
  assert.throws(
    () => open(context, flipped(sealed, sealed.byteLength * 8 - 1)),
    (error) =>
      error instanceof DatisError &&
      !/abab|secret|736563726574/.test(JSON.stringify([error.details, String(error.cause)])),
  )
})

test('no purpose is the beginning of another, for nothing stands between it and the box id', () => {
  const all = [...SEAL_PURPOSES, ...OTHER_PURPOSES]
  for (const a of all) for (const b of all) assert.ok(a === b || !b.startsWith(a), `${a} begins ${b}`)
})
