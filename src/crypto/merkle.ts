/**
 * Merkle trees of RFC 6962: leaf = SHA-256(0x00 ‖ bytes), node = SHA-256(0x01 ‖ left ‖ right), an odd node goes up
 * unchanged; the tree of nothing is SHA-256 of nothing. A level is its hashes back to back in one buffer.
 */
import { hash } from 'node:crypto'
import { assert, bytesEqual, fromHex, KiB, toHex } from '#base'
import { HASH_BYTES, plainBytes, sha256 } from './hash.ts'

export const MERKLE_LEAF_BYTES = 4 * KiB

// One buffer for all leaves and one for all nodes: the prefix must stand before the bytes. The functions below are
// synchronous, so nobody else writes between filling and hashing.
const leafBuffer = Buffer.alloc(1 + MERKLE_LEAF_BYTES)
const nodeBuffer = Buffer.alloc(1 + 2 * HASH_BYTES, 1)

export function leafCount(payloadBytes: number): number {
  return Math.ceil(payloadBytes / MERKLE_LEAF_BYTES)
}

/** Length of leaf `index`: the last may be shorter. */
export function leafLength(payloadBytes: number, index: number): number {
  return Math.min(MERKLE_LEAF_BYTES, payloadBytes - index * MERKLE_LEAF_BYTES)
}

/** Root over the 4 KiB leaves of a payload. */
export function merkleRoot(payload: Uint8Array): Uint8Array {
  return rootOfLevel(leafLevel(payload))
}

/** Root over a set of ids or hashes, sorted here: equal sets have equal roots. */
export function rootOfHashes(hashes: Iterable<Uint8Array>): Uint8Array {
  const sorted = [...hashes].sort(Buffer.compare)
  const level = Buffer.alloc(sorted.length * HASH_BYTES)
  for (const [at, bytes] of sorted.entries()) writeLeafHash(bytes, level, at)
  return rootOfLevel(level)
}

/** `rootOfHashes` over ids in hex. */
export function rootOfIds(ids: Iterable<string>): string {
  return toHex(rootOfHashes(Array.from(ids, fromHex)))
}

/** The hashes beside the way from leaf `index` to the root, from below. */
export function leafProof(payload: Uint8Array, index: number): Uint8Array[] {
  const leaves = leafCount(payload.byteLength)
  assert(Number.isSafeInteger(index) && index >= 0 && index < leaves, 'the leaf exists')
  const proof: Uint8Array[] = []
  let at = index
  for (let level = leafLevel(payload); widthOf(level) > 1; level = levelAbove(level)) {
    const beside = at ^ 1
    if (beside < widthOf(level)) proof.push(hashAt(level, beside))
    at >>>= 1
  }
  return proof
}

/** Whether `leaf` is leaf `index` of the payload of `payloadBytes` that has this root. */
export function verifyLeaf(
  root: Uint8Array,
  payloadBytes: number,
  index: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  const leaves = leafCount(payloadBytes)
  if (!Number.isSafeInteger(index) || index < 0 || index >= leaves) return false
  if (leaf.byteLength !== leafLength(payloadBytes, index)) return false
  const hashed = Buffer.alloc(HASH_BYTES)
  writeLeafHash(leaf, hashed, 0)
  let used = 0
  let at = index
  for (let width = leaves; width > 1; width = Math.ceil(width / 2), at = Math.floor(at / 2)) {
    const odd = at % 2 === 1
    if (!odd && at === width - 1) continue
    const beside = proof[used++]
    if (beside?.byteLength !== HASH_BYTES) return false
    writeNodeHash(odd ? beside : hashed, odd ? hashed : beside, hashed, 0)
  }
  return used === proof.length && bytesEqual(hashed, root)
}

function leafLevel(payload: Uint8Array): Buffer {
  const leaves = leafCount(payload.byteLength)
  const level = Buffer.alloc(leaves * HASH_BYTES)
  for (let at = 0; at < leaves; at++) {
    writeLeafHash(payload.subarray(at * MERKLE_LEAF_BYTES, (at + 1) * MERKLE_LEAF_BYTES), level, at)
  }
  return level
}

function rootOfLevel(leaves: Buffer): Uint8Array {
  if (leaves.byteLength === 0) return sha256(new Uint8Array(0))
  let level = leaves
  while (widthOf(level) > 1) level = levelAbove(level)
  return hashAt(level, 0)
}

function levelAbove(level: Buffer): Buffer {
  const width = widthOf(level)
  const above = Buffer.alloc(Math.ceil(width / 2) * HASH_BYTES)
  for (let at = 0; at + 1 < width; at += 2) writeNodeHash(hashAt(level, at), hashAt(level, at + 1), above, at / 2)
  if (width % 2 === 1) above.set(hashAt(level, width - 1), above.byteLength - HASH_BYTES)
  return above
}

function widthOf(level: Buffer): number {
  return level.byteLength / HASH_BYTES
}

function hashAt(level: Buffer, at: number): Uint8Array {
  return plainBytes(level.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES))
}

// As latin1 text, not as a Buffer each: a third faster, for a pack has 4096 leaves and as many nodes.
function writeLeafHash(bytes: Uint8Array, level: Buffer, at: number): void {
  assert(bytes.byteLength <= MERKLE_LEAF_BYTES, 'a leaf has at most 4 KiB')
  leafBuffer.set(bytes, 1)
  const prefixed = bytes.byteLength === MERKLE_LEAF_BYTES ? leafBuffer : leafBuffer.subarray(0, 1 + bytes.byteLength)
  level.write(hash('sha256', prefixed, 'latin1'), at * HASH_BYTES, 'latin1')
}

function writeNodeHash(left: Uint8Array, right: Uint8Array, level: Buffer, at: number): void {
  nodeBuffer.set(left, 1)
  nodeBuffer.set(right, 1 + HASH_BYTES)
  level.write(hash('sha256', nodeBuffer, 'latin1'), at * HASH_BYTES, 'latin1')
}
