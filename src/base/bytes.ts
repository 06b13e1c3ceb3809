/** Lower-case hexadecimal. Ids travel as bytes in formats and as hex strings in maps, paths and JSON. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** Bytes of a hexadecimal string; throws a RangeError when it is not one. */
export function fromHex(hex: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) throw new RangeError('not lower-case hexadecimal')
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

export function concatBytes(...parts: Uint8Array[]): Uint8Array {
  return Buffer.concat(parts)
}

export function utf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8')
}
