/** The serving end of one session: streams in, handler, answers out. */
import { constants, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import { type Clock, DatisError, type Log } from '#base'
import { announcedBytes, readExactly, writeBody } from './http2-common.ts'
import { IDLE_CHECK_MS, STREAMS_MAX } from './limits.ts'
import type { LinePace } from './pace.ts'
import { errorResponse } from './peer-error.ts'
import { answerOf, checkAnnounced, type InboundBudget, NO_BYTES } from './requests.ts'
import type { PeerIdentity, PeerRequest, PeerResponse, ServeOptions } from './types.ts'
import { watchIdle } from './waits.ts'

export interface ServeDeps {
  readonly clock: Clock
  readonly log: Log
  readonly inbound: InboundBudget
  readonly pace: LinePace
}

/** `running` counts handlers of all sessions of a listener, which waits for them when it closes. */
export function serveStreams(
  deps: ServeDeps,
  {
    session,
    peer,
    from,
    options,
    running,
  }: {
    session: ServerHttp2Session
    peer: PeerIdentity
    from: string
    options: ServeOptions
    running: Set<Promise<void>>
  },
): void {
  let streams = 0
  session.on('stream', (stream, headers) => {
    stream.on('error', (error) => deps.log.debug('peer.stream.error', { peer: peer.box, cause: String(error) }))
    // A stream that its peer resets frees its place in HTTP/2 while its handler still runs: count handlers instead.
    if (streams >= STREAMS_MAX) return stream.close(constants.NGHTTP2_REFUSED_STREAM)
    streams++
    const one = serveStream(deps, { stream, headers, peer, from, options })
      .catch((error: unknown) => {
        deps.log.debug('peer.stream.broken', { peer: peer.box, cause: String(error) })
        stream.close(constants.NGHTTP2_CANCEL)
      })
      .finally(() => {
        streams--
        running.delete(one)
      })
    running.add(one)
  })
}

interface Exchange {
  readonly stream: ServerHttp2Stream
  readonly headers: IncomingHttpHeaders
  readonly peer: PeerIdentity
  readonly from: string
  readonly options: ServeOptions
}

async function serveStream(deps: ServeDeps, { stream, headers, peer, from, options }: Exchange): Promise<void> {
  const gone = new AbortController()
  stream.once('close', () => gone.abort(new DatisError('PEER_DISCONNECTED', 'The peer gave its request up.')))
  let line: { method: PeerRequest['method']; path: string }
  const bytes = announcedBytes(headers['content-length'])
  try {
    line = checkAnnounced({ method: headers[':method'], path: headers[':path'], bytes }, options)
  } catch (error) {
    return refuse(deps, stream, errorResponse(error))
  }
  using _share = await deps.inbound.take(peer.organisation, bytes, gone.signal)
  const body = await readBody(deps, stream, bytes)
  const response = await answerOf(deps, options, { peer, from, ...line, body }, gone.signal)
  await respond(deps, stream, response)
}

async function readBody({ clock, pace }: ServeDeps, stream: ServerHttp2Stream, bytes: number): Promise<Uint8Array> {
  using watch = watchIdle(clock, IDLE_CHECK_MS, () => stream.close(constants.NGHTTP2_CANCEL))
  // Without a length there is no body: what comes all the same resets the stream. Awaited here, or the watch would end.
  const body = await readExactly(stream, bytes, pace.down, watch)
  return bytes > 0 ? body : NO_BYTES
}

async function respond({ clock, pace }: ServeDeps, stream: ServerHttp2Stream, response: PeerResponse): Promise<void> {
  if (stream.destroyed || stream.closed) return
  const { status, body } = response
  using watch = watchIdle(clock, IDLE_CHECK_MS, () => stream.close(constants.NGHTTP2_CANCEL))
  if (body.byteLength === 0) return stream.respond({ ':status': status }, { endStream: true })
  stream.respond({ ':status': status, 'content-length': body.byteLength })
  await writeBody(stream, body, pace.up, watch)
}

/** Answers without reading the body, and tells the peer to stop sending it. */
async function refuse(deps: ServeDeps, stream: ServerHttp2Stream, response: PeerResponse): Promise<void> {
  stream.once('finish', () => stream.close(constants.NGHTTP2_NO_ERROR))
  await respond(deps, stream, response)
}
