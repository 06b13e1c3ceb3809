import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, joinPath, MiB } from '#base'
import { simRandom } from '#base/sim'
import { recordsToAppend } from './log-merge.ts'
import { type Fixture, FOLDER, fixture, open } from './store-fixture.ts'
import type { LogRecord, SourceSpec } from './types.ts'

const seed = Number(process.env.SEED ?? 1)

const source = (name: string, path = '/a'): SourceSpec => ({
  name,
  paths: [path as never],
  excludes: [],
  oneFileSystem: false,
})
const settings = (at: number, ...sources: SourceSpec[]): LogRecord => ({
  type: 'settings',
  boxName: 'box',
  zone: 'UTC',
  sources,
  at,
})
const placed = (pack: string): LogRecord => ({
  type: 'placed',
  pack: pack.repeat(32),
  code: { n: 2, k: 1 },
  length: 64,
  rows: [],
  roots: [],
  statement: new Uint8Array(0),
})

interface Histories {
  /** The box whose disk was put back, and what it logged since. */
  readonly back: Fixture
  /** The log as hosts have it. */
  readonly hosted: Uint8Array
  readonly sharedBytes: number
}

async function histories(): Promise<Histories> {
  const real = fixture(seed)
  using store = await open(real)
  for (const name of ['one', 'two']) store.log.append([settings(1, source(name))])
  const back = fixture(`${seed} back`, { options: { keyring: real.keyring } })
  {
    using before = await open(back)
    before.adoptLog(store.log.frames(0, MiB))
  }
  const sharedBytes = store.log.frames(0, MiB).byteLength
  store.log.append([settings(2, source('one'), source('theirs'))])
  store.log.append([placed('aa'), placed('bb')])
  using after = await open(back)
  after.log.append([settings(3, source('one', '/moved'), source('ours'))])
  after.log.append([placed('bb')])
  after.log.append([placed('cc')])
  return { back, hosted: store.log.frames(0, MiB), sharedBytes }
}

const JOINED = [
  ['theirs', 'one', 'ours'],
  ['aa', 'bb', 'cc'],
]

function told(records: Iterable<LogRecord>): [string[], string[]] {
  const all = [...records]
  const packs = all.flatMap((record) => (record.type === 'placed' ? [record.pack.slice(0, 2)] : []))
  const last = all.findLast((record) => record.type === 'settings')
  return [last?.sources.map(({ name }) => name) ?? [], packs]
}

test('what hosts know comes first, and what was logged without knowing it follows', async () => {
  const { back, hosted, sharedBytes } = await histories()
  using store = await open(back)
  const before = store.log.end()
  store.rebaseLog([hosted.subarray(sharedBytes)])
  assert.deepEqual(told(store.log.records()), JOINED)
  assert.deepEqual(store.settings().sources.find(({ name }) => name === 'one')?.paths, ['/moved'])
  assert.equal(Buffer.compare(store.log.frames(0, hosted.byteLength), hosted), 0)
  using again = await open(back)
  assert.deepEqual(again.log.end(), store.log.end())
  assert.notDeepEqual(again.log.end(), before)
})

test('pages that begin earlier, or come one by one, lead to the same', async () => {
  const { back, hosted, sharedBytes } = await histories()
  using store = await open(back)
  store.rebaseLog([hosted.subarray(0, sharedBytes), hosted.subarray(sharedBytes)])
  assert.deepEqual(told(store.log.records()), JOINED)
  const end = store.log.end()
  store.rebaseLog([hosted])
  assert.deepEqual(told(store.log.records()), JOINED)
  assert.equal(store.log.end().frames, end.frames)
})

test('pages of another log, or with a gap before them, change nothing', async () => {
  const { back, hosted } = await histories()
  const other = fixture('stranger')
  using stranger = await open(other)
  stranger.log.append([settings(1)])
  using store = await open(back)
  const end = store.log.end()
  const frames = stranger.log.frames(0, MiB)
  assert.throws(() => store.rebaseLog([frames]), { code: 'LOG_BROKEN' })
  assert.throws(() => store.rebaseLog([hosted.subarray(0, 0)]), { code: 'LOG_BROKEN' })
  assert.throws(() => store.rebaseLog([stranger.log.frames(1, MiB)]), { code: 'LOG_BROKEN' })
  assert.deepEqual(store.log.end(), end)
  store.log.append([settings(9)])
})

test('a snapshot, a pack or a placement that both have is named once', () => {
  const snapshot = { type: 'snapshot', snapshot: 'ab'.repeat(16) } as LogRecord
  const pack = { type: 'pack', pack: 'cd'.repeat(32) } as LogRecord
  assert.deepEqual(recordsToAppend([snapshot, pack], [[{ type: 'vault' } as LogRecord, pack], [snapshot]]), [])
})

test('neither side lets go of what the other may need', () => {
  const released = (...packs: string[]): LogRecord => ({ type: 'released', packs, at: 5 })
  const snapshot = { type: 'snapshot', snapshot: 'ab'.repeat(16), at: 7 } as LogRecord
  const kept = (...packs: string[]): LogRecord => ({ type: 'kept', packs, at: 7 })
  const theirs = [released('p', 'q'), { ...kept('q'), at: 6 } as LogRecord]
  // Our snapshot may lean on what they released without knowing it; their snapshots on what we did.
  assert.deepEqual(recordsToAppend(theirs, [[snapshot], [released('r')]]), [[snapshot], [kept('p')]])
  assert.deepEqual(recordsToAppend(theirs, [[released('r')]]), [])
})

for (const fault of ['power cut', 'EIO', 'ENOSPC']) {
  test(`a ${fault} at any disk call leaves the log as it was or as it becomes (SEED=${seed})`, async () => {
    for (let call = 1, calls = 1; call <= calls; call++) {
      const { back, hosted } = await histories()
      const store = await open(back)
      back.disk.resetCalls()
      if (fault === 'power cut') back.disk.cutPowerAt(call)
      else back.disk.failAt(call, fault)
      try {
        store.rebaseLog([hosted])
      } catch (error) {
        assert.ok(['POWER_CUT', 'VAULT_DISK_FULL', 'LOG_UNCERTAIN', fault].includes(codeOf(error)), `${call}: ${error}`)
      }
      calls = Math.max(calls, fault === 'power cut' ? call + 1 : back.disk.calls)
      const ended = back.disk.calls < call
      back.disk.powerCut(simRandom(`${seed}/${call}`))
      back.disk.resetCalls()
      using opened = await open(back)
      const [sources, packs] = told(opened.log.records())
      assert.ok(sources.includes('ours') && packs.includes('cc'), `${fault} at call ${call} lost ${sources} ${packs}`)
      opened.rebaseLog([hosted])
      assert.deepEqual(told(opened.log.records()), JOINED, `${fault} at call ${call}`)
      assert.deepEqual(back.disk.list(joinPath(FOLDER, 'log')), ['00000001.log'])
      if (ended) break
    }
  })
}
