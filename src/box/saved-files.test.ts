import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SavedSnapshot } from './saved-files.ts'
import { snapshotOpener } from './saved-files.ts'
import { BoxTown, type TestBox } from './test-town.ts'

async function saved(seed: string, boxes: number) {
  const town = new BoxTown(seed)
  const [owner, ...hosts] = (await town.founded(boxes)) as [TestBox, ...TestBox[]]
  const content = town.random.bytes(2_500_000)
  await town.save(owner, 'papers', content)
  return { town, owner, hosts, content }
}

async function whole(snapshot: SavedSnapshot, path: string): Promise<Buffer> {
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
    assert.ok((await whole(snapshot, 'file')).equals(content))
    await assert.rejects(snapshot.entry('none'), { code: 'PATH_UNKNOWN' })
    const names: string[] = []
    for await (const { entry } of snapshot.below('')) names.push(entry.path)
    assert.deepEqual(names, ['file'])
  })
  for (const { id, class: packClass } of owner.box.vault.packs()) {
    if (packClass === 'data') owner.disk.damage(owner.box.vault.packPath(id), (bytes) => bytes.fill(0))
  }
  await open(town, owner, async (snapshot) => assert.ok((await whole(snapshot, 'file')).equals(content)))
})

test('what neither this disk nor hosts can give is an error, never other bytes', async () => {
  const { town, owner, hosts } = await saved('broken', 4)
  for (const { id, class: packClass } of owner.box.vault.packs()) {
    if (packClass === 'data') owner.disk.damage(owner.box.vault.packPath(id), (bytes) => bytes.fill(0))
  }
  for (const { box } of hosts) await town.run(box[Symbol.asyncDispose]())
  await assert.rejects(
    open(town, owner, (snapshot) => whole(snapshot, 'file')),
    { code: 'STRIPE_UNREACHABLE' },
  )
})
