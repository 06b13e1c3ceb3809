import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinPath, MiB } from '#base'
import { checkFrames, EMPTY_LOG } from '#crypto'
import { decodeRecords, encodeRecords } from './log-record.ts'
import { BOX, type Fixture, FOLDER, fixture, open } from './store-fixture.ts'
import type { LogRecord } from './types.ts'

const PART = joinPath(FOLDER, 'log', '00000001.log')
const settings = (boxName: string): LogRecord => ({ type: 'settings', boxName, zone: 'UTC', sources: [], at: 1 })

async function logged(fix: Fixture, count: number) {
  const store = await open(fix)
  for (let index = 0; index < count; index++) store.log.append([settings(`name ${index}`)])
  return store
}

test('records come back in order, each frame chained to the one before', async () => {
  const fix = fixture('order')
  using store = await logged(fix, 5)
  const names = [...store.log.records()].map((record) => (record.type === 'settings' ? record.boxName : record.type))
  assert.deepEqual(names, ['vault', 'name 0', 'name 1', 'name 2', 'name 3', 'name 4'])
  assert.deepEqual(checkFrames(store.log.frames(0, MiB), EMPTY_LOG), store.log.end())
  using reopened = await open(fix)
  assert.deepEqual(reopened.log.end(), store.log.end())
})

test('frames are given whole, at least one, and none beyond the end', async () => {
  using store = await logged(fixture('frames'), 5)
  const one = store.log.frames(2, 1)
  const two = store.log.frames(2, 2 * one.byteLength)
  assert.equal(two.byteLength, 2 * one.byteLength)
  assert.equal(store.log.frames(5, 1).byteLength, 0)
})

test('each record says the same after a round trip', () => {
  const pack = 'ab'.repeat(32)
  const records: LogRecord[] = [
    { type: 'vault', box: BOX, at: 1 },
    {
      type: 'settings',
      boxName: 'é',
      zone: 'UTC',
      sources: [{ name: 's', paths: ['/a\xff' as never], excludes: ['*.o'], oneFileSystem: true }],
      at: 2,
    },
    { type: 'pack', pack, class: 'data', generation: 1, bytes: 5, tableBytes: 6, part: new Uint8Array(32), at: 3 },
    {
      type: 'placed',
      pack,
      code: { n: 4, k: 2 },
      length: 64,
      rows: [{ row: 0, host: BOX, at: 4 }],
      roots: [new Uint8Array(32)],
      statement: Uint8Array.of(1),
    },
  ]
  assert.deepEqual(decodeRecords(encodeRecords(records)), records)
})

test('a torn last frame is cut, whatever part of it reached the disk', async () => {
  const fix = fixture('torn')
  using store = await logged(fix, 3)
  const whole = store.log.frames(0, MiB)
  const last = store.log.frames(2, MiB)
  const start = whole.byteLength - last.byteLength
  for (const kept of [1, 3, 7, 20, 47, 48, 100, last.byteLength - 1]) {
    setLog(fix, whole.subarray(0, start + kept))
    using reopened = await open(fix)
    assert.equal(reopened.log.end().frames, 2, `${kept} bytes`)
    reopened.log.append([settings('after')])
    assert.equal(reopened.log.end().frames, 3)
  }
  for (const [from, to] of [
    [0, 30],
    [0, last.byteLength],
    [60, 80],
  ] as const) {
    const zeroed = Uint8Array.from(whole)
    zeroed.fill(0, start + from, start + to)
    setLog(fix, zeroed)
    using reopened = await open(fix)
    assert.equal(reopened.log.end().frames, 2, `zeros from ${from} to ${to}`)
  }
})

test('damage elsewhere is never cut away', async () => {
  const fix = fixture('damage')
  using store = await logged(fix, 4)
  const whole = store.log.frames(0, MiB)
  const frameBytes = store.log.frames(1, 1).byteLength
  const start = store.log.frames(0, 1).byteLength
  for (let at = start; at < start + frameBytes; at += 5) {
    const damaged = Uint8Array.from(whole)
    damaged[at] = (damaged[at] ?? 0) ^ 1
    setLog(fix, damaged)
    await assert.rejects(open(fix), { code: 'LOG_BROKEN' }, `byte ${at - start} of frame 1`)
  }
})

test('a frame that fails the disk is not acknowledged, and the vault takes nothing until it is reopened', async () => {
  const fix = fixture('uncertain')
  using store = await logged(fix, 2)
  fix.disk.failNext('sync', 'EIO')
  assert.throws(() => store.log.append([settings('lost?')]), { code: 'LOG_UNCERTAIN' })
  assert.throws(() => store.log.append([settings('more')]), { code: 'LOG_UNCERTAIN' })
  assert.equal(store.log.end().frames, 2)
  using reopened = await open(fix)
  assert.equal(reopened.log.end().frames >= 2, true)
  reopened.log.append([settings('again')])
  fix.disk.powerCut(fix.random)
  using after = await open(fix)
  assert.deepEqual(after.log.end(), reopened.log.end())
})

test('a full disk leaves the log as it was', async () => {
  const fix = fixture('full')
  using store = await logged(fix, 2)
  const end = store.log.end()
  fix.disk.failNext('write', 'ENOSPC')
  assert.throws(() => store.log.append([settings('no room')]), { code: 'VAULT_DISK_FULL' })
  store.log.append([settings('room')])
  assert.equal(store.log.end().frames, end.frames + 1)
  using reopened = await open(fix)
  assert.deepEqual(reopened.log.end(), store.log.end())
})

function setLog(fix: Fixture, bytes: Uint8Array): void {
  using file = fix.disk.open(PART, 'write')
  file.truncate(0)
  file.write(bytes, 0)
  file.sync()
}
