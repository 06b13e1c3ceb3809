/** A saved file to look at in the browser: what it is its first bytes say, never its name, and nothing in it runs. */
import { Readable } from 'node:stream'
import { type BytePath, DatisError, KiB, MiB } from '#base'
import type { SavedEntry } from '#box'
import type { ApiDeps } from './deps.ts'
import { type PreviewText, textOf } from './preview-text.ts'
import type { Routes } from './routes-account.ts'
import { type Download, fileAt, type Offer, params, pathOf, querystring, send } from './routes-files.ts'

const TEXT_TYPE = 'text/plain; charset=utf-8'
const TEXT_BYTES_MAX = 256 * KiB
const IMAGE_BYTES_MAX = 20 * MiB
const PDF_BYTES_MAX = 50 * MiB

/** An origin of its own, without scripts; Chromium's viewer of PDF starts in there. */
const POLICY = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

interface Kind {
  readonly type: string
  readonly bytesMax: number
}

const image = (type: string): Kind => ({ type, bytesMax: IMAGE_BYTES_MAX })

/** What a file begins with: bytes in hex, two dots for any one. */
const MARKS: readonly (readonly [string, Kind])[] = [
  ['89504e470d0a1a0a', image('image/png')],
  ['ffd8ff', image('image/jpeg')],
  ['474946383761', image('image/gif')],
  ['474946383961', image('image/gif')],
  ['52494646........57454250', image('image/webp')],
  ['255044462d', { type: 'application/pdf', bytesMax: PDF_BYTES_MAX }],
]
const MARK_BYTES_MAX = 16

export function addPreviewRoutes(app: Routes, deps: ApiDeps): void {
  const config = { access: 'files.restore' } as const
  app.get(
    '/api/snapshots/:id/preview',
    { config, exposeHeadRoute: false, schema: { params, querystring } },
    (request, reply) =>
      send(deps, {
        request,
        reply,
        id: request.params.id,
        paths: [pathOf(request.query)],
        how: 'preview',
        offer: preview,
      }),
  )
}

/** PATH_UNKNOWN, PATH_NO_FILE, PREVIEW_REFUSED, and what reading its beginning says. */
const preview: Offer = async (snapshot, [path = '' as BytePath]) => {
  const saved = await fileAt(snapshot, path)
  const { bytes, path: name } = saved.entry
  const chunks = saved.read()
  const beginning = await beginningOf(chunks)
  const kind = kindOf(beginning)
  const inline = { 'content-security-policy': POLICY }
  if (kind !== null && bytes <= kind.bytesMax) {
    const content = Readable.from(rest(beginning, chunks), { objectMode: false })
    return { name, type: kind.type, bytes, content, inline }
  }
  await chunks.return(undefined)
  const text = kind === null ? textOf(beginning.subarray(0, TEXT_BYTES_MAX), bytes > TEXT_BYTES_MAX) : null
  if (text === null) {
    const most = kind === null ? {} : { most: kind.bytesMax }
    throw new DatisError('PREVIEW_REFUSED', 'This file is not shown in the browser.', { bytes, ...most })
  }
  return { name, type: TEXT_TYPE, ...shownText(text, bytes, inline) }
}

type Shown = Pick<Download, 'bytes' | 'content' | 'inline'>

function shownText({ shown, bytes, encoding }: PreviewText, whole: number, inline: Download['inline']): Shown {
  const cut = bytes < whole ? { 'x-datis-cut': String(bytes) } : {}
  const read = encoding === 'UTF-8' ? {} : { 'x-datis-encoding': encoding }
  const content = Readable.from([shown], { objectMode: false })
  return { bytes: shown.byteLength, content, inline: { ...inline, ...cut, ...read } }
}

/** As much of it as a text may show, or all. */
async function beginningOf(chunks: ReturnType<SavedEntry['read']>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let bytes = 0
  while (bytes < TEXT_BYTES_MAX) {
    const next = await chunks.next()
    if (next.done === true) break
    parts.push(next.value)
    bytes += next.value.byteLength
  }
  return Buffer.concat(parts)
}

async function* rest(beginning: Buffer, chunks: ReturnType<SavedEntry['read']>): AsyncGenerator<Uint8Array> {
  yield beginning
  yield* chunks
}

/** Null: nothing that a browser shows safely, unless it is a text. */
function kindOf(beginning: Buffer): Kind | null {
  const mark = beginning.toString('hex', 0, MARK_BYTES_MAX)
  return MARKS.find(([bytes]) => new RegExp(`^${bytes}`).test(mark))?.[1] ?? null
}
