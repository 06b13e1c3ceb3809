/** Tasks: what runs, what ran, as a list and as a stream; and what is wrong. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { asksAgain, mayDo, type Session } from '#accounts'
import { MiB, SECOND_MS } from '#base'
import type { OperationName } from '#box'
import { type Task, unknownTask } from '#service'
import { alarmSchema, tasksSchema, toldTaskSchema } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { toldOf } from './errors.ts'
import { languageOf } from './language.ts'
import { OPERATIONS } from './operations.ts'
import { type Routes, sessionIn } from './routes-account.ts'
import { sightOf } from './sight.ts'

/** So that whoever stands between does not take a quiet stream for a dead one. */
const ALIVE_MS = 20 * SECOND_MS
const STREAMS_MAX = 100
/** What ends sessions, changes who may come in, or takes a token back. */
const MAY_SIGN_OUT = /^\/api\/(session|account|people|token)/
const TASKS_MAX = 100
const UNREAD_BYTES_MAX = 4 * MiB

const one = z.strictObject({ id: z.string().max(100) })
const tasksQuery = z.strictObject({
  of: z.enum(['all', 'running', 'failed']).default('all'),
  count: z.coerce.number().int().min(1).max(TASKS_MAX).default(TASKS_MAX),
  /** The last of the page before. */
  before: z.string().max(100).nullable().default(null),
})

export function addTaskRoutes(app: Routes, deps: ApiDeps): void {
  const { tasks, alarms } = deps
  const sight = (request: FastifyRequest) => sightOf(deps, sessionIn(request))
  /** TASK_UNKNOWN, for those of others too. */
  const seen = async (request: FastifyRequest, id: string) => {
    const task = await tasks.get(id)
    if (!(await sight(request)).seesTask(task)) throw unknownTask(id)
    return task
  }
  app.get(
    '/api/alarms',
    { config: { access: 'state.see' }, schema: { response: { 200: z.object({ items: z.array(alarmSchema) }) } } },
    async (request) => {
      const { seesAlarm } = await sight(request)
      return { items: (await alarms.list()).filter(seesAlarm) }
    },
  )
  app.get(
    '/api/tasks',
    { config: { access: 'state.see' }, schema: { querystring: tasksQuery, response: { 200: tasksSchema } } },
    async (request) => {
      const { of, count, before } = request.query
      const { tasksOf } = await sight(request)
      if (before !== null) await seen(request, before)
      const found = await tasks.list({ of, before, actor: tasksOf, count: count + 1 })
      const shown = found.slice(0, count)
      return {
        items: shown.map((task) => shownTo(sessionIn(request), task)),
        more: found.length > count ? (shown.at(-1)?.id ?? null) : null,
      }
    },
  )
  app.get(
    '/api/tasks/:id',
    { config: { access: 'state.see' }, schema: { params: one, response: { 200: toldTaskSchema } } },
    async (request) => {
      const task = await seen(request, request.params.id)
      const told = task.error === null ? null : toldOf(task.error, languageOf(request))
      return { ...shownTo(sessionIn(request), task), told }
    },
  )
  app.delete(
    '/api/tasks/:id',
    {
      // Who may put back may stop that; of what others began, only who sees it.
      config: { access: 'files.restore' },
      schema: { params: one, response: { 200: z.object({ cancelled: z.boolean() }) } },
    },
    async (request) => ({ cancelled: await tasks.cancel((await seen(request, request.params.id)).id) }),
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
  const doubts = new Set<() => void>()
  app.addHook('onResponse', async ({ method, routeOptions: { url } }, { statusCode }) => {
    // What was refused signs nobody out: a stranger's guesses wake no stream.
    if (method === 'GET' || statusCode >= 400 || !MAY_SIGN_OUT.test(url ?? '')) return
    for (const doubt of doubts) doubt()
  })
  app.get('/api/events', { config: { access: 'state.see' }, schema: { hide: true } }, async (request, reply) => {
    const { seesTask } = await sightOf(deps, sessionIn(request))
    const { raw } = reply
    reply.hijack()
    if (raw.destroyed) return
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
      if (!seesTask(task)) return
      // Who does not read is let go: a browser comes again by itself.
      if (raw.writableLength > UNREAD_BYTES_MAX) raw.destroy()
      else raw.write(`event: task\ndata: ${JSON.stringify(shownTo(session, task))}\n\n`)
    })
    request.raw.on('close', () => {
      streams--
      watching[Symbol.dispose]()
      over.abort()
    })
    void keepAlive(deps, { session, raw, doubts }, over.signal)
  })
}

interface Stream {
  readonly session: Session
  readonly raw: FastifyReply['raw']
  /** Each is called when somebody may have been signed out. */
  readonly doubts: Set<() => void>
}

/** Until whoever watches goes away, is signed out, or its time is over. */
async function keepAlive(deps: ApiDeps, { session, raw, doubts }: Stream, signal: AbortSignal): Promise<void> {
  const { clock, log } = deps
  let doubted = new AbortController()
  const doubt = () => doubted.abort()
  doubts.add(doubt)
  signal.addEventListener('abort', () => doubts.delete(doubt), { once: true })
  while (!signal.aborted) {
    await clock.sleep(ALIVE_MS, AbortSignal.any([signal, doubted.signal])).catch(() => undefined)
    if (signal.aborted) return
    doubted = new AbortController()
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
