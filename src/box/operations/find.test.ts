import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinPath, pathFromText } from '#base'
import { BoxTown, CONTEXT, PEOPLE, type TestBox, write } from '../test-town.ts'
import { findSaved } from './find.ts'

const FOLDER = joinPath(PEOPLE, 'papers')

async function saved(seed: string) {
  const town = new BoxTown(seed)
  const owner = await town.create('box-0')
  owner.disk.makeFolder(FOLDER)
  owner.disk.makeFolder(joinPath(FOLDER, pathFromText('Été')))
  const put = (name: string, text: string) => write(owner.disk, joinPath(FOLDER, pathFromText(name)), Buffer.from(text))
  put('Été/Budget 2026.ods', 'first')
  put('Été/notes.txt', 'gone soon')
  put('budget.csv', 'a;b')
  await town.call(owner.box, 'source.add', { name: 'papers', paths: [FOLDER], excludes: [], oneFileSystem: false })
  const take = () => town.call(owner.box, 'snapshot.take', { sources: [] })
  await take()
  for (const name of ['notes.txt', 'Budget 2026.ods']) {
    owner.disk.removeFile(joinPath(FOLDER, pathFromText(`Été/${name}`)))
  }
  put('Été/Budget 2026.ods', 'second one')
  await town.run(town.clock.machine().sleep(60_000))
  await take()
  return { town, owner }
}

async function found(town: BoxTown, { box }: TestBox, text: string, more: object = {}): Promise<string[]> {
  const { items } = await town.call(box, 'snapshot.find', { text, ...more })
  return items.map(({ path, versions }) => `${path} ${versions.map(({ bytes }) => bytes).join()}`)
}

test('part of a name, a pattern, or a path', async () => {
  const { town, owner } = await saved('names')
  const budgets = ['budget.csv 3', 'Été/Budget 2026.ods 10']
  assert.deepEqual((await found(town, owner, 'BUDGET')).sort(), budgets.toSorted())
  assert.deepEqual(await found(town, owner, 'budget*.ods'), ['Été/Budget 2026.ods 10'])
  assert.deepEqual(await found(town, owner, 'budget.???'), ['budget.csv 3'])
  assert.deepEqual(await found(town, owner, '*.o'), [], 'a pattern is a whole name')
  assert.deepEqual(await found(town, owner, 'ÉTÉ/bud'), ['Été/Budget 2026.ods 10'])
  assert.deepEqual(await found(town, owner, 'é'), ['Été 0'], 'however its accent is written')
  assert.deepEqual(await found(town, owner, '(.*'), [])
})

test('what was deleted, and earlier versions', async () => {
  const { town, owner } = await saved('versions')
  assert.deepEqual(await found(town, owner, 'notes'), [])
  assert.deepEqual(await found(town, owner, 'notes', { all: true }), ['Été/notes.txt 9'])
  assert.deepEqual(await found(town, owner, '2026', { all: true }), ['Été/Budget 2026.ods 10,5'])
  const { items } = await town.call(owner.box, 'snapshot.list', {})
  assert.deepEqual(await found(town, owner, '2026', { id: items[1]?.id }), ['Été/Budget 2026.ods 5'])
  assert.deepEqual(await found(town, owner, 'budget.csv', { all: true, source: 'papers' }), ['budget.csv 3'])
  await assert.rejects(found(town, owner, 'x', { source: 'none' }), { code: 'SOURCE_UNKNOWN' })
})

test('what expires while others are looked through is left out', async () => {
  const { town, owner } = await saved('expires')
  for (let count = 0; count < 2000; count++)
    write(owner.disk, joinPath(FOLDER, pathFromText(`${count}`)), Buffer.from('x'))
  await town.call(owner.box, 'snapshot.take', { sources: [] })
  const earlier = owner.box.vault.snapshots().slice(0, -1)
  const ids = earlier.map(({ snapshot }) => snapshot)
  const expire = () => (['local', 'remote'] as const).map((side) => owner.box.vault.expire(side, ids))
  const context = { ...CONTEXT, onProgress: expire }
  const { items } = await town.run(findSaved(owner.box, { text: 'notes', all: true }, context))
  assert.deepEqual(items, [])
})

test('a pattern of many stars is looked for in no time', async () => {
  const town = new BoxTown('stars')
  const owner = await town.create('box-0')
  owner.disk.makeFolder(FOLDER)
  write(owner.disk, joinPath(FOLDER, pathFromText('a'.repeat(60))), Buffer.from('x'))
  await town.call(owner.box, 'source.add', { name: 'papers', paths: [FOLDER], excludes: [], oneFileSystem: false })
  await town.call(owner.box, 'snapshot.take', { sources: [] })
  const began = performance.now()
  assert.deepEqual(await found(town, owner, `${'*a'.repeat(6)}*b`), [])
  assert.deepEqual(await found(town, owner, `${'*a'.repeat(60)}*`), [`${'a'.repeat(60)} 1`])
  assert.ok(performance.now() - began < 1000)
})

test('a star and a question mark stay in their folder', async () => {
  const { town, owner } = await saved('folders')
  assert.deepEqual(await found(town, owner, '*/budget*.o?s'), ['Été/Budget 2026.ods 10'])
  assert.deepEqual(await found(town, owner, '?té/*20*6*'), ['Été/Budget 2026.ods 10'])
  assert.deepEqual(await found(town, owner, '*budget*/*'), [])
  const folder = joinPath(FOLDER, pathFromText('Été/Août'))
  owner.disk.makeFolder(folder)
  write(owner.disk, joinPath(folder, pathFromText('plan')), Buffer.from('x'))
  await town.run(town.clock.machine().sleep(60_000))
  await town.call(owner.box, 'snapshot.take', { sources: [] })
  assert.deepEqual(await found(town, owner, '*/plan'), [])
  assert.deepEqual(await found(town, owner, '*/*/plan'), ['Été/Août/plan 1'])
  assert.deepEqual(await found(town, owner, 'Été?budget*'), [])
})
