/** All that a box does for people, each under its name: what only looks is answered, all else becomes a task. */
import { z } from 'zod'
import type { OperationName, Operations } from '#box'
import { begunSchema } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { goneOf } from './gone.ts'
import { type OfferedOperation, OPERATIONS } from './operations.ts'
import { noteReturned } from './returned.ts'
import { elevatedIn, type Routes, sessionIn } from './routes-account.ts'
import { sightOf } from './sight.ts'

export function addOperationRoutes(app: Routes, deps: ApiDeps): void {
  for (const [name, offered] of Object.entries(OPERATIONS)) {
    if (offered !== null) addOne(app, deps, name as OperationName, offered as OfferedOperation)
  }
}

function addOne(
  app: Routes,
  deps: ApiDeps,
  name: OperationName,
  { right, reads, args, again }: OfferedOperation,
): void {
  const { tasks, intents } = deps
  const url = `/api/operations/${name}`
  if (reads) {
    app.post(
      url,
      { config: { access: right }, schema: { body: args, response: { 200: z.unknown() } } },
      async (request, reply) => {
        const sight = await sightOf(deps, sessionIn(request))
        const context = { signal: goneOf(reply), onProgress: () => undefined }
        return await sight.call(name, request.body as never, context)
      },
    )
    return
  }
  app.post(
    url,
    { config: { access: right }, schema: { body: args, response: { 202: begunSchema } } },
    async (request, reply) => {
      const { user } = again?.(request.body as never) === true ? elevatedIn(request) : sessionIn(request)
      const settled = await intents.settled(name, request.body as never)
      if (await intents.isIrreversible(name, settled)) {
        const { id, due } = await intents.propose(name, settled, user)
        return reply.status(202).send({ intent: id, due })
      }
      const args = await (await sightOf(deps, sessionIn(request))).argsFor(name, settled)
      if (name === 'files.return') await noteReturned(deps, user, args as Operations['files.return'][0])
      const { id } = await tasks.start(name, args, user)
      return reply.status(202).send({ task: id })
    },
  )
}
