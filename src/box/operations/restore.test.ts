import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ensureFolder, joinPath, pathFromText } from '#base'
import { BOX_FOLDER, BoxTown, PEOPLE, read, type TestBox, treeOf, write } from '../test-town.ts'

async function saved(seed: string): Promise<{ town: BoxTown; owner: TestBox; content: Uint8Array }> {
  const town = new BoxTown(seed)
  const owner = await town.create('box-0')
  const content = town.random.bytes(5000)
  const folder = joinPath(PEOPLE, 'papers')
  owner.disk.makeFolder(folder)
  write(owner.disk, joinPath(folder, 'file'), content)
  await town.call(owner.box, 'source.add', {
    ...{ name: 'papers', paths: [folder], excludes: [], oneFileSystem: false },
  })
  await town.call(owner.box, 'snapshot.take', { sources: [] })
  return { town, owner, content }
}

function restore(town: BoxTown, { box }: TestBox, target: string) {
  return town.call(box, 'restore', { id: 'latest', path: '', target, mode: 'over', dryRun: false })
}

test('nothing is restored into the data folder of the box, whatever name leads there', async () => {
  const { town, owner } = await saved('own folder')
  const { disk } = owner
  const links: Record<string, string> = {
    link: '/data/box',
    relative: '../data/box/vault',
    twice: 'link/keys',
    parent: '/data',
    dangling: '/data/box/none',
  }
  for (const [name, target] of Object.entries(links)) {
    disk.makeSymlink(joinPath(PEOPLE, name), pathFromText(target))
  }
  const before = treeOf(disk, BOX_FOLDER)
  for (const target of [
    '/data/box',
    '/data/box/',
    '/data/box/hosting',
    '/data/box/new',
    '/data/box/new/below/it',
    '/people/../data/box/new',
    '/people/papers/../../data/./box/new',
    '/data/box/vault/../new',
    '/people/link',
    '/people/link/new/below/it',
    '/people/relative',
    '/people/relative/packs/../new',
    '/people/twice/new',
    '/people/parent/box/new',
    // What is to be made comes first, and the way back up only then.
    '/people/none/../../data/box/new',
    '/people/none/nor/this/../../../../data/box',
  ]) {
    await assert.rejects(restore(town, owner, target), { code: 'TARGET_INVALID' }, target)
    assert.deepEqual(treeOf(disk, BOX_FOLDER), before, target)
  }
  for (const target of ['/people/dangling', '/people/dangling/new']) {
    await assert.rejects(restore(town, owner, target), { code: 'TARGET_UNUSABLE' }, target)
    assert.deepEqual(treeOf(disk, BOX_FOLDER), before, target)
  }
})

test('a folder beside the data folder, or one that a link leads to, is as good as any other', async () => {
  const { town, owner, content } = await saved('beside')
  ensureFolder(owner.disk, pathFromText('/elsewhere'))
  owner.disk.makeSymlink(joinPath(PEOPLE, 'link'), pathFromText('/elsewhere'))
  for (const target of ['/data/box-restored', '/people/new/below/it', '/people/papers/../back', '/people/link/new']) {
    await restore(town, owner, target)
    assert.deepEqual(read(owner.disk, pathFromText(`${target}/file`)), content, target)
  }
})
