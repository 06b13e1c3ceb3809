import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatisError, realRandom, toHex } from '#base'
import {
  decodeKeyring,
  encodeKeyring,
  GENERATIONS_MAX,
  newKeyring,
  unwrapKeyring,
  WRAPPED_KEYRING_BYTES_MAX,
  wrapKeyring,
} from './keyring.ts'
import { boxKeysFromSeed, rootKeysFromEntropy } from './keys.ts'

const random = realRandom()
const root = rootKeysFromEntropy(new Uint8Array(32).fill(5))
const keyring = newKeyring('0123456789abcdef0123456789abcdef', random)

test('a keyring comes back from bytes and from its wrapping', () => {
  assert.deepEqual(decodeKeyring(encodeKeyring(keyring)), keyring)
  assert.deepEqual(unwrapKeyring(wrapKeyring(keyring, root.public, random), root), keyring)
})

test('all keys of a new keyring differ', () => {
  const { chunkIdKey, treeIdKey, chunkerKey, logKey, headKey, generations } = keyring
  const { packKey, metadataKey, auditKey } = generations[0] ?? assert.fail()
  const all = [chunkIdKey, treeIdKey, chunkerKey, logKey, headKey, packKey, metadataKey, auditKey].map(toHex)
  assert.equal(new Set(all).size, 8)
})

test('other words do not open a keyring, nor do changed bytes, and the error holds no key', () => {
  const wrapped = wrapKeyring(keyring, root.public, random)
  const other = rootKeysFromEntropy(new Uint8Array(32).fill(6))
  const silent = (error: unknown) =>
    error instanceof DatisError && error.code === 'KEYRING_UNREADABLE' && error.cause === undefined
  assert.throws(() => unwrapKeyring(wrapped, other), silent)
  for (let at = 0; at < wrapped.byteLength; at++) {
    const changed = Uint8Array.from(wrapped)
    changed[at] = (changed[at] ?? 0) ^ 1
    assert.throws(() => unwrapKeyring(changed, root), silent, `byte ${at}`)
  }
})

test('the largest keyring fits what hosts take, and generations must rise', () => {
  const generation = keyring.generations[0] ?? assert.fail()
  const generations = Array.from({ length: GENERATIONS_MAX }, (_, at) => ({ ...generation, generation: at + 1 }))
  const large = { ...keyring, generations }
  assert.ok(wrapKeyring(large, root.public, random).byteLength <= WRAPPED_KEYRING_BYTES_MAX)
  assert.throws(() => encodeKeyring({ ...keyring, generations: [generation, generation] }))
  assert.throws(() => encodeKeyring({ ...keyring, generations: [] }))
  assert.throws(() => encodeKeyring({ ...large, generations: [...generations, { ...generation, generation: 999 }] }))
})

test('root keys depend on all of the entropy, box keys on all of the seed', () => {
  const organisations = new Set([root.organisation])
  for (let at = 0; at < 32; at++) {
    const entropy = new Uint8Array(32).fill(5)
    entropy[at] = 4
    organisations.add(rootKeysFromEntropy(entropy).organisation)
    organisations.add(toHex(boxKeysFromSeed(entropy).publicKey))
  }
  assert.equal(organisations.size, 65)
  assert.throws(() => rootKeysFromEntropy(new Uint8Array(16)), /32 bytes/)
  assert.throws(() => boxKeysFromSeed(new Uint8Array(33)), /32 bytes/)
})
