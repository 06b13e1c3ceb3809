/**
 * The joiners' door, the same over both transports: one message of a stranger, one answer in pieces. The first piece
 * of an answer is `{ status, pieces }`; of an error one more follows. docs/protocol/community.md
 */
import type { Duplex } from 'node:stream'
import { z } from 'zod'
import { type Clock, codeOf, DatisError, decodeCbor, encodeCbor, KiB, type Log } from '#base'
import {
  EXCHANGE_TIMEOUT_MS,
  VISIT_ANSWER_BYTES_MAX,
  VISIT_BYTES_MAX,
  VISIT_PIECE_BYTES_MAX,
  VISIT_PIECES_MAX,
  VISIT_TIMEOUT_MS,
  VISITS_MAX,
} from './limits.ts'
import { errorFromResponse, errorResponse } from './peer-error.ts'
import { isSuccess } from './requests.ts'
import type { PeerIdentity, VisitHandler, Visitor } from './types.ts'
import { within } from './waits.ts'

const LENGTH_BYTES = 4
const HEADER_BYTES_MAX = 1 * KiB

const headerSchema = z.strictObject({
  status: z.int().min(200).max(599),
  pieces: z.int().min(0).max(VISIT_PIECES_MAX),
})

export interface VisitDeps {
  readonly clock: Clock
  readonly log: Log
}

/** Pieces both ways over one connection, each bounded before its bytes are taken. */
export interface PieceChannel {
  read(bytesMax: number): Promise<Uint8Array>
  write(piece: Uint8Array): Promise<void>
  /** Ends our half, then all once the other end has gone or a while has passed. */
  finish(clock: Clock): Promise<void>
  destroy(): void
}

export interface Visit extends Omit<Visitor, 'message'> {
  readonly channel: PieceChannel
}

/** Visits of one listener: a few at once, each with an end. */
export class Visits {
  readonly #deps: VisitDeps
  readonly #handler: VisitHandler
  readonly #running: Set<Promise<void>>
  #count = 0

  constructor(deps: VisitDeps, { handler, running }: { handler: VisitHandler; running: Set<Promise<void>> }) {
    this.#deps = deps
    this.#handler = handler
    this.#running = running
  }

  /** Serves a visitor apart; the connection is closed afterwards, whatever came of it. */
  start(visit: Visit, signal: AbortSignal): void {
    if (this.#count >= VISITS_MAX) {
      visit.channel.destroy()
      return
    }
    this.#count++
    const one = this.#serve(visit, signal)
      .catch((error: unknown) => {
        this.#deps.log.debug('visit.refused', { cause: codeOf(error) })
        visit.channel.destroy()
      })
      .finally(() => {
        this.#count--
        this.#running.delete(one)
      })
    this.#running.add(one)
  }

  async #serve({ channel, claims, binding }: Visit, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps
    const limit = { ms: VISIT_TIMEOUT_MS, what: 'visit' }
    const message = await within(clock, limit, signal, () => channel.read(VISIT_BYTES_MAX))
    using deadline = clock.deadline(EXCHANGE_TIMEOUT_MS)
    const either = AbortSignal.any([signal, deadline.signal])
    const answer = await this.#answer({ claims, binding, message }, either)
    if (answer === null) return channel.destroy()
    const sending = { ms: EXCHANGE_TIMEOUT_MS, what: 'visit' }
    await within(clock, sending, signal, () => writeAll(channel, answer))
    await channel.finish(clock)
  }

  async #answer(visitor: Visitor, signal: AbortSignal): Promise<readonly Uint8Array[] | null> {
    try {
      const pieces = await this.#handler(visitor, signal)
      return pieces === null ? null : [encodeCbor({ status: 200, pieces: pieces.length }), ...pieces]
    } catch (error) {
      if (!(error instanceof DatisError)) this.#deps.log.warn('visit.unexpected', { error })
      const { status, body } = errorResponse(error)
      return [encodeCbor({ status, pieces: 1 }), body]
    }
  }
}

/** The asking side: says one thing and reads the whole answer. */
export async function askAtDoor(
  clock: Clock,
  { channel, message, peer }: { channel: PieceChannel; message: Uint8Array; peer: PeerIdentity },
  signal: AbortSignal,
): Promise<readonly Uint8Array[]> {
  const limit = { ms: EXCHANGE_TIMEOUT_MS, what: 'answer' }
  return await within(clock, limit, signal, async () => {
    await channel.write(message)
    return await readAnswer(channel, peer)
  })
}

async function readAnswer(channel: PieceChannel, peer: PeerIdentity): Promise<readonly Uint8Array[]> {
  const { status, pieces } = decodeCbor('answer at the door', headerSchema, await channel.read(HEADER_BYTES_MAX))
  const answer: Uint8Array[] = []
  let bytes = 0
  while (answer.length < pieces) {
    const piece = await channel.read(Math.min(VISIT_PIECE_BYTES_MAX, VISIT_ANSWER_BYTES_MAX - bytes))
    bytes += piece.byteLength
    answer.push(piece)
  }
  if (isSuccess(status)) return answer
  throw errorFromResponse({ status, body: answer[0] ?? new Uint8Array(0) }, peer)
}

async function writeAll(channel: PieceChannel, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) await channel.write(piece)
}

export function doorClosed(cause?: unknown): DatisError {
  return new DatisError('PEER_REFUSED', 'The other end closed the door.', {}, { cause })
}

export function pieceTooLong(): DatisError {
  return new DatisError('FORMAT_TOO_LARGE', 'A message at the door is too long.')
}

/** Over a stream of bytes: a length (4 bytes, big-endian), then that many bytes. */
export class StreamPieces implements PieceChannel {
  readonly #duplex: Duplex
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array(0)

  constructor(duplex: Duplex) {
    this.#duplex = duplex
    this.#chunks = duplex.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>
  }

  async read(bytesMax: number): Promise<Uint8Array> {
    const length = Buffer.from(await this.#take(LENGTH_BYTES)).readUInt32BE(0)
    if (length > bytesMax) throw pieceTooLong()
    return await this.#take(length)
  }

  async write(piece: Uint8Array): Promise<void> {
    if (this.#duplex.destroyed) throw doorClosed()
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeUInt32BE(piece.byteLength, 0)
    if (!this.#duplex.write(Buffer.concat([length, piece]))) await drained(this.#duplex)
  }

  async finish(clock: Clock): Promise<void> {
    this.#duplex.end()
    await finished(clock, this.#duplex, this.#chunks)
  }

  destroy(): void {
    this.#duplex.destroy()
  }

  async #take(count: number): Promise<Uint8Array> {
    const into = new Uint8Array(count)
    for (let at = 0; at < count; ) {
      if (this.#rest.byteLength === 0) this.#rest = await this.#chunk()
      const piece = this.#rest.subarray(0, count - at)
      into.set(piece, at)
      at += piece.byteLength
      this.#rest = this.#rest.subarray(piece.byteLength)
    }
    return into
  }

  async #chunk(): Promise<Uint8Array> {
    const chunk = await this.#chunks.next()
    if (chunk.done === true) throw doorClosed()
    return chunk.value
  }
}

/** Reads on until the other end has gone, so that what was sent is not cut off; not for ever. */
export async function finished(clock: Clock, duplex: Duplex, rest: AsyncIterator<unknown>): Promise<void> {
  using deadline = clock.deadline(VISIT_TIMEOUT_MS)
  const late = new Promise<void>((resolve) => deadline.signal.addEventListener('abort', () => resolve()))
  await Promise.race([ended(rest), late])
  duplex.destroy()
}

/** However it ends: nobody listens any more. */
async function ended(rest: AsyncIterator<unknown>): Promise<void> {
  try {
    while ((await rest.next()).done !== true);
  } catch (error) {
    codeOf(error)
  }
}

function drained(duplex: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      duplex.off('close', gone)
      resolve()
    }
    const gone = (): void => {
      duplex.off('drain', done)
      reject(doorClosed())
    }
    duplex.once('drain', done)
    duplex.once('close', gone)
  })
}
