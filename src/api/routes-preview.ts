/** A saved file to look at in the browser: what it is its first bytes say, never its name, and nothing in it runs. */
import { Readable } from 'node:stream'
import { DatisError, KiB, MiB } from '#base'
import type { SavedEntry } from '#box'
import type { ApiDeps } from './deps.ts'
import type { Routes } from './routes-account.ts'
import { fileAt, type Offer, params, pathOf, querystring, send } from './routes-files.ts'

const TEXT_BYTES_MAX = 256 * KiB
const IMAGE_BYTES_MAX = 20 * MiB
const PDF_BYTES_MAX = 50 * MiB

/** An origin of its own, without scripts; Chromium's viewer of PDF starts in there. */
const POLICY = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

interface Kind {
  readonly type: string
  readonly bytesMax: number
}

const text: Kind = { type: 'text/plain; charset=utf-8', bytesMax: Number.POSITIVE_INFINITY }
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
/** Control characters that a log may hold: backspace, tab, line, page, return, escape. */
const OF_TEXT: ReadonlySet<number> = new Set([0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x1b])

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
        path: pathOf(request.query),
        how: 'preview',
        offer: preview,
      }),
  )
}

/** PATH_UNKNOWN, PATH_NO_FILE, PREVIEW_REFUSED, and what reading its beginning says. */
const preview: Offer = async (snapshot, path) => {
  const saved = await fileAt(snapshot, path)
  const { bytes, path: name } = saved.entry
  const chunks = saved.read()
  const beginning = await beginningOf(chunks)
  const kind = kindOf(beginning, bytes)
  if (kind === null || bytes > kind.bytesMax) {
    await chunks.return(undefined)
    const most = kind === null ? {} : { most: kind.bytesMax }
    throw new DatisError('PREVIEW_REFUSED', 'This file is not shown in the browser.', { bytes, ...most })
  }
  const shared = { name, type: kind.type }
  const inline = { 'content-security-policy': POLICY }
  if (kind !== text) {
    const content = Readable.from(rest(beginning, chunks), { objectMode: false })
    return { ...shared, bytes, content, inline }
  }
  await chunks.return(undefined)
  const shown = wholeCharacters(beginning.subarray(0, TEXT_BYTES_MAX))
  const cut = shown.byteLength < bytes ? { 'x-datis-cut': String(shown.byteLength) } : {}
  const content = Readable.from([shown], { objectMode: false })
  return { ...shared, bytes: shown.byteLength, content, inline: { ...inline, ...cut } }
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

/** Null: nothing that a browser shows safely. */
function kindOf(beginning: Buffer, bytes: number): Kind | null {
  const mark = beginning.toString('hex', 0, MARK_BYTES_MAX)
  const known = MARKS.find(([bytes]) => new RegExp(`^${bytes}`).test(mark))
  if (known !== undefined) return known[1]
  return isText(beginning.subarray(0, TEXT_BYTES_MAX), bytes > TEXT_BYTES_MAX) ? text : null
}

/** UTF-8; a character may be cut where the text is. */
function isText(beginning: Uint8Array, isCut: boolean): boolean {
  if (beginning.some((byte) => (byte < 0x20 && !OF_TEXT.has(byte)) || byte === 0x7f)) return false
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(beginning, { stream: isCut })
    return true
  } catch {
    return false
  }
}

/** Continuation bytes of UTF-8 are 10xxxxxx. */
function wholeCharacters(bytes: Buffer): Buffer {
  let start = bytes.byteLength - 1
  while (start >= 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--
  const lead = bytes[start] ?? 0
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
  return start + length > bytes.byteLength ? bytes.subarray(0, start) : bytes
}
