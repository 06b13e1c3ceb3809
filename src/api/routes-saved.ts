/** Whose sources are, and who got what back. */
import { z } from 'zod'
import { mayDo, peopleOf, peopleOfAll, restores, setPeople } from '#accounts'
import { DatisError } from '#base'
import { peopleOfSourcesSchema, restoresSchema } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { type Routes, sessionIn } from './routes-account.ts'
import { sightOf } from './sight.ts'

const PEOPLE_MAX = 1000
const PAGE = 100
const params = z.strictObject({ name: z.string().min(1).max(200) })
const people = z.object({ people: z.array(z.string()) })

export function addSavedRoutes(app: Routes, deps: ApiDeps): void {
  const { settings } = deps
  app.get(
    '/api/sources/people',
    { config: { access: 'people.see' }, schema: { response: { 200: peopleOfSourcesSchema } } },
    async () => ({ items: await peopleOfAll(settings) }),
  )
  app.get(
    '/api/sources/:name/people',
    { config: { access: 'people.see' }, schema: { params, response: { 200: people } } },
    async (request) => {
      await checkSource(deps, request)
      return { people: await peopleOf(settings, request.params.name) }
    },
  )
  app.put(
    '/api/sources/:name/people',
    {
      config: { access: 'people.change' },
      schema: {
        params,
        body: z.strictObject({ people: z.array(z.string().max(100)).max(PEOPLE_MAX) }),
        response: { 200: people },
      },
    },
    async (request) => {
      await checkSource(deps, request)
      await setPeople(deps, sessionIn(request).user, request.params.name, request.body.people)
      return { people: await peopleOf(settings, request.params.name) }
    },
  )
  app.get(
    '/api/restores',
    {
      config: { access: 'own.account' },
      schema: {
        querystring: z.strictObject({ before: z.coerce.number().int().min(1).default(Number.MAX_SAFE_INTEGER) }),
        response: { 200: restoresSchema },
      },
    },
    async (request) => {
      const { role, user } = sessionIn(request)
      const items = await restores(settings, {
        before: request.query.before,
        count: PAGE,
        actor: mayDo(role, 'audit.see') ? null : user,
      })
      return { items, more: items.length === PAGE ? (items.at(-1)?.n ?? null) : null }
    },
  )
}

type Asked = Parameters<typeof sessionIn>[0] & { readonly params: { readonly name: string } }

/** SOURCE_UNKNOWN */
async function checkSource(deps: ApiDeps, request: Asked): Promise<void> {
  const { name } = request.params
  const sight = await sightOf(deps, sessionIn(request))
  const context = { signal: new AbortController().signal, onProgress: () => undefined }
  const { items } = await sight.call('source.list', {}, context)
  if (!items.some((one) => one.name === name))
    throw new DatisError('SOURCE_UNKNOWN', 'No source has that name.', { name })
}
