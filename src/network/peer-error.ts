/** Errors across the wire: a DatisError goes out as status + CBOR and comes back as a DatisError of the same code. */
import { z } from 'zod'
import { codeOf, DatisError, decodeCbor, encodeCbor, type Log } from '#base'
import { ERROR_BODY_BYTES_MAX } from './limits.ts'
import type { PeerIdentity, PeerResponse } from './types.ts'

const MESSAGE_CHARS_MAX = 500
const DETAILS_MAX = 16
const DETAIL_NAME = /^[A-Za-z][A-Za-z0-9]{0,39}$/
const DETAIL_CHARS_MAX = 200

const errorBodySchema = z.strictObject({
  code: z.string().regex(/^[A-Z_]{3,60}$/),
  message: z.string().max(MESSAGE_CHARS_MAX),
  details: z
    .record(
      z.string().regex(DETAIL_NAME),
      z.union([z.string().max(DETAIL_CHARS_MAX), z.number().refine(Number.isFinite), z.boolean()]),
    )
    .refine((details) => Object.keys(details).length <= DETAILS_MAX),
})

export function statusOf(code: string): number {
  if (code === 'NO_SPACE') return 507
  if (code.startsWith('FORMAT_')) return 400
  if (code.endsWith('_UNKNOWN')) return 404
  if (code.endsWith('_REFUSED')) return 403
  if (code.endsWith('_CONFLICT')) return 409
  if (code.endsWith('_TOO_LARGE')) return 413
  return 500
}

/** What the peer is told of an error. Of an unexpected one nothing: its text may hold a path or a key. */
export function errorResponse(error: unknown): PeerResponse {
  if (codeOf(error) === 'ENOSPC') {
    return encoded(507, { code: 'NO_SPACE', message: 'The disk of this host is full.', details: {} })
  }
  if (!(error instanceof DatisError) || !/^[A-Z_]{3,60}$/.test(error.code)) {
    return encoded(500, { code: 'INTERNAL', message: 'The peer met an error that it did not expect.', details: {} })
  }
  const { code, message, details } = error
  return encoded(statusOf(code), {
    code,
    message: message.slice(0, MESSAGE_CHARS_MAX),
    details: Object.fromEntries(Object.entries(details).filter(isPlain).slice(0, DETAILS_MAX)),
  })
}

export function logHandlerError(log: Log, peer: PeerIdentity, path: string, error: unknown): void {
  const route = path.split('?')[0]
  if (error instanceof DatisError) {
    log.debug('peer.request.failed', { peer: peer.box, route, code: error.code })
    return
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  log.warn('peer.request.unexpected', { peer: peer.box, route, code: codeOf(error), error: text })
}

/** The error that a non-2xx answer stands for. `peer` and `status` are ours: the peer cannot choose them. */
export function errorFromResponse({ status, body }: PeerResponse, peer: PeerIdentity): DatisError {
  const from = { peer: peer.box, status }
  try {
    if (body.byteLength > ERROR_BODY_BYTES_MAX) throw new DatisError('FORMAT_TOO_LARGE', 'An error body is too long.')
    const { code, message, details } = decodeCbor('error body', errorBodySchema, body)
    return new DatisError(code, message, { ...details, ...from })
  } catch (cause) {
    return new DatisError('PEER_ANSWER_INVALID', 'A peer answered in a form that we do not know.', from, { cause })
  }
}

function encoded(status: number, body: z.input<typeof errorBodySchema>): PeerResponse {
  return { status, body: encodeCbor(body) }
}

function isPlain(entry: [string, unknown]): entry is [string, string | number | boolean] {
  const [name, value] = entry
  if (!DETAIL_NAME.test(name)) return false
  if (typeof value === 'string') return value.length <= DETAIL_CHARS_MAX
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
}
