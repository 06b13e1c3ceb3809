/** The console while a box is rebuilt: whether it lives, how far it is, and its page. */
import { DatisError } from '#base'
import { healthSchema, rebuildSchema } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import type { FirstStart } from './first-start.ts'
import { shownRebuild } from './routes-first.ts'
import { addPageRoutes } from './routes-page.ts'
import { type Api, serverFor } from './server.ts'

export interface RebuildApiDeps
  extends Pick<ApiDeps, 'random' | 'version' | 'zone' | 'hostNames' | 'tls' | 'lanOnly' | 'log'> {
  readonly firstStart: Pick<FirstStart, 'rebuilding' | 'isWatcher'>
}

/** Not listening yet. */
export async function buildRebuildApi(deps: RebuildApiDeps): Promise<Api> {
  const { version } = deps
  return await serverFor(deps, {
    // All that there is is public.
    admit: async () => undefined,
    unknown: () => new DatisError('BOX_REBUILDING', 'The box is being rebuilt from its peers.'),
    addRoutes: (app) => {
      app.get(
        '/api/health',
        {
          config: { access: 'public' },
          schema: { response: { 200: healthSchema } },
        },
        async () => ({ status: 'rebuilding', version }),
      )
      app.get(
        '/api/first/rebuild',
        { config: { access: 'public' }, schema: { response: { 200: rebuildSchema } } },
        async (request) => shownRebuild(deps, request),
      )
      addPageRoutes(app, deps)
    },
  })
}
