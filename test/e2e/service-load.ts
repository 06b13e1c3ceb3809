/** What people and programs do to a box all day, as fast as it answers: until the box dies, or they are told to stop. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SnapshotResult } from '#box'
import type { Browser, ShownTask } from './appliance.ts'
import type { Chance } from './material.ts'

const ANSWER_MS_MAX = 120_000
const POLL_MS = 150
const SIDES = ['local', 'remote'] as const
/** What a task may say while others change what it works on, and hosts come and go. */
const EXCUSED = new Set(['SNAPSHOT_UNKNOWN', 'CANCELLED', 'BOX_STOPPED'])

/** SHA-256 of each file, by its path. */
export type Contents = ReadonlyMap<string, string>

export function contentsOf(folder: string): Contents {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    files
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex')]),
  )
}

/** What a box has promised to keep, and what it said that it let go. */
export class Promised {
  /** Snapshots of the quiet source that ended well, and what was in it then. */
  readonly exact = new Map<string, Contents>()
  readonly mayGo = { local: new Set<string>(), remote: new Set<string>() }
  /** Tasks whose end was not seen yet: what they were at, once they had begun. */
  readonly open = new Map<string, string>()

  letGo(result: unknown): void {
    for (const side of SIDES)
      for (const id of (result as Record<string, string[]>)[side] ?? []) this.mayGo[side].add(id)
  }
}

export interface LoadSources {
  /** Changes between its snapshots only. */
  readonly quiet: string
  /** Changes at any time, each file whole. */
  readonly busy: string
}

export class Load {
  readonly promised = new Promised()
  readonly counts = new Map<string, number>()
  readonly #browser: Browser
  readonly #chance: Chance
  readonly #sources: LoadSources
  readonly #pauseMs: number
  #over = new AbortController()
  #loops: Promise<void>[] = []
  #isEnding = false

  constructor(browser: Browser, chance: Chance, sources: LoadSources, pauseMs = 150) {
    this.#browser = browser
    this.#chance = chance
    this.#sources = sources
    this.#pauseMs = pauseMs
    for (const [folder, files] of [
      [sources.quiet, 12],
      [sources.busy, 20],
    ] as const) {
      mkdirSync(folder, { recursive: true })
      for (let index = 0; index < files; index++) this.#write(folder, index)
    }
  }

  begin(): void {
    this.#over = new AbortController()
    this.#isEnding = false
    const loops = {
      take: () => this.#take(),
      change: async () => this.#change(this.#sources.busy, 20),
      disperse: () => this.#run('disperse', { waitMs: 500 }),
      collect: () => this.#run('vault.collect', {}),
      expire: () => this.#expire(),
      drill: () => this.#run('drill.run', { sample: 3 }),
      download: () => this.#download(),
      lists: () => this.#lists(),
      events: () => this.#events(),
    }
    this.#loops = Object.entries(loops).map(([name, act]) => this.#again(name, act))
    // Seen by whoever ends the load.
    for (const loop of this.#loops) loop.catch(() => undefined)
  }

  /** The box dies in the middle of all that is under way. */
  async end(die: () => Promise<void> = async () => undefined): Promise<void> {
    this.#isEnding = true
    await die()
    this.#over.abort()
    await Promise.all(this.#loops)
  }

  async #again(name: string, act: () => Promise<unknown>): Promise<void> {
    while (!this.#isEnding) {
      try {
        await act()
        this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
        await sleep(this.#pauseMs)
      } catch (error) {
        if (!this.#isEnding) throw new Error(`${name} failed under load`, { cause: error })
      }
    }
  }

  get #signal(): AbortSignal {
    return AbortSignal.any([this.#over.signal, AbortSignal.timeout(ANSWER_MS_MAX)])
  }

  async #take(): Promise<void> {
    const { quiet } = this.#sources
    for (let change = this.#chance.below(3); change >= 0; change--) this.#change(quiet, 12)
    const contents = contentsOf(quiet)
    const sources = this.#chance.below(3) === 0 ? [] : ['quiet']
    const { result } = await this.#run('snapshot.take', { sources })
    const { snapshots } = result as { snapshots: readonly SnapshotResult[] }
    for (const { id, source, state } of snapshots) {
      assert.equal(state, 'complete', source)
      if (source === 'quiet') this.promised.exact.set(id, contents)
    }
  }

  /** First it says what would go: whatever is killed after that may have gone. */
  async #expire(): Promise<void> {
    this.promised.letGo((await this.#run('snapshot.expire', { dryRun: true })).result)
    this.promised.letGo((await this.#run('snapshot.expire', { dryRun: false })).result)
  }

  async #run(name: string, args: unknown): Promise<ShownTask> {
    const { task } = await this.#browser.must('POST', `operations/${name}`, args, this.#signal)
    this.promised.open.set(task, '')
    for (;;) {
      const shown: ShownTask = await this.#browser.must('GET', `tasks/${task}`, undefined, this.#signal)
      if (shown.state === 'running') {
        this.promised.open.set(task, shown.progress.phase ?? '')
        await sleep(POLL_MS)
        continue
      }
      this.promised.open.delete(task)
      if (shown.state === 'done') return shown
      assert.ok(EXCUSED.has(shown.error?.code ?? ''), `${name} ${shown.state}: ${JSON.stringify(shown.error)}`)
      return await this.#run(name, args)
    }
  }

  /** A file and all of it, of the newest whose content is known. One that has expired meanwhile is judged later. */
  async #download(): Promise<void> {
    const id = [...this.promised.exact.keys()].at(-1)
    if (id === undefined || !(await this.#isListed(id))) return
    const [path, hash] = this.#chance.pick([...(this.promised.exact.get(id) ?? [])], 1)[0] ?? ['', '']
    try {
      const bytes = await this.#browser.take(`snapshots/${id}/file?path=${encodeURIComponent(path)}`, this.#signal)
      assert.equal(createHash('sha256').update(bytes).digest('hex'), hash, path)
      await this.#browser.take(`snapshots/${id}/zip`, this.#signal)
    } catch (error) {
      if (await this.#isListed(id)) throw error
    }
  }

  async #isListed(id: string): Promise<boolean> {
    const { items } = (await this.#browser.look('snapshot.list', this.#signal)) as { items: SnapshotResult[] }
    return items.some((one) => one.id === id)
  }

  async #lists(): Promise<void> {
    for (const name of ['snapshot.list', 'policy.list', 'community.show', 'hosting.show', 'peer.list', 'drill.list'])
      await this.#browser.look(name, this.#signal)
    await this.#browser.must('GET', 'audit', undefined, this.#signal)
    await this.#browser.must('GET', 'tasks', undefined, this.#signal)
  }

  /** A page that is open for a while. */
  async #events(): Promise<void> {
    const { origin, cookies } = this.#browser
    const page = AbortSignal.any([this.#over.signal, AbortSignal.timeout(500 + this.#chance.below(3000))])
    try {
      const { body } = await fetch(`${origin}/api/events`, { headers: { cookie: cookies }, signal: page })
      for await (const _part of body ?? []) page.throwIfAborted()
    } catch (error) {
      if (!page.aborted) throw error
    }
  }

  #change(folder: string, files: number): void {
    const index = this.#chance.below(files)
    if (this.#chance.below(8) === 0) rmSync(join(folder, nameOf(index)), { force: true })
    else this.#write(folder, index)
  }

  /** Whole at once: no reader sees half of it. */
  #write(folder: string, index: number): void {
    const path = join(folder, nameOf(index))
    const content = index % 4 === 0 ? this.#chance.bytes(200_000 + this.#chance.below(800_000)) : this.#chance.text(200)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(`${folder}.new`, content)
    renameSync(`${folder}.new`, path)
  }
}

function nameOf(index: number): string {
  return index % 3 === 0 ? `photograph-${index}.raw` : `letters/${index % 2}/note ${index} é.txt`
}
