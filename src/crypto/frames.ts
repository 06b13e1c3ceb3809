/**
 * The envelope of log frames: what hosts check without keys. docs/formats/log.md
 *
 *     offset  bytes  field
 *          0      4  magic 'DLF1'
 *          4      4  length of the whole frame, little-endian
 *          8      8  number of the frame, little-endian, from 0
 *         16     32  SHA-256 of the whole previous frame; zeros in frame 0
 *         48      …  sealed records
 */
import { assert, DatisError, fromHex, MiB, toHex } from '#base'
import { HASH_BYTES, sha256 } from './hash.ts'

export const FRAME_HEADER_BYTES = 48
/** A batch of records stays far below; a host keeps one frame in memory. */
export const FRAME_BYTES_MAX = 8 * MiB

const MAGIC = 0x31464c44 // 'DLF1' read little-endian
const EMPTY_HASH = '0'.repeat(2 * HASH_BYTES)

/** `hash`: of the last frame, hex. */
export interface LogEnd {
  readonly frames: number
  readonly hash: string
}

export const EMPTY_LOG: LogEnd = { frames: 0, hash: EMPTY_HASH }

export interface Frame {
  readonly number: number
  /** Hash of the frame before, hex. */
  readonly previous: string
  /** The whole frame and the sealed part of it: views, not copies. */
  readonly bytes: Uint8Array
  readonly sealed: Uint8Array
}

export interface FrameLimits {
  readonly frameBytesMax?: number
  readonly framesMax?: number
}

export function buildFrame(number: number, previousHash: string, sealed: Uint8Array): Uint8Array {
  assert(Number.isSafeInteger(number) && number >= 0, 'frames are numbered from 0')
  const total = FRAME_HEADER_BYTES + sealed.byteLength
  assert(total <= FRAME_BYTES_MAX, 'a frame has at most 8 MiB')
  const previous = fromHex(previousHash)
  assert(previous.byteLength === HASH_BYTES, 'a frame names the hash of the one before')
  const frame = new Uint8Array(total)
  const view = new DataView(frame.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, total, true)
  view.setBigUint64(8, BigInt(number), true)
  frame.set(previous, 16)
  frame.set(sealed, FRAME_HEADER_BYTES)
  return frame
}

export function hashOfFrame(frame: Uint8Array): string {
  return toHex(sha256(frame))
}

/**
 * The frames that stand back to back in `bytes`, unchecked but for their form; `expected` only names the frame in
 * errors. LOG_FRAME_TORN when the last is incomplete, LOG_CHAIN_BROKEN when something is no frame.
 */
export function* framesIn(
  bytes: Uint8Array,
  expected = 0,
  limits: FrameLimits = {},
): Generator<Frame, void, undefined> {
  let count = 0
  for (let at = 0; at < bytes.byteLength; count++) {
    if (count >= (limits.framesMax ?? Number.POSITIVE_INFINITY)) throw chainBroken(expected + count, 'count')
    const frame = frameAt(bytes.subarray(at), expected + count, limits.frameBytesMax ?? FRAME_BYTES_MAX)
    yield frame
    at += frame.bytes.byteLength
  }
}

/** Follows the chain of hashes from `from`; the end that it leads to. */
export function checkFrames(bytes: Uint8Array, from: LogEnd, limits: FrameLimits = {}): LogEnd {
  let end = from
  for (const frame of framesIn(bytes, from.frames, limits)) {
    if (frame.number !== end.frames) throw chainBroken(end.frames, 'number')
    if (frame.previous !== end.hash) throw chainBroken(end.frames, 'previous')
    end = { frames: end.frames + 1, hash: hashOfFrame(frame.bytes) }
  }
  return end
}

function frameAt(bytes: Uint8Array, expected: number, frameBytesMax: number): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.byteLength < 8) throw frameTorn(expected)
  if (view.getUint32(0, true) !== MAGIC) throw chainBroken(expected, 'magic')
  const total = view.getUint32(4, true)
  if (total < FRAME_HEADER_BYTES || total > Math.min(frameBytesMax, FRAME_BYTES_MAX))
    throw chainBroken(expected, 'length')
  if (total > bytes.byteLength) throw frameTorn(expected)
  const number = view.getBigUint64(8, true)
  if (number > BigInt(Number.MAX_SAFE_INTEGER)) throw chainBroken(expected, 'number')
  return {
    number: Number(number),
    previous: toHex(bytes.subarray(16, FRAME_HEADER_BYTES)),
    bytes: bytes.subarray(0, total),
    sealed: bytes.subarray(FRAME_HEADER_BYTES, total),
  }
}

function chainBroken(frame: number, at: 'magic' | 'length' | 'number' | 'previous' | 'count'): DatisError {
  return new DatisError('LOG_CHAIN_BROKEN', 'A log frame does not follow the one before it.', { frame, at })
}

function frameTorn(frame: number): DatisError {
  return new DatisError('LOG_FRAME_TORN', 'The last log frame is incomplete.', { frame })
}
