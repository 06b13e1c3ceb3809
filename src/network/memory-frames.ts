/**
 * Frames of the in-memory transport, over any Duplex.
 *
 *     offset  bytes  field
 *          0      4  length h of the header, big-endian, at most 16 KiB
 *          4      4  length b of the body, big-endian
 *          8      h  header, CBOR
 *      8 + h      b  body
 */
import type { Duplex } from 'node:stream'
import type { z } from 'zod'
import { DatisError, decodeCbor, encodeCbor, KiB } from '#base'

const PREFIX_BYTES = 8
const HEADER_BYTES_MAX = 16 * KiB

export interface Frame<Header> {
  readonly header: Header
  /** Null when it was longer than `bodyBytesMax` allows: it was skipped. */
  readonly body: Uint8Array<ArrayBuffer> | null
  readonly bodyBytes: number
}

/** The frames that come, until the stream ends between two of them. FORMAT_* on anything else. */
export async function* readFrames<Schema extends z.ZodType>(
  duplex: Duplex,
  schema: Schema,
  bodyBytesMax: (header: z.output<Schema>) => number,
): AsyncGenerator<Frame<z.output<Schema>>, void, undefined> {
  const reader = new ByteReader(duplex)
  for (;;) {
    const prefix = await reader.read(PREFIX_BYTES)
    if (prefix === null) return
    const view = new DataView(prefix.buffer)
    const [headerBytes, bodyBytes] = [view.getUint32(0), view.getUint32(4)]
    if (headerBytes > HEADER_BYTES_MAX) throw new DatisError('FORMAT_TOO_LARGE', 'A frame header is too long.')
    const header = decodeCbor('frame', schema, await reader.must(headerBytes))
    if (bodyBytes <= bodyBytesMax(header)) yield { header, bodyBytes, body: await reader.must(bodyBytes) }
    else {
      await reader.skip(bodyBytes)
      yield { header, bodyBytes, body: null }
    }
  }
}

/** Writes one frame; resolves when the other end has room for more, or the stream closed. */
export function writeFrame(duplex: Duplex, header: unknown, body: Uint8Array | undefined): Promise<void> {
  if (!duplex.writable) return Promise.resolve()
  const encoded = encodeCbor(header)
  const start = Buffer.allocUnsafe(PREFIX_BYTES + encoded.byteLength)
  start.writeUInt32BE(encoded.byteLength, 0)
  start.writeUInt32BE(body?.byteLength ?? 0, 4)
  start.set(encoded, PREFIX_BYTES)
  const first = duplex.write(start)
  const second = body === undefined || body.byteLength === 0 || duplex.write(body)
  return first && second ? Promise.resolve() : drained(duplex)
}

function drained(duplex: Duplex): Promise<void> {
  return new Promise((resolve) => {
    if (duplex.destroyed) return resolve()
    const done = (): void => {
      duplex.off('drain', done)
      duplex.off('close', done)
      resolve()
    }
    duplex.on('drain', done)
    duplex.on('close', done)
  })
}

class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array(0)

  constructor(duplex: Duplex) {
    this.#chunks = duplex[Symbol.asyncIterator]()
  }

  /** Exactly `count` bytes in a buffer of their own, or null when the stream ended before the first. */
  async read(count: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const into = new Uint8Array(count)
    const got = await this.#take(count, (piece, at) => into.set(piece, at))
    if (got === 0 && count > 0) return null
    if (got < count) throw cutShort()
    return into
  }

  async must(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this.read(count)
    if (bytes === null) throw cutShort()
    return bytes
  }

  async skip(count: number): Promise<void> {
    if ((await this.#take(count, () => undefined)) < count) throw cutShort()
  }

  async #take(count: number, use: (piece: Uint8Array, at: number) => void): Promise<number> {
    let at = 0
    while (at < count) {
      if (this.#rest.byteLength === 0) {
        const next = await this.#chunks.next()
        if (next.done === true) return at
        this.#rest = next.value
      }
      const piece = this.#rest.subarray(0, count - at)
      use(piece, at)
      at += piece.byteLength
      this.#rest = this.#rest.subarray(piece.byteLength)
    }
    return at
  }
}

function cutShort(): DatisError {
  return new DatisError('FORMAT_CUT', 'A stream ended within a frame.')
}
