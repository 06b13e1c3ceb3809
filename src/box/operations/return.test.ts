import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BytePath, joinPath, pathFromText, pathToText } from '#base'
import type { MemoryDisk } from '#base/sim'
import type { ReturnArguments } from '../operations.ts'
import { BoxTown, PEOPLE, read, write } from '../test-town.ts'

const FOLDER = joinPath(PEOPLE, 'papers')
const at = (path: string) => joinPath(FOLDER, pathFromText(path))
const text = (disk: MemoryDisk, path: BytePath) => Buffer.from(read(disk, path)).toString()

async function saved(seed: string, paths: readonly BytePath[] = [FOLDER]) {
  const town = new BoxTown(seed)
  const { box, disk } = await town.create('box-0')
  for (const path of [FOLDER, at('2026'), at('2026/taxes'), joinPath(PEOPLE, 'elsewhere')]) disk.makeFolder(path)
  write(disk, at('2026/taxes/form.txt'), Buffer.from('first'))
  write(disk, at('2026/plan.txt'), Buffer.from('plan'))
  write(disk, joinPath(PEOPLE, 'alone.txt'), Buffer.from('alone'))
  disk.setMetadata(at('2026/taxes'), { mode: 0o750 })
  const source = { name: 'papers', excludes: [], oneFileSystem: false }
  await town.call(box, 'source.add', { ...source, paths: paths.map(pathToText) })
  await town.call(box, 'snapshot.take', { sources: [] })
  const back = (path: string, mode: ReturnArguments['mode'], ...others: string[]) =>
    town.call(box, 'files.return', { id: 'latest', paths: [path, ...others].map((one) => ({ path: one })), mode })
  return { town, box, disk, back }
}

test('a file goes over what is there now, or beside it with the date of the snapshot', async () => {
  const { disk, back } = await saved('file')
  write(disk, at('2026/new.txt'), Buffer.from('new'))
  disk.removeFile(at('2026/taxes/form.txt'))
  write(disk, at('2026/taxes/form.txt'), Buffer.from('second'))
  assert.equal((await back('2026/taxes/form.txt', 'beside')).files, 1)
  const names = disk.list(at('2026/taxes')).sort()
  assert.match(pathToText(names[0] as BytePath), /^form \(2026-\d\d-\d\d \d\d h \d\d\)\.txt$/)
  assert.equal(text(disk, joinPath(at('2026/taxes'), names[0] as BytePath)), 'first')
  assert.equal(text(disk, at('2026/taxes/form.txt')), 'second')
  await back('2026/taxes/form.txt', 'over')
  assert.equal(text(disk, at('2026/taxes/form.txt')), 'first')
  assert.equal(text(disk, at('2026/new.txt')), 'new')
})

test('a folder goes over the one that is there, or beside it under one name with the date', async () => {
  const { disk, back } = await saved('folder')
  write(disk, at('2026/taxes/since.txt'), Buffer.from('since'))
  assert.equal((await back('2026', 'beside', '2026/taxes', '2026/plan.txt')).files, 2)
  const [, beside = '' as BytePath] = disk.list(FOLDER).sort()
  assert.match(beside, /^2026 \(2026-\d\d-\d\d \d\d h \d\d\)$/)
  assert.deepEqual(disk.list(joinPath(FOLDER, beside, 'taxes')), ['form.txt'])
  await back('2026', 'over')
  assert.deepEqual(disk.list(at('2026/taxes')).sort(), ['form.txt', 'since.txt'])
  assert.equal(disk.list(FOLDER).length, 2)
})

test('folders on the way that are gone come again as they were', async () => {
  const { disk, back } = await saved('gone')
  disk.removeFile(at('2026/taxes/form.txt'))
  disk.removeFolder(at('2026/taxes'))
  const report = await back('2026/taxes/form.txt', 'beside')
  assert.deepEqual([report.files, report.failed], [1, []])
  assert.equal(text(disk, at('2026/taxes/form.txt')), 'first')
  assert.equal(disk.stat(at('2026/taxes')).mode, 0o750)
})

test('a link on the way is never followed, whichever it is', async () => {
  for (const mode of ['over', 'beside'] as const) {
    const { disk, back } = await saved(`link ${mode}`)
    disk.removeFile(at('2026/taxes/form.txt'))
    disk.removeFolder(at('2026/taxes'))
    disk.makeSymlink(at('2026/taxes'), joinPath(PEOPLE, 'elsewhere'))
    const { failed, files } = await back('2026/taxes/form.txt', mode, '2026/plan.txt')
    assert.deepEqual(
      failed.map(({ path, cause }) => [path, cause]),
      [['2026/taxes/form.txt', 'ENOTDIR']],
    )
    assert.equal(files, 1, 'what nothing is in the way of comes')
    await back('2026/taxes', mode)
    assert.deepEqual(disk.list(joinPath(PEOPLE, 'elsewhere')), [])
  }
})

test('where a source is no more, or elsewhere, nothing is written', async () => {
  const { town, box, disk, back } = await saved('moved')
  const gone = { code: 'SOURCE_FOLDER_GONE' }
  await town.call(box, 'source.set', { name: 'papers', paths: [pathToText(at('2026/taxes'))] })
  await assert.rejects(back('2026/plan.txt', 'beside'), gone)
  assert.equal((await back('2026/taxes/form.txt', 'over')).files, 1)
  await assert.rejects(back('2026/taxes/form.txt', 'over', '2026/plan.txt'), gone)
  await town.call(box, 'source.set', { name: 'papers', paths: [pathToText(joinPath(PEOPLE, 'elsewhere'))] })
  await assert.rejects(back('', 'over'), gone)
  await assert.rejects(back('../papers', 'over'), { code: /PATH_UNKNOWN|SOURCE_FOLDER_GONE/ })
  assert.deepEqual(disk.list(joinPath(PEOPLE, 'elsewhere')), [])
})

test('of several paths each goes to its own place, a file too', async () => {
  const { disk, back } = await saved('several', [at('2026'), joinPath(PEOPLE, 'alone.txt')])
  disk.removeFile(joinPath(PEOPLE, 'alone.txt'))
  disk.removeFile(at('2026/plan.txt'))
  assert.equal((await back('', 'over')).files, 3)
  assert.equal(text(disk, joinPath(PEOPLE, 'alone.txt')), 'alone')
  assert.equal(text(disk, at('2026/plan.txt')), 'plan')
  assert.deepEqual(disk.list(PEOPLE).sort(), ['alone.txt', 'elsewhere', 'papers'])
})
