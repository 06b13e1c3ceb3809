/** Hashes and key derivation: one-shot and synchronous, so that the simulation runs them unchanged. */
import { createHash, createHmac, hash, hkdfSync } from 'node:crypto'

export const HASH_BYTES = 32

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return plainBytes(hash('sha256', only, 'buffer'))
  const hasher = createHash('sha256')
  for (const part of parts) hasher.update(part)
  return plainBytes(hasher.digest())
}

export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const hasher = createHmac('sha256', key)
  for (const part of parts) hasher.update(part)
  return plainBytes(hasher.digest())
}

/** HKDF-SHA256 of RFC 5869. `info`: see the table in docs/formats/sealing.md. */
export function hkdf(key: Uint8Array, salt: Uint8Array, info: Uint8Array, bytes: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, info, bytes))
}

/** The same bytes as a Uint8Array: a Buffer prints, compares and serialises as another thing than what CBOR gives back. */
export function plainBytes(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
