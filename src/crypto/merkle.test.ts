import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { bytesEqual, toHex } from '#base'
import { leafCount, leafProof, MERKLE_LEAF_BYTES, merkleRoot, rootOfHashes, rootOfIds, verifyLeaf } from './merkle.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1e9)

/** MTH as RFC 6962 §2.1 writes it: the oracle. */
function oracle(leaves: readonly Uint8Array[]): Buffer {
  const sha = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
  const [only] = leaves
  if (only === undefined) return sha()
  if (leaves.length === 1) return sha(Buffer.of(0), only)
  let half = 1
  while (half * 2 < leaves.length) half *= 2
  return sha(Buffer.of(1), oracle(leaves.slice(0, half)), oracle(leaves.slice(half)))
}

function payloadOf(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, at) => (at * 31 + (at >> 9)) & 0xff)
}

function leafAt(payload: Uint8Array, index: number): Uint8Array {
  return payload.subarray(index * MERKLE_LEAF_BYTES, (index + 1) * MERKLE_LEAF_BYTES)
}

const length = fc.integer({ min: 0, max: 40 * MERKLE_LEAF_BYTES })

test(`a root is that of RFC 6962 (SEED=${seed})`, () => {
  fc.assert(
    fc.property(length, (bytes) => {
      const payload = payloadOf(bytes)
      const leaves = Array.from({ length: leafCount(bytes) }, (_, index) => leafAt(payload, index))
      assert.equal(toHex(merkleRoot(payload)), toHex(oracle(leaves)))
    }),
    { seed, numRuns: 60 },
  )
})

test(`each leaf has a proof, and no other bytes, place, length or proof passes (SEED=${seed})`, () => {
  fc.assert(
    fc.property(
      length.filter((bytes) => bytes > 0),
      fc.nat(),
      fc.nat(),
      (bytes, which, where) => {
        const payload = payloadOf(bytes)
        const root = merkleRoot(payload)
        const index = which % leafCount(bytes)
        const leaf = leafAt(payload, index)
        const proof = leafProof(payload, index)
        assert.ok(verifyLeaf(root, bytes, index, leaf, proof))
        const changed = Uint8Array.from(leaf)
        changed[where % leaf.byteLength] = (changed[where % leaf.byteLength] ?? 0) ^ 1
        assert.ok(!verifyLeaf(root, bytes, index, changed, proof))
        assert.ok(!verifyLeaf(root, bytes, index, leaf, [...proof, root]))
        if (proof.length > 0) assert.ok(!verifyLeaf(root, bytes, index, leaf, proof.slice(1)))
        assert.ok(!verifyLeaf(root, bytes, leafCount(bytes), leaf, proof))
        assert.ok(!verifyLeaf(root, bytes, -1, leaf, proof))
        assert.ok(!verifyLeaf(root, bytes, index + 0.5, leaf, proof))
        if (leafCount(bytes) > 1) assert.ok(!verifyLeaf(root, bytes, index ^ 1, leaf, proof))
      },
    ),
    { seed, numRuns: 80 },
  )
})

test('an inner node cannot pass for a leaf', () => {
  const payload = payloadOf(4 * MERKLE_LEAF_BYTES)
  const hashes = [0, 1].map((index) =>
    createHash('sha256').update(Buffer.of(0)).update(leafAt(payload, index)).digest(),
  )
  const proof = leafProof(payload, 0)
  assert.ok(!verifyLeaf(merkleRoot(payload), 2 * MERKLE_LEAF_BYTES, 0, Buffer.concat(hashes), proof.slice(1)))
})

test('the root of a set does not depend on its order', () => {
  const ids = Array.from({ length: 33 }, (_, at) => createHash('sha256').update(String(at)).digest())
  const root = rootOfHashes(ids)
  assert.ok(bytesEqual(rootOfHashes([...ids].reverse()), root))
  assert.equal(rootOfIds(ids.map(toHex)), toHex(root))
  assert.equal(toHex(root), toHex(oracle([...ids].sort(Buffer.compare))))
  assert.notEqual(rootOfIds(ids.slice(1).map(toHex)), toHex(root))
})
