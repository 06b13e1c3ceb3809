import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, joinPath, KiB, MiB, pathFromText } from '#base'
import { inlineWorkers } from '#base/sim'
import { checkVault } from './check.ts'
import { reindexVault } from './reindex.ts'
import type { VaultStore } from './store.ts'
import { BOX, content, contentOf, type Fixture, fixture, open, putFile, write } from './store-fixture.ts'

const signal = new AbortController().signal
const onRead = () => undefined

test('files of all sizes come back byte for byte', async () => {
  const fix = fixture('sizes', { options: { packBytesTarget: 2 * MiB } })
  using store = await open(fix)
  const contents = [0, 1, 100, 5000, 511 * KiB, 512 * KiB, 3 * MiB, 9 * MiB].map((bytes, index) =>
    content(fix.random, bytes, index % 2 === 0 ? 'noise' : 'text'),
  )
  const paths = contents.map((bytes, index) => putFile(fix, `file${index}`, bytes))
  const { reads } = await write(fix, store, paths)
  for (const [index, path] of paths.entries()) {
    assert.equal(Buffer.compare(contentOf(store, reads.get(path)), contents[index] ?? Buffer.alloc(0)), 0, path)
  }
})

test('what is known is not written again, in one run or the next', async () => {
  const fix = fixture('dedupe')
  using store = await open(fix)
  const same = content(fix.random, 20_000)
  const paths = Array.from({ length: 30 }, (_, index) => putFile(fix, `copy${index}`, same))
  const first = await write(fix, store, paths)
  assert.equal(first.totals.newPlainBytes >= 20_000 && first.totals.newPlainBytes < 21_000, true)
  const second = await write(fix, store, paths)
  assert.deepEqual(second.totals, { newPlainBytes: 0, newSealedBytes: 0, packs: [] })
})

test('metadata chunks are stored once and found again', async () => {
  const fix = fixture('trees')
  using store = await open(fix)
  const session = store.startWriting({ signal, onRead })
  const plain = content(fix.random, 3000)
  const ref = await session.writeTree(plain)
  assert.deepEqual(await session.writeTree(plain), ref)
  await session.finish()
  assert.equal(store.hasTree(ref.id), true)
  assert.equal(Buffer.compare(await store.readTree(ref.id), plain), 0)
  await assert.rejects(store.readTree(fix.random.bytes(32)), { code: 'CHUNK_UNKNOWN' })
})

test('trouble of a file is told and does not stop the others', async () => {
  const fix = fixture('trouble')
  using store = await open(fix)
  const [gone, denied, good] = ['gone', 'denied', 'good'].map((name) => putFile(fix, name, content(fix.random, 50)))
  assert.ok(gone && denied && good)
  const stats = new Map([gone, denied, good].map((path) => [path, fix.disk.stat(path)]))
  fix.disk.removeFile(gone)
  fix.disk.deny(denied)
  const states: string[] = []
  await using session = store.startWriting({
    signal,
    onRead: (read) => void states.push(read.state === 'unreadable' ? read.cause : read.state),
  })
  for (const [path, stat] of stats) await session.readFile({ key: 0, path, stat })
  await session.finish()
  assert.deepEqual(states, ['vanished', 'EACCES', 'read'])
})

test('a file that keeps changing is read three times and kept as torn', async () => {
  const fix = fixture('torn')
  using store = await open(fix)
  const path = putFile(fix, 'busy', content(fix.random, 600 * KiB))
  const calm = putFile(fix, 'calm', content(fix.random, 100))
  let readings = 0
  const changeAtEachRead = (call: { readonly kind: string; readonly path: string }) => {
    if (call.kind !== 'read' || call.path !== path) return
    fix.disk.onCall = undefined
    using file = fix.disk.open(path, 'write')
    file.write(Uint8Array.of(++readings), 5)
    fix.disk.onCall = changeAtEachRead
  }
  fix.disk.onCall = changeAtEachRead
  const { reads } = await write(fix, store, [path, calm])
  fix.disk.onCall = undefined
  const read = reads.get(path)
  assert.ok(read?.state === 'read' && read.torn)
  const quiet = reads.get(calm)
  assert.ok(quiet?.state === 'read' && !quiet.torn)
  assert.equal(readings, 3)
})

test('a second session is refused while one is open, and the vault is free after it was given up', async () => {
  const fix = fixture('busy')
  using store = await open(fix)
  const path = putFile(fix, 'file', content(fix.random, 5000))
  {
    await using session = store.startWriting({ signal, onRead })
    assert.throws(() => store.startWriting({ signal, onRead }), { code: 'VAULT_BUSY' })
    await session.readFile({ key: 0, path, stat: fix.disk.stat(path) })
    await session.settled()
  }
  const { reads } = await write(fix, store, [path])
  assert.equal(contentOf(store, reads.get(path)).byteLength, 5000)
})

test('an aborted session ends with the reason of its signal', async () => {
  const fix = fixture('abort')
  using store = await open(fix)
  const path = putFile(fix, 'file', content(fix.random, 5000))
  const stop = new AbortController()
  {
    await using session = store.startWriting({ signal: stop.signal, onRead })
    await session.readFile({ key: 0, path, stat: fix.disk.stat(path) })
    stop.abort(new Error('enough'))
    await assert.rejects(session.finish(), /enough/)
  }
  await write(fix, store, [path])
})

test('a full disk is told with numbers, leaves nothing behind, and the vault goes on when there is room', async () => {
  const fix = fixture('full')
  using store = await open(fix)
  const kept = putFile(fix, 'kept', content(fix.random, 30_000))
  const { reads } = await write(fix, store, [kept])
  const big = putFile(fix, 'big', content(fix.random, 400 * KiB))
  const capacity = fix.disk.capacityBytes
  fix.disk.capacityBytes = fix.disk.usedBytes + 100 * KiB
  await assert.rejects(write(fix, store, [big]), (error) => {
    assert.equal(codeOf(error), 'VAULT_DISK_FULL')
    assert.ok(error instanceof Error && 'details' in error)
    return true
  })
  assert.deepEqual(fix.disk.list(joinPath(fix.options.folder, 'tmp')), [])
  assert.equal(contentOf(store, reads.get(kept)).byteLength, 30_000)
  fix.disk.capacityBytes = capacity
  const again = await write(fix, store, [big, kept])
  assert.equal(contentOf(store, again.reads.get(big)).byteLength, 400 * KiB)
})

test('the index built from log and packs is the index that grew with them', async () => {
  const fix = fixture('reindex')
  using store = await open(fix)
  for (let round = 0; round < 3; round++) {
    const paths = Array.from({ length: 20 }, (_, index) =>
      putFile(fix, `f${round}-${index}`, content(fix.random, 9000)),
    )
    await write(fix, store, paths)
  }
  store.changeSettings({ boxName: 'box', zone: 'Europe/Paris', sources: [] })
  const grown = store.index.dump()
  using reopened = await open(fix)
  assert.deepEqual(reopened.index.dump(), grown)
  await reindexVault(reopened, { signal })
  assert.deepEqual(reopened.index.dump(), grown)
  assert.deepEqual(reopened.settings(), { boxName: 'box', zone: 'Europe/Paris', sources: [] })
})

async function filled(
  seed: string,
): Promise<{ fix: Fixture; store: VaultStore; written: Awaited<ReturnType<typeof write>> }> {
  const fix = fixture(seed)
  const store = await open(fix)
  const paths = Array.from({ length: 20 }, (_, index) => putFile(fix, `f${index}`, content(fix.random, 20_000)))
  return { fix, store, written: await write(fix, store, paths) }
}

test('a check finds each damaged and each missing pack, nothing new leans on them, and copies heal them', async () => {
  const { fix, store, written } = await filled('check')
  const [damaged, missing] = written.totals.packs
  assert.ok(damaged && missing)
  const copies = new Map([damaged, missing].map((id) => [id, Buffer.from(store.readPack(id))]))
  fix.disk.damage(store.packPath(damaged), (bytes) => {
    bytes[1000] = (bytes[1000] ?? 0) ^ 4
  })
  fix.disk.removeFile(store.packPath(missing))
  const report = await checkVault(store, { signal })
  assert.deepEqual(
    report.damaged.map((one) => one.pack),
    [damaged],
  )
  assert.deepEqual(report.missing, [missing])
  const again = await write(fix, store, [...written.reads.keys()] as never)
  assert.equal(again.totals.packs.length > 0, true)
  for (const [id, bytes] of copies) {
    await assert.rejects(store.adoptPack(id, bytes.subarray(1)), { code: 'PACK_DAMAGED' })
    await store.adoptPack(id, bytes)
  }
  assert.deepEqual(await checkVault(store, { signal }).then(({ damaged, missing }) => [damaged, missing]), [[], []])
  await assert.rejects(store.adoptPack('ab'.repeat(32), new Uint8Array(1)), { code: 'PACK_UNKNOWN' })
})

test('an empty vault recovers from log and metadata packs alone, and fetches data packs as they are needed', async () => {
  const { fix, store, written } = await filled('recover')
  const other = fixture('elsewhere', { options: { keyring: fix.keyring } })
  using empty = await open(other)
  empty.adoptLog(store.log.frames(0, 1))
  empty.adoptLog(store.log.frames(1, 10 * MiB))
  assert.deepEqual(empty.log.end(), store.log.end())
  for (const pack of store.packs()) {
    if (pack.class === 'metadata') await empty.adoptPack(pack.id, store.readPack(pack.id))
  }
  const [read] = written.reads.values()
  assert.ok(read?.state === 'read')
  const [place] = empty.placesOf([read.chunks.subarray(0, 32)])
  assert.ok(place && !place.group.packLocal)
  assert.equal(empty.hasChunks(read.chunks), false)
  await empty.adoptPack(place.group.pack, store.readPack(place.group.pack))
  assert.deepEqual(contentOf(empty, read), contentOf(store, read))
  const counts = empty.index.counts()
  await reindexVault(empty, { signal })
  assert.deepEqual(empty.index.counts(), counts)
})

test('frames of another vault are refused', async () => {
  const { store } = await filled('stranger')
  const other = fixture('elsewhere')
  using empty = await open(other)
  assert.throws(() => empty.adoptLog(store.log.frames(0, MiB)), { code: 'LOG_BROKEN' })
  assert.equal(empty.log.end().frames, 0)
})

test('all of a session may run on one thread beside others', async () => {
  const fix = fixture('one')
  const { disk, clock, random } = fix.deps
  const alone = { ...fix, deps: { ...fix.deps, workers: inlineWorkers({ disk, clock, random }, { size: 2 }) } }
  using store = await open(alone)
  const paths = Array.from({ length: 300 }, (_, index) => putFile(fix, `f${index}`, content(fix.random, 500, 'text')))
  const { reads } = await write(alone, store, paths)
  assert.equal(reads.size, 300)
  assert.equal(store.keys.box, BOX)
  assert.equal(store.packPath('ab'.repeat(32)), pathFromText(`/vault/packs/ab/${'ab'.repeat(32)}.pack`))
})
