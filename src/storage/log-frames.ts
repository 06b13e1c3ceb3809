/** Frames as a file of them has them: where whole ones end, and whether what follows is a torn end or damage. */
import { codeOf, fromHex, KiB, MiB } from '#base'
import { buildFrame, FRAME_HEADER_BYTES, type Frame, framesIn, hashOfFrame, type LogEnd } from '#crypto'

/** A batch of at most 1 MiB, its padding, the seal and the header. */
export const LOG_FRAME_BYTES_MAX = 1 * MiB + 4 * KiB

export interface LogFrame extends Frame {
  readonly hash: string
}

export function frameAfter(end: LogEnd, sealed: Uint8Array): LogFrame {
  const bytes = buildFrame(end.frames, end.hash, sealed)
  return { number: end.frames, previous: end.hash, sealed, bytes, hash: hashOfFrame(bytes) }
}

export function bindingOfFrame(frame: Pick<Frame, 'previous'>): Uint8Array {
  return fromHex(frame.previous)
}

/** The whole frames at the start of `bytes` that chain on to `from`; stops at what is cut short or does not chain. */
export function wholeFrames(bytes: Uint8Array, from: LogEnd): { frames: LogFrame[]; usedBytes: number } {
  const frames: LogFrame[] = []
  let end = from
  let usedBytes = 0
  for (const frame of framesUntilTrouble(bytes)) {
    if (frame.number !== end.frames || frame.previous !== end.hash) break
    const hash = hashOfFrame(frame.bytes)
    frames.push({ ...frame, hash })
    end = { frames: frame.number + 1, hash }
    usedBytes += frame.bytes.byteLength
  }
  return { frames, usedBytes }
}

function* framesUntilTrouble(bytes: Uint8Array): Generator<Frame, void, undefined> {
  try {
    yield* framesIn(bytes, 0, { frameBytesMax: LOG_FRAME_BYTES_MAX })
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'LOG_FRAME_TORN' && code !== 'LOG_CHAIN_BROKEN') throw error
  }
}

/** A whole frame at the start of `tail`, whatever it says of the frame before; to tell damage from a torn end. */
export function frameAlone(tail: Uint8Array): Frame | undefined {
  for (const frame of framesUntilTrouble(tail)) return frame
  return undefined
}

const MAGIC = buildFrame(0, '0'.repeat(64), new Uint8Array(0)).subarray(0, 4)

/** Whether a frame after `number` starts somewhere in `tail`: then frame `number` is not the torn end of the log. */
export function hasLaterFrame(tail: Uint8Array, number: number): boolean {
  const view = Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength)
  for (let at = view.indexOf(MAGIC, 1); at >= 0; at = view.indexOf(MAGIC, at + 1)) {
    const whole = view.byteLength - at >= FRAME_HEADER_BYTES
    if (whole && view.readBigUInt64LE(at + 8) === BigInt(number + 1)) return true
  }
  return false
}
