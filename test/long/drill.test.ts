import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinPath } from '#base'
import { BOX_FOLDER, BoxTown, type TestBox } from '../../src/box/test-town.ts'

/** RS(4,2) on five hosts: data on four of them. */
async function place(seed: string) {
  const town = new BoxTown(seed)
  const [owner, ...hosts] = (await town.founded(6)) as [TestBox, ...TestBox[]]
  const content = town.random.bytes(40_000)
  await town.save(owner, 'papers', content)
  const [pack] = [...owner.box.vault.packs()].filter(({ class: packClass }) => packClass === 'data')
  const placement = owner.box.vault.placement(pack?.id ?? '')
  const holders = placement?.rows.map(({ host }) => hosts.find(({ box }) => box.settings.box === host)) as TestBox[]
  return { town, owner, hosts, holders, placement, pack: pack?.id ?? '', content }
}

test('files come back from the hosts alone, and it is evidence with its date', async () => {
  const { town, owner, content } = await place('whole')
  await assert.rejects(town.call(owner.box, 'drill.run', { source: 'other' }), { code: 'SOURCE_UNKNOWN' })
  const drill = await town.call(owner.box, 'drill.run', {})
  assert.deepEqual([drill.state, drill.files, drill.bytes, drill.failed], ['ok', 1, content.byteLength, []])
  // Not a byte of it comes from here.
  for (const { id, class: packClass } of owner.box.vault.packs()) {
    if (packClass === 'data') owner.disk.damage(owner.box.vault.packPath(id), (bytes) => bytes.fill(0))
  }
  assert.equal((await town.call(owner.box, 'drill.run', { sample: 5, source: 'papers' })).state, 'ok')
  const { items } = await town.call(owner.box, 'drill.list', {})
  assert.deepEqual(
    items.map(({ state }) => state),
    ['ok', 'ok'],
  )
})

test('one fragment that is corrupted is done without; one host too many that is off, and what is lost is named', async () => {
  const { town, owner, holders, placement, pack } = await place('worse')
  const [row] = placement?.rows ?? []
  const fragment = joinPath(
    BOX_FOLDER,
    'hosting',
    owner.box.settings.box,
    'fragments',
    pack.slice(0, 2),
    `${pack}.${row?.row}`,
  )
  holders[0]?.disk.damage(fragment, (bytes) => {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  })
  const corrupted = await town.call(owner.box, 'drill.run', {})
  assert.equal(corrupted.state, 'ok')
  const { n, k } = placement?.code ?? { n: 0, k: 0 }
  for (const { box } of holders.slice(0, n - k)) await town.run(box[Symbol.asyncDispose]())
  const degraded = await town.call(owner.box, 'drill.run', {})
  assert.deepEqual([degraded.state, degraded.silent.length], ['degraded', n - k])
  await town.run(holders[n - k]?.box[Symbol.asyncDispose]() as Promise<void>)
  const failed = await town.call(owner.box, 'drill.run', {})
  assert.deepEqual(
    [failed.state, failed.failed.map(({ path, cause }) => [path, cause])],
    ['failed', [['file', 'STRIPE_UNREACHABLE']]],
  )
  assert.deepEqual(
    failed.silent.map(({ name }) => name).sort(),
    holders
      .slice(0, n - k + 1)
      .map(({ name }) => name)
      .sort(),
  )
})
