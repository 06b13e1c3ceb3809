/** The way in, and what people do with their own account. */
import type { FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Origin, Session, SignedIn } from '#accounts'
import { DatisError } from '#base'
import { healthSchema, placeSchema, sessionSchema, setupSchema, totpSchema, userSchema } from './contract.ts'
import { DEVICE_COOKIE, deviceCookie, SESSION_COOKIE, sessionCookie } from './cookies.ts'
import type { ApiDeps } from './deps.ts'
import { passkeyPlace, plainAddress } from './guard.ts'

export type Routes = FastifyInstance<
  RawServerDefault,
  import('node:http').IncomingMessage,
  import('node:http').ServerResponse,
  import('fastify').FastifyBaseLogger,
  ZodTypeProvider
>

const name = z.string().min(1).max(100)
const password = z.string().min(1).max(1024)
const code = z.string().min(1).max(100)
const nothing = z.null()

export function originOf({ ip, headers, cookies }: FastifyRequest): Origin {
  return { address: plainAddress(ip), agent: headers['user-agent'] ?? '', device: cookies[DEVICE_COOKIE] ?? null }
}

/** Of a route that nobody reaches without one. */
export function sessionIn({ session }: FastifyRequest): Session {
  if (session === null) throw new DatisError('SESSION_NEEDED', 'Nobody is signed in.')
  return session
}

/** Of a route that asks for the password again, whatever the right. STEP_UP_NEEDED */
export function elevatedIn(request: FastifyRequest): Session {
  const session = sessionIn(request)
  if (!session.elevated) throw new DatisError('STEP_UP_NEEDED', 'The password is asked for again.')
  return session
}

/** With its cookies. */
export async function sendSession(
  { sessions, tls, boxName }: ApiDeps,
  reply: FastifyReply,
  { token, device }: SignedIn,
): Promise<Session & { readonly boxName: string }> {
  void reply.setCookie(SESSION_COOKIE, token, sessionCookie(tls !== null))
  void reply.setCookie(DEVICE_COOKIE, device, deviceCookie(tls !== null))
  const session = await sessions.of(token)
  if (session === null) throw new DatisError('SESSION_NEEDED', 'Nobody is signed in.')
  return { ...session, boxName }
}

export function addAccountRoutes(app: Routes, deps: ApiDeps): void {
  addPublic(app, deps)
  addSession(app, deps)
  addOwn(app, deps)
}

function addPublic(app: Routes, deps: ApiDeps): void {
  const { setup, signIn, sessions, version, tls, zone } = deps
  app.get(
    '/api/health',
    {
      config: { access: 'public' },
      schema: { response: { 200: healthSchema } },
    },
    async () => ({ status: 'ok', version }),
  )
  app.get(
    '/api/setup',
    {
      config: { access: 'public' },
      schema: {
        response: { 200: setupSchema },
      },
    },
    async ({ cookies, headers }) => ({
      isFirst: await setup.isFirst(),
      isSignedIn: (await sessions.of(cookies[SESSION_COOKIE] ?? '')) !== null,
      hasPasskeys: typeof passkeyPlace(headers.host, tls !== null) === 'object',
      zone,
    }),
  )
  app.post(
    '/api/setup',
    {
      config: { access: 'public' },
      schema: { body: z.strictObject({ code, name, password }), response: { 201: userSchema } },
    },
    async ({ body }, reply) => reply.status(201).send(await setup.use(body.code, body)),
  )
  app.post(
    '/api/session',
    {
      config: { access: 'public' },
      schema: {
        body: z.strictObject({ name, password, code: code.optional() }),
        response: { 200: sessionSchema },
      },
    },
    async (request, reply) => sendSession(deps, reply, await signIn.signIn(request.body, originOf(request))),
  )
}

function addSession(app: Routes, { signIn, sessions, tls, boxName }: ApiDeps): void {
  app.get(
    '/api/session',
    { config: { access: 'session' }, schema: { response: { 200: sessionSchema } } },
    async (request) => ({ ...sessionIn(request), boxName }),
  )
  app.delete(
    '/api/session',
    { config: { access: 'session' }, schema: { response: { 204: nothing } } },
    async (request, reply) => {
      const { user, id } = sessionIn(request)
      await sessions.end(user, id)
      void reply.clearCookie(SESSION_COOKIE, sessionCookie(tls !== null))
      return reply.status(204).send(null)
    },
  )
  app.post(
    '/api/session/elevate',
    { config: { access: 'session' }, schema: { body: z.strictObject({ password }), response: { 204: nothing } } },
    async (request, reply) => {
      const { user, id } = sessionIn(request)
      await signIn.confirm(user, id, request.body.password, originOf(request))
      return reply.status(204).send(null)
    },
  )
  app.get(
    '/api/sessions',
    { config: { access: 'own.account' }, schema: { response: { 200: z.object({ items: z.array(placeSchema) }) } } },
    async (request) => {
      const mine = sessionIn(request)
      return { items: (await sessions.list(mine.user)).map((one) => ({ ...one, isThis: one.id === mine.id })) }
    },
  )
  app.delete(
    '/api/sessions/:id',
    {
      config: { access: 'own.account' },
      schema: { params: z.strictObject({ id: z.string().max(100) }), response: { 204: nothing } },
    },
    async (request, reply) => {
      if (!(await sessions.end(sessionIn(request).user, request.params.id))) {
        throw new DatisError('SESSION_UNKNOWN', 'There is no such session.')
      }
      return reply.status(204).send(null)
    },
  )
}

function addOwn(app: Routes, { people, factor, signIn }: ApiDeps): void {
  app.get(
    '/api/account',
    { config: { access: 'own.account' }, schema: { response: { 200: userSchema } } },
    async (request) => {
      const { user } = sessionIn(request)
      const own = (await people.list()).find(({ id }) => id === user)
      if (own === undefined) throw new DatisError('USER_UNKNOWN', 'There is no such account.')
      return own
    },
  )
  app.put(
    '/api/account/password',
    {
      config: { access: 'own.account' },
      schema: { body: z.strictObject({ old: password, password }), response: { 204: nothing } },
    },
    async (request, reply) => {
      const { user, id } = sessionIn(request)
      await signIn.confirm(user, id, request.body.old, originOf(request))
      await people.setPassword(user, user, request.body.password, id)
      return reply.status(204).send(null)
    },
  )
  app.post(
    '/api/account/totp',
    {
      config: { access: 'own.account' },
      schema: { response: { 200: totpSchema } },
    },
    async (request) => factor.offer(sessionIn(request).user),
  )
  app.put(
    '/api/account/totp',
    {
      config: { access: 'own.account' },
      schema: {
        body: z.strictObject({ secret: z.string().max(100), code }),
        response: { 200: z.object({ codes: z.array(z.string()) }) },
      },
    },
    async (request) => ({
      codes: await factor.accept(elevatedIn(request).user, request.body.secret, request.body.code),
    }),
  )
  app.delete(
    '/api/account/totp',
    {
      config: { access: 'own.account' },
      schema: { body: z.strictObject({ password }), response: { 204: nothing } },
    },
    async (request, reply) => {
      const { user, id } = sessionIn(request)
      await signIn.confirm(user, id, request.body.password, originOf(request))
      await factor.drop(user, user)
      return reply.status(204).send(null)
    },
  )
}
