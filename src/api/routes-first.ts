/** The first screen of a new box: what it offers, a rebuild from its peers, a practice community. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { codeOf, DatisError, toHex } from '#base'
import type { Language } from '#text'
import { firstSchema, practiceCodeSchema, practiceSchema, rebuildSchema } from './contract.ts'
import { REBUILD_COOKIE, SESSION_COOKIE, sessionCookie } from './cookies.ts'
import type { ApiDeps } from './deps.ts'
import { answerTo } from './errors.ts'
import type { FirstStart, Practice, PracticeState, RebuildState } from './first-start.ts'
import { languageOf } from './language.ts'
import type { Routes } from './routes-account.ts'

const CONTEXT = { signal: new AbortController().signal, onProgress: () => undefined }
const PEERS_MAX = 32
const WATCHER_BYTES = 16

const code = z.string().min(1).max(100)
const rebuildBody = z.strictObject({
  code,
  words: z.string().min(1).max(2000),
  peer: z.string().min(1).max(5000),
  before: z.iso.datetime({ offset: true }).optional(),
  box: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
})

export function addFirstRoutes(app: Routes, deps: ApiDeps): void {
  const { setup, firstStart } = deps
  app.get(
    '/api/first',
    {
      config: { access: 'public' },
      schema: {
        response: { 200: firstSchema },
      },
    },
    async () => {
      const isFirst = await setup.isFirst()
      const canRebuild = isFirst && firstStart !== null && (await inUse(deps)) === null
      return { isFirst, canRebuild, canPractise: isFirst && firstStart !== null && firstStart.practice !== null }
    },
  )
  addRebuild(app, deps)
  addPractice(app, deps)
}

function addRebuild(app: Routes, deps: ApiDeps): void {
  app.get(
    '/api/first/rebuild',
    { config: { access: 'public' }, schema: { response: { 200: rebuildSchema } } },
    async (request) => shownRebuild(deps, request),
  )
  app.post(
    '/api/first/rebuild',
    { config: { access: 'public' }, schema: { body: rebuildBody, response: { 202: rebuildSchema } } },
    async (request, reply) => {
      const { code, words, peer, before, box } = request.body
      await deps.setup.check(code)
      const first = offered(deps.firstStart)
      const use = await inUse(deps)
      if (use !== null) throw new DatisError('FIRST_OVER', 'This box is in use.', { use })
      const peers = peer.split(/[\s,;]+/).filter((one) => one !== '')
      if (peers.length === 0 || peers.length > PEERS_MAX) {
        throw new DatisError('REQUEST_INVALID', 'A message does not have its form.', { at: '/peer' })
      }
      const watcher = toHex(deps.random.bytes(WATCHER_BYTES))
      const wanted = { ...(before === undefined ? {} : { before }), ...(box === undefined ? {} : { box }) }
      first.rebuild({ words, peers, ...wanted }, watcher)
      void reply.setCookie(REBUILD_COOKIE, watcher, sessionCookie(deps.tls !== null))
      return reply.status(202).send(shownRebuild(deps, request))
    },
  )
}

const NO_REBUILD: RebuildState = { state: 'none', progress: null, result: null, error: null }

type Shown = z.input<typeof rebuildSchema>

interface Rebuilding extends Pick<ApiDeps, 'zone'> {
  readonly firstStart: Pick<FirstStart, 'rebuilding' | 'isWatcher'> | null
}

/** What members are called is told to the browser that has begun it alone: nobody else has shown the setup code. */
export function shownRebuild({ firstStart, zone }: Rebuilding, request: FastifyRequest): Shown {
  const { state, progress, result, error } = firstStart?.rebuilding ?? NO_REBUILD
  const isKnown = firstStart?.isWatcher(request.cookies[REBUILD_COOKIE]) === true
  // A copy: what the schema takes may be written to.
  const shown = structuredClone({ progress, result }) as unknown as Pick<Shown, 'progress' | 'result'>
  for (const member of [shown.progress?.members ?? [], shown.result?.members ?? []].flat()) {
    if (!isKnown) member.name = ''
  }
  return { state, ...shown, error: error === null ? null : answerTo(error, languageOf(request)).body.error, zone }
}

/** FIRST_ELSEWHERE */
function offered(first: FirstStart | null): FirstStart {
  if (first !== null) return first
  throw new DatisError('FIRST_ELSEWHERE', 'This box was not started in a way that offers this.')
}

/** What a rebuild would throw away; null: nothing. */
async function inUse({ setup, box }: ApiDeps): Promise<'account' | 'source' | 'community' | null> {
  if (!(await setup.isFirst())) return 'account'
  const { items } = await box.call('source.list', {}, CONTEXT)
  if (items.length > 0) return 'source'
  try {
    await box.call('community.show', {}, CONTEXT)
    return 'community'
  } catch (error) {
    if (codeOf(error) === 'NOT_FOUNDED') return null
    throw error
  }
}

function addPractice(app: Routes, deps: ApiDeps): void {
  const url = '/api/first/practice'
  app.get(url, { config: { access: 'public' }, schema: { response: { 200: practiceSchema } } }, async (request) =>
    shownPractice(deps.firstStart?.practice?.state() ?? NO_PRACTICE, languageOf(request)),
  )
  app.post(
    url,
    {
      config: { access: 'public' },
      schema: {
        body: z.strictObject({ code: code.optional() }),
        response: { 200: practiceCodeSchema, 202: practiceCodeSchema },
      },
    },
    async (request, reply) => {
      const practice = await playable(deps, request, request.body.code)
      if (practice.state().state !== 'ready') practice.start()
      const now = practice.state()
      const isReady = now.state === 'ready'
      const setupCode = isReady ? await practice.setupCode() : null
      return reply.status(isReady ? 200 : 202).send({ ...shownPractice(now, languageOf(request)), setupCode })
    },
  )
  app.delete(
    url,
    {
      config: { access: 'public' },
      schema: { body: z.strictObject({ code: code.optional() }), response: { 202: practiceSchema } },
    },
    async (request, reply) => {
      const practice = await playable(deps, request, request.body.code)
      practice.end()
      return reply.status(202).send(shownPractice(practice.state(), languageOf(request)))
    },
  )
}

const NO_PRACTICE: PracticeState = { state: 'none', progress: null, url: null, error: null }

function shownPractice({ error, ...rest }: PracticeState, language: Language) {
  return { ...rest, error: error === null ? null : answerTo(error, language).body.error }
}

/** For who has the setup code, and later for administrators. SETUP_REFUSED, SESSION_NEEDED, RIGHT_MISSING, FIRST_ELSEWHERE, LAB_SYSTEM */
async function playable(deps: ApiDeps, request: FastifyRequest, given: string | undefined): Promise<Practice> {
  if (given === undefined) await checkAdministrator(deps, request)
  else await deps.setup.check(given)
  const { practice } = offered(deps.firstStart)
  if (practice === null) throw new DatisError('LAB_SYSTEM', 'The lab needs Linux or macOS.')
  return practice
}

async function checkAdministrator({ sessions }: ApiDeps, { cookies }: FastifyRequest): Promise<void> {
  const session = await sessions.of(cookies[SESSION_COOKIE] ?? '')
  if (session === null) throw new DatisError('SESSION_NEEDED', 'Nobody is signed in.')
  if (session.role === 'administrator') return
  throw new DatisError('RIGHT_MISSING', 'This account may not do that.', { right: 'administrator', role: session.role })
}
