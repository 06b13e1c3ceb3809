import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, DAY_MS, DatisError, ignoring, joinPath } from '#base'
import { simRandom } from '#base/sim'
import { type CollectReport, collectVault } from './collect.ts'
import { repackIn } from './repack.ts'
import { age, at, bench, describe, type MemoryBench, put, restore, source, take } from './snapshot-fixture.ts'
import { fixture, open } from './store-fixture.ts'
import type { FetchPack, PackId, Snapshot } from './types.ts'
import { Vault } from './vault.ts'

const signal = new AbortController().signal
const OPTIONS = { signal, fetchPack: null, hasRoom: () => true }
const NOTHING = { released: [], dropped: [], droppedBytes: 0, missed: [], repacked: 0, repackedBytes: 0 }

interface Place extends MemoryBench {
  collect(whole?: ((id: PackId) => boolean) | null, fetchPack?: FetchPack): Promise<CollectReport>
  /** As time goes by: data packs must be a week old to go. */
  later(days: number): void
}

let wall = 0

async function place(seed: string): Promise<Place> {
  const b = await bench(seed)
  b.disk.makeFolder(at('/people'))
  age(b)
  wall = 10_000_000
  const clock = b.deps.clock as unknown as { setWallOffset(ms: number): void }
  const later = (days: number) => {
    wall += days * DAY_MS
    clock.setWallOffset(wall)
  }
  const collect: Place['collect'] = (isWhole = () => false, fetchPack) =>
    collectVault(b.store, { ...OPTIONS, isWhole, fetchPack: fetchPack ?? null })
  return { ...b, collect, later }
}

function noise(b: MemoryBench, name: string, seed: number, bytes = 200_000): void {
  const content = Buffer.alloc(bytes)
  for (let index = 0, value = seed; index < bytes; index++) {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0
    content[index] = value >>> 24
  }
  put(b.disk, joinPath(at('/people'), name), content)
}

function expire(b: MemoryBench, side: 'local' | 'remote', ...snapshots: Snapshot[]): void {
  b.store.log.append([{ type: 'expired', side, snapshots: snapshots.map(({ snapshot }) => snapshot), at: 1 }])
}

async function restores(b: MemoryBench, snapshot: Snapshot, target: string): Promise<string[]> {
  await restore(b, snapshot, at(target))
  return describe(b.disk, at(target))
}

const dataPacks = (b: MemoryBench) => [...b.store.packs()].filter((pack) => pack.class === 'data')

test('what no snapshot needs goes, on each side apart; all else restores as before', async () => {
  const p = await place('collect')
  noise(p, 'both', 1)
  noise(p, 'old', 2)
  const first = await take(p, source('/people'))
  p.later(1)
  p.disk.removeFile(at('/people/old'))
  noise(p, 'new', 3)
  const second = await take(p, source('/people'))
  const wanted = await restores(p, second, '/before')
  assert.deepEqual(await p.collect(), NOTHING)
  expire(p, 'local', first)
  p.later(8)
  assert.deepEqual((await p.collect()).dropped, [], 'hosts may not have it yet')
  assert.deepEqual(
    p.store.snapshots().map(({ local, remote }) => [local, remote]),
    [
      [false, true],
      [true, true],
    ],
  )
  expire(p, 'remote', first)
  const report = await p.collect()
  assert.ok(report.released.length > 0)
  assert.deepEqual(new Set(report.released), new Set(report.dropped))
  for (const id of report.dropped) {
    assert.throws(() => p.disk.stat(p.store.packPath(id)), { code: 'ENOENT' })
    assert.deepEqual(
      [p.store.pack(id)?.released, p.store.pack(id)?.local, p.store.pack(id)?.dropped],
      [true, false, true],
    )
  }
  assert.deepEqual(await restores(p, second, '/after'), wanted)
  assert.deepEqual(
    p.store.snapshots().map(({ snapshot }) => snapshot),
    [second.snapshot],
  )
  assert.deepEqual(await p.collect(), NOTHING, 'once')
})

/** One file that the second snapshot has no more, and a new one. */
async function changed(seed: string): Promise<{ p: Place; first: Snapshot; second: Snapshot }> {
  const p = await place(seed)
  noise(p, 'old', 2)
  const first = await take(p, source('/people'))
  p.later(1)
  p.disk.removeFile(at('/people/old'))
  noise(p, 'new', 3)
  return { p, first, second: await take(p, source('/people')) }
}

test('a copy goes from the local disk only when it is whole on the hosts, and metadata never while it is needed', async () => {
  const { p, first } = await changed('local')
  expire(p, 'local', first)
  p.later(8)
  const [old] = dataPacks(p)
  assert.ok(old)
  const report = await p.collect((id) => id === old.id)
  assert.deepEqual([report.released, report.dropped], [[], [old.id]])
  assert.ok([...p.store.packs()].filter(({ class: packClass }) => packClass === 'metadata').every(({ local }) => local))
  put(p.disk, at('/people/old'), '')
  noise(p, 'old', 2)
  const packs = dataPacks(p).length
  await take(p, source('/people'))
  assert.equal(dataPacks(p).length, packs + 1, 'what is not here is written again')
})

test('what a run that was given up has stored waits for the next one', async () => {
  const p = await place('given up')
  noise(p, 'file', 5)
  const stop = new AbortController()
  const session = p.store.startWriting({ signal: stop.signal, onRead: () => undefined })
  const path = at('/people/file')
  await session.readFile({ key: 0, path, stat: p.disk.stat(path) })
  await session.finish()
  await session[Symbol.asyncDispose]()
  const [pack] = dataPacks(p)
  assert.ok(pack)
  p.later(6)
  assert.deepEqual(await p.collect(), NOTHING)
  p.later(2)
  assert.deepEqual((await p.collect()).released.includes(pack.id), true)
})

test('a snapshot that is being taken or restored keeps what it needs', async () => {
  const p = await place('beside')
  noise(p, 'file', 7)
  const first = await take(p, source('/people'))
  expire(p, 'local', first)
  expire(p, 'remote', first)
  p.later(8)
  {
    using _used = p.store.use(first)
    assert.deepEqual((await p.collect()).dropped, [])
  }
  // Time that passes by itself.
  Object.assign(p.deps.clock, { sleep: () => new Promise((resolve) => setImmediate(resolve)) })
  const session = p.store.startWriting({ signal, onRead: () => undefined })
  let over = false
  const collected = p.collect().then((report) => {
    over = true
    return report
  })
  for (let tick = 0; tick < 50; tick++) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(over, false, 'it waits until the snapshot is taken')
  await session.finish()
  await session[Symbol.asyncDispose]()
  assert.ok((await collected).dropped.length > 0)
})

/** Five files in one pack, of which one is left by the second snapshot; the first has expired. */
async function sparse(seed: string): Promise<{ p: Place; old: PackId; left: Snapshot; lines: string[] }> {
  const p = await place(seed)
  for (let file = 0; file < 5; file++) noise(p, `file-${file}`, 20 + file, 8000)
  const first = await take(p, source('/people'))
  const [pack] = dataPacks(p)
  assert.ok(pack)
  p.later(1)
  for (let file = 1; file < 5; file++) p.disk.removeFile(at(`/people/file-${file}`))
  const left = await take(p, source('/people'))
  for (const side of ['local', 'remote'] as const) expire(p, side, first)
  return { p, old: pack.id, left, lines: await restores(p, left, '/before') }
}

test('what little is left of a pack is packed anew, and the old one goes once hosts have the new one', async () => {
  const { p, old, left, lines } = await sparse('sparse')
  const all = () => true
  p.later(2)
  assert.equal((await p.collect(all)).repacked, 0, 'snapshots of its first days may still thin out')
  p.later(8)
  const report = await p.collect(all)
  assert.ok(report.repacked > 0)
  const made = dataPacks(p).find(({ id }) => id !== old)
  assert.ok(made && made.bytes < 12_000, `${made?.bytes}`)
  assert.equal(p.store.pack(old)?.released, false)
  const early = await p.collect((id) => id !== made.id)
  assert.deepEqual([early.released.includes(old), early.repacked], [false, 0], 'hosts lack the new one')
  assert.equal(p.store.pack(old)?.released, false)
  const meta = [...p.store.packs()].filter((pack) => pack.class === 'metadata')
  const isNewMeta = (id: PackId) => meta.some((pack) => pack.id === id && pack.at >= made.at)
  assert.equal((await p.collect((id) => !isNewMeta(id))).released.includes(old), false, 'nor what tells what is in it')
  const late = await p.collect(all)
  assert.deepEqual([late.released.includes(old), p.store.pack(old)?.local], [true, false])
  assert.deepEqual(await restores(p, left, '/after'), lines)
})

test('a box without hosts packs anew for its own disk', async () => {
  const { p, old, left, lines } = await sparse('sparse alone')
  p.later(8)
  assert.ok((await p.collect(null)).repacked > 0)
  assert.ok((await p.collect(null)).dropped.includes(old))
  assert.deepEqual(await restores(p, left, '/after'), lines)
})

test('a pack that only hosts have is fetched when that is worth it, and left alone when it cannot be had', async () => {
  const { p, old } = await sparse('sparse fetched')
  p.later(8)
  const copy = p.store.readPack(old)
  p.store.removeLocal(old)
  const unreached: FetchPack = () => Promise.reject(new DatisError('STRIPE_TOO_FEW', 'Too few hosts.'))
  const dataRepacked = () => dataPacks(p).filter(({ id }) => id !== old).length
  await p.collect(() => true, unreached)
  assert.equal(dataRepacked(), 0)
  await p.collect(
    () => true,
    async () => copy.slice(),
  )
  assert.equal(dataRepacked(), 1)
})

test('a damaged pack is not packed anew, and others are', async () => {
  const { p, old } = await sparse('sparse damaged')
  p.later(8)
  p.disk.damage(p.store.packPath(old), (bytes) => {
    bytes[100] = (bytes[100] ?? 0) ^ 1
  })
  await p.collect(() => true)
  assert.deepEqual(
    dataPacks(p).map(({ id }) => id),
    [old],
  )
})

test('what is needed again takes the release of its pack back, and counts as placed nowhere before a host says so', async () => {
  const { p, first } = await changed('revived')
  expire(p, 'remote', first)
  p.later(8)
  const [old] = dataPacks(p)
  assert.ok(old)
  const rows = [{ row: 0, host: '00'.repeat(16), at: 5 }]
  const code = { n: 3, k: 2 }
  const roots = [0, 1, 2].map(() => new Uint8Array(32))
  p.store.log.append([{ type: 'placed', pack: old.id, code, length: 64, rows, roots, statement: new Uint8Array(8) }])
  assert.ok((await p.collect()).released.includes(old.id))
  assert.deepEqual([p.store.pack(old.id)?.local, p.store.pack(old.id)?.released], [true, true])
  noise(p, 'again', 2)
  const count = dataPacks(p).length
  const third = await take(p, source('/people'))
  assert.equal(dataPacks(p).length, count, 'nothing is written twice')
  assert.equal(p.store.pack(old.id)?.released, false)
  assert.deepEqual(p.store.placement(old.id)?.rows, [])
  assert.deepEqual((await p.collect()).missed, [])
  const part = p.store.index.pack(old.id)?.part
  assert.ok(part)
  const holders = p.store.index.holdersOf(part, () => true).remote
  assert.ok(holders.length > 0, 'and what tells what is in it is kept, too')
  assert.ok((await restores(p, third, '/third')).length > 0)
})

test('twins are needed together, whichever of them the snapshots are counted on', async () => {
  const p = await place('twins')
  noise(p, 'file', 9)
  await take(p, source('/people'))
  for (const { id } of dataPacks(p)) await repackIn(p.store, id)
  p.later(8)
  assert.deepEqual(await p.collect(), NOTHING)
})

test('a tree that cannot be read may lead to anything: nothing goes', async () => {
  const p = await place('damaged')
  noise(p, 'file', 11)
  const first = await take(p, source('/people'))
  p.later(1)
  noise(p, 'other', 12)
  const second = await take(p, source('/people'))
  expire(p, 'local', first)
  expire(p, 'remote', first)
  p.later(8)
  const trees = [...p.store.packs()].filter(({ class: packClass }) => packClass === 'metadata')
  for (const { id } of trees) p.disk.damage(p.store.packPath(id), (bytes) => bytes.fill(0))
  assert.ok(second)
  assert.equal(await p.collect().then(() => 'done', codeOf), 'PACK_DAMAGED')
  assert.ok(trees.every(({ id }) => p.store.pack(id)?.released === false))
})

/** What hosts have: each pack that was ever made, unless they were told to forget it. */
function hostsOf(p: Place, copies: ReadonlyMap<PackId, Uint8Array>): FetchPack {
  return async (id) => {
    const copy = copies.get(id)
    if (copy === undefined || p.store.pack(id)?.released !== false) throw new Error(`no host has ${id}`)
    return copy.slice()
  }
}

test('who walks through a snapshot that expires meanwhile walks to its end', async () => {
  const p = await place('walk')
  const folder = (index: number) => joinPath(at('/people'), `folder ${index}`)
  const taken = []
  // Each has metadata of its own.
  for (let index = 0; index < 25; index++) {
    p.disk.makeFolder(folder(index))
    put(p.disk, joinPath(folder(index), 'old'), `old ${index}`)
    age(p)
    taken.push(await take(p, source('/people')))
  }
  for (let index = 0; index < 25; index++) p.disk.removeFile(joinPath(folder(index), 'old'))
  await take(p, source('/people'))
  const vault = new Vault(p.deps, { folder: p.ownFolder } as never, p.store as never)
  const walking = vault.walk(taken.at(-1) as Snapshot)
  await walking.next()
  for (const side of ['local', 'remote'] as const) expire(p, side, ...taken)
  p.later(30)
  await p.collect(null)
  assert.equal((await Array.fromAsync(walking)).length, 50)
  assert.notDeepEqual((await p.collect(null)).dropped, [], 'then it goes')
})

/** A box that has burnt: log, metadata and data come from the hosts. */
async function recovered(p: Place, seed: string, fetchPack: FetchPack): Promise<MemoryBench> {
  const fix = fixture(seed)
  const store = await open(fix)
  store.adoptLog(p.store.log.frames(0, Number.MAX_SAFE_INTEGER))
  for (const { id, class: packClass, released } of [...store.packs()]) {
    if (packClass === 'metadata' && !released) await store.adoptPack(id, await fetchPack(id, signal))
  }
  return { deps: fix.deps, store, ownFolder: at('/vault'), disk: fix.disk }
}

for (const seed of ['a', 'b', 'c', 'e']) {
  test(`whatever is taken, expired and collected: each side restores what it keeps (${seed})`, async () => {
    const p = await place(`model ${seed}`)
    const random = simRandom(`model ${seed}`)
    const copies = new Map<PackId, Uint8Array>()
    const wanted = new Map<string, string[]>()
    let repacked = false
    for (let step = 0; step < 24; step++) {
      for (let change = 0; change < 3; change++) {
        const name = `file-${random.below(12)}`
        if (random.chance(0.3)) ignoring(['ENOENT'], () => p.disk.removeFile(joinPath(at('/people'), name)))
        else noise(p, name, random.below(40), 1000 + random.below(60_000))
      }
      const taken = await take(p, source('/people'))
      for (const { id, local } of p.store.packs()) if (local && !copies.has(id)) copies.set(id, p.store.readPack(id))
      wanted.set(taken.snapshot, await restores(p, taken, `/wanted-${step}`))
      for (const side of ['local', 'remote'] as const) {
        const old = p.store.snapshots().filter((one) => one[side] && one !== taken && one.snapshot !== taken.snapshot)
        const gone = old.filter(() => random.chance(0.15))
        if (gone.length > 0) expire(p, side, ...gone)
      }
      p.later(3)
      if (!random.chance(0.4)) continue
      const { missed } = await p.collect((id) => copies.has(id) && random.chance(0.7), hostsOf(p, copies))
      repacked ||= dataPacks(p).some(({ id, local }) => local && !copies.has(id))
      for (const { id, local } of p.store.packs()) if (local && !copies.has(id)) copies.set(id, p.store.readPack(id))
      assert.deepEqual(missed, [])
      const fetchPack = hostsOf(p, copies)
      const again = await recovered(p, `model ${seed}`, fetchPack)
      for (const snapshot of p.store.snapshots()) {
        const target = at(`/again-${step}-${snapshot.snapshot}`)
        const lines = wanted.get(snapshot.snapshot)
        if (snapshot.local) assert.deepEqual(await restores(p, snapshot, `${target}-here`), lines)
        if (!snapshot.remote) continue
        const report = await restore(again, snapshot, target, { fetchPack })
        assert.deepEqual([report.failed, describe(again.disk, target)], [[], lines])
      }
    }
    assert.ok(repacked, 'some are packed anew')
    assert.ok([...p.store.packs()].some(({ released }) => released))
    assert.ok(
      [...p.store.packs()].some(({ released, local }) => !released && !local),
      'some are with the hosts alone',
    )
  })
}

test('power may fail at any disk call of a collection: nothing that is kept is lost, and the next run ends it', async () => {
  for (let call = 1, cut = true; cut; call++) {
    const { p, first, second } = await changed('cut')
    const lines = await restores(p, second, '/before')
    for (const side of ['local', 'remote'] as const) expire(p, side, first)
    p.later(8)
    p.disk.resetCalls()
    p.disk.cutPowerAt(call)
    cut = (await p.collect().then(() => 'done', codeOf)) !== 'done'
    if (cut) p.disk.powerCut(simRandom(`cut ${call}`))
    p.disk.resetCalls()
    const store = await open({ ...fixture('cut'), deps: p.deps, disk: p.disk })
    const again = { ...p, store }
    const report = await collectVault(store, { ...OPTIONS, isWhole: () => false })
    assert.ok(cut || report.dropped.length === 0)
    assert.deepEqual(await restores(again, second, '/after'), lines, `call ${call}`)
    assert.ok([...store.packs()].every(({ local, released, dropped }) => local === !released && (local || dropped)))
    store[Symbol.dispose]()
  }
})
