import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BytePath, joinPath, pathFromBytes, pathFromText } from '#base'
import { OpenedBox } from './opened-box.ts'
import type { SavedSnapshot } from './saved-files.ts'
import { snapshotOpener } from './saved-files.ts'
import { BOX_FOLDER, BoxTown, PEOPLE, type TestBox, write } from './test-town.ts'

async function saved(seed: string, boxes: number) {
  const town = new BoxTown(seed)
  const [owner, ...hosts] = (await town.founded(boxes)) as [TestBox, ...TestBox[]]
  const content = town.random.bytes(2_500_000)
  await town.save(owner, 'papers', content)
  return { town, owner, hosts, content }
}

const FILE = pathFromText('file')

async function whole(snapshot: SavedSnapshot, path: BytePath): Promise<Buffer> {
  const { read } = await snapshot.entry(path)
  const parts: Uint8Array[] = []
  for await (const part of read()) parts.push(part)
  return Buffer.concat(parts)
}

const open = (town: BoxTown, { box }: TestBox, use: (snapshot: SavedSnapshot) => Promise<unknown>) =>
  town.run(snapshotOpener(box)('latest', new AbortController().signal, use))

test('a file comes as it was saved, from here and from hosts', async () => {
  const { town, owner, content } = await saved('stream', 6)
  await open(town, owner, async (snapshot) => {
    assert.ok((await whole(snapshot, FILE)).equals(content))
    await assert.rejects(snapshot.entry(pathFromText('none')), { code: 'PATH_UNKNOWN' })
    const names: string[] = []
    for await (const { entry } of snapshot.below(pathFromText(''))) names.push(entry.path)
    assert.deepEqual(names, ['file'])
  })
  for (const { id, class: packClass } of owner.box.vault.packs()) {
    if (packClass === 'data') owner.disk.damage(owner.box.vault.packPath(id), (bytes) => bytes.fill(0))
  }
  await open(town, owner, async (snapshot) => assert.ok((await whole(snapshot, FILE)).equals(content)))
})

test('what neither this disk nor hosts can give is an error, never other bytes', async () => {
  const { town, owner, hosts } = await saved('broken', 4)
  for (const { id, class: packClass } of owner.box.vault.packs()) {
    if (packClass === 'data') owner.disk.damage(owner.box.vault.packPath(id), (bytes) => bytes.fill(0))
  }
  for (const { box } of hosts) await town.run(box[Symbol.asyncDispose]())
  await assert.rejects(
    open(town, owner, (snapshot) => whole(snapshot, FILE)),
    { code: 'STRIPE_UNREACHABLE' },
  )
})

test('a name that is no UTF-8 is reached by its bytes', async () => {
  const town = new BoxTown('latin1')
  const owner = await town.create('box-0')
  const folder = joinPath(PEOPLE, 'old')
  const odd = pathFromBytes(Buffer.from('caf\xe9', 'latin1'))
  owner.disk.makeFolder(folder)
  owner.disk.makeFolder(joinPath(folder, odd))
  write(owner.disk, joinPath(folder, odd, 'file'), Buffer.from('from 1998'))
  await town.call(owner.box, 'source.add', { name: 'old', paths: [folder], excludes: [], oneFileSystem: false })
  await town.call(owner.box, 'snapshot.take', { sources: [] })
  const show = async (pathBytes: string) =>
    (await town.call(owner.box, 'snapshot.show', { id: 'latest', path: '', pathBytes })).items
  const [there] = await show('')
  assert.equal(there?.path, 'caf\ufffd')
  assert.equal((await show(there?.pathBytes ?? ''))[0]?.path, 'file')
  await open(town, owner, async (snapshot) =>
    assert.equal((await whole(snapshot, joinPath(odd, 'file'))).toString(), 'from 1998'),
  )
})

test('where a file would come from is told beforehand, and how long it takes only once that was measured', async () => {
  const { town, owner, hosts, content } = await saved('whence', 6)
  const whence = () =>
    town.call(owner.box, 'snapshot.whence', { id: 'latest', paths: [{ path: 'file' }, { path: '' }] })
  const here = await whence()
  const bytes = content.byteLength
  assert.deepEqual(here, { files: 1, bytes, localBytes: bytes, remoteBytes: 0, hosts: [], seconds: 0 })
  for (const { id, class: packClass } of [...owner.box.vault.packs()]) {
    if (packClass === 'data') owner.disk.removeFile(owner.box.vault.packPath(id))
  }
  await town.run(owner.box[Symbol.asyncDispose]())
  const box = await town.run(OpenedBox.open(owner.world(), BOX_FOLDER))
  const away = await town.call(box, 'snapshot.whence', { id: 'latest', paths: [{ path: '' }] })
  assert.deepEqual([away.localBytes, away.remoteBytes], [0, bytes])
  assert.ok(away.hosts.length >= 3 && away.hosts.length <= hosts.length)
  assert.ok(away.hosts.every(({ name }) => name.startsWith('box-')))
  assert.equal(away.seconds, null)
  await town.run(snapshotOpener(box)('latest', new AbortController().signal, async (snapshot) => whole(snapshot, FILE)))
  const again = await town.call(box, 'snapshot.whence', { id: 'latest', paths: [{ path: '' }] })
  assert.ok(again.seconds !== null && again.seconds >= 0)
})
