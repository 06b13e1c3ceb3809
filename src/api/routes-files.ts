/** What was saved, to take along: one file, or a folder as a zip, while it comes from here or from peers. */
import { once } from 'node:events'
import { basename } from 'node:path/posix'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type BytePath, DatisError, MINUTE_MS, pathFromBytes, pathFromText, pathToText } from '#base'
import type { SavedEntry, SavedSnapshot } from '#box'
import type { ApiDeps } from './deps.ts'
import { goneOf } from './gone.ts'
import { noteTaken, type Taken } from './returned.ts'
import { type Routes, sessionIn } from './routes-account.ts'
import { sightOf } from './sight.ts'
import { begun, checkFits, commonFolder, zipOf } from './zip.ts'

/** Peers may be slow to give a pack. */
const QUIET_MS_MAX = 10 * MINUTE_MS
export const params = z.strictObject({ id: z.string().min(1).max(200) })
export const querystring = z.strictObject({
  path: z.string().max(4096).default(''),
  pathBytes: z.base64url().max(8192).optional(),
})

/** `paths`: at least one. */
export type Offer = (snapshot: SavedSnapshot, paths: readonly BytePath[], signal: AbortSignal) => Promise<Download>

export interface Download {
  readonly name: string
  readonly bytes: number | null
  readonly type: string
  readonly content: Readable
  /** To be looked at in the browser, with what keeps it there; absent: to take along. */
  readonly inline?: Readonly<Record<string, string>>
}

export function addFileRoutes(app: Routes, deps: ApiDeps): void {
  const config = { access: 'files.restore' } as const
  const only = { config, exposeHeadRoute: false, schema: { params, querystring } }
  app.get('/api/snapshots/:id/file', only, (request, reply) =>
    send(deps, { request, reply, id: request.params.id, paths: [pathOf(request.query)], how: 'file', offer: file }),
  )
  app.get('/api/snapshots/:id/zip', only, (request, reply) =>
    send(deps, { request, reply, id: request.params.id, paths: [pathOf(request.query)], how: 'zip', offer: zip }),
  )
}

export function pathOf({ path, pathBytes }: z.output<typeof querystring>): BytePath {
  return pathBytes === undefined ? pathFromText(path) : pathFromBytes(Buffer.from(pathBytes, 'base64url'))
}

/** PATH_UNKNOWN, PATH_NO_FILE */
export async function fileAt(snapshot: SavedSnapshot, path: BytePath): Promise<SavedEntry> {
  const saved = await snapshot.entry(path)
  const { kind } = saved.entry
  if (kind === 'file' || kind === 'hardlink') return saved
  throw new DatisError('PATH_NO_FILE', 'What is there is no file.', { path: pathToText(path), kind })
}

/** PATH_UNKNOWN, PATH_NO_FILE, and what reading its first chunk says. */
export const file: Offer = async (snapshot, [path = '' as BytePath]) => {
  const { entry, read } = await fileAt(snapshot, path)
  return {
    name: basename(pathToText(path)),
    bytes: entry.bytes,
    type: 'application/octet-stream',
    content: Readable.from(await begun(read()), { objectMode: false }),
  }
}

/** PATH_UNKNOWN, ZIP_TOO_LARGE */
const zip: Offer = async (snapshot, paths, signal) => {
  await checkFits(snapshot, paths, signal)
  return await zipThatFits(snapshot, paths, signal)
}

export const zipThatFits: Offer = async (snapshot, paths, signal) => {
  const name = `${basename(pathToText(commonFolder(paths))) || snapshot.source}.zip`
  return { name, bytes: null, type: 'application/zip', content: zipOf(snapshot, paths, signal) }
}

export interface Asked {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly id: string
  readonly paths: readonly BytePath[]
  /** As the audit log says it. */
  readonly how: Taken['how']
  readonly offer: Offer
}

/** The snapshot is held open until the last byte has gone, or nobody listens any more. */
export async function send(deps: ApiDeps, asked: Asked): Promise<FastifyReply> {
  const { request, reply, id, paths, how, offer } = asked
  const session = sessionIn(request)
  const gone = goneOf(reply)
  try {
    const { openSnapshot } = await sightOf(deps, session)
    await openSnapshot(id, gone, async (snapshot) => {
      mayTakeLong(reply)
      const download = await offer(snapshot, paths, gone)
      await noteTaken(deps, session.user, { snapshot, paths, how })
      await sent(reply, download, gone)
    })
  } catch (error) {
    if (!gone.aborted) throw error
  }
  return reply
}

export function mayTakeLong(reply: FastifyReply): void {
  reply.raw.setTimeout(QUIET_MS_MAX, () => reply.raw.destroy())
}

/** What breaks on the way ends the connection before its time: whoever takes it along sees that it is not whole. */
async function sent(reply: FastifyReply, download: Download, signal: AbortSignal): Promise<void> {
  const { name, bytes, type, content, inline } = download
  // Of a connection that is closed already there is no end to wait for.
  if (signal.aborted) {
    content.destroy()
    return
  }
  if (bytes !== null) void reply.header('content-length', bytes)
  const over = once(reply.raw, 'close')
  const disposition = `${inline === undefined ? 'attachment' : 'inline'}; ${named(name)}`
  void reply
    .headers({ ...inline, 'content-disposition': disposition })
    .type(type)
    .send(content)
  await over
}

/** RFC 6266: any name, and one that old programs read. */
function named(name: string): string {
  const plain = name.replaceAll(/[^\w.-]/g, '_')
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16)}`,
  )
  return `filename="${plain}"; filename*=UTF-8''${encoded}`
}
