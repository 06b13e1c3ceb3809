/** All that a box does for people, each under its name: what only looks is answered, all else becomes a task. */
import { z } from 'zod'
import type { OperationName } from '#box'
import type { ApiDeps } from './deps.ts'
import { type OfferedOperation, OPERATIONS } from './operations.ts'
import { type Routes, sessionIn } from './routes-account.ts'

/** A task, or what waits for a second person until it is due. */
const begun = z.union([z.object({ task: z.string() }), z.object({ intent: z.string(), due: z.number() })])

export function addOperationRoutes(app: Routes, deps: ApiDeps): void {
  for (const [name, offered] of Object.entries(OPERATIONS)) {
    if (offered !== null) addOne(app, deps, name as OperationName, offered as OfferedOperation)
  }
}

function addOne(
  app: Routes,
  { box, tasks, intents }: ApiDeps,
  name: OperationName,
  { right, reads, args }: OfferedOperation,
): void {
  const url = `/api/operations/${name}`
  if (reads) {
    app.post(
      url,
      { config: { access: right }, schema: { body: args, response: { 200: z.unknown() } } },
      async ({ body }) => {
        const context = { signal: new AbortController().signal, onProgress: () => undefined }
        return await box.call(name, body as never, context)
      },
    )
    return
  }
  app.post(
    url,
    { config: { access: right }, schema: { body: args, response: { 202: begun } } },
    async (request, reply) => {
      const { user } = sessionIn(request)
      const args = await intents.settled(name, request.body as never)
      if (await intents.isIrreversible(name, args)) {
        const { id, due } = await intents.propose(name, args, user)
        return reply.status(202).send({ intent: id, due })
      }
      const { id } = await tasks.start(name, args, user)
      return reply.status(202).send({ task: id })
    },
  )
}
