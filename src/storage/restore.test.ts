import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BytePath, joinPath } from '#base'
import { packRefs } from './group.ts'
import { at, bench, describe, type MemoryBench, put, read, restore, source, take } from './snapshot-fixture.ts'
import { type TreeEntry, treeEntry } from './tree.ts'
import { encodeEntry, encodePage } from './tree-format.ts'
import type { ChunkRef, SnapshotRecord } from './types.ts'

/** Small files are written without a name where the file system has such files, else under a temporary one. */
function onBothKinds(promise: string, act: (bench: (seed: string) => Promise<MemoryBench>) => Promise<void>): void {
  for (const unnamedFiles of [true, false]) {
    test(`${promise}${unnamedFiles ? '' : ' (no unnamed files)'}`, () => act((seed) => bench(seed, unnamedFiles)))
  }
}

/** Calls that reach what is below a held folder. */
const isHeld = (path: BytePath): boolean => path.startsWith('/proc/self/fd/')

const noise = (b: MemoryBench, bytes: number): Uint8Array => b.deps.random.bytes(bytes)

/** A tree that no honest box writes, in the vault. */
async function plant(b: MemoryBench, entries: readonly TreeEntry[]): Promise<SnapshotRecord> {
  await using session = b.store.startWriting({ signal: new AbortController().signal, onRead: () => undefined })
  const root: ChunkRef = await session.writeTree(encodePage({ level: 0, entries }))
  await session.finish()
  const entry = treeEntry({ name: 'root' as BytePath, kind: 'folder', mode: 0o755, tree: packRefs([root]) })
  return {
    type: 'snapshot',
    snapshot: '00'.repeat(16),
    source: 'evil',
    startedAt: 1_800_000_000_000,
    at: 1_800_000_000_000,
    paths: [at('/evil')],
    single: true,
    root,
    rootEntry: encodeEntry(entry),
    state: 'complete',
    files: 0,
    folders: 1,
    bytes: 0,
    newBytes: 0,
    incompleteCount: 0,
    incomplete: null,
  }
}

async function chunkOf(b: MemoryBench, text: string): Promise<Uint8Array> {
  put(b.disk, at('/source/content'), text)
  const snapshot = await take(b, source('/source'))
  const { findEntry } = await import('./tree-reader.ts')
  const entry = await findEntry(b.store, packRefs([snapshot.root]), at('content'))
  assert.ok(entry?.content && 'chunks' in entry.content)
  return entry.content.chunks
}

async function sample(b: MemoryBench): Promise<SnapshotRecord> {
  const { disk } = b
  disk.makeFolder(at('/source/folder'))
  put(disk, at('/source/folder/inner'), 'inner from the snapshot')
  put(disk, at('/source/top.txt'), 'top from the snapshot')
  disk.makeSymlink(at('/source/link'), at('folder/inner'))
  disk.makeHardLink(at('/source/twin'), at('/source/top.txt'))
  return take(b, source('/source'))
}

function occupied(b: MemoryBench): void {
  const { disk } = b
  disk.makeFolder(at('/target'))
  disk.makeFolder(at('/target/folder'))
  put(disk, at('/target/folder/inner'), 'was here')
  put(disk, at('/target/folder/other'), 'other')
  put(disk, at('/target/top.txt'), 'was here')
  put(disk, at('/target/link'), 'was here')
}

const textOf = (b: MemoryBench, path: string): string => read(b.disk, at(path)).toString()

test('refuse: what is in the way stays, and the item fails', async () => {
  const b = await bench('refuse')
  const snapshot = await sample(b)
  occupied(b)
  const report = await restore(b, snapshot, at('/target'))
  assert.deepEqual(report.failed.map(({ path, cause }) => `${path} ${cause}`).sort(), [
    'folder EEXIST',
    'link EEXIST',
    'top.txt EEXIST',
  ])
  assert.equal(textOf(b, '/target/top.txt'), 'was here')
  assert.equal(textOf(b, '/target/folder/inner'), 'was here')
  assert.equal(textOf(b, '/target/twin'), 'top from the snapshot')
  assert.equal(report.files, 1)
})

test('over: what is in the way is replaced, folders are merged', async () => {
  const b = await bench('over')
  const snapshot = await sample(b)
  occupied(b)
  const report = await restore(b, snapshot, at('/target'), { mode: 'over' })
  assert.deepEqual(report.failed, [])
  b.disk.removeFile(at('/target/folder/other'))
  b.disk.setMetadata(at('/target/folder'), { mtimeNs: b.disk.stat(at('/source/folder')).mtimeNs })
  assert.deepEqual(describe(b.disk, at('/target')), describe(b.disk, at('/source')))
  const again = await restore(b, snapshot, at('/target'), { mode: 'over' })
  assert.deepEqual(again.failed, [])
  assert.deepEqual(b.disk.list(at('/target')).sort(), ['folder', 'link', 'top.txt', 'twin'])
})

test('beside: each thing in the way gets a companion with the date of the snapshot', async () => {
  const b = await bench('beside')
  const snapshot = await sample(b)
  occupied(b)
  const report = await restore(b, snapshot, at('/target'), { mode: 'beside', zone: 'Europe/Paris' })
  assert.deepEqual(report.failed, [])
  const stamp = '(2027-01-15 09 h 00)'
  assert.deepEqual(
    b.disk.list(at('/target')).sort(),
    ['folder', `folder ${stamp}`, 'link', `link ${stamp}`, 'top.txt', `top ${stamp}.txt`, 'twin'].sort(),
  )
  assert.equal(textOf(b, `/target/folder ${stamp}/inner`), 'inner from the snapshot')
  assert.equal(textOf(b, `/target/top ${stamp}.txt`), 'top from the snapshot')
  assert.equal(textOf(b, '/target/top.txt'), 'was here')
})

test('missing: only what is not there comes back', async () => {
  const b = await bench('missing')
  const snapshot = await sample(b)
  occupied(b)
  b.disk.removeFile(at('/target/folder/inner'))
  const report = await restore(b, snapshot, at('/target'), { mode: 'missing' })
  assert.deepEqual(report.failed, [])
  assert.equal(textOf(b, '/target/top.txt'), 'was here')
  assert.equal(textOf(b, '/target/folder/inner'), 'inner from the snapshot')
  assert.equal(textOf(b, '/target/twin'), 'top from the snapshot')
  assert.equal(report.files, 2)
})

test('a dry run counts and touches nothing', async () => {
  const b = await bench('dry')
  const snapshot = await sample(b)
  const report = await restore(b, snapshot, at('/target'), { dryRun: true })
  assert.deepEqual([report.files, report.bytes], [3, 44])
  assert.throws(() => b.disk.stat(at('/target')), { code: 'ENOENT' })
})

test('a tree with names that lead elsewhere restores nothing', async () => {
  for (const name of ['..', '../x', '/etc/x', '.', 'a\0b']) {
    const b = await bench(`names ${name}`)
    const snapshot = await plant(b, [treeEntry({ name: name as BytePath, kind: 'symlink', target: at('/etc') })])
    const report = await restore(b, snapshot, at('/target'))
    assert.deepEqual(report.failed[0]?.cause, 'FORMAT_INVALID')
    assert.deepEqual(b.disk.list(at('/target')), [])
  }
})

test('a link of the snapshot is made after all files and never followed', async () => {
  const b = await bench('link first')
  const chunks = await chunkOf(b, 'evil')
  b.disk.makeFolder(at('/outside'))
  const inner = await (async () => {
    await using session = b.store.startWriting({ signal: new AbortController().signal, onRead: () => undefined })
    const file = treeEntry({ name: at('passwd'), kind: 'file', bytes: 4, content: { chunks } })
    const ref = await session.writeTree(encodePage({ level: 0, entries: [file] }))
    await session.finish()
    return ref
  })()
  // On a file system that takes `Up` and `up` for one name they would meet; here the names just stand side by side.
  const snapshot = await plant(b, [
    treeEntry({ name: at('Up'), kind: 'symlink', target: at('/outside') }),
    treeEntry({ name: at('up'), kind: 'folder', mode: 0o755, tree: packRefs([inner]) }),
  ])
  const report = await restore(b, snapshot, at('/target'))
  assert.deepEqual(report.failed, [])
  assert.deepEqual(b.disk.list(at('/outside')), [])
  assert.equal(textOf(b, '/target/up/passwd'), 'evil')
})

test('a link planted in the target is never followed', async () => {
  for (const mode of ['refuse', 'over', 'beside', 'missing'] as const) {
    const b = await bench(`planted ${mode}`)
    const snapshot = await sample(b)
    const { disk } = b
    for (const folder of ['/outside', '/target']) disk.makeFolder(at(folder))
    put(disk, at('/outside/victim'), 'untouched')
    disk.makeSymlink(at('/target/folder'), at('/outside'))
    disk.makeSymlink(at('/target/top.txt'), at('/outside/victim'))
    const report = await restore(b, snapshot, at('/target'), { mode })
    assert.deepEqual(disk.list(at('/outside')), ['victim'], mode)
    assert.equal(textOf(b, '/outside/victim'), 'untouched', mode)
    if (mode === 'over') assert.equal(textOf(b, '/target/folder/inner'), 'inner from the snapshot')
    if (mode === 'missing') assert.deepEqual(report.failed, [{ path: 'folder', cause: 'ELOOP' }])
  }
})

onBothKinds('a folder that is swapped for a link during the restore is not followed', async (bench) => {
  const b = await bench('swap')
  const { disk } = b
  disk.makeFolder(at('/outside'))
  disk.makeFolder(at('/source/f'))
  for (let i = 0; i < 20; i++) put(disk, at(`/source/f/${i}`), `content ${i}`)
  const snapshot = await take(b, source('/source'))
  disk.onCall = ({ kind, path }) => {
    // The call that makes a name in the folder.
    if (kind !== 'makeHardLink' && !(kind === 'open' && path.includes('.datis-'))) return
    disk.onCall = undefined
    disk.rename(at('/target/f'), at('/target/moved'))
    disk.makeSymlink(at('/target/f'), at('/outside'))
  }
  await restore(b, snapshot, at('/target'))
  assert.deepEqual(disk.list(at('/outside')), [])
})

test('a target that is a link or a file is refused', async () => {
  const b = await bench('target')
  const snapshot = await sample(b)
  b.disk.makeFolder(at('/outside'))
  b.disk.makeSymlink(at('/target'), at('/outside'))
  await assert.rejects(restore(b, snapshot, at('/target')), { code: 'TARGET_UNUSABLE' })
  await assert.rejects(restore(b, snapshot, at('/source/top.txt')), { code: 'TARGET_UNUSABLE' })
  await assert.rejects(restore(b, snapshot, at('/x'), { path: at('folder/no') }), { code: 'PATH_UNKNOWN' })
})

onBothKinds('a damaged chunk fails its file only, and nothing partial stays', async (bench) => {
  const b = await bench('damaged')
  for (let i = 0; i < 12; i++) put(b.disk, at(`/source/${String(i).padStart(2, '0')}`), noise(b, 30_000))
  const snapshot = await take(b, source('/source'))
  const victim = [...b.store.packs()].find((pack) => pack.class === 'data')
  assert.ok(victim)
  b.disk.damage(b.store.packPath(victim.id), (bytes) => void bytes.fill(1, 1000, 1010))
  const report = await restore(b, snapshot, at('/target'))
  assert.ok(report.failed.length >= 1 && report.failed.length < 12, String(report.failed.length))
  assert.equal(report.files, 12 - report.failed.length)
  assert.deepEqual(report.damagedPacks, [victim.id])
  assert.equal(b.disk.list(at('/target')).length, report.files)
  for (const name of b.disk.list(at('/target'))) {
    assert.deepEqual(read(b.disk, joinPath(at('/target'), name)), read(b.disk, joinPath(at('/source'), name)))
  }
})

for (const [where, freeBytes] of [
  ['on the disk', 2 ** 40],
  ['in memory, when the disk has no room to spare', 2 ** 30],
] as const) {
  test(`packs from peers are kept ${where}, and none stays after the restore`, async () => {
    const b = await bench(`kept ${freeBytes}`)
    for (let i = 0; i < 12; i++) put(b.disk, at(`/source/${i}`), noise(b, 30_000))
    put(b.disk, at('/source/large'), noise(b, 400_000))
    const snapshot = await take(b, source('/source'))
    const packs = [...b.store.packs()].filter((pack) => pack.class === 'data')
    const elsewhere = new Map(packs.map(({ id }) => [id, new Uint8Array(b.store.readPack(id))]))
    for (const { id } of packs) {
      b.disk.removeFile(b.store.packPath(id))
      b.store.setLocal(id, false)
    }
    b.disk.capacityBytes = b.disk.usedBytes + freeBytes
    let kept = 0
    b.disk.onCall = ({ kind, path }) => {
      if (kind === 'open' && path.startsWith('/vault/tmp/restore-')) kept++
    }
    const fetchPack = async (id: string) => {
      const bytes = elsewhere.get(id)
      elsewhere.delete(id)
      assert.ok(bytes, 'each pack is fetched once')
      return bytes
    }
    const report = await restore(b, snapshot, at('/target'), { fetchPack })
    assert.deepEqual([report.failed, report.damagedPacks], [[], []])
    assert.equal(kept > 0, freeBytes > 2 ** 31)
    assert.deepEqual(describe(b.disk, at('/target')), describe(b.disk, at('/source')))
    assert.deepEqual(b.disk.list(at('/vault/tmp')), [])
  })
}

onBothKinds('packs that are gone or damaged here come from peers', async (bench) => {
  const b = await bench('peers')
  for (let i = 0; i < 12; i++) put(b.disk, at(`/source/${i}`), noise(b, 30_000))
  put(b.disk, at('/source/large'), noise(b, 400_000))
  const snapshot = await take(b, source('/source'))
  const packs = [...b.store.packs()].filter((pack) => pack.class === 'data')
  assert.ok(packs.length > 3)
  const elsewhere = new Map(packs.map(({ id }) => [id, b.store.readPack(id)]))
  const [gone, damaged, unknown] = packs
  assert.ok(gone && damaged && unknown)
  b.disk.removeFile(b.store.packPath(gone.id))
  b.store.setLocal(gone.id, false)
  b.disk.damage(b.store.packPath(damaged.id), (bytes) => void bytes.fill(7, 0, bytes.length - 300))
  b.disk.removeFile(b.store.packPath(unknown.id))
  const fetched: string[] = []
  const fetchPack = async (id: string) => {
    fetched.push(id)
    const bytes = elsewhere.get(id)
    assert.ok(bytes)
    return new Uint8Array(bytes)
  }
  const report = await restore(b, snapshot, at('/target'), { fetchPack })
  assert.deepEqual(report.failed, [])
  assert.deepEqual(fetched.sort(), [gone.id, damaged.id, unknown.id].sort())
  assert.deepEqual([...report.damagedPacks].sort(), [damaged.id, unknown.id].sort())
  assert.deepEqual(describe(b.disk, at('/target')), describe(b.disk, at('/source')))
})

test('a pack that no peer gives fails its files with the reason', async () => {
  const b = await bench('unreachable')
  for (let i = 0; i < 12; i++) put(b.disk, at(`/source/${i}`), noise(b, 30_000))
  const snapshot = await take(b, source('/source'))
  const gone = [...b.store.packs()].find((pack) => pack.class === 'data')
  assert.ok(gone)
  b.disk.removeFile(b.store.packPath(gone.id))
  b.store.setLocal(gone.id, false)
  const report = await restore(b, snapshot, at('/target'))
  assert.ok(report.failed.length > 0 && report.files > 0)
  assert.ok(report.failed.every(({ cause }) => cause === 'PACK_UNREACHABLE'))
  assert.deepEqual(report.damagedPacks, [])
})

onBothKinds('an aborted restore leaves no partial file', async (bench) => {
  const b = await bench('abort')
  for (let i = 0; i < 5; i++) put(b.disk, at(`/source/${i}`), noise(b, 200_000))
  const snapshot = await take(b, source('/source'))
  const gone = [...b.store.packs()].filter((pack) => pack.class === 'data').at(-1)
  assert.ok(gone)
  b.store.setLocal(gone.id, false)
  const stop = new AbortController()
  const fetchPack = async () => {
    stop.abort(new Error('stopped by a person'))
    throw stop.signal.reason
  }
  await assert.rejects(restore(b, snapshot, at('/target'), { signal: stop.signal, fetchPack }), {
    message: 'stopped by a person',
  })
  for (const name of b.disk.list(at('/target'))) assert.ok(!name.startsWith('.datis-'), name)
})

onBothKinds('a full target fails files, keeps the others and leaves no partial ones', async (bench) => {
  const b = await bench('full')
  for (let i = 0; i < 10; i++) put(b.disk, at(`/source/${i}`), noise(b, 30_000))
  const snapshot = await take(b, source('/source'))
  b.disk.onCall = ({ kind, path }) => {
    if (kind === 'write' && isHeld(path)) b.disk.capacityBytes = b.disk.usedBytes + 20_000
  }
  const report = await restore(b, snapshot, at('/target'))
  b.disk.onCall = undefined
  assert.equal(report.failedCount, 10)
  assert.ok(report.failed.every(({ cause }) => cause === 'ENOSPC'))
  assert.deepEqual(b.disk.list(at('/target')), [])
})

onBothKinds('what the system refuses to set is told, and a setuid bit goes to nobody else', async (bench) => {
  const b = await bench('not set')
  put(b.disk, at('/source/tool'), 'tool')
  b.disk.setMetadata(at('/source/tool'), { mode: 0o4755, owner: { uid: 5, gid: 5 } })
  const snapshot = await take(b, source('/source'))
  b.disk.refused.set('owner', 'EPERM')
  const report = await restore(b, snapshot, at('/target'))
  assert.equal(b.disk.stat(at('/target/tool')).mode, 0o755)
  const tool = report.notSet.filter(({ path }) => path === 'tool').map(({ what, cause }) => `${what} ${cause}`)
  assert.deepEqual(tool, ['owner EPERM', 'mode EPERM'])
})

test('when the first name of a file cannot be restored, its content comes under the next', async () => {
  const b = await bench('names of one file')
  put(b.disk, at('/source/a'), 'shared')
  for (const name of ['b', 'c']) b.disk.makeHardLink(at(`/source/${name}`), at('/source/a'))
  const snapshot = await take(b, source('/source'))
  b.disk.makeFolder(at('/target'))
  put(b.disk, at('/target/a'), 'in the way')
  const report = await restore(b, snapshot, at('/target'))
  assert.deepEqual(report.failed, [{ path: 'a', cause: 'EEXIST' }])
  assert.equal(textOf(b, '/target/b'), 'shared')
  assert.equal(b.disk.stat(at('/target/b')).inode, b.disk.stat(at('/target/c')).inode)
  const part = await restore(b, snapshot, at('/part'), { path: at('c') })
  assert.deepEqual([part.files, textOf(b, '/part/c')], [1, 'shared'])
})
