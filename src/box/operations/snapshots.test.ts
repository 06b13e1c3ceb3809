import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinPath, pathFromText, pathToText } from '#base'
import { BoxTown, PEOPLE, write } from '../test-town.ts'

const FOLDER = joinPath(PEOPLE, 'papers')
const NAMES = Array.from({ length: 1500 }, (_, index) => `file ${String(index).padStart(4, '0')}`)

async function saved(seed: string) {
  const town = new BoxTown(seed)
  const { box, disk } = await town.create('box-0')
  const take = async () => {
    const { snapshots } = await town.call(box, 'snapshot.take', { sources: [] })
    await town.run(town.clock.machine().sleep(60_000))
    return snapshots[0]?.id ?? ''
  }
  disk.makeFolder(FOLDER)
  const source = { name: 'papers', paths: [pathToText(FOLDER)], excludes: [], oneFileSystem: false }
  await town.call(box, 'source.add', source)
  const put = (name: string, text: string) => write(disk, joinPath(FOLDER, pathFromText(name)), Buffer.from(text))
  const drop = (name: string) => disk.removeFile(joinPath(FOLDER, pathFromText(name)))
  return { town, box, disk, take, put, drop }
}

test('a folder comes in pages, each name once, whatever the size of a page', async () => {
  const { town, box, take, put } = await saved('pages')
  for (const name of NAMES) put(name, '')
  await take()
  for (const limit of [1, 499, 1000, 1500, 2000]) {
    const seen: string[] = []
    let after: string | null = limit === 1 ? Buffer.from(NAMES[1495] ?? '').toString('base64') : null
    do {
      const args = { id: 'latest', path: '', limit, ...(after !== null && { after }) }
      const page = await town.call(box, 'snapshot.show', args)
      assert.ok(page.items.length <= limit && page.items.length > 0)
      seen.push(...page.items.map(({ path }) => path))
      after = page.more
    } while (after !== null)
    assert.deepEqual(seen, limit === 1 ? NAMES.slice(1496) : NAMES)
  }
  const whole = await town.call(box, 'snapshot.show', { id: 'latest', path: '' })
  assert.deepEqual([whole.items.length, whole.more], [1500, null])
  const none = await town.call(box, 'snapshot.show', { id: 'latest', path: '', after: 'eno=', limit: 5 })
  assert.deepEqual(none, { items: [], more: null })
})

test('snapshots come in pages, of one source and between two instants', async () => {
  const { town, box, take, put } = await saved('list')
  put('a', '1')
  const ids: string[] = []
  for (let count = 0; count < 5; count++) ids.unshift(await take())
  const all = await town.call(box, 'snapshot.list', {})
  assert.deepEqual(
    all.items.map(({ id }) => id),
    ids,
  )
  const first = await town.call(box, 'snapshot.list', { limit: 2 })
  const second = await town.call(box, 'snapshot.list', { limit: 3, before: first.more ?? '' })
  assert.deepEqual(
    [...first.items, ...second.items].map(({ id }) => id),
    ids,
  )
  assert.equal(second.more, null)
  const [from = '', to = ''] = [all.items[3]?.at, all.items[1]?.at]
  const some = await town.call(box, 'snapshot.list', { source: 'papers', from, to })
  assert.deepEqual(
    some.items.map(({ id }) => id),
    ids.slice(1, 4),
  )
  await assert.rejects(town.call(box, 'snapshot.list', { source: 'none' }), { code: 'SOURCE_UNKNOWN' })
  await assert.rejects(town.call(box, 'snapshot.list', { from: 'yesterday' }), { code: 'REQUEST_INVALID' })
})

test('the versions of a path are each told once, newest first, with the snapshots that have it so', async () => {
  const { town, box, take, put, drop } = await saved('versions')
  const versions = async (more: object = {}, path = 'letter') =>
    await town.call(box, 'snapshot.versions', { source: 'papers', path, ...more })
  put('letter', 'one')
  put('other', 'x')
  const first = await take()
  drop('other')
  put('other', 'y')
  const second = await take()
  drop('letter')
  put('letter', 'second')
  const third = await take()
  drop('letter')
  const fourth = await take()
  const { items, more, unread } = await versions()
  assert.deepEqual(
    items.map(({ snapshot, first: oldest, bytes, kind, local }) => [snapshot, oldest, bytes, kind, local]),
    [
      [third, third, 6, 'file', true],
      [second, first, 3, 'file', true],
    ],
  )
  assert.deepEqual([more, unread], [false, 0])
  assert.equal((await versions({ id: second })).items.length, 1)
  assert.equal((await versions({ id: fourth })).items.length, 2)
  const exact = { pathBytes: Buffer.from('letter').toString('base64') }
  assert.equal((await versions(exact, '')).items.length, 2)
  await assert.rejects(versions({}, 'none'), { code: 'PATH_UNKNOWN' })
  await assert.rejects(versions({ source: 'none' }), { code: 'SOURCE_UNKNOWN' })
})
