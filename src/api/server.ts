/**
 * The box's console over HTTP: one server, whose every route says who may use it. What is not said is refused.
 * docs/protocol/console.md
 */
import cookie from '@fastify/cookie'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { asksAgain, mayDo, type Session } from '#accounts'
import { DatisError, SECOND_MS } from '#base'
import { BODY_BYTES_MAX, parseBody } from './body.ts'
import { SESSION_COOKIE } from './cookies.ts'
import type { ApiDeps, ApiTls } from './deps.ts'
import { answerTo } from './errors.ts'
import { isLan, isLoopback, isOwnHost, isOwnOrigin, plainAddress } from './guard.ts'
import { languageOf } from './language.ts'
import { refuserOf } from './malformed.ts'
import { Metrics } from './metrics.ts'
import { addAccountRoutes, type Routes } from './routes-account.ts'
import { addDownloadRoutes } from './routes-downloads.ts'
import { addFileRoutes } from './routes-files.ts'
import { addFirstRoutes } from './routes-first.ts'
import { addIntentRoutes } from './routes-intents.ts'
import { addOperationRoutes } from './routes-operations.ts'
import { addPageRoutes } from './routes-page.ts'
import { addPasskeyRoutes } from './routes-passkeys.ts'
import { addPeopleRoutes } from './routes-people.ts'
import { addPreviewRoutes } from './routes-preview.ts'
import { addSavedRoutes } from './routes-saved.ts'
import { addSheetRoutes } from './routes-sheet.ts'
import { addTaskRoutes } from './routes-tasks.ts'

export type Api = FastifyInstance

const REQUEST_MS_MAX = 30 * SECOND_MS
/** Who sends a byte now and then keeps no connection for long. */
const HEADERS_MS_MAX = 10 * SECOND_MS
const LOOK_MS = 5 * SECOND_MS
const CONNECTIONS_MAX = 500
const HANDSHAKE_MS_MAX = 10 * SECOND_MS
const TLS_MIN = 'TLSv1.2'
const CHANGES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const
/** Browsers keep to TLS for a year once they trust the certificate, and do not mind it before. */
const TLS_HEADERS = { ...HEADERS, 'strict-transport-security': 'max-age=31536000' } as const

export type ServerDeps = Pick<ApiDeps, 'version' | 'hostNames' | 'tls' | 'lanOnly' | 'log'>

interface Served {
  admit(request: FastifyRequest): Promise<void>
  /** What is said of an address that there is not. */
  unknown(): DatisError
  addRoutes(app: Routes): void
}

/** Not listening yet. */
export async function buildApi(deps: ApiDeps): Promise<Api> {
  return await serverFor(deps, {
    admit: async (request) => await admit(deps, request),
    unknown: () => new DatisError('PAGE_UNKNOWN', 'There is no such address.'),
    addRoutes: (app) => addRoutes(app, deps),
  })
}

function addRoutes(app: Routes, deps: ApiDeps): void {
  addAccountRoutes(app, deps)
  addPasskeyRoutes(app, deps)
  addPeopleRoutes(app, deps)
  addTaskRoutes(app, deps)
  addOperationRoutes(app, deps)
  addIntentRoutes(app, deps)
  addFileRoutes(app, deps)
  addDownloadRoutes(app, deps)
  addSavedRoutes(app, deps)
  addPreviewRoutes(app, deps)
  addFirstRoutes(app, deps)
  addSheetRoutes(app, deps)
  addPageRoutes(app, deps)
  const metrics = new Metrics(deps)
  app.get('/metrics', { config: { access: 'public' }, schema: { hide: true } }, async (request, reply) => {
    if (!(await mayMeasure(deps, request))) throw new DatisError('SESSION_NEEDED', 'Nobody is signed in.')
    return await reply.type(metrics.contentType).send(await metrics.text())
  })
}

/** The same limits and refusals whatever is served. Not listening yet. */
export async function serverFor(deps: ServerDeps, { admit, unknown, addRoutes }: Served): Promise<Api> {
  const { tls } = deps
  const common = {
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    connectionTimeout: REQUEST_MS_MAX,
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: true,
    clientErrorHandler: refuserOf(HEADERS),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      refuseUrl(deps, error, request, reply),
  }
  // A request without a host is refused as one with a wrong host is, in our words.
  const limits = { headersTimeout: HEADERS_MS_MAX, connectionsCheckingInterval: LOOK_MS, requireHostHeader: false }
  const secured = { minVersion: TLS_MIN, handshakeTimeout: HANDSHAKE_MS_MAX } as const
  const app: Api =
    tls === null
      ? Fastify({ ...common, http: limits })
      : Fastify({ ...common, https: { ...limits, ...contextOf(tls), ...secured } })
  app.server.maxConnections = CONNECTIONS_MAX
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    async (_request: FastifyRequest, text: string | Buffer) => parseBody(text.toString()),
  )
  app.decorateRequest('session', null)
  await app.register(cookie)
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Datis', version: deps.version } },
    transform: jsonSchemaTransform,
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(tls === null ? HEADERS : TLS_HEADERS)
    checkCaller(deps, request)
  })
  app.addHook('onRequest', async (request) => await admit(request))
  app.setErrorHandler((error, request, reply) => refuse(deps, error, request, reply))
  app.setNotFoundHandler((request, reply) => refuse(deps, unknown(), request, reply))
  await app.register(async (scope) => {
    const typed = scope.withTypeProvider<ZodTypeProvider>()
    addRoutes(typed)
    typed.get('/api/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, async () => app.swagger())
  })
  await app.ready()
  return app
}

function contextOf({ certificate, key }: ApiTls) {
  return { cert: certificate, key }
}

/** For who connects from now on. */
export function changeTls({ server }: Api, tls: ApiTls): void {
  if ('setSecureContext' in server) (server as unknown as SecureServer).setSecureContext(contextOf(tls))
}

interface SecureServer {
  setSecureContext(context: ReturnType<typeof contextOf>): void
}

/** LAN_ONLY, HOST_REFUSED, ORIGIN_REFUSED */
function checkCaller({ lanOnly, hostNames, tls }: ServerDeps, { ip, headers, method }: FastifyRequest): void {
  if (lanOnly && !isLan(ip))
    throw new DatisError('LAN_ONLY', 'Only people on the same network may come.', { address: plainAddress(ip) })
  if (!isOwnHost(headers.host, hostNames)) {
    throw new DatisError('HOST_REFUSED', 'This is no name of this box.', { host: (headers.host ?? '?').slice(0, 200) })
  }
  if (!CHANGES.has(method)) return
  if (isOwnOrigin(headers.origin, headers.host, tls === null ? 'http' : 'https')) return
  throw new DatisError('ORIGIN_REFUSED', 'Only pages of this box may change it.', {
    origin: (headers.origin ?? '').slice(0, 200),
  })
}

/** SESSION_NEEDED, RIGHT_MISSING, STEP_UP_NEEDED. A route that says nothing of who may use it is nobody's. */
async function admit(deps: ApiDeps, request: FastifyRequest): Promise<void> {
  if (request.is404) return
  const { access } = request.routeOptions.config
  if (access === 'public') return
  request.session = await sessionOf(deps, request)
  if (request.session === null) throw new DatisError('SESSION_NEEDED', 'Nobody is signed in.')
  if (access === 'session') return
  if (access === undefined || !mayDo(request.session.role, access)) {
    throw new DatisError('RIGHT_MISSING', 'This account may not do that.', {
      right: access ?? '',
      role: request.session.role,
    })
  }
  if (CHANGES.has(request.method) && asksAgain(access) && !request.session.elevated) {
    throw new DatisError('STEP_UP_NEEDED', 'The password is asked for again.')
  }
}

/** By a cookie, or by a token: who has one signs nothing in, and is asked for no password. */
async function sessionOf({ sessions, tokens }: ApiDeps, request: FastifyRequest): Promise<Session | null> {
  const bearer = bearerOf(request)
  if (bearer === null) {
    const cookie = request.cookies[SESSION_COOKIE]
    return cookie === undefined ? null : await sessions.of(cookie)
  }
  const token = await tokens.of(bearer)
  if (token === null) return null
  const { id, name, role, created } = token
  return { id, user: `token ${id}`, name, role, created, seen: created, address: '', agent: '', elevated: false }
}

function bearerOf({ headers }: FastifyRequest): string | null {
  return /^Bearer ([\w-]{1,200})$/.exec(headers.authorization ?? '')?.[1] ?? null
}

/** From the box itself, or with a token that may see all of it. */
async function mayMeasure(deps: ApiDeps, request: FastifyRequest): Promise<boolean> {
  if (isLoopback(request.ip)) return true
  const session = bearerOf(request) === null ? null : await sessionOf(deps, request)
  // They are of all sources.
  return session !== null && session.role !== 'user'
}

/** An address that no route is looked for, and no hook is run. */
function refuseUrl(deps: ServerDeps, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers(HEADERS)
  try {
    checkCaller(deps, request)
    void refuse(deps, error, request, reply)
  } catch (refused) {
    void refuse(deps, refused, request, reply)
  }
}

function refuse({ log }: ServerDeps, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // Whoever goes away in the middle of a message is no fault of the box.
  const told = request.raw.readableAborted ? new DatisError('BODY_INVALID', 'A message broke off.') : error
  const { status, retryAfterS, body } = answerTo(told, languageOf(request))
  if (status >= 500) log.error('api.failed', { method: request.method, route: request.routeOptions.url ?? '', error })
  if (retryAfterS !== null) void reply.header('retry-after', String(retryAfterS))
  return reply.status(status).send(body)
}
