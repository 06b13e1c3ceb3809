/** What is no request, or none in time: told in our codes to whoever still listens, before any route is known. */
import type { FastifyServerOptions } from 'fastify'
import { codeOf, DatisError } from '#base'
import { answerTo } from './errors.ts'

type ClientErrorHandler = NonNullable<FastifyServerOptions['clientErrorHandler']>

/** Its language is not known: its headers were not read. */
export function refuserOf(headers: Readonly<Record<string, string>>): ClientErrorHandler {
  return (error, socket) => {
    if (!socket.writable || codeOf(error) === 'ECONNRESET') {
      socket.destroy()
      return
    }
    const { status, reason, ours } = seen(error)
    const body = JSON.stringify(answerTo(ours, 'fr').body)
    const all = {
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      connection: 'close',
    }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.end(`HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n${body}`, () => socket.destroy())
  }
}

function seen(error: Error): { status: number; reason: string; ours: DatisError } {
  const cause = { cause: error }
  switch (codeOf(error)) {
    case 'HPE_HEADER_OVERFLOW': {
      const ours = new DatisError('HEADERS_TOO_LARGE', 'The headers of a request are too long.', {}, cause)
      return { status: 431, reason: 'Request Header Fields Too Large', ours }
    }
    case 'ERR_HTTP_REQUEST_TIMEOUT': {
      const ours = new DatisError('REQUEST_SLOW', 'A request did not come in time.', {}, cause)
      return { status: 408, reason: 'Request Timeout', ours }
    }
    default: {
      const ours = new DatisError('REQUEST_INVALID', 'This is no HTTP.', { at: 'HTTP' }, cause)
      return { status: 400, reason: 'Bad Request', ours }
    }
  }
}
