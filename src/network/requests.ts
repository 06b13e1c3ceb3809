/** What both transports do with a request: check its line, lend memory for its body, run the handler, word the answer. */
import { ByteBudget, type Clock, DatisError, type Log } from '#base'
import { EXCHANGE_TIMEOUT_MS, INBOUND_BYTES_AN_ORGANISATION_MAX, INBOUND_BYTES_MAX, PATH_BYTES_MAX } from './limits.ts'
import { errorResponse, logHandlerError } from './peer-error.ts'
import type { PeerCall, PeerIdentity, PeerMethod, PeerRequest, PeerResponse, ServeOptions } from './types.ts'

const METHODS: readonly string[] = ['GET', 'PUT', 'POST'] satisfies PeerMethod[]
/** Printable ASCII after the slash: what else a path may hold is the router's affair. */
const PATH = /^\/[!-~]*$/
export const NO_BYTES = new Uint8Array(0)

export function isMethod(method: unknown): method is PeerMethod {
  return typeof method === 'string' && METHODS.includes(method)
}

export function isPath(path: unknown): path is string {
  return typeof path === 'string' && path.length <= PATH_BYTES_MAX && PATH.test(path)
}

/** Refuses, before it is sent, what no peer would take. */
export function checkCall({ method, path }: PeerCall): void {
  if (!isMethod(method) || !isPath(path)) throw badRequest()
}

function badRequest(): DatisError {
  return new DatisError('FORMAT_REQUEST', 'A request does not have the form it must have.')
}

/** The line of a request that came, or the error that refuses it. */
export function checkAnnounced(
  { method, path, bytes }: { method: unknown; path: unknown; bytes: number },
  { bodyBytesMax }: Pick<ServeOptions, 'bodyBytesMax'>,
): { method: PeerMethod; path: string } {
  if (!isMethod(method) || !isPath(path) || !Number.isSafeInteger(bytes) || bytes < 0) {
    throw badRequest()
  }
  const bytesMax = bodyBytesMax(method, path)
  if (bytes > bytesMax) {
    throw new DatisError('BODY_TOO_LARGE', 'The body of a request is longer than its route takes.', { bytes, bytesMax })
  }
  return { method, path }
}

/**
 * Memory for bodies of requests: a share for each organisation (a root key can certify any number of boxes), so that one
 * peer with slow bodies does not starve the others.
 */
export class InboundBudget {
  readonly #all = new ByteBudget(INBOUND_BYTES_MAX)
  readonly #ofOrganisation = new Map<string, { budget: ByteBudget; users: number }>()

  async take(organisation: string, bytes: number, signal: AbortSignal): Promise<Disposable> {
    const own = this.#ofOrganisation.get(organisation) ?? {
      budget: new ByteBudget(INBOUND_BYTES_AN_ORGANISATION_MAX),
      users: 0,
    }
    this.#ofOrganisation.set(organisation, own)
    own.users++
    using onFailure = new DisposableStack()
    onFailure.defer(() => {
      own.users--
      if (own.users === 0) this.#ofOrganisation.delete(organisation)
    })
    onFailure.use(await own.budget.take(bytes, signal))
    onFailure.use(await this.#all.take(bytes, signal))
    return onFailure.move()
  }
}

export interface HandlerDeps {
  readonly clock: Clock
  readonly log: Log
}

/**
 * Runs the handler under a deadline; every outcome is an answer. It resolves when the handler has really ended, not when
 * its signal aborts: what ignores the signal goes on holding its place among the streams.
 */
export async function answerOf(
  { clock, log }: HandlerDeps,
  options: Pick<ServeOptions, 'handler'>,
  request: PeerRequest,
  signal: AbortSignal,
): Promise<PeerResponse> {
  using deadline = clock.deadline(EXCHANGE_TIMEOUT_MS)
  try {
    return checkedAnswer(await options.handler(request, AbortSignal.any([signal, deadline.signal])))
  } catch (error) {
    if (!signal.aborted) logHandlerError(log, request.peer, request.path, error)
    return errorResponse(error)
  }
}

function checkedAnswer(response: PeerResponse): PeerResponse {
  const { status } = response
  if (!Number.isInteger(status) || status < 200 || status > 599) throw new Error(`a handler answered status ${status}`)
  return response
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299
}

export function disconnected(peer: PeerIdentity, cause?: unknown): DatisError {
  return new DatisError('PEER_DISCONNECTED', 'The connection to a peer broke.', { peer: peer.box }, { cause })
}

export function answerTooLarge(peer: PeerIdentity, bytesMax: number): DatisError {
  return new DatisError('PEER_ANSWER_TOO_LARGE', 'A peer announced or sent more than we asked for.', {
    peer: peer.box,
    bytesMax,
  })
}
