/**
 * A download in two steps: what is refused is told to the page, and what is not is fetched by the browser itself, which
 * keeps none of it in memory.
 */
import { z } from 'zod'
import { type BytePath, type Clock, DatisError, MINUTE_MS, pathFromBytes, pathFromText, type Random } from '#base'
import type { Operations, SavedSnapshot } from '#box'
import { downloadSchema } from './contract.ts'
import type { ApiDeps } from './deps.ts'
import { goneOf } from './gone.ts'
import { somePaths } from './operations.ts'
import { type Routes, sessionIn } from './routes-account.ts'
import { file, fileAt, mayTakeLong, send, zipThatFits } from './routes-files.ts'
import { sightOf } from './sight.ts'
import { begun, checkFits } from './zip.ts'

/** For a browser to come; what it fetches may take hours. */
const LINK_MS = MINUTE_MS
const LINK_BYTES = 16
/** Each may hold 100 paths of 4 KiB. */
const LINKS_MAX = 64
const OF_ONE_MAX = 8

interface Wanted {
  readonly user: string
  /** Whole. */
  readonly snapshot: string
  readonly paths: readonly BytePath[]
  readonly how: 'file' | 'zip'
}

interface LinkDeps {
  readonly clock: Pick<Clock, 'monotonic'>
  readonly random: Pick<Random, 'bytes'>
}

/** What was asked for and not refused, for a minute. In memory: who comes too late asks again. */
class Links {
  readonly #deps: LinkDeps
  /** In the order in which they were made. */
  readonly #made = new Map<string, Wanted & { readonly until: number }>()

  constructor(deps: LinkDeps) {
    this.#deps = deps
  }

  make(wanted: Wanted): string {
    const now = this.#deps.clock.monotonic()
    for (const [link, { until }] of this.#made) if (until <= now) this.#made.delete(link)
    const own = [...this.#made].filter(([, { user }]) => user === wanted.user)
    if (own.length >= OF_ONE_MAX) this.#made.delete(own[0]?.[0] ?? '')
    else if (this.#made.size >= LINKS_MAX) this.#made.delete(this.#made.keys().next().value ?? '')
    const link = Buffer.from(this.#deps.random.bytes(LINK_BYTES)).toString('base64url')
    this.#made.set(link, { ...wanted, until: now + LINK_MS })
    return link
  }

  /** DOWNLOAD_UNKNOWN: it was never made, not for this account, or a while ago. */
  of(link: string, user: string): Wanted {
    const wanted = this.#made.get(link)
    if (wanted?.user === user && wanted.until > this.#deps.clock.monotonic()) return wanted
    throw new DatisError('DOWNLOAD_UNKNOWN', 'There is no such download, or no more.')
  }
}

export function addDownloadRoutes(app: Routes, deps: ApiDeps): void {
  const links = new Links(deps)
  const config = { access: 'files.restore' } as const
  const body = z.strictObject({ snapshot: z.string().min(1).max(200), paths: somePaths, how: z.enum(['file', 'zip']) })
  app.post(
    '/api/downloads',
    { config, schema: { body, response: { 201: downloadSchema } } },
    async (request, reply) => {
      const { snapshot: id, how } = request.body
      const session = sessionIn(request)
      const { openSnapshot } = await sightOf(deps, session)
      const gone = goneOf(reply)
      mayTakeLong(reply)
      const wanted = await openSnapshot(id, gone, async (snapshot) => {
        const paths = request.body.paths.map(exact)
        await checkGiven(snapshot, { paths, how }, gone)
        return { user: session.user, snapshot: snapshot.id, paths, how }
      })
      return reply.status(201).send({ url: `/api/downloads/${links.make(wanted)}` })
    },
  )
  const params = z.strictObject({ link: z.string().min(1).max(200) })
  app.get('/api/downloads/:link', { config, exposeHeadRoute: false, schema: { params } }, (request, reply) => {
    const { snapshot: id, paths, how } = links.of(request.params.link, sessionIn(request).user)
    return send(deps, { request, reply, id, paths, how, offer: how === 'file' ? file : zipThatFits })
  })
}

function exact({ path, pathBytes }: Operations['files.return'][0]['paths'][number]): BytePath {
  return pathBytes === undefined ? pathFromText(path) : pathFromBytes(Buffer.from(pathBytes, 'base64'))
}

/** PATH_UNKNOWN, PATH_NO_FILE, ZIP_TOO_LARGE, and what reading the first chunk of a file says. */
async function checkGiven(
  snapshot: SavedSnapshot,
  { paths, how }: Pick<Wanted, 'paths' | 'how'>,
  signal: AbortSignal,
): Promise<void> {
  if (how === 'zip') return await checkFits(snapshot, paths, signal)
  const [path, second] = paths
  if (path === undefined || second !== undefined)
    throw new DatisError('REQUEST_INVALID', 'Several files come as a zip.', { at: '/paths' })
  const { read } = await fileAt(snapshot, path)
  await (await begun(read())).return(undefined)
}
