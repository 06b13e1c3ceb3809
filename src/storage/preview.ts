/** What a snapshot of a source would take and leave out: the walk of a snapshot that reads no file. */
import { type BytePath, type Clock, type Disk, SECOND_MS, type Stat } from '#base'
import { rulesIn } from './exclude.ts'
import type { IncompletePath } from './snapshot-incomplete.ts'
import { linkKey } from './tree.ts'
import type { SourceSpec, VaultRunOptions } from './types.ts'
import {
  cleanPaths,
  foldersByInode,
  namesIn,
  Pause,
  type Place,
  placeBelow,
  placeOf,
  scopeAt,
  statListed,
  tryDisk,
  type WalkRules,
  WalkScope,
  walkRules,
} from './walk.ts'

/** Somebody waits for it before a form: what is larger is told as "at least". */
const WALK = { namesMax: 1_000_000, forMs: 8 * SECOND_MS }
/** Of what is left out, afterwards. */
const COUNT = { namesMax: 1_000_000, forMs: 2 * SECOND_MS }
const LISTED_MAX = 50
/** Folders that are left out and wait to be counted. */
const WAITING_MAX = 10_000
const PROGRESS_EVERY_MS = 200

export interface PreviewOptions extends VaultRunOptions {
  /** Never in a snapshot, besides the box's own folder. */
  readonly neverFolders: readonly BytePath[]
}

interface Counted {
  files: number
  /** A file with several names counts once. */
  bytes: number
}

export interface LeftOut extends Counted {
  readonly path: BytePath
  readonly kind: Stat['kind']
  /** Null: no rule, but that the box never saves its own data folder. */
  readonly rule: string | null
}

export interface RuleCount extends Counted {
  readonly rule: string
  /** That it leaves out, or, with `!`, keeps; not those below a folder that it leaves out. */
  paths: number
}

export interface SourcePreview {
  /** `isAll`: false when it was given up before its end, and there is at least so much. */
  readonly saved: Counted & { folders: number; isAll: boolean }
  readonly left: Counted & { paths: number; isAll: boolean }
  /** The first of what is left out. */
  readonly items: LeftOut[]
  readonly rules: RuleCount[]
  /** The first that could not be looked at. */
  readonly unread: IncompletePath[]
  unreadCount: number
  /** The first folders that are saved empty, since another file system begins there. */
  readonly mounts: BytePath[]
  mountCount: number
}

interface PreviewDeps {
  readonly disk: Disk
  readonly clock: Clock
  readonly ownFolder: BytePath
}

/** Changes nothing, opens no file, follows no link. */
export async function previewSource(
  deps: PreviewDeps,
  source: SourceSpec,
  options: PreviewOptions,
): Promise<SourcePreview> {
  options.signal.throwIfAborted()
  return await new Preview(deps, source, options).run()
}

interface Found {
  readonly scope: WalkScope
  readonly place: Place
  readonly stat: Stat
}

/** By device and inode: files with several names, until all of them were met. */
type Links = Map<string, number>

/** What becomes of each thing on the way. */
interface Visit {
  took(found: Found, isMount: boolean): void
  left(found: Found): void
  unread(path: BytePath, cause: string): void
}

class Preview {
  readonly #deps: PreviewDeps
  readonly #source: SourceSpec
  readonly #cut: WalkRules
  readonly #uncut: WalkRules
  readonly #options: PreviewOptions
  readonly #pause: Pause
  readonly #never: ReadonlySet<string>
  readonly #rules: ReadonlyMap<string, RuleCount>
  readonly #keeps: boolean
  readonly #result: SourcePreview
  /** Left out and not yet counted, with where their counts go. */
  readonly #waiting: { readonly found: Found; readonly tallies: readonly Counted[] }[] = []
  readonly #savedLinks: Links = new Map()
  readonly #leftLinks: Links = new Map()
  #namesLeft = 0
  #until = 0
  #shownAt = 0

  constructor(deps: PreviewDeps, source: SourceSpec, options: PreviewOptions) {
    this.#deps = deps
    this.#source = source
    this.#cut = walkRules(source)
    this.#uncut = walkRules({ ...source, excludes: [] })
    this.#options = options
    this.#pause = new Pause(deps.clock, options.signal)
    this.#never = foldersByInode(deps.disk, [deps.ownFolder, ...options.neverFolders])
    const rules = rulesIn(source.excludes).map((rule) => ({ rule, paths: 0, files: 0, bytes: 0 }))
    this.#rules = new Map(rules.map((one) => [one.rule, one]))
    this.#keeps = rules.some(({ rule }) => rule.startsWith('!'))
    this.#result = {
      saved: { files: 0, folders: 0, bytes: 0, isAll: false },
      left: { paths: 0, files: 0, bytes: 0, isAll: false },
      items: [],
      rules,
      unread: [],
      unreadCount: 0,
      mounts: [],
      mountCount: 0,
    }
  }

  async run(): Promise<SourcePreview> {
    const { saved, left } = this.#result
    this.#allow(WALK)
    for (const path of cleanPaths(this.#source.paths)) {
      if (this.#pause.due) await this.#rest()
      if (this.#isOver) break
      await this.#path(path)
    }
    saved.isAll = !this.#isOver
    // What is saved comes first: a folder of a million caches must not keep the rest from being seen.
    this.#allow(COUNT)
    left.isAll = saved.isAll && this.#waiting.length < WAITING_MAX
    for (const { found, tallies } of this.#waiting) await this.#count(found, tallies)
    if (this.#isOver) left.isAll = false
    return this.#result
  }

  #allow({ namesMax, forMs }: typeof WALK): void {
    this.#namesLeft = namesMax
    this.#until = this.#deps.clock.monotonic() + forMs
  }

  get #isOver(): boolean {
    return this.#namesLeft <= 0
  }

  async #rest(): Promise<void> {
    await this.#pause.rest()
    const now = this.#deps.clock.monotonic()
    if (now >= this.#until) this.#namesLeft = 0
    if (now - this.#shownAt < PROGRESS_EVERY_MS) return
    this.#shownAt = now
    const { saved } = this.#result
    this.#options.onProgress?.({ phase: 'walk', filesDone: saved.files, bytesDone: saved.bytes })
  }

  async #path(path: BytePath): Promise<void> {
    const { disk } = this.#deps
    const tried = tryDisk(() => disk.stat(path))
    if ('cause' in tried) return this.#unread(path, tried.cause)
    const stat = tried.value
    const scope = scopeAt(disk, this.#cut, path, { stat, never: this.#never })
    if (scope === null) return this.#unread(path, 'OWN_FOLDER')
    const uncut = new WalkScope(this.#uncut, stat, this.#never)
    await this.#walk(
      { scope, place: placeOf(path), stat },
      {
        took: (found, isMount) => this.#took(found, isMount),
        left: (found) => this.#left(found, uncut),
        unread: (unread, cause) => this.#unread(unread, cause),
      },
    )
  }

  async #walk(found: Found, visit: Visit): Promise<void> {
    const { scope, place, stat } = found
    const verdict = scope.judge(place, stat)
    if (verdict === 'leave') return visit.left(found)
    const { disk } = this.#deps
    const listed = stat.kind === 'folder' ? namesIn(disk, place, verdict) : { value: [] }
    if ('cause' in listed) return visit.unread(place.path, listed.cause)
    visit.took(found, verdict === 'take-empty')
    for (const name of listed.value) {
      if (this.#pause.due) await this.#rest()
      if (this.#namesLeft-- <= 0) return
      const child = placeBelow(place, name)
      const tried = statListed(disk, scope, child)
      if (tried === null) continue
      if ('cause' in tried) visit.unread(child.path, tried.cause)
      else if (tried.value.kind === 'folder') await this.#walk({ scope, place: child, stat: tried.value }, visit)
      else this.#leaf({ scope, place: child, stat: tried.value }, visit)
    }
  }

  /** Most things by far: nothing is waited for. */
  #leaf(found: Found, visit: Visit): void {
    if (found.scope.judge(found.place, found.stat) === 'leave') visit.left(found)
    else visit.took(found, false)
  }

  #took({ scope, place, stat }: Found, isMount: boolean): void {
    const { saved, mounts } = this.#result
    const bytes = bytesOf(stat, this.#savedLinks)
    if (this.#keeps) this.#ruled(scope.ruleOf(place, stat), stat, bytes)
    if (stat.kind === 'folder') saved.folders++
    if (stat.kind === 'file') add([saved], bytes)
    if (!isMount) return
    this.#result.mountCount++
    if (mounts.length < LISTED_MAX) mounts.push(place.path)
  }

  #left(found: Found, uncut: WalkScope): void {
    const { scope, place, stat } = found
    const { left, items } = this.#result
    const rule = scope.ruleOf(place, stat)
    const bytes = bytesOf(stat, this.#leftLinks)
    left.paths++
    const item = { path: place.path, kind: stat.kind, rule, files: 0, bytes: 0 }
    if (items.length < LISTED_MAX) items.push(item)
    const tallies = [left, item, ...this.#ruled(rule, stat, bytes)]
    if (stat.kind === 'file') add([left, item], bytes)
    if (stat.kind !== 'folder' || this.#waiting.length >= WAITING_MAX) return
    this.#waiting.push({ found: { ...found, scope: uncut }, tallies })
  }

  /** Counted by the rule that is about it. */
  #ruled(rule: string | null, { kind }: Stat, bytes: number): RuleCount[] {
    const tally = rule === null ? undefined : this.#rules.get(rule)
    if (tally === undefined) return []
    tally.paths++
    if (kind === 'file') add([tally], bytes)
    return [tally]
  }

  #unread(path: BytePath, cause: string): void {
    this.#result.unreadCount++
    if (this.#result.unread.length < LISTED_MAX) this.#result.unread.push({ path, cause })
  }

  /** All that lies in a folder which is left out, but for other file systems and what no snapshot holds. */
  async #count(found: Found, tallies: readonly Counted[]): Promise<void> {
    if (this.#isOver) return
    const ignored = () => undefined
    const took = ({ stat }: Found) => {
      if (stat.kind === 'file') add(tallies, bytesOf(stat, this.#leftLinks))
    }
    const unread = () => {
      this.#result.left.isAll = false
    }
    await this.#walk(found, { took, left: ignored, unread })
  }
}

function bytesOf(stat: Stat, links: Links): number {
  if (stat.kind !== 'file') return 0
  if (stat.links <= 1) return stat.bytes
  const key = linkKey(stat)
  const namesLeft = links.get(key)
  if (namesLeft === undefined) links.set(key, stat.links - 1)
  else if (namesLeft > 1) links.set(key, namesLeft - 1)
  else links.delete(key)
  return namesLeft === undefined ? stat.bytes : 0
}

function add(tallies: readonly Counted[], bytes: number): void {
  for (const tally of tallies) {
    tally.files++
    tally.bytes += bytes
  }
}
