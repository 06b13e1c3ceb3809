/** HTTP/2 as both ends speak it. */
import { constants, type Http2Session, type Http2Stream } from 'node:http2'
import type { Clock } from '#base'
import { HEADER_LIST_BYTES_MAX, PING_EVERY_MS, PINGS_MISSED_MAX, STREAM_WINDOW_BYTES, STREAMS_MAX } from './limits.ts'
import type { Pace } from './pace.ts'
import { every, type IdleWatch } from './waits.ts'

/**
 * Rapid resets, empty frames and floods of settings are cut by nghttp2's own counters; these are the ones that Node
 * lets us tighten. Session memory is in megabytes and must exceed what we let wait for a slow reader.
 */
export const HTTP2_OPTIONS = {
  maxSessionMemory: 96,
  maxHeaderListPairs: 16,
  maxOutstandingPings: 4,
  maxSettings: 16,
  maxSessionInvalidFrames: 20,
  maxSessionRejectedStreams: 100,
  peerMaxConcurrentStreams: STREAMS_MAX,
  settings: {
    initialWindowSize: STREAM_WINDOW_BYTES,
    maxConcurrentStreams: STREAMS_MAX,
    maxHeaderListSize: HEADER_LIST_BYTES_MAX,
    enablePush: false,
  },
}

/** Pings for the session's life: both ends do, since either may be the one whose line died. */
export function keepAlive(clock: Clock, session: Http2Session): void {
  let unanswered = 0
  const timer = every(clock, PING_EVERY_MS, () => {
    // Destroyed, as one of a member that was put out, it closes only when its socket does; a ping would throw, in a timer.
    if (session.destroyed) return
    if (unanswered >= PINGS_MISSED_MAX) {
      session.destroy(new Error('the peer missed two pings'), constants.NGHTTP2_CANCEL)
      return
    }
    unanswered++
    session.ping((error) => {
      if (error === null) unanswered = 0
    })
  })
  session.once('close', () => timer[Symbol.dispose]())
}

/** Writes all of a body and ends the stream. Resolves, too, when the stream closed first: who reads it learns why. */
export async function writeBody(stream: Http2Stream, body: Uint8Array, pace: Pace, watch?: IdleWatch): Promise<void> {
  // Slices rather than the whole, so that bodies of several streams interleave, and what the window does not let out
  // waits here rather than in the session's memory.
  for (let at = 0; at < body.byteLength && !stream.destroyed; ) {
    const slice = body.subarray(at, at + pace.sliceBytes)
    await pace.pass(slice.byteLength)
    // Waiting for our own limit is no silence of the peer.
    watch?.touch()
    if (stream.destroyed) return
    const more = stream.write(slice)
    if (!more) await drained(stream)
    watch?.touch()
    at += slice.byteLength
  }
  if (!stream.destroyed) stream.end()
}

function drained(stream: Http2Stream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) return resolve()
    const done = (): void => {
      stream.off('drain', done)
      stream.off('close', done)
      resolve()
    }
    stream.on('drain', done)
    stream.on('close', done)
  })
}

/**
 * Reads a body of exactly `bytes` into one buffer of its own (never a slice of Node's pool: its ArrayBuffer may be
 * transferred). Rejects when the stream ends, closes or goes on elsewhere than announced.
 */
export function readExactly(stream: Http2Stream, bytes: number, pace: Pace, watch: IdleWatch): Promise<Uint8Array> {
  const body = Buffer.allocUnsafeSlow(bytes)
  let at = 0
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      watch.touch()
      if (at + chunk.byteLength > bytes) return reject(new Error('a body is longer than announced'))
      body.set(chunk, at)
      at += chunk.byteLength
      if (pace.count(chunk.byteLength) > 0) void hold(stream, pace, watch)
    })
    stream.once('end', () => (at === bytes ? resolve(body) : reject(new Error('a body is shorter than announced'))))
    stream.once('close', () => reject(new Error(`a stream closed within its body (code ${stream.rstCode})`)))
  })
}

/** Reads no further until what has come is within the limit: the window of the stream closes, and the peer waits. */
async function hold(stream: Http2Stream, pace: Pace, watch: IdleWatch): Promise<void> {
  stream.pause()
  await pace.pass(0)
  watch.touch()
  stream.resume()
}

/** `content-length` as a number; 0 when there is none; NaN when it is none that we read. */
export function announcedBytes(header: string | string[] | undefined): number {
  if (header === undefined) return 0
  return typeof header === 'string' && /^\d{1,12}$/.test(header) ? Number(header) : Number.NaN
}
