/** kill -9 of a box that takes, sends, thins, collects, proves and answers all at once. */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SnapshotResult } from '#box'
import { keptOf, parsePolicy } from '#retention'
import { Browser, freePort, killed, type ShownTask, startAppliance } from './appliance.ts'
import { assertSame, Chance } from './material.ts'
import { type Contents, contentsOf, Load } from './service-load.ts'
import { type Box, Town } from './town.ts'

const KILLS = Number(process.env.DATIS_SERVICE_KILLS ?? 3)
const HOSTS = 3
/** A start takes a second or two: some are killed on their way. */
const LIFE_MS = 7000
const START_MS = 2500
const CHECK_EVERY = 10
const POLICIES = { local: '<2 min, 1 min>', remote: '<10 min, 1 min>' } as const
const SIDES = ['local', 'remote'] as const
/** A proof in which one of them was never cut short at work, instead of in its queue, has proved little. */
const CUT_SHORT = ['snapshot.take (', 'disperse (', 'vault.collect (', 'drill.run (']

type Side = (typeof SIDES)[number]
type Known = Pick<SnapshotResult, 'id' | 'source' | 'startedAt' | 'state' | 'hold'>

class Proof {
  readonly interrupted = new Map<string, number>()
  readonly #t: TestContext
  readonly #town: Town
  readonly #owner: Box
  readonly #browser: Browser
  readonly #load: Load
  readonly #chance: Chance
  readonly #seen = { local: new Map<string, Known>(), remote: new Map<string, Known>() }
  #deed = { n: 0, hash: '' }
  #held = ''
  #slowestMs = 0

  constructor(t: TestContext, town: Town, owner: Box, rest: { browser: Browser; load: Load; chance: Chance }) {
    this.#t = t
    this.#town = town
    this.#owner = owner
    this.#browser = rest.browser
    this.#load = rest.load
    this.#chance = rest.chance
  }

  get slowestMs(): number {
    return this.#slowestMs
  }

  start() {
    return startAppliance(this.#town, this.#owner.data, Number(new URL(this.#browser.origin).port), ['--fast'])
  }

  /** Sources and policies, at the box itself: on the console shortening a policy takes two people. */
  async prepare(folders: { quiet: string; busy: string }): Promise<void> {
    const data = ['--data', this.#owner.data]
    const { local, remote } = POLICIES
    for (const [name, path] of Object.entries(folders)) {
      await this.#town.ok(['source', 'add', name, path, ...data])
      await this.#town.ok(['policy', 'set', name, '--local', local, '--remote', remote, ...data])
    }
  }

  /** People, and a snapshot that is held. */
  async begin(setupCode: string | null, folders: { quiet: string }): Promise<void> {
    const browser = this.#browser
    await browser.begin('Anne', setupCode)
    const { result } = await browser.run('snapshot.take', { sources: ['quiet'] })
    const { snapshots } = result as { snapshots: SnapshotResult[] }
    this.#held = snapshots[0]?.id ?? ''
    this.#load.promised.exact.set(this.#held, contentsOf(folders.quiet))
    assert.equal((await browser.run('snapshot.hold', { id: this.#held, reason: 'the trial' })).state, 'done')
    await this.#remember()
  }

  /** Lives for a while under load, or dies before it is ready; what it does then. */
  async oneLife(round: number, alive: ReturnType<Proof['start']>): Promise<ReturnType<Proof['start']>> {
    const inStart = this.#chance.below(5) === 0
    const ms = this.#chance.below(inStart ? START_MS : LIFE_MS)
    let dying = alive
    if (inStart) {
      await killed(alive.child)
      dying = this.start()
      await sleep(ms)
    } else {
      this.#load.begin()
      await sleep(ms)
    }
    await this.#load.end(() => killed(dying.child))
    const began = Date.now()
    const again = this.start()
    await again.ready
    this.#slowestMs = Math.max(this.#slowestMs, Date.now() - began)
    const cut = await this.#checkTasks(began)
    this.#t.diagnostic(`${round}: killed ${ms} ms into ${inStart ? 'its start' : 'the load'}; cut short: ${cut.join()}`)
    await this.#check(round)
    return again
  }

  async #check(round: number): Promise<void> {
    const browser = this.#browser
    assert.equal((await browser.must('GET', 'session')).name, 'Anne', 'the session goes on')
    const { items: people } = await browser.must('GET', 'people')
    assert.deepEqual([people.length, people[0].name, people[0].role], [1, 'Anne', 'administrator'])
    const { sources } = await browser.look('policy.list')
    assert.deepEqual(
      sources.map(({ source, local, remote }: Record<string, { policy: string }>) => [
        source,
        local?.policy,
        remote?.policy,
      ]),
      ['quiet', 'busy'].map((name) => [name, POLICIES.local, POLICIES.remote]),
    )
    await this.#checkDeeds()
    await this.#checkSnapshots()
    await this.#restoreOne()
    if (round % CHECK_EVERY === CHECK_EVERY - 1) await this.checkVault()
    await this.#remember()
  }

  async #checkDeeds(): Promise<void> {
    const { items, firstBroken } = await this.#browser.must('GET', 'audit')
    assert.equal(firstBroken, null)
    const found = items.find(({ n }: { n: number }) => n === this.#deed.n)
    assert.equal(found?.hash ?? this.#deed.hash, this.#deed.hash, 'what was written stays')
    assert.ok(items[0].n >= this.#deed.n, 'no deed is forgotten')
  }

  /** What ran is said to be interrupted, and nothing that was done is undone. */
  async #checkTasks(startedAt: number): Promise<string[]> {
    const { open, letGo } = { open: this.#load.promised.open, letGo: (one: unknown) => this.#load.promised.letGo(one) }
    const cut: string[] = []
    const { items } = (await this.#browser.must('GET', 'tasks')) as { items: ShownTask[] }
    for (const { id, name, state, created, result } of items) {
      if (created < startedAt) assert.ok(state !== 'running' && state !== 'waiting', `${name} runs since before`)
      if (name === 'snapshot.expire' && state === 'done') letGo(result)
      const phase = open.get(id)
      if (phase !== undefined && state === 'interrupted') cut.push(phase === '' ? name : `${name} (${phase})`)
      open.delete(id)
    }
    assert.deepEqual([...open], [], 'no task is forgotten')
    for (const name of cut) this.interrupted.set(name, (this.interrupted.get(name) ?? 0) + 1)
    return cut
  }

  /** Whatever was complete is there, on each side, but for what was to expire. */
  async #checkSnapshots(): Promise<void> {
    const { items } = (await this.#browser.look('snapshot.list')) as { items: SnapshotResult[] }
    const { exact, mayGo } = this.#load.promised
    assert.equal(items.find(({ id }) => id === this.#held)?.hold, 'the trial')
    for (const side of SIDES) {
      const there = new Set(items.filter((one) => one[side]).map(({ id }) => id))
      for (const id of exact.keys()) {
        const known = items.find((one) => one.id === id)
        if (known !== undefined) assert.equal(known.state, 'complete', id)
        else assert.ok(mayGo[side].has(id) || this.#isLetGo(side, id), `${id} is gone from the ${side} side`)
      }
      for (const id of this.#seen[side].keys()) {
        if (there.has(id)) continue
        assert.ok(mayGo[side].has(id) || this.#isLetGo(side, id), `${id} is gone from the ${side} side`)
        this.#seen[side].delete(id)
      }
    }
    for (const id of exact.keys()) if (!items.some((one) => one.id === id)) exact.delete(id)
  }

  /** The box expires by itself too, and may have died before it said what. */
  #isLetGo(side: Side, id: string): boolean {
    const { source, hold } = this.#seen[side].get(id) ?? {}
    if (source === undefined || hold !== null) return false
    const known = [...this.#seen[side].values()].filter((one) => one.source === source)
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
    const taken = known.map((one) => ({
      id: one.id,
      at: Date.parse(one.startedAt),
      isComplete: one.state === 'complete',
    }))
    return ![...keptOf(parsePolicy(POLICIES[side]), taken, { now: Date.now(), zone })].some((kept) => kept.id === id)
  }

  async #remember(): Promise<void> {
    const { items } = (await this.#browser.look('snapshot.list')) as { items: SnapshotResult[] }
    for (const side of SIDES) for (const one of items) if (one[side]) this.#seen[side].set(one.id, one)
    const { items: deeds } = await this.#browser.must('GET', 'audit')
    this.#deed = { n: deeds[0].n, hash: deeds[0].hash }
  }

  /** One of those whose content is known, from here as far as it is here. */
  async #restoreOne(): Promise<void> {
    for (const [id, contents] of this.#chance.pick([...this.#load.promised.exact], 1))
      await this.restored(this.#owner.data, id, contents)
  }

  async restored(data: string, id: string, contents: Contents): Promise<void> {
    const target = this.#town.path(`back-${id}`)
    await this.#town.ok(['restore', id, target, '--data', data])
    assert.deepEqual([...contentsOf(target)], [...contents], id)
    rmSync(target, { recursive: true })
  }

  async checkVault(): Promise<void> {
    const { exit, json, out } = await this.#town.datis('vault', 'check', '--data', this.#owner.data)
    assert.deepEqual([exit, json.ok], [0, true], out)
  }
}

test(`kill -9 of a box ${KILLS} times under load loses nothing that it promised`, {
  timeout: 300_000 + KILLS * 60_000,
}, async (t) => {
  const chance = new Chance(t)
  const town = new Town(t)
  const { owner, hosts } = await town.founded(HOSTS, ['--fast'])
  const folders = { quiet: town.path('quiet'), busy: town.path('busy') }
  const browser = new Browser(await freePort())
  const load = new Load(browser, chance, folders)
  const proof = new Proof(t, town, owner, { browser, load, chance })
  await proof.prepare(folders)
  let alive = proof.start()
  await proof.begin((await alive.ready).setupCode, folders)
  for (let round = 0; round < KILLS; round++) alive = await proof.oneLife(round, alive)
  t.diagnostic(`slowest start ${proof.slowestMs} ms; ${JSON.stringify([...load.counts, ...proof.interrupted])}`)
  const never = CUT_SHORT.filter((what) => ![...proof.interrupted.keys()].some((cut) => cut.startsWith(what)))
  if (KILLS >= 50) assert.deepEqual(never, [], 'never cut short')

  await proof.checkVault()
  await browser.run('snapshot.take', { sources: [] })
  await town.whole(owner)
  const { items } = (await browser.look('snapshot.list')) as { items: SnapshotResult[] }
  const remote = new Set(items.filter((one) => one.remote).map(({ id }) => id))
  await killed(alive.child)
  await town.destroy(owner)
  const recovered = town.path('recovered')
  const peer = hosts[chance.below(HOSTS)]?.address ?? ''
  await town.ok(['recover', '--words', owner.words, '--peer', peer, '--data', recovered])
  const { items: back } = await town.ok<{ items: SnapshotResult[] }>(['snapshot', 'list', '--data', recovered])
  const found = new Set(back.map(({ id }) => id))
  assert.deepEqual([...remote.difference(found)], [], 'all that hosts keep is found')
  for (const [source, folder] of Object.entries(folders)) {
    const newest = back.find((one) => one.source === source)
    assert.ok(newest, source)
    await town.ok(['restore', newest.id, town.path(`newest-${source}`), '--data', recovered])
    await assertSame(folder, town.path(`newest-${source}`))
  }
  for (const [id, contents] of chance.pick([...load.promised.exact], 3)) {
    if (remote.has(id)) await proof.restored(recovered, id, contents)
  }
})
