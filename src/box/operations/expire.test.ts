import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, HOUR_MS, ignoring, joinPath, pathToText } from '#base'
import { OpenedBox } from '../opened-box.ts'
import { BOX_FOLDER, BoxTown, PEOPLE, type TestBox, write } from '../test-town.ts'

const FOLDER = joinPath(PEOPLE, 'papers')

interface Place {
  readonly town: BoxTown
  readonly owner: TestBox
  readonly hosts: readonly TestBox[]
  /** Content of the file by snapshot. */
  readonly saved: Map<string, Uint8Array>
  save(): Promise<string>
  /** Hosts live, too. */
  live(days: number): Promise<void>
}

async function place(seed: string, count = 4): Promise<Place> {
  const town = new BoxTown(seed)
  const [owner, ...hosts] = (await town.founded(count)) as [TestBox, ...TestBox[]]
  owner.disk.makeFolder(FOLDER)
  const paths = [pathToText(FOLDER)]
  await town.call(owner.box, 'source.add', { name: 'papers', paths, excludes: [], oneFileSystem: false })
  const saved = new Map<string, Uint8Array>()
  return {
    town,
    owner,
    hosts,
    saved,
    save: async () => {
      const content = town.random.bytes(20_000)
      const file = joinPath(FOLDER, 'file')
      ignoring(['ENOENT'], () => owner.disk.removeFile(file))
      write(owner.disk, file, content)
      const { snapshots } = await town.call(owner.box, 'snapshot.take', { sources: ['papers'] })
      const id = snapshots[0]?.id ?? ''
      saved.set(id, content)
      return id
    },
    live: async (days) => {
      for (let day = 0; day < days; day++) {
        await town.clock.runFor(DAY_MS)
        for (const { box } of hosts) await town.run(box.hosting.look(new AbortController().signal))
      }
    },
  }
}

const dataPacks = ({ owner }: Place) =>
  [...owner.box.vault.packs()].filter(({ class: packClass }) => packClass === 'data')

test('months of snapshots: each side keeps what its policy says, the disk and the hosts forget the rest', async () => {
  const p = await place('months')
  const { town, owner } = p
  await town.call(owner.box, 'policy.set', {
    source: 'papers',
    local: '<3 d, 1 d>',
    remote: 'mine: <10 d, 1 d>, <60 d, 1 w>',
  })
  for (let day = 0; day < 40; day++) {
    await p.save()
    if (day % 5 === 4) {
      await town.call(owner.box, 'snapshot.expire', { dryRun: false })
      await town.call(owner.box, 'vault.collect', {})
    }
    await p.live(1)
  }
  await town.call(owner.box, 'snapshot.expire', { dryRun: false })
  const { items } = await town.call(owner.box, 'snapshot.list', {})
  assert.ok(items.filter(({ local }) => local).length <= 4, `${items.length}`)
  assert.ok(items.filter(({ remote }) => remote).length <= 10 + 5)
  assert.ok(items.length < 20 && items.length > 8)
  const report = await town.call(owner.box, 'vault.collect', {})
  assert.ok(report.dropped > 0)
  const packs = dataPacks(p)
  assert.ok(packs.filter(({ local }) => local).length < 10, 'few are on the disk')
  assert.ok(
    packs.some(({ local, released }) => !local && !released),
    'some are with the hosts alone',
  )
  for (const { id } of items) assert.deepEqual(await town.restored(owner, owner.box, id), p.saved.get(id))
  assert.equal((await town.call(owner.box, 'disperse', { waitMs: 0 })).state, 'whole')
  await town.run(owner.box[Symbol.asyncDispose]())
  const machine = town.machine('again')
  await town.recover(machine, { words: owner.words, peers: [`${p.hosts[0]?.name}:4600`] })
  await using again = await town.run(OpenedBox.open(machine.world(), BOX_FOLDER))
  const found = await town.call(again, 'snapshot.list', {})
  assert.deepEqual(
    found.items.map(({ id, local, remote }) => [id, local, remote]),
    items.map(({ id, local, remote }) => [id, local, remote]),
  )
  for (const { id } of found.items.filter(({ remote }) => remote)) {
    assert.deepEqual(await town.restored(machine, again, id), p.saved.get(id))
  }
  assert.equal((await town.call(again, 'policy.list', {})).sources[0]?.remote.policy, 'mine: <10 d, 1 d>, <60 d, 1 w>')
})

test('what is held stays, and so does the newest of all, however old it is', async () => {
  const p = await place('held')
  const { town, owner } = p
  const first = await p.save()
  await town.clock.runFor(HOUR_MS)
  const second = await p.save()
  await town.clock.runFor(HOUR_MS)
  const third = await p.save()
  await assert.rejects(town.call(owner.box, 'snapshot.hold', { id: first, reason: ' ' }), {
    code: 'HOLD_REASON_MISSING',
  })
  await town.call(owner.box, 'snapshot.hold', { id: first.slice(0, 10), reason: 'for the court' })
  await p.live(100)
  const dry = await town.call(owner.box, 'snapshot.expire', { dryRun: true })
  assert.deepEqual([dry.local, dry.remote], [[second], [second]])
  assert.equal((await town.call(owner.box, 'snapshot.list', {})).items.length, 3)
  assert.deepEqual(await town.call(owner.box, 'snapshot.expire', { dryRun: false }), dry)
  const { items } = await town.call(owner.box, 'snapshot.list', {})
  assert.deepEqual(
    items.map(({ id, hold }) => [id, hold]),
    [
      [third, null],
      [first, 'for the court'],
    ],
  )
  await town.call(owner.box, 'snapshot.hold', { id: first, reason: null })
  assert.deepEqual((await town.call(owner.box, 'snapshot.expire', { dryRun: false })).local, [first])
})

test('a clock that is years ahead expires nothing', async () => {
  const p = await place('ahead', 6)
  const { town, owner } = p
  for (let hour = 0; hour < 3; hour++) {
    await p.save()
    await town.clock.runFor(HOUR_MS)
  }
  await town.call(owner.box, 'disperse', { waitMs: 0 })
  const expire = () => town.call(owner.box, 'snapshot.expire', { dryRun: false })
  const { wall } = owner.box.world.clock
  Object.assign(owner.box.world.clock, { wall: () => wall.call(town.clock) + 3652 * DAY_MS })
  await assert.rejects(expire(), { code: 'CLOCKS_DISAGREE' })
  Object.assign(owner.box.world.clock, { wall })
  for (const { box } of p.hosts) await town.run(box[Symbol.asyncDispose]())
  await assert.rejects(expire(), { code: 'CLOCKS_UNKNOWN' })
  assert.equal((await town.call(owner.box, 'snapshot.list', {})).items.length, 3)
})

test('policies are named, ready-made or written; what is none is refused', async () => {
  const { town, owner } = await place('names', 2)
  const set = (args: { local?: string; remote?: string }, source = 'papers') =>
    town.call(owner.box, 'policy.set', { source, ...args })
  const before = await town.call(owner.box, 'policy.list', {})
  assert.deepEqual(before.sources[0]?.local, {
    policy: 'backup 30 d: <2 h, 15 min>, <24 h, 1 h>, <30 d, 1 d>',
    isDefault: true,
  })
  assert.match(before.sources[0]?.remote.policy ?? '', /<90 d, 1 d>$/)
  await set({ remote: 'Bureau: <7 j, 1 j>, <12 mois, 1 mois>' })
  await set({ local: 'bureau' })
  const { sources, items } = await town.call(owner.box, 'policy.list', {})
  assert.deepEqual(sources[0]?.local, { policy: 'Bureau: <7 d, 1 d>, <12 mo, 1 mo>', isDefault: false })
  assert.deepEqual(items.find(({ name }) => name === 'Bureau')?.local, ['papers'])
  for (const [args, code] of [
    [{ local: 'dayly' }, 'POLICY_UNKNOWN'],
    [{ local: '<1 h, 7 min>' }, 'POLICY_INVALID'],
    [{ local: '<1 h, 7 parsecs>' }, 'SPAN_INVALID'],
  ] as const) {
    await assert.rejects(set(args), { code })
  }
  await assert.rejects(set({ local: 'daily' }, 'other'), { code: 'SOURCE_UNKNOWN' })
})
