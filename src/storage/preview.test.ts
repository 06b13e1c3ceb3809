import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ignoring } from '#base'
import { type MemoryDisk, type SimRandom, simRandom } from '#base/sim'
import { type PreviewOptions, previewSource } from './preview.ts'
import { at, bench, type MemoryBench, put, source, take } from './snapshot-fixture.ts'
import type { SourceSpec } from './types.ts'

function preview(b: MemoryBench, spec: SourceSpec, more: Partial<PreviewOptions> = {}, deps = {}) {
  const options = { signal: new AbortController().signal, neverFolders: [], ...more }
  return previewSource({ ...b.deps, ownFolder: b.ownFolder, ...deps }, spec, options)
}

test('each rule is told with what it leaves out, and that it matches nothing', async () => {
  const b = await bench('rules')
  for (const name of ['cache', 'cache/deep', 'plans']) b.disk.makeFolder(at(`/source/${name}`))
  for (const name of ['a.tmp', 'keep.tmp', 'plans/b.tmp', 'plans/c', 'cache/1', 'cache/deep/2.tmp'])
    put(b.disk, at(`/source/${name}`), 'x'.repeat(10))
  const excludes = ['# what nobody needs', '*.tmp', '!keep.tmp', 'cache/', 'nothing', '']
  const found = await preview(b, { ...source('/source'), excludes })
  assert.deepEqual(found.saved, { files: 2, folders: 2, bytes: 20, isAll: true })
  assert.deepEqual(found.left, { paths: 3, files: 4, bytes: 40, isAll: true })
  assert.deepEqual(found.items, [
    { path: '/source/a.tmp', kind: 'file', rule: '*.tmp', files: 1, bytes: 10 },
    { path: '/source/cache', kind: 'folder', rule: 'cache/', files: 2, bytes: 20 },
    { path: '/source/plans/b.tmp', kind: 'file', rule: '*.tmp', files: 1, bytes: 10 },
  ])
  assert.deepEqual(found.rules, [
    { rule: '*.tmp', paths: 2, files: 2, bytes: 20 },
    { rule: '!keep.tmp', paths: 1, files: 1, bytes: 10 },
    { rule: 'cache/', paths: 1, files: 2, bytes: 20 },
    { rule: 'nothing', paths: 0, files: 0, bytes: 0 },
  ])
})

test('own folders are left out and not looked into, links not followed, what cannot be read is told', async () => {
  const b = await bench('hidden')
  const { disk } = b
  for (const name of ['own', 'own/vault', 'closed', 'bad']) disk.makeFolder(at(`/source/${name}`))
  put(disk, at('/source/own/vault/key'), 'secret')
  put(disk, at('/source/closed/in'), 'in')
  disk.makeSymlink(at('/source/loop'), at('/source'))
  disk.deny(at('/source/closed'), 'EACCES')
  const never = { neverFolders: [at('/source/own')] }
  const found = await preview(b, source('/source', '/gone', '/source/own/vault'), never)
  assert.deepEqual([found.saved.files, found.saved.folders], [0, 2])
  assert.deepEqual(found.items, [{ path: '/source/own', kind: 'folder', rule: null, files: 0, bytes: 0 }])
  assert.deepEqual(found.unread, [
    { path: '/source/closed', cause: 'EACCES' },
    { path: '/gone', cause: 'ENOENT' },
    { path: '/source/own/vault', cause: 'OWN_FOLDER' },
  ])
  assert.equal(found.unreadCount, 3)
})

test('a disk that is mounted below is told, and neither saved nor counted with what is left out', async () => {
  const b = await bench('mounts')
  const { disk } = b
  for (const name of ['other', 'cache', 'cache/other']) disk.makeFolder(at(`/source/${name}`))
  for (const name of ['a', 'other/b', 'cache/c', 'cache/other/d']) put(disk, at(`/source/${name}`), 'x')
  const stat: typeof disk.stat = (path) => ({ ...disk.stat(path), device: path.includes('other') ? 2 : 1 })
  const mounted = { disk: { stat, list: disk.list.bind(disk) } as typeof disk }
  const spec = { ...source('/source'), excludes: ['cache'], oneFileSystem: true }
  const found = await preview(b, spec, {}, mounted)
  assert.deepEqual([found.saved.files, found.left.files], [1, 1])
  assert.deepEqual([found.mounts, found.mountCount], [['/source/other'], 1])
  const across = await preview(b, { ...spec, oneFileSystem: false }, {}, mounted)
  assert.deepEqual([across.saved.files, across.left.files, across.mountCount], [2, 2, 0])
})

test('what is too much to count is at least so much, and whoever goes away stops it', async () => {
  const b = await bench('bounds')
  for (let i = 0; i < 200; i++) put(b.disk, at(`/source/${String(i).padStart(3, '0')}`), 'x')
  let now = 0
  // A disk of 100 ms a name.
  const clock = { ...b.deps.clock, monotonic: () => (now += 50), sleep: async () => undefined }
  const found = await preview(b, source('/source'), {}, { clock })
  assert.deepEqual([found.saved.isAll, found.left.isAll], [false, false])
  assert.ok(found.saved.files > 20 && found.saved.files < 200, `${found.saved.files}`)
  const stop = new AbortController()
  const sleep = async () => stop.signal.throwIfAborted()
  const onProgress = () => stop.abort(new Error('gone'))
  const gone = preview(b, source('/source'), { signal: stop.signal, onProgress }, { clock: { ...clock, sleep } })
  await assert.rejects(gone, { message: 'gone' })
})

test('many paths with many rules hold nobody up', async (t) => {
  const b = await bench('many')
  const paths = Array.from({ length: 500 }, (_, index) => `/source/${index}`)
  for (const path of paths) b.disk.makeFolder(at(path))
  const excludes = Array.from({ length: 2000 }, (_, index) => `*.${index}`)
  const from = performance.now()
  const { saved } = await preview(b, { ...source(...paths), excludes })
  const ms = Math.round(performance.now() - from)
  t.diagnostic(`${ms} ms`)
  assert.deepEqual([saved.folders, saved.isAll], [500, true])
  assert.ok(ms < 3000, `${ms} ms`)
})

test('a list stays short however much is left out', async () => {
  const b = await bench('many')
  for (let i = 0; i < 120; i++) put(b.disk, at(`/source/${i}.tmp`), 'x')
  const found = await preview(b, { ...source('/source'), excludes: ['*.tmp'] })
  assert.deepEqual([found.items.length, found.left.paths, found.left.files], [50, 120, 120])
})

for (const seed of (process.env.SEED ?? '1 2 3 4').split(' ')) {
  test(`a preview says what a snapshot then does (SEED=${seed})`, async () => {
    const b = await bench(`preview ${seed}`)
    const random = simRandom(`preview ${seed}`)
    b.disk.makeFolder(at('/source/own'))
    put(b.disk, at('/source/own/a'), 'own')
    for (let n = 0; n < 60; n++) grow(b.disk, random)
    const rules = ['a', '/b', 'c/', '*.x', '!d.x', 'f/**', 'g/a']
    const spec = { ...source('/source'), excludes: rules.filter(() => random.below(2) === 0) }
    const never = { neverFolders: [at('/source/own')] }
    const [found, whole] = [await preview(b, spec, never), await preview(b, source('/source'), never)]
    const { files, bytes, folders } = await take(b, spec, never)
    assert.deepEqual(found.saved, { files, bytes, folders, isAll: true })
    assert.equal(found.left.files, whole.saved.files - files, 'what is not saved is left out')
  })
}

function grow(disk: MemoryDisk, random: SimRandom): void {
  const folder = random.pick(['', '/a', '/c', '/f', '/f/g', '/f/g/c'])
  const name = random.pick(['a', 'b', 'c', 'd', 'f', 'g', 'd.x', 'e.x'])
  const path = at(`/source${folder}/${name}`)
  ignoring(['ENOENT', 'EEXIST', 'EISDIR', 'ENOTDIR', 'ELOOP'], () => {
    const kind = random.below(5)
    if (kind < 2) disk.makeFolder(path)
    else if (kind === 2) disk.makeSymlink(path, at('/source'))
    else put(disk, path, 'x'.repeat(random.below(100)))
  })
}
