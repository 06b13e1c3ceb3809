import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, ensureFolder, pathFromText, silentLog } from '#base'
import { MemoryDisk, simClock } from '#base/sim'
import { KnownHosts } from './known-hosts.ts'

const FOLDER = pathFromText('/heads')
const HOST = '01'.repeat(16)

test('a host that is missed while our clock is ten years ahead counts as absent two days after the clock is right', async () => {
  const clock = simClock({ startWallMs: 1_780_000_000_000 })
  const disk = new MemoryDisk({ clock })
  ensureFolder(disk, FOLDER)
  const hosts = new KnownHosts({ disk, clock, log: silentLog }, FOLDER)
  clock.setWallOffset(3652 * DAY_MS)
  hosts.missed(HOST)
  assert.equal(hosts.isAbsent(HOST), false)
  clock.setWallOffset(0)
  hosts.missed(HOST)
  await clock.runFor(2 * DAY_MS)
  assert.equal(hosts.isAbsent(HOST), true)
})

test('a host that nobody has dialled for two days is hard to reach, until it is dialled once', async () => {
  const clock = simClock({ startWallMs: 1_780_000_000_000 })
  const disk = new MemoryDisk({ clock })
  ensureFolder(disk, FOLDER)
  const store = '02'.repeat(16)
  new KnownHosts({ disk, clock, log: silentLog }, FOLDER).seen(HOST, store, true)
  await clock.runFor(DAY_MS)
  const hosts = new KnownHosts({ disk, clock, log: silentLog }, FOLDER)
  hosts.missed(HOST)
  hosts.seen(HOST, store, true)
  assert.equal(hosts.isHard(HOST), false)
  await clock.runFor(DAY_MS)
  assert.equal(hosts.isHard(HOST), true)
  hosts.seen(HOST, store, false)
  assert.equal(hosts.isHard(HOST), false)
})
