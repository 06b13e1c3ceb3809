/** What cannot be undone, and waits for a second person. */
import { z } from 'zod'
import { intentSchema } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { type Routes, sessionIn } from './routes-account.ts'
import { sightOf } from './sight.ts'

const one = z.strictObject({ id: z.string().max(100) })

export function addIntentRoutes(app: Routes, deps: ApiDeps): void {
  const { intents } = deps
  app.get(
    '/api/intents',
    { config: { access: 'state.see' }, schema: { response: { 200: z.object({ items: z.array(intentSchema) }) } } },
    async (request) => {
      const { seesIntent } = await sightOf(deps, sessionIn(request))
      return { items: (await intents.list()).filter(seesIntent) }
    },
  )
  app.post(
    '/api/intents/:id/approve',
    {
      config: { access: 'intents.approve' },
      schema: { params: one, response: { 202: z.object({ task: z.string() }) } },
    },
    async (request, reply) => {
      const { id } = await intents.approve(request.params.id, sessionIn(request).user)
      return reply.status(202).send({ task: id })
    },
  )
  app.post(
    '/api/intents/:id/cancel',
    { config: { access: 'intents.cancel' }, schema: { params: one, response: { 204: z.null() } } },
    async (request, reply) => {
      await intents.cancel(request.params.id, sessionIn(request).user)
      return reply.status(204).send(null)
    },
  )
}
