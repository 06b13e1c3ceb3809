import type { FastifyReply } from 'fastify'
import { DatisError } from '#base'

/** Aborts when whoever asked goes away before the answer is complete. */
export function goneOf(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new DatisError('CANCELLED', 'Nobody waits for the answer.'))
  })
  return gone.signal
}
