import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, HOUR_MS, joinPath, pathToText } from '#base'
import { OpenedBox } from '../opened-box.ts'
import { BOX_FOLDER, BoxTown, PEOPLE, type TestBox, write } from '../test-town.ts'

const LOOK = { excludes: [], oneFileSystem: false }

async function place(seed: string, count = 1) {
  const town = new BoxTown(seed)
  const [owner] = (await town.founded(count)) as [TestBox]
  const folder = (name: string, bytes = 5000) => {
    const path = joinPath(PEOPLE, name)
    owner.disk.makeFolder(path)
    write(owner.disk, joinPath(path, 'file'), town.random.bytes(bytes))
    return [pathToText(path)]
  }
  return { town, owner, folder }
}

test('a source has its policies, its importance and its pace, and keeps what is not named', async () => {
  const { town, owner, folder } = await place('sources')
  const papers = { name: 'papers', paths: folder('papers'), ...LOOK }
  await assert.rejects(town.call(owner.box, 'source.add', { ...papers, local: 'dayly' }), { code: 'POLICY_UNKNOWN' })
  await town.call(owner.box, 'source.add', { ...papers, local: 'daily', importance: 'high', kbit: 8000 })
  const { sources } = await town.call(owner.box, 'policy.list', {})
  assert.deepEqual([sources[0]?.local.isDefault, sources[0]?.remote.isDefault], [false, true])
  const changed = await town.call(owner.box, 'source.set', { name: 'papers', excludes: ['*.tmp'], kbit: null })
  assert.deepEqual([changed.importance, changed.kbit, changed.excludes], ['high', undefined, ['*.tmp']])
  assert.deepEqual((await town.call(owner.box, 'source.list', {})).items, [changed])
  assert.equal(await town.call(owner.box, 'source.set', { name: 'none' }).catch(codeOf), 'SOURCE_UNKNOWN')
})

test('what is important is saved first, and what has ended no more', async () => {
  const { town, owner, folder } = await place('order')
  for (const [name, importance] of [
    ['low', 'low'],
    ['usual', 'normal'],
    ['old', 'high'],
    ['first', 'high'],
  ] as const) {
    await town.call(owner.box, 'source.add', { name, paths: folder(name), ...LOOK, importance })
  }
  await town.call(owner.box, 'source.set', { name: 'old', ended: true })
  const { snapshots } = await town.call(owner.box, 'snapshot.take', { sources: [] })
  assert.deepEqual(
    snapshots.map(({ source }) => source),
    ['first', 'usual', 'low'],
  )
  await assert.rejects(town.call(owner.box, 'snapshot.take', { sources: ['old'] }), { code: 'SOURCE_ENDED' })
  await town.call(owner.box, 'source.set', { name: 'old', ended: false })
  assert.equal((await town.call(owner.box, 'snapshot.take', { sources: ['old'] })).snapshots.length, 1)
})

test('a source is read at its pace', async () => {
  const { town, owner, folder } = await place('pace')
  const [path = ''] = folder('slow', 300_000)
  for (let file = 0; file < 20; file++) {
    write(owner.disk, joinPath(joinPath(PEOPLE, 'slow'), `more-${file}`), town.random.bytes(600_000))
  }
  await town.call(owner.box, 'source.add', { name: 'slow', paths: [path], ...LOOK, kbit: 8000 })
  const began = town.clock.machine().monotonic()
  await town.call(owner.box, 'snapshot.take', { sources: ['slow'] })
  const tookMs = town.clock.machine().monotonic() - began
  // 12.3 MB at 1 MB/s; the last file waits for those before it.
  assert.ok(tookMs > 10_000 && tookMs < 15_000, `${tookMs}`)
})

test('a scrub finds what is damaged or gone on the own disk, and hosts give it back', async () => {
  const { town, owner } = await place('scrub', 4)
  await town.save(owner, 'papers', town.random.bytes(60_000))
  await town.save(owner, 'letters', town.random.bytes(60_000))
  await town.call(owner.box, 'disperse', { waitMs: 0 })
  const whole = await town.call(owner.box, 'vault.scrub', {})
  assert.deepEqual([whole.damaged, whole.missing, whole.mended, whole.lost], [0, 0, 0, []])
  const [first, second] = [...owner.box.vault.packs()].filter(({ class: packClass }) => packClass === 'data')
  assert.ok(first && second)
  owner.disk.damage(owner.box.vault.packPath(first.id), (bytes) => {
    bytes[50] = (bytes[50] ?? 0) ^ 1
  })
  owner.disk.removeFile(owner.box.vault.packPath(second.id))
  const mended = await town.call(owner.box, 'vault.scrub', {})
  assert.deepEqual([mended.damaged, mended.missing, mended.mended, mended.lost], [1, 1, 2, []])
  assert.deepEqual((await town.call(owner.box, 'vault.scrub', {})).damaged, 0)
})

test('the state of each source is what hosts confirmed, and ages', async () => {
  const { town, owner, folder } = await place('state', 4)
  const state = async () => {
    const { state: all, sources } = await town.call(owner.box, 'state.show', {})
    return [all, ...sources.map((one) => one.state)]
  }
  assert.deepEqual(await state(), ['unknown'])
  await town.call(owner.box, 'source.add', { name: 'papers', paths: folder('papers'), ...LOOK })
  await town.call(owner.box, 'snapshot.take', { sources: [] })
  assert.deepEqual(await state(), ['stored', 'stored'])
  await town.call(owner.box, 'disperse', { waitMs: 0 })
  assert.deepEqual(await state(), ['whole', 'whole'])
  await town.call(owner.box, 'source.add', { name: 'never', paths: folder('never'), ...LOOK })
  assert.deepEqual(await state(), ['unknown', 'whole', 'unknown'])
  await town.call(owner.box, 'source.set', { name: 'never', ended: true })
  assert.deepEqual(await state(), ['whole', 'whole', 'unknown'])
  await town.clock.runFor(27 * HOUR_MS)
  assert.deepEqual(await state(), ['unknown', 'unknown', 'unknown'])
})

test('a list of what could not be read that is damaged hides no snapshot', async () => {
  const { town, owner, folder } = await place('damaged list', 1)
  const paths = [...folder('papers'), '/people/gone']
  await town.call(owner.box, 'source.add', { name: 'papers', paths, ...LOOK })
  const { snapshots } = await town.call(owner.box, 'snapshot.take', { sources: ['papers'] })
  for (const { id, class: packClass } of owner.box.vault.packs()) {
    if (packClass === 'metadata')
      owner.disk.damage(owner.box.vault.packPath(id), (bytes) => void bytes.fill(0, 100, bytes.length / 3))
  }
  await town.run(owner.box[Symbol.asyncDispose]())
  const again = await town.run(OpenedBox.open(owner.world(), BOX_FOLDER))
  const { items } = await town.call(again, 'snapshot.list', {})
  assert.deepEqual(
    items.map(({ id, state }) => [id, state]),
    [[snapshots[0]?.id, 'incomplete']],
  )
})
