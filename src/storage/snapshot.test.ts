import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ignoring, joinPath, pathFromBytes } from '#base'
import { type MemoryDisk, type SimRandom, simRandom } from '#base/sim'
import { findSnapshot, incompleteItems, OWN_SOURCE } from './snapshot.ts'
import { age, at, type Bench, bench, describe, put, restore, source, take } from './snapshot-fixture.ts'
import { takeSnapshot } from './snapshot-take.ts'
import { linkKey } from './tree.ts'
import { entryAt, listFolder, walkSnapshot } from './tree-reader.ts'
import type { SnapshotRecord } from './types.ts'
import { foldersByInode } from './walk.ts'

async function names(b: Bench, snapshot: SnapshotRecord, path = ''): Promise<string[]> {
  return (await listFolder(b.store, snapshot, at(path))).entries.map((entry) => entry.name)
}

async function paths(b: Bench, snapshot: SnapshotRecord): Promise<string[]> {
  const found: string[] = []
  for await (const { path } of walkSnapshot(b.store, snapshot, at(''))) if (path !== '') found.push(path)
  return found
}

test('all kinds of things come back with all their metadata', async () => {
  const b = await bench('kinds')
  const { disk } = b
  put(disk, at('/source/a'), 'content of a')
  disk.makeFolder(at('/source/folder'))
  put(disk, joinPath(at('/source/folder'), pathFromBytes(Uint8Array.of(0xff, 0x20, 0xc3))), 'not UTF-8')
  put(disk, at('/source/empty'), '')
  disk.makeSymlink(at('/source/link'), at('/nowhere/é'))
  disk.makeHardLink(at('/source/folder/same'), at('/source/a'))
  disk.makeSpecial(at('/source/socket'), 'socket')
  disk.setMetadata(at('/source/a'), { mode: 0o4755, owner: { uid: 7, gid: 8 }, mtimeNs: 1_234_567_890_123_456_789n })
  disk.setMetadata(at('/source/empty'), { xattrs: new Map([['user.x', Uint8Array.of(1, 2)]]), mtimeNs: -5n })
  disk.setMetadata(at('/source/link'), { mtimeNs: 77n })
  disk.setMetadata(at('/source/folder'), { mode: 0o500, mtimeNs: 99n })
  disk.setMetadata(at('/source'), { mode: 0o750, mtimeNs: 100n })
  const snapshot = await take(b, source('/source'))
  assert.equal(snapshot.state, 'complete')
  assert.equal(snapshot.files, 4)
  assert.equal(snapshot.single, true)
  assert.ok((await names(b, snapshot)).includes('socket'))
  const report = await restore(b, snapshot, at('/target'))
  assert.deepEqual([report.failed, report.notSet], [[], []])
  assert.equal(report.files, 4)
  assert.deepEqual(describe(disk, at('/target')), describe(disk, at('/source')))
})

test('a second run reads nothing that did not change', async () => {
  const b = await bench('reuse')
  for (let i = 0; i < 300; i++) put(b.disk, at(`/source/file ${i}`), `content ${i}`)
  const first = await take(b, source('/source'))
  age(b)
  const settled = await take(b, source('/source'))
  assert.deepEqual(settled.root, first.root)
  put(b.disk, at('/source/file 7'), 'changed')
  b.disk.resetCalls()
  const opened: string[] = []
  b.disk.onCall = ({ kind, path }) => void (kind === 'open' && path.startsWith('/source') && opened.push(path))
  const third = await take(b, source('/source'))
  b.disk.onCall = undefined
  assert.deepEqual(opened, ['/source/file 7'])
  assert.equal(third.files, 300)
  assert.equal(third.newBytes > 0, true)
})

test('what is excluded, another file system and the own folder stay out', async () => {
  const b = await bench('exclude')
  const { disk } = b
  for (const name of ['keep', 'cache', 'own']) disk.makeFolder(at(`/source/${name}`))
  for (const name of ['keep/a.txt', 'keep/a.tmp', 'cache/b', 'own/c', 'Cache']) put(disk, at(`/source/${name}`), name)
  const spec = { ...source('/source'), excludes: ['*.tmp', '/cache/'] }
  const snapshot = await take(b, spec, { neverFolders: [at('/source/own')] })
  assert.deepEqual(await paths(b, snapshot), ['Cache', 'keep', 'keep/a.txt'])
  const whole = await take(b, source('/'))
  assert.deepEqual(await names(b, whole), ['source'])
})

test('no link leads a source into the own folder', async () => {
  const b = await bench('own by a link')
  const { disk } = b
  disk.makeFolder(at('/vault/inside'))
  put(disk, at('/vault/inside/key'), 'secret')
  disk.makeSymlink(at('/source/link'), at('/vault'))
  disk.makeSymlink(at('/source/deep'), at('/vault/inside'))
  disk.makeFolder(at('/vault/inside/below'))
  for (const path of ['/source/link/inside', '/source/link/inside/key', '/source/deep/below', '/source/link/.'])
    await assert.rejects(take(b, source(path)), {
      code: 'SOURCE_UNREADABLE',
      details: { source: 'files', path, cause: 'OWN_FOLDER' },
    })
})

test('a folder in the own one stays out by whatever name a mount gives it, and what a link leads to does not', async () => {
  const b = await bench('own elsewhere')
  const { disk } = b
  for (const name of ['own', 'own/keys', 'papers']) disk.makeFolder(at(`/source/${name}`))
  disk.makeSymlink(at('/source/own/out'), at('/source/papers'))
  const own = foldersByInode(disk, [at('/source/own')])
  const isOwn = (name: string) => own.has(linkKey(disk.stat(at(`/source/${name}`))))
  assert.deepEqual(['own', 'own/keys', 'papers'].map(isOwn), [true, true, false])
})

test('several paths each have a name of their own', async () => {
  const b = await bench('paths')
  const { disk } = b
  for (const path of ['/x', '/x/data', '/y', '/y/data']) disk.makeFolder(at(path))
  put(disk, at('/x/data/1'), 'x')
  put(disk, at('/y/data/1'), 'y')
  put(disk, at('/y/file'), 'file')
  const spec = source('/y/data', '/x/data/', '/y/file', '/gone')
  const snapshot = await take(b, spec)
  assert.deepEqual(await paths(b, snapshot), ['data', 'data/1', 'data~2', 'data~2/1', 'file'])
  assert.deepEqual(await incompleteItems(b.store, snapshot), [{ path: '/gone', cause: 'ENOENT' }])
  assert.equal(snapshot.state, 'incomplete')
  await restore(b, snapshot, at('/target'))
  assert.deepEqual(disk.list(at('/target')).sort(), ['data', 'data~2', 'file'])
  const one = await restore(b, snapshot, at('/one'), { path: at('data~2/1') })
  assert.deepEqual([one.files, disk.list(at('/one'))], [1, ['1']])
})

test('a source of which nothing can be read is an error, and the vault takes the next one', async () => {
  const b = await bench('unreadable source')
  await assert.rejects(take(b, source('/gone')), { code: 'SOURCE_UNREADABLE' })
  b.disk.deny(at('/source'), 'EIO')
  await assert.rejects(take(b, source('/source')), { code: 'SOURCE_UNREADABLE' })
  b.disk.deny(at('/source'), undefined as never)
})

test('an unreadable file keeps its last good version, flagged with the cause', async () => {
  const b = await bench('unreadable')
  const { disk } = b
  disk.makeFolder(at('/source/folder'))
  put(disk, at('/source/folder/in'), 'good')
  put(disk, at('/source/old'), 'good')
  await take(b, source('/source'))
  age(b)
  put(disk, at('/source/old'), 'newer')
  put(disk, at('/source/new'), 'never read')
  for (const name of ['old', 'new', 'folder']) disk.deny(at(`/source/${name}`), 'EACCES')
  const snapshot = await take(b, source('/source'))
  assert.equal(snapshot.state, 'incomplete')
  assert.deepEqual((await incompleteItems(b.store, snapshot)).map(({ path, cause }) => `${path} ${cause}`).sort(), [
    '/source/folder EACCES',
    '/source/new EACCES',
    '/source/old EACCES',
  ])
  assert.equal((await entryAt(b.store, snapshot, at('old'))).incomplete, 'EACCES')
  assert.equal((await entryAt(b.store, snapshot, at('old'))).bytes, 4)
  assert.deepEqual(await names(b, snapshot, 'folder'), ['in'])
  const report = await restore(b, snapshot, at('/target'))
  assert.deepEqual(report.failed, [{ path: 'new', cause: 'EACCES' }])
  assert.equal(report.files, 2)
})

test('a file that changes while it is read makes its source incomplete after three runs', async () => {
  const b = await bench('torn')
  put(b.disk, at('/source/busy'), 'x'.repeat(1000))
  let writes = 0
  b.disk.onCall = ({ kind, path }) => {
    if (kind === 'read' && path === '/source/busy') put(b.disk, path, 'y'.repeat(1000 + (++writes % 7)))
  }
  const states = []
  for (let run = 0; run < 4; run++) states.push((await take(b, source('/source'))).state)
  b.disk.onCall = undefined
  assert.deepEqual(states, ['complete', 'complete', 'incomplete', 'incomplete'])
  assert.equal((await take(b, source('/source'))).state, 'complete')
})

test('what vanishes during the walk is absent and no fault', async () => {
  const b = await bench('vanished')
  put(b.disk, at('/source/a'), 'a')
  put(b.disk, at('/source/b'), 'b')
  b.disk.makeHardLink(at('/source/c'), at('/source/b'))
  b.disk.onCall = ({ kind, path }) => {
    if (kind !== 'open' || path !== '/source/a') return
    b.disk.onCall = undefined
    b.disk.removeFile(at('/source/a'))
    b.disk.removeFile(at('/source/b'))
  }
  const snapshot = await take(b, source('/source'))
  assert.equal(snapshot.state, 'complete')
  assert.deepEqual(await paths(b, snapshot), ['c'])
  const report = await restore(b, snapshot, at('/target'))
  assert.deepEqual([report.files, report.failed], [1, []])
})

test('an aborted run leaves no snapshot, and the next one works', async () => {
  const b = await bench('abort')
  for (let i = 0; i < 50; i++) put(b.disk, at(`/source/${i}`), `content ${i}`)
  const stop = new AbortController()
  b.disk.onCall = ({ kind, path }) => {
    if (kind === 'open' && path.startsWith('/source')) stop.abort(new Error('stopped'))
  }
  const deps = { ...b.deps, store: b.store, ownFolder: b.ownFolder }
  await assert.rejects(takeSnapshot(deps, source('/source'), { signal: stop.signal }), { message: 'stopped' })
  b.disk.onCall = undefined
  assert.deepEqual(b.store.snapshots(), [])
  assert.equal((await take(b, source('/source'))).files, 50)
})

for (const seed of (process.env.SEED ?? '1 2 3 4 5 6').split(' ')) {
  test(`each snapshot restores its moment, whatever changed between (SEED=${seed})`, async () => {
    const b = await bench(`moments ${seed}`)
    const random = simRandom(`moments ${seed}`)
    const moments: { snapshot: SnapshotRecord; lines: string[] }[] = []
    for (let run = 0; run < 4; run++) {
      for (let change = 0; change < 40; change++) changeSomething(b.disk, random)
      if (run === 2) age(b)
      moments.push({ snapshot: await take(b, source('/source')), lines: describe(b.disk, at('/source')) })
    }
    for (const [number, { snapshot, lines }] of moments.entries()) {
      const target = at(`/target ${number}`)
      const report = await restore(b, snapshot, target)
      assert.deepEqual(report.failed, [])
      assert.deepEqual(describe(b.disk, target), lines)
    }
  })
}

function changeSomething(disk: MemoryDisk, random: SimRandom): void {
  const folder = random.pick(['/source', '/source/f', '/source/f/g', '/source/h'])
  const path = at(`${folder}/${random.pick(['a', 'b', 'c', 'd', 'é'])}`)
  const other = at(`/source/${random.pick(['a', 'b', 'c', 'd'])}`)
  const codes = ['ENOENT', 'EEXIST', 'EISDIR', 'ENOTDIR', 'ELOOP', 'ENOTEMPTY', 'EPERM', 'EINVAL', 'ENXIO']
  ignoring(codes, () => {
    switch (random.below(7)) {
      case 0:
        return disk.makeFolder(at(folder))
      case 1:
        return disk.removeFile(path)
      case 2:
        return disk.makeHardLink(path, other)
      case 3:
        return disk.makeSymlink(path, other)
      case 4:
        disk.setMetadata(path, { mode: random.below(0o10000), mtimeNs: BigInt(random.below(2 ** 32)) * 1_000_003n })
        return
      case 5:
        return disk.rename(path, other)
      default:
        return put(disk, path, random.bytes(random.below(100_000)))
    }
  })
}

test('the latest is the latest of what people save, whatever the box has saved of itself since', async () => {
  const b = await bench('latest')
  put(b.disk, at('/source/file'), 'content')
  const house = await take(b, source('/source'))
  await take(b, { ...source('/source'), name: OWN_SOURCE })
  assert.equal(findSnapshot(b.store, 'latest').snapshot, house.snapshot)
})
