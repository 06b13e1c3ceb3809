import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, DatisError, KiB } from '#base'
import { simRandom } from '#base/sim'
import { newKeyring } from '#crypto'
import { bindingOf, chunkIdOf, compress, newestPackKey, openGroup, packRefs, unpackRefs } from './group.ts'
import { PackBuilder } from './pack-builder.ts'
import { encodeTable, GROUP_KIND, padmeBytes, parseTable } from './pack-format.ts'
import { recognisePack, verifyPack } from './pack-reader.ts'
import { content } from './store-fixture.ts'
import { vaultKeys } from './vault.ts'

const random = simRandom('pack')
const keys = vaultKeys(newKeyring('0b'.repeat(16), random))

function smallPack(floorBytes = 0) {
  const builder = new PackBuilder(random, newestPackKey(keys, 'data'), { targetBytes: 64 * KiB, floorBytes })
  for (const plain of [content(random, 700, 'text'), content(random, 500), content(random, 1)]) {
    const chunks = [{ id: chunkIdOf(keys, 'data', plain), bytes: plain.byteLength }]
    builder.add({ kind: GROUP_KIND.data, ...compress(plain), plainBytes: plain.byteLength, chunks })
  }
  const closed = builder.close(5)
  return {
    bytes: Uint8Array.from(closed.bytes),
    table: closed.table,
    pack: { id: closed.id, class: 'data' as const, generation: 1 },
  }
}

test('a pack opens to what was put in, and its table says where', () => {
  const { bytes, table, pack } = smallPack()
  const parsed = verifyPack(bytes, keys, pack)
  assert.deepEqual(parsed, parseTable(table))
  assert.deepEqual(encodeTable(parsed), table)
  assert.deepEqual(
    parsed.groups.map((group) => [group.codec, group.plainBytes]),
    [
      [1, 700],
      [0, 500],
      [0, 1],
    ],
  )
})

test('any flipped bit of a pack is found', () => {
  const { bytes, pack } = smallPack(3 * KiB)
  for (let at = 0; at < bytes.byteLength; at++) {
    const damaged = Uint8Array.from(bytes)
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8))
    assert.throws(() => verifyPack(damaged, keys, pack), { code: 'PACK_DAMAGED' }, `byte ${at}`)
  }
})

test('a pack that is cut short, too long or of another name is damaged', () => {
  const { bytes, pack } = smallPack()
  for (const length of [0, 1, 100, bytes.byteLength - 1]) {
    assert.throws(() => verifyPack(bytes.subarray(0, length), keys, pack), { code: 'PACK_DAMAGED' })
  }
  assert.throws(() => verifyPack(Buffer.concat([bytes, Buffer.alloc(1)]), keys, pack), { code: 'PACK_DAMAGED' })
  assert.throws(() => verifyPack(bytes, keys, { ...pack, id: 'ab'.repeat(32) }), { code: 'PACK_DAMAGED' })
  assert.throws(() => verifyPack(bytes, keys, { ...pack, class: 'metadata' }), { code: 'PACK_DAMAGED' })
  assert.throws(() => verifyPack(bytes, keys, { ...pack, generation: 2 }), { code: 'KEY_GENERATION_UNKNOWN' })
})

test('a pack without a record is recognised by its footer', () => {
  const { bytes, pack } = smallPack()
  assert.deepEqual(recognisePack(bytes, keys, pack.id), { ...pack, bytes: bytes.byteLength })
  assert.throws(() => recognisePack(random.bytes(1000), keys, pack.id), { code: 'PACK_DAMAGED' })
})

test('lengths of packs leak little: Padmé steps, and never below the floor', () => {
  assert.deepEqual([1, 9, 100, 1000, 16 * 1024 * KiB].map(padmeBytes), [1, 10, 104, 1024, 16 * 1024 * KiB])
  for (let bytes = 2; bytes < 2 ** 26; bytes = Math.ceil(bytes * 1.37)) {
    assert.ok(padmeBytes(bytes) >= bytes && padmeBytes(bytes) <= bytes * 1.13)
  }
  assert.equal(smallPack(8 * KiB).bytes.byteLength, 8 * KiB)
})

test('a group claims its plain length before it is decompressed', () => {
  const bomb = content(random, 200 * KiB, 'text')
  const builder = new PackBuilder(random, newestPackKey(keys, 'data'), { targetBytes: 64 * KiB, floorBytes: 0 })
  const chunks = [{ id: chunkIdOf(keys, 'data', bomb), bytes: 100 }]
  builder.add({ kind: GROUP_KIND.data, ...compress(bomb), plainBytes: 100, chunks })
  const { id, bytes, table } = builder.close(1)
  const [group] = parseTable(table).groups
  assert.ok(group)
  const place = {
    pack: id,
    packClass: 'data' as const,
    packLocal: true,
    generation: 1,
    position: 0,
    binding: bindingOf(chunks),
    ...group,
  }
  assert.throws(
    () => openGroup(keys, place, bytes.subarray(0, group.length)),
    (error) => {
      assert.ok(error instanceof DatisError && error.code === 'PACK_DAMAGED')
      assert.equal(codeOf(error.cause), 'ERR_BUFFER_TOO_LARGE')
      return true
    },
  )
})

test('data that does not compress is stored as it is', () => {
  assert.equal(compress(content(random, 300 * KiB)).codec, 0)
  assert.equal(compress(content(random, 10)).codec, 0)
  assert.equal(compress(content(random, 300 * KiB, 'text')).codec, 1)
})

test('references survive packing', () => {
  const refs = [
    { id: random.bytes(32), bytes: 0xffff_ffff },
    { id: random.bytes(32), bytes: 0 },
  ]
  assert.deepEqual(unpackRefs(packRefs(refs)), refs)
  assert.throws(() => unpackRefs(new Uint8Array(35)), { code: 'FORMAT_INVALID' })
})
