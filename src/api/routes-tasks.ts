/** Tasks: what runs, what ran, as a list and as a stream; and what is wrong. */
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { asksAgain, mayDo, type Session } from '#accounts'
import { MiB, SECOND_MS } from '#base'
import type { OperationName } from '#box'
import type { Task } from '#service'
import type { ApiDeps } from './deps.ts'
import { OPERATIONS } from './operations.ts'
import { type Routes, sessionIn } from './routes-account.ts'

/** So that whoever stands between does not take a quiet stream for a dead one. */
const ALIVE_MS = 20 * SECOND_MS
const STREAMS_MAX = 100
const UNREAD_BYTES_MAX = 4 * MiB

export const taskSchema = z.object({
  id: z.string(),
  name: z.string(),
  args: z.unknown(),
  actor: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled', 'interrupted']),
  progress: z.record(z.string(), z.unknown()),
  journal: z.array(z.object({ at: z.number(), text: z.string() })),
  result: z.unknown(),
  error: z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) }).nullable(),
  created: z.number(),
  ended: z.number().nullable(),
})
const one = z.strictObject({ id: z.string().max(100) })

const alarmSchema = z.object({
  kind: z.enum(['unknown', 'incomplete', 'late', 'fell', 'drill']),
  about: z.string(),
  since: z.number(),
  told: z.number().nullable(),
})

export function addTaskRoutes(app: Routes, deps: ApiDeps): void {
  const { tasks, alarms } = deps
  app.get(
    '/api/alarms',
    { config: { access: 'state.see' }, schema: { response: { 200: z.object({ items: z.array(alarmSchema) }) } } },
    async () => ({ items: await alarms.list() }),
  )
  app.get(
    '/api/tasks',
    { config: { access: 'state.see' }, schema: { response: { 200: z.object({ items: z.array(taskSchema) }) } } },
    async (request) => ({ items: (await tasks.list()).map((task) => shownTo(sessionIn(request), task)) }),
  )
  app.get(
    '/api/tasks/:id',
    { config: { access: 'state.see' }, schema: { params: one, response: { 200: taskSchema } } },
    async (request) => shownTo(sessionIn(request), await tasks.get(request.params.id)),
  )
  app.delete(
    '/api/tasks/:id',
    {
      config: { access: 'tasks.run' },
      schema: { params: one, response: { 200: z.object({ cancelled: z.boolean() }) } },
    },
    async ({ params }) => ({ cancelled: await tasks.cancel(params.id) }),
  )
  addStream(app, deps)
}

/** What was asked and what came of it, codes of invitations among it, are for who may ask the same. */
function shownTo(session: Session, task: Task) {
  const right = OPERATIONS[task.name as OperationName]?.right
  const isWhole = right !== undefined && mayDo(session.role, right) && !(isToken(session) && asksAgain(right))
  return { ...task, journal: [...task.journal], ...(!isWhole && { args: null, result: null }) }
}

function isToken({ id, user }: Session): boolean {
  return user === `token ${id}`
}

/** Server-sent events: each change of a task is an event `task`. */
function addStream(app: Routes, deps: ApiDeps): void {
  const { tasks } = deps
  let streams = 0
  app.get('/api/events', { config: { access: 'state.see' }, schema: { hide: true } }, (request, reply) => {
    reply.hijack()
    const { raw } = reply
    if (streams >= STREAMS_MAX) {
      raw.writeHead(503, { 'retry-after': '10' }).end()
      return
    }
    streams++
    const headers = Object.fromEntries(Object.entries(reply.getHeaders()).map(([key, value]) => [key, String(value)]))
    raw.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
    raw.write(': here\n\n')
    const over = new AbortController()
    const session = sessionIn(request)
    const watching = tasks.watch((task) => {
      // Who does not read is let go: a browser comes again by itself.
      if (raw.writableLength > UNREAD_BYTES_MAX) raw.destroy()
      else raw.write(`event: task\ndata: ${JSON.stringify(shownTo(session, task))}\n\n`)
    })
    request.raw.on('close', () => {
      streams--
      watching[Symbol.dispose]()
      over.abort()
    })
    void keepAlive(deps, session, raw, over.signal)
  })
}

/** Until whoever watches goes away, is signed out, or its time is over. */
async function keepAlive(
  deps: ApiDeps,
  session: Session,
  raw: FastifyReply['raw'],
  signal: AbortSignal,
): Promise<void> {
  const { clock, log } = deps
  while (!signal.aborted) {
    await clock.sleep(ALIVE_MS, signal).catch(() => undefined)
    if (signal.aborted) return
    const isIn = await isSignedIn(deps, session).catch((error: unknown) => {
      log.error('events.failed', { error })
      return false
    })
    if (!isIn) return void raw.end()
    raw.write(': alive\n\n')
  }
}

async function isSignedIn({ sessions, tokens, clock }: ApiDeps, session: Session): Promise<boolean> {
  const { id, user } = session
  if (!isToken(session)) return (await sessions.list(user)).some((one) => one.id === id)
  return (await tokens.list()).some((one) => one.id === id && one.expires > clock.wall())
}
