/** A folder of a snapshot, or several things of it, as one zip file, made while it is sent. */
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import { type BytePath, codeOf, DatisError, nameOf, pathToText } from '#base'
import { outermost, type SavedEntry, type SavedSnapshot } from '#box'

/** The list at its end is kept in memory: about 1 KiB for each. */
export const ZIP_ENTRIES_MAX = 100_000
const LINK_MODE = 0o120777
const MISSING = 'DATIS-MISSING.txt'

/** ZIP_TOO_LARGE: before anything is sent. */
export async function checkFits(
  snapshot: SavedSnapshot,
  paths: readonly BytePath[],
  signal: AbortSignal,
): Promise<void> {
  let entries = 0
  for await (const _saved of zipped(snapshot, paths)) {
    signal.throwIfAborted()
    entries++
    if (entries > ZIP_ENTRIES_MAX) {
      throw new DatisError('ZIP_TOO_LARGE', 'The folder holds more than goes into a zip.', { most: ZIP_ENTRIES_MAX })
    }
  }
}

/** What cannot be given is named in a list inside; whatever fails in the middle of a file ends the stream with it. */
export function zipOf(snapshot: SavedSnapshot, paths: readonly BytePath[], signal: AbortSignal): Readable {
  const zip = new ZipFile()
  const out = new Readable().wrap(zip.outputStream)
  zip.on('error', (error) => out.destroy(error))
  void fill(zip, zipped(snapshot, paths), signal).then(
    () => zip.end(),
    (error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error))),
  )
  return out
}

async function fill(zip: ZipFile, things: AsyncGenerator<SavedEntry>, signal: AbortSignal): Promise<void> {
  const missing: string[] = []
  for await (const saved of things) {
    signal.throwIfAborted()
    const cause = await addEntry(zip, saved, signal)
    if (cause !== null) missing.push(`${saved.entry.path}: ${cause}`)
  }
  if (missing.length > 0) zip.addBuffer(Buffer.from(`${missing.join('\n')}\n`), MISSING)
}

/** The folder that has all of them; of one thing, that itself. */
export function commonFolder(paths: readonly BytePath[]): BytePath {
  const [first = [], ...others] = outermost(paths).map((path) => path.split('/'))
  if (others.length === 0) return first.join('/') as BytePath
  let depth = 0
  while (others.every((steps) => depth < steps.length - 1 && steps[depth] === first[depth])) depth++
  return first.slice(0, depth).join('/') as BytePath
}

/** Of one folder what it holds; of one file, that; of several things each, by its path below what they have in common. */
async function* zipped(snapshot: SavedSnapshot, paths: readonly BytePath[]): AsyncGenerator<SavedEntry> {
  const things = outermost(paths)
  const [first = '' as BytePath] = things
  if (things.length > 1) {
    const folder = commonFolder(things)
    const cut = folder === '' ? 0 : folder.length + 1
    for (const path of things) yield* named(snapshot, path, path.slice(cut) as BytePath)
  } else if (first === '' || (await snapshot.entry(first)).entry.kind === 'folder') yield* snapshot.below(first)
  else yield* named(snapshot, first, nameOf(first))
}

/** A thing by that path in the zip, and what it holds below it. */
async function* named(snapshot: SavedSnapshot, path: BytePath, name: BytePath): AsyncGenerator<SavedEntry> {
  const { entry, read } = await snapshot.entry(path)
  const shown = pathToText(name)
  yield { entry: { ...entry, path: shown }, read }
  if (entry.kind !== 'folder') return
  for await (const inner of snapshot.below(path)) {
    yield { ...inner, entry: { ...inner.entry, path: `${shown}/${inner.entry.path}` } }
  }
}

/** Why it cannot be given; null when it is in. */
async function addEntry(zip: ZipFile, { entry, read }: SavedEntry, signal: AbortSignal): Promise<string | null> {
  // Some programs take it for a separator, and a name may say `..\`, or `C:`.
  const name = entry.path.replaceAll('\\', '_').replace(/^([a-z]):/i, '$1_')
  const mtime = new Date(entry.modified)
  if (entry.kind === 'folder') zip.addEmptyDirectory(name, { mtime, mode: Number.parseInt(entry.mode, 8) | 0o040000 })
  else if (entry.kind === 'symlink') zip.addBuffer(Buffer.from(entry.target ?? ''), name, { mtime, mode: LINK_MODE })
  else if (entry.kind === 'other') return 'NO_FILE'
  else return await addFile(zip, { name, mtime, mode: Number.parseInt(entry.mode, 8) | 0o100000 }, read(), signal)
  return null
}

interface ZippedFile {
  readonly name: string
  readonly mtime: Date
  readonly mode: number
}

/** Resolves when all of it has gone: one file is open at a time. */
async function addFile(
  zip: ZipFile,
  { name, mtime, mode }: ZippedFile,
  chunks: AsyncGenerator<Uint8Array>,
  signal: AbortSignal,
): Promise<string | null> {
  const content = await begun(chunks).catch((error: unknown) => codeOf(error))
  if (typeof content === 'string') {
    signal.throwIfAborted()
    return content
  }
  const stream = Readable.from(content, { objectMode: false })
  const sent = new Promise<void>((resolve, reject) => stream.once('close', resolve).once('error', reject))
  zip.addReadStream(stream, name, { mtime, mode })
  await sent
  return null
}

/** Its first chunk is there: what cannot be read at all says so before anything is sent. */
export async function begun(chunks: AsyncGenerator<Uint8Array>): Promise<AsyncGenerator<Uint8Array>> {
  const first = await chunks.next()
  return (async function* () {
    if (first.done !== true) yield first.value
    yield* chunks
  })()
}
