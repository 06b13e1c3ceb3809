/** The asking end of one session. */
import { type ClientHttp2Session, type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2'
import { type Clock, DatisError, KiB } from '#base'
import { announcedBytes, readExactly, writeBody } from './http2-common.ts'
import { ERROR_BODY_BYTES_MAX, EXCHANGE_TIMEOUT_MS, IDLE_CHECK_MS, RESPONSE_BYTES_MAX, SLICE_BYTES } from './limits.ts'
import type { LinePace } from './pace.ts'
import { errorFromResponse } from './peer-error.ts'
import { answerTooLarge, checkCall, disconnected, isSuccess, NO_BYTES } from './requests.ts'
import type { PeerCall, PeerIdentity, PeerResponse, PeerSession } from './types.ts'
import { watchIdle, within } from './waits.ts'

/** Of smaller bodies no line gets full. */
const MEASURED_BYTES_MIN = 64 * KiB

type Headers = IncomingHttpHeaders & { ':status'?: number }

export class Http2PeerSession implements PeerSession {
  readonly peer: PeerIdentity
  readonly closed: Promise<void>
  readonly #clock: Clock
  readonly #pace: LinePace
  readonly #http: ClientHttp2Session
  readonly #local: boolean

  /** `local`: of this machine; no line is between. */
  constructor(
    { clock, pace }: { readonly clock: Clock; readonly pace: LinePace },
    http: ClientHttp2Session,
    { peer, local }: { readonly peer: PeerIdentity; readonly local: boolean },
  ) {
    this.#clock = clock
    this.#pace = pace
    this.#http = http
    this.#local = local
    this.peer = peer
    this.closed = new Promise((resolve) => {
      if (http.destroyed) resolve()
      else http.once('close', () => resolve())
    })
  }

  async request(call: PeerCall, signal: AbortSignal): Promise<PeerResponse> {
    signal.throwIfAborted()
    checkCall(call)
    const bytes = call.body?.byteLength ?? 0
    const answerBytes = call.bodyBytesMax ?? RESPONSE_BYTES_MAX
    using turn = bytes > 0 ? await this.#pace.up.turn(bytes, signal) : undefined
    using _answer = answerBytes > SLICE_BYTES ? await this.#pace.down.turn(answerBytes, signal) : undefined
    const stream = this.#open(call)
    try {
      const limit = {
        ms: EXCHANGE_TIMEOUT_MS + 2 * (this.#pace.up.msFor(bytes) + this.#pace.down.msFor(answerBytes)),
        what: 'answer',
      }
      const response = await within(this.#clock, limit, signal, () => this.#exchange(stream, call, turn))
      if (!isSuccess(response.status)) throw errorFromResponse(response, this.peer)
      return response
    } finally {
      // After a whole exchange the stream is closed already and this does nothing.
      stream.close(constants.NGHTTP2_CANCEL)
    }
  }

  waitMs(bytes: number, answerBytes: number): number {
    return this.#pace.up.waitMs(bytes) + this.#pace.down.waitMs(answerBytes)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.destroy()
    await this.closed
  }

  #open({ method, path, body }: PeerCall): ClientHttp2Stream {
    if (this.#http.closed || this.#http.destroyed) throw disconnected(this.peer)
    const bytes = body?.byteLength ?? 0
    const headers = { ':method': method, ':path': path, ...(bytes > 0 && { 'content-length': bytes }) }
    return this.#http.request(headers, { endStream: bytes === 0 })
  }

  async #exchange(
    stream: ClientHttp2Stream,
    { body, bodyBytesMax }: PeerCall,
    turn: Disposable | undefined,
  ): Promise<PeerResponse> {
    const answer = this.#answer(stream, bodyBytesMax ?? RESPONSE_BYTES_MAX)
    if (body !== undefined && body.byteLength > 0) {
      const measured = this.#measured(body.byteLength)
      // Not waited for: a peer may refuse before the body is sent, and the answer tells how it went in every case.
      writeBody(stream, body, this.#pace.up)
        .catch((error: unknown) => stream.destroy(error instanceof Error ? error : undefined))
        // The next one goes while the peer still writes this one to its disk.
        .finally(() => {
          measured?.[Symbol.dispose]()
          turn?.[Symbol.dispose]()
        })
    }
    return await answer
  }

  /** While much goes out, how long the way takes tells of the queue before the line. */
  #measured(bytes: number): Disposable | undefined {
    if (this.#local || bytes < MEASURED_BYTES_MIN) return undefined
    return this.#pace.yielding.watch(this.#http, this.peer.box, () => this.#ping())
  }

  #ping(): Promise<number | null> {
    const from = this.#clock.monotonic()
    return new Promise((resolve) => {
      if (this.#http.destroyed) return resolve(null)
      this.#http.ping((error) => resolve(error === null ? this.#clock.monotonic() - from : null))
    })
  }

  async #answer(stream: ClientHttp2Stream, bytesMax: number): Promise<PeerResponse> {
    const headers = await this.#headers(stream)
    const status = headers[':status'] ?? 0
    const bytes = announcedBytes(headers['content-length'])
    if (!(bytes <= (isSuccess(status) ? bytesMax : ERROR_BODY_BYTES_MAX))) throw answerTooLarge(this.peer, bytesMax)
    using watch = watchIdle(this.#clock, IDLE_CHECK_MS, () => stream.close(constants.NGHTTP2_CANCEL))
    try {
      const body = await readExactly(stream, bytes, this.#pace.down, watch)
      return { status, body: bytes === 0 ? NO_BYTES : body }
    } catch (cause) {
      throw this.#broken(stream, cause)
    }
  }

  #headers(stream: ClientHttp2Stream): Promise<Headers> {
    return new Promise((resolve, reject) => {
      stream.once('response', resolve)
      // Kept for the stream's life, so that a late error does not stop the process.
      stream.on('error', (cause) => reject(this.#broken(stream, cause)))
      stream.once('close', () => reject(this.#broken(stream, undefined)))
    })
  }

  #broken(stream: ClientHttp2Stream, cause: unknown): DatisError {
    if (this.#http.closed || this.#http.destroyed) return disconnected(this.peer, cause)
    const code = stream.rstCode ?? 0
    return new DatisError('PEER_RESET', 'A peer broke a request off.', { peer: this.peer.box, http2: code }, { cause })
  }
}
