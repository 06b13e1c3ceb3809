import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, joinPath, pathFromText } from '#base'
import type { FolderItem } from '../operations.ts'
import { BoxTown, PEOPLE, type TestBox, write } from '../test-town.ts'
import { previewSource } from './preview.ts'

async function place(seed: string) {
  const town = new BoxTown(seed)
  const [owner] = (await town.founded(1)) as [TestBox]
  const folder = (name: string) => owner.disk.makeFolder(joinPath(PEOPLE, name))
  const file = (name: string) => write(owner.disk, joinPath(PEOPLE, name), town.random.bytes(100))
  return { town, owner, folder, file }
}

test('what a source would save is told before there is one, and of one with other rules', async () => {
  const { town, owner, folder, file } = await place('preview')
  folder('papers')
  file('papers/a.tmp')
  file('papers/b')
  const preview = (args: object) => town.call(owner.box, 'source.preview', args)
  const found = await preview({ paths: ['/people/papers/'], excludes: ['*.tmp', '*.bak'] })
  assert.deepEqual([found.saved.files, found.left.files, found.items[0]?.rule], [1, 1, '*.tmp'])
  assert.deepEqual(
    found.rules.map(({ rule, paths }) => [rule, paths]),
    [
      ['*.tmp', 1],
      ['*.bak', 0],
    ],
  )
  assert.equal((await town.call(owner.box, 'source.list', {})).items.length, 0)
  const papers = { name: 'papers', paths: ['/people/papers'], excludes: [], oneFileSystem: false }
  await town.call(owner.box, 'source.add', papers)
  assert.equal((await preview({ name: 'papers' })).saved.files, 2)
  assert.equal((await preview({ name: 'papers', excludes: ['b'] })).saved.files, 1)
  assert.equal(await preview({ name: 'none' }).catch(codeOf), 'SOURCE_UNKNOWN')
  assert.equal(await preview({}).catch(codeOf), 'REQUEST_INVALID')
  for (const [path, code] of [
    ['papers', 'SOURCE_PATH_RELATIVE'],
    ['/people/\0', 'REQUEST_INVALID'],
  ] as const) {
    assert.equal(await preview({ paths: [path] }).catch(codeOf), code)
    assert.equal(await town.call(owner.box, 'source.add', { ...papers, name: 'x', paths: [path] }).catch(codeOf), code)
    assert.equal(await town.call(owner.box, 'source.set', { name: 'papers', paths: [path] }).catch(codeOf), code)
  }
  const all = await preview({ paths: ['/'] })
  assert.deepEqual(
    all.items.map(({ path, rule, files }) => [path, rule, files]),
    [['/data/box', null, 0]],
  )
})

test('folders are listed by pages and without files, and the own folder is none of them', async () => {
  const { town, owner, folder, file } = await place('folders')
  for (const name of ['b', 'a', 'closed', 'd']) folder(name)
  for (const name of ['c', 'secret.txt', 'b/in']) file(name)
  owner.disk.makeSymlink(joinPath(PEOPLE, 'link'), pathFromText('/people/a'))
  owner.disk.makeSymlink(joinPath(PEOPLE, 'own'), pathFromText('/data/box/vault'))
  owner.disk.makeFolder(joinPath(PEOPLE, '\xff'))
  owner.disk.deny(joinPath(PEOPLE, 'closed'), 'EACCES')
  const list = (args: { path: string; after?: string; limit?: number }) => town.call(owner.box, 'folder.list', args)
  const shown = (items: readonly FolderItem[]) => items.map(({ path, state }) => `${path} ${state}`)
  const all = [
    '/people/a open',
    '/people/b open',
    '/people/closed unreadable',
    '/people/d open',
    '/people/\ufffd garbled',
  ]
  const whole = await list({ path: '/people/' })
  assert.deepEqual([shown(whole.items), whole.more], [all, null])
  const pages: string[] = []
  for (let after: string | null = ''; after !== null; ) {
    const page: typeof whole = await list({ path: '/people', limit: 2, ...(after !== '' && { after }) })
    assert.ok(page.items.length <= 2)
    pages.push(...shown(page.items))
    after = page.more
  }
  assert.deepEqual(pages, all)
  assert.deepEqual(shown((await list({ path: '/data' })).items), ['/data/box own'])
  const refused = async (path: string) => await list({ path }).catch(codeOf)
  for (const own of ['/data/box', '/data/box/vault', '/people/own', '/people/own/packs'])
    assert.equal(await refused(own), 'OWN_FOLDER', own)
  for (const bad of ['', 'people', '/people/../data', '/people/./a', '/a\0b'])
    assert.equal(await refused(bad), 'REQUEST_INVALID', JSON.stringify(bad))
  assert.equal(await refused('/people/none'), 'ENOENT')
  assert.equal(await refused('/people/c'), 'ENOTDIR')
  assert.equal(await refused('/people/link'), 'ENOTDIR')
  assert.equal(await refused('/people/closed'), 'EACCES')
})

test('the last run and the next one are told beside the last good one', async () => {
  const { town, owner, folder, file } = await place('runs')
  folder('papers')
  file('papers/a')
  const papers = { name: 'papers', paths: ['/people/papers'], excludes: [], oneFileSystem: false, local: '<7 d, 1 h>' }
  await town.call(owner.box, 'source.add', papers)
  const state = async () => (await town.call(owner.box, 'state.show', {})).sources[0]
  const now = () => owner.box.world.clock.wall()
  const before = await state()
  assert.deepEqual([before?.newest, before?.last], [null, null])
  assert.ok(Date.parse(before?.dueAt ?? '') <= now(), 'at once')
  await town.call(owner.box, 'snapshot.take', { sources: [] })
  owner.disk.deny(joinPath(PEOPLE, 'papers/a'), 'EACCES')
  file('papers/b')
  await town.call(owner.box, 'snapshot.take', { sources: [] })
  const after = await state()
  assert.equal(after?.last?.isComplete, false)
  assert.notEqual(after?.last?.id, after?.newest?.id)
  const waitMs = Date.parse(after?.dueAt ?? '') - now()
  assert.ok(waitMs > 0 && waitMs <= 3_600_000, `${waitMs}`)
  await town.call(owner.box, 'source.set', { name: 'papers', ended: true })
  assert.equal((await state())?.dueAt, null)
})

test('one preview walks at a time, and who goes away while waiting leaves the turn to the next', async () => {
  const { town, owner, folder, file } = await place('turns')
  folder('papers')
  file('papers/a')
  const turn = await owner.box.walks.take(1)
  const gone = new AbortController()
  const ended: string[] = []
  const preview = async (name: string, signal: AbortSignal) => {
    const context = { signal, onProgress: () => undefined }
    await previewSource(owner.box, { paths: ['/people/papers'] }, context).catch(() => ended.push('given up'))
    ended.push(name)
  }
  const both = [preview('first', gone.signal), preview('second', new AbortController().signal)]
  await town.clock.runFor(10_000)
  assert.deepEqual(ended, [])
  gone.abort()
  turn[Symbol.dispose]()
  await town.clock.runFor(10_000)
  await Promise.all(both)
  assert.deepEqual(ended, ['given up', 'first', 'second'])
})
