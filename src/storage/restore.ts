/** Restores a snapshot, or a path in it, to a folder: docs/decisions/0004-restore.md. */
import { type BytePath, toHex } from '#base'
import { type FileToRestore, RestoreBatches } from './restore-batch.ts'
import { PackFetcher } from './restore-fetch.ts'
import { type FirstName, firstNameKey, RestoreLinks } from './restore-links.ts'
import { RestoreSources } from './restore-sources.ts'
import {
  type RestoreDeps,
  type RestoreOptions,
  RestoreOutcome,
  type RestoreReport,
  type RestoreRequest,
} from './restore-types.ts'
import { type Entered, type WalkHandlers, type WalkItem, type WalkStep, walkRestored } from './restore-walk.ts'
import { RestoreWays } from './restore-ways.ts'
import { openTarget, stampOf, TargetFolders } from './target.ts'
import type { TreeEntry } from './tree.ts'
import { entryAt, walkSnapshot } from './tree-reader.ts'
import type { PackId } from './types.ts'
import { Pause } from './walk.ts'

/** Walks for files with several names of which the one that was tried could not be restored. */
const LINK_WALKS_MAX = 8
const PROGRESS_EVERY_MS = 200

/** Failures of single items are in the report. Throws PATH_UNKNOWN, TARGET_UNUSABLE, the signal's reason. */
export async function restoreSnapshot(
  deps: RestoreDeps,
  request: RestoreRequest,
  options: RestoreOptions,
): Promise<RestoreReport> {
  options.signal.throwIfAborted()
  const path = request.path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/') as BytePath
  const found = await entryAt(deps.store, request.snapshot, path)
  const root = request.name === undefined ? found : { ...found, name: request.name }
  const under = root.kind === 'folder' ? path : (path.slice(0, Math.max(0, path.lastIndexOf('/'))) as BytePath)
  const outcome = new RestoreOutcome(under)
  if (request.dryRun) return countOnly(deps, { request, path, outcome }, options)
  const target = openTarget(deps.disk, request.target)
  using held = target.held
  using folders = new TargetFolders(deps.disk, held.path)
  const names = target.fresh ? null : new Set<string>(deps.disk.list(held.path))
  const into: Entered = { folder: '' as BytePath, names }
  // The root of several paths is of our making: it has no metadata to give.
  const isReal = path !== '' || request.snapshot.single
  const setRoot = isReal && (target.fresh || request.mode === 'over')
  await using run = new RestoreRun(deps, { request, outcome, folders, held: held.path, root, into, setRoot }, options)
  await run.files()
  await run.linksAndFolders()
  return outcome.report()
}

interface Counting {
  readonly request: RestoreRequest
  readonly path: BytePath
  readonly outcome: RestoreOutcome
}

async function countOnly(
  deps: RestoreDeps,
  { request, path, outcome }: Counting,
  options: RestoreOptions,
): Promise<RestoreReport> {
  const pause = new Pause(deps.clock, options.signal)
  const seen = new Set<string>()
  for await (const { entry } of walkSnapshot(deps.store, request.snapshot, path)) {
    options.signal.throwIfAborted()
    if (pause.due) await pause.rest()
    if (entry.kind !== 'file' || !entry.content) continue
    outcome.files++
    const key = entry.linked ? firstNameKey(entry) : null
    if (key === null || !seen.has(key)) outcome.bytes += entry.bytes
    if (key !== null) seen.add(key)
  }
  return outcome.report()
}

interface RunParts {
  readonly request: RestoreRequest
  readonly outcome: RestoreOutcome
  readonly folders: TargetFolders
  readonly held: BytePath
  readonly root: TreeEntry
  readonly into: Entered
  readonly setRoot: boolean
}

class RestoreRun implements AsyncDisposable {
  readonly #deps: RestoreDeps
  readonly #parts: RunParts
  readonly #options: RestoreOptions
  readonly #pause: Pause
  readonly #ways: RestoreWays
  readonly #batches: RestoreBatches
  readonly #fetcher: PackFetcher
  readonly #links: RestoreLinks
  /** Files with several names. */
  readonly #firstNames = new Map<string, FirstName>()
  /** Names of such files that were tried: the second walk does not come back to them. */
  readonly #tried = new Set<string>()
  readonly #tempPrefix: string
  #temps = 0
  #bytesDone = 0
  #shownAt: number

  constructor(deps: RestoreDeps, parts: RunParts, options: RestoreOptions) {
    const { outcome, folders, request } = parts
    this.#deps = deps
    this.#parts = parts
    this.#options = options
    this.#pause = new Pause(deps.clock, options.signal)
    this.#shownAt = deps.clock.monotonic()
    this.#tempPrefix = `.datis-${toHex(deps.random.bytes(8))}`
    const { disk, store } = deps
    const stamp = stampOf(request.snapshot.startedAt, request.zone ?? 'UTC')
    this.#ways = new RestoreWays({ disk, folders, outcome }, { mode: request.mode, stamp })
    const kept = `restore-${toHex(deps.random.bytes(8))}`
    const keptPath = (pack: PackId) => store.temporaryPath(`${kept}-${pack}`)
    const fetcher = new PackFetcher({ ...deps, fetch: options.fetchPack, keptPath }, options.signal)
    this.#fetcher = fetcher
    const sources = new RestoreSources({ store, fetcher, damagedPacks: outcome.damagedPacks }, options.signal)
    const onProgress = (bytes: number) => this.#showProgress(bytes)
    this.#batches = new RestoreBatches(
      { ...deps, folders, root: parts.held, sources, outcome, onProgress },
      options.signal,
    )
    this.#links = new RestoreLinks({ disk, folders, ways: this.#ways, outcome, tempName: () => this.#tempName() })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#batches[Symbol.asyncDispose]()
    await this.#fetcher[Symbol.asyncDispose]()
  }

  #tempName(): string {
    return `${this.#tempPrefix}-${this.#temps++}`
  }

  #showProgress(bytes: number, force = false): void {
    this.#bytesDone += bytes
    const now = this.#deps.clock.monotonic()
    if (!force && now - this.#shownAt < PROGRESS_EVERY_MS) return
    this.#shownAt = now
    const { outcome } = this.#parts
    this.#options.onProgress?.({ phase: 'restore', filesDone: outcome.files, bytesDone: this.#bytesDone })
  }

  async *#walk(handlers: WalkHandlers): AsyncGenerator<WalkStep> {
    const { root, into } = this.#parts
    for await (const step of walkRestored(this.#deps.store, root, into, handlers)) {
      this.#options.signal.throwIfAborted()
      if (this.#pause.due) await this.#pause.rest()
      yield step
    }
  }

  // ------------------------------------------------------------------------------------------ first walk: folders, files

  async files(): Promise<void> {
    const { outcome } = this.#parts
    const handlers = {
      enter: (folder: WalkItem) => {
        if (folder.entry.tree === null) outcome.fail(folder.path, folder.entry.incomplete ?? 'ENODATA')
        return this.#ways.enter(folder)
      },
      onBroken: (path: BytePath, cause: string) => outcome.fail(path, cause),
    }
    for await (const step of this.#walk(handlers)) {
      if (step.type === 'item' && step.entry.kind === 'file') await this.#file(step)
    }
    await this.#batches.flush()
    await this.#otherNames()
    this.#showProgress(0, true)
  }

  async #file(item: WalkItem): Promise<void> {
    if (!item.entry.linked) return this.#restoreFile(item, () => undefined)
    const key = firstNameKey(item.entry)
    const known = this.#firstNames.get(key)
    // Another name has the content, or will have it: the second walk makes a link.
    if (known && known.state !== 'failed') return
    if (this.#tried.has(item.path)) return
    this.#tried.add(item.path)
    this.#firstNames.delete(key)
    await this.#restoreFile(item, (first) => this.#firstNames.set(key, first))
  }

  async #restoreFile({ path, entry, into }: WalkItem, onFirst: (first: FirstName) => void): Promise<void> {
    const { outcome } = this.#parts
    const { content } = entry
    const way = this.#ways.wayFor(into, entry.name)
    if (!way.go) {
      if (way.cause !== null) outcome.fail(path, way.cause)
      return
    }
    if (content === null) return outcome.fail(path, entry.incomplete ?? 'ENODATA')
    const first: FirstName = { path, folder: into.folder, name: way.name, state: 'pending' }
    onFirst(first)
    const file: FileToRestore = {
      path,
      entry: { ...entry, content },
      folder: into.folder,
      temp: this.#tempName(),
      name: way.name,
      replace: way.replace,
      onEnd: (restored) => {
        first.state = restored ? 'done' : 'failed'
      },
    }
    await this.#batches.add(file)
  }

  /** When the first name of a file failed, its content comes under the next one. */
  async #otherNames(): Promise<void> {
    const failed = () => [...this.#firstNames.values()].some((first) => first.state === 'failed')
    for (let walk = 0; walk < LINK_WALKS_MAX && failed(); walk++) {
      const before = this.#tried.size
      for await (const step of this.#walk(this.#again)) {
        if (step.type !== 'item' || !step.entry.linked) continue
        if (this.#firstNames.get(firstNameKey(step.entry))?.state !== 'failed') continue
        await this.#file({ ...step, into: this.#ways.listed(step.into.folder) })
      }
      await this.#batches.flush()
      if (this.#tried.size === before) return
    }
  }

  // ------------------------------------------------------------------------------------------ second walk: links, folders

  readonly #again: WalkHandlers = {
    enter: (folder) => this.#ways.enteredBefore(folder),
    // The first walk told of it.
    onBroken: () => undefined,
  }

  async linksAndFolders(): Promise<void> {
    for await (const step of this.#walk(this.#again)) {
      if (step.type === 'leave') this.#leave(step.path, step.entry, step.folder)
      else if (step.entry.kind === 'symlink') this.#links.symlink(step)
      else if (step.entry.linked) this.#link(step)
    }
  }

  #link(item: WalkItem): void {
    if (this.#tried.has(item.path)) return
    const first = this.#firstNames.get(firstNameKey(item.entry))
    if (first?.state === 'done') this.#links.hardLink(item, first)
    else if (first) this.#parts.outcome.fail(item.path, 'LINK_CONTENT')
  }

  #leave(path: BytePath, entry: TreeEntry, folder: BytePath): void {
    if (path === '' ? !this.#parts.setRoot : this.#ways.keepsItsMetadata(path)) return
    this.#links.folderMetadata(path, entry, folder)
  }
}
