/** Who has an account, and what they did. */
import { z } from 'zod'
import { deeds, firstBroken } from '#accounts'
import { auditSchema, roleSchema as role, tokenSchema, userSchema } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { type Routes, sessionIn } from './routes-account.ts'

const person = z.strictObject({ id: z.string().max(100) })
const PAGE = 100

export function addPeopleRoutes(app: Routes, { people, settings, tokens }: ApiDeps): void {
  app.get(
    '/api/people',
    { config: { access: 'people.see' }, schema: { response: { 200: z.object({ items: z.array(userSchema) }) } } },
    async () => ({ items: await people.list() }),
  )
  app.post(
    '/api/people',
    {
      config: { access: 'people.change' },
      schema: {
        body: z.strictObject({ name: z.string().max(200), role, password: z.string().max(1024) }),
        response: { 201: userSchema },
      },
    },
    async (request, reply) => reply.status(201).send(await people.add(sessionIn(request).user, request.body)),
  )
  app.patch(
    '/api/people/:id',
    {
      config: { access: 'people.change' },
      schema: {
        params: person,
        body: z.strictObject({ role: role.exactOptional(), disabled: z.boolean().exactOptional() }),
        response: { 200: userSchema },
      },
    },
    async (request) => people.change(sessionIn(request).user, request.params.id, request.body),
  )
  app.delete(
    '/api/people/:id',
    { config: { access: 'people.change' }, schema: { params: person, response: { 204: z.null() } } },
    async (request, reply) => {
      await people.remove(sessionIn(request).user, request.params.id)
      return reply.status(204).send(null)
    },
  )
  app.put(
    '/api/people/:id/password',
    {
      config: { access: 'people.change' },
      schema: { params: person, body: z.strictObject({ password: z.string().max(1024) }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      await people.setPassword(sessionIn(request).user, request.params.id, request.body.password, null)
      return reply.status(204).send(null)
    },
  )
  app.get(
    '/api/tokens',
    { config: { access: 'people.see' }, schema: { response: { 200: z.object({ items: z.array(tokenSchema) }) } } },
    async () => ({ items: await tokens.list() }),
  )
  app.post(
    '/api/tokens',
    {
      config: { access: 'people.change' },
      schema: {
        body: z.strictObject({ name: z.string().max(200), role, days: z.int().min(1).max(3650) }),
        response: { 201: tokenSchema.extend({ token: z.string() }) },
      },
    },
    async (request, reply) => reply.status(201).send(await tokens.make(sessionIn(request).user, request.body)),
  )
  app.delete(
    '/api/tokens/:id',
    { config: { access: 'people.change' }, schema: { params: person, response: { 204: z.null() } } },
    async (request, reply) => {
      await tokens.revoke(sessionIn(request).user, request.params.id)
      return reply.status(204).send(null)
    },
  )
  app.get(
    '/api/audit',
    {
      config: { access: 'audit.see' },
      schema: {
        querystring: z.strictObject({ before: z.coerce.number().int().min(1).default(Number.MAX_SAFE_INTEGER) }),
        response: { 200: auditSchema },
      },
    },
    async ({ query }) => ({
      items: await deeds(settings, query.before, PAGE),
      firstBroken: await firstBroken(settings),
    }),
  )
}
