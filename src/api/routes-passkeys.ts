/** Passkeys: signing in and confirming with one, and those of one's own account. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { PasskeyPlace } from '#accounts'
import { DatisError } from '#base'
import { passkeySchema, sessionSchema } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { passkeyPlace } from './guard.ts'
import { elevatedIn, originOf, type Routes, sendSession, sessionIn } from './routes-account.ts'

/** A credential id has 1023 bytes at most (WebAuthn); the rest is generous for the keys that we ask for. */
const credentialId = z.base64url().min(1).max(1364)
const bytes = z.base64url().min(1).max(8192)
/** Of the browser, and of its later versions: what we do not know of it is left out, not refused. */
const answer = { id: credentialId, rawId: credentialId, type: z.literal('public-key') }
const made = z.object({
  ...answer,
  response: z.object({
    clientDataJSON: bytes,
    attestationObject: bytes,
    transports: z
      .array(z.string().regex(/^[a-z-]{1,20}$/))
      .max(8)
      .exactOptional(),
  }),
})
const used = z.object({
  ...answer,
  response: z.object({
    clientDataJSON: bytes,
    authenticatorData: bytes,
    signature: bytes,
    userHandle: z.base64url().max(86).exactOptional(),
  }),
})
/** As `parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON` of browsers take it. */
const options = z.looseObject({ challenge: z.string() })
const nothing = z.null()

export function addPasskeyRoutes(app: Routes, deps: ApiDeps): void {
  addEntry(app, deps)
  addAgain(app, deps)
  addOwn(app, deps)
}

function addEntry(app: Routes, deps: ApiDeps): void {
  app.post(
    '/api/session/passkey/options',
    { config: { access: 'public' }, schema: { response: { 200: options } } },
    async (request) => ({ ...(await deps.passkeys.ask(placeOf(deps, request), originOf(request).address)) }),
  )
  app.post(
    '/api/session/passkey',
    {
      config: { access: 'public' },
      schema: { body: z.strictObject({ passkey: used }), response: { 200: sessionSchema } },
    },
    async (request, reply) => {
      const { passkey } = request.body
      return await sendSession(
        deps,
        reply,
        await deps.signIn.signInWithPasskey(passkey, placeOf(deps, request), originOf(request)),
      )
    },
  )
}

function addAgain(app: Routes, deps: ApiDeps): void {
  app.post(
    '/api/session/elevate/passkey/options',
    { config: { access: 'session' }, schema: { response: { 200: options } } },
    async (request) => ({ ...(await deps.passkeys.askAgain(sessionIn(request), placeOf(deps, request))) }),
  )
  app.post(
    '/api/session/elevate/passkey',
    {
      config: { access: 'session' },
      schema: { body: z.strictObject({ passkey: used }), response: { 204: nothing } },
    },
    async (request, reply) => {
      const { passkey } = request.body
      await deps.signIn.confirmWithPasskey(sessionIn(request), passkey, placeOf(deps, request), originOf(request))
      return reply.status(204).send(null)
    },
  )
}

function addOwn(app: Routes, deps: ApiDeps): void {
  const { passkeys } = deps
  app.get(
    '/api/account/passkeys',
    { config: { access: 'own.account' }, schema: { response: { 200: z.object({ items: z.array(passkeySchema) }) } } },
    async (request) => ({ items: await passkeys.list(sessionIn(request).user) }),
  )
  app.post(
    '/api/account/passkeys/options',
    { config: { access: 'own.account' }, schema: { response: { 200: options } } },
    async (request) => ({ ...(await passkeys.offer(elevatedIn(request), placeOf(deps, request))) }),
  )
  app.post(
    '/api/account/passkeys',
    {
      config: { access: 'own.account' },
      schema: {
        body: z.strictObject({ name: z.string().min(1).max(200), passkey: made }),
        response: { 201: passkeySchema },
      },
    },
    async (request, reply) => {
      const { name, passkey } = request.body
      return reply.status(201).send(await passkeys.add(elevatedIn(request), name, passkey, placeOf(deps, request)))
    },
  )
  app.delete(
    '/api/account/passkeys/:id',
    {
      config: { access: 'own.account' },
      schema: { params: z.strictObject({ id: z.string().max(100) }), response: { 204: nothing } },
    },
    async (request, reply) => {
      await passkeys.remove(elevatedIn(request).user, request.params.id)
      return reply.status(204).send(null)
    },
  )
}

/** PASSKEY_UNAVAILABLE */
function placeOf({ tls }: ApiDeps, { headers }: FastifyRequest): PasskeyPlace {
  const place = passkeyPlace(headers.host, tls !== null)
  if (typeof place === 'object') return place
  const host = (headers.host ?? '').slice(0, 200)
  throw new DatisError('PASSKEY_UNAVAILABLE', 'Passkeys do not work at this address.', { host, reason: place })
}
