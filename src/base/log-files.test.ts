import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type BytePath, type Disk, joinPath, LogFiles, pathFromText, readWhole, realDisk } from '#base'
import { MemoryDisk, simClock, simRandom } from '#base/sim'

const FOLDER = pathFromText('/data/logs')
const BYTES_MAX = 100

function memoryDisk(): MemoryDisk {
  return new MemoryDisk({ clock: simClock({ startWallMs: 1_750_000_000_000 }) })
}

/** All lines, oldest first. */
function linesIn(disk: Disk, folder: BytePath): string[] {
  const names = (disk.list(folder) as string[]).sort().reverse()
  return names
    .map((name) => Buffer.from(readWhole(disk, joinPath(folder, name), 1000)).toString())
    .join('')
    .split('\n')
    .filter((line) => line !== '')
}

function line(number: number): string {
  return `${String(number).padStart(29, '-')}\n`
}

test('there are five files at most, for their owner alone, and the newest lines are in them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'datis-log-'))
  try {
    const path = pathFromText(join(folder, 'logs'))
    for (const numbers of [range(0, 20), range(20, 50)]) {
      using files = new LogFiles(realDisk(), path, BYTES_MAX)
      for (const number of numbers) assert.ok(files.write(line(number)))
    }
    const names = readdirSync(join(folder, 'logs')).sort()
    assert.deepEqual(names, ['datis.log', 'datis.log.1', 'datis.log.2', 'datis.log.3', 'datis.log.4'])
    for (const name of names) {
      const stat = statSync(join(folder, 'logs', name))
      assert.equal(stat.mode & 0o777, 0o600)
      assert.ok(stat.size <= BYTES_MAX)
    }
    assert.equal(statSync(join(folder, 'logs')).mode & 0o777, 0o700)
    assert.equal(readFileSync(join(folder, 'logs', 'datis.log'), 'utf8'), line(48) + line(49))
    assert.deepEqual(
      linesIn(realDisk(), path),
      range(36, 50).map((number) => line(number).trimEnd()),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a full disk stops nobody, and costs what was said meanwhile', () => {
  const disk = memoryDisk()
  using files = new LogFiles(disk, FOLDER, BYTES_MAX)
  assert.ok(files.write(line(1)))
  disk.failNext('write', 'ENOSPC', 2)
  assert.deepEqual([files.write(line(2)), files.write(line(3)), files.write(line(4))], [false, false, true])
  disk.failNext('sync', 'EIO', 1)
  assert.deepEqual([files.write(line(5)), files.write(line(6)), files.write(line(7))], [true, false, true])
  assert.deepEqual(
    linesIn(disk, FOLDER),
    [1, 4, 5, 7].map((number) => line(number).trimEnd()),
  )
})

test('a line that was cut off does not swallow the next one', () => {
  const disk = memoryDisk()
  new LogFiles(disk, FOLDER).write('cut of')
  new LogFiles(disk, FOLDER).write('whole\n')
  assert.deepEqual(linesIn(disk, FOLDER), ['cut of', 'whole'])
})

/** Twelve lines, of which the last three fill the newest file, and the one after them cut off at a disk call. */
function cutOff(call: number, cut: (disk: MemoryDisk) => void): { disk: MemoryDisk; isOver: boolean } {
  const disk = memoryDisk()
  using files = new LogFiles(disk, FOLDER, BYTES_MAX)
  for (const number of range(0, 12)) files.write(line(number))
  disk.resetCalls()
  cut(disk)
  const isOver = files.write(line(12))
  disk.onCall = undefined
  return { disk, isOver: isOver && disk.calls < call }
}

function assertAllIn(disk: MemoryDisk, call: number): void {
  using again = new LogFiles(disk, FOLDER, BYTES_MAX)
  for (const number of range(13, 16)) assert.ok(again.write(line(number)))
  const found = linesIn(disk, FOLDER)
  for (const number of [...range(0, 12), ...range(13, 16)]) {
    assert.ok(found.includes(line(number).trimEnd()), `call ${call}: line ${number}`)
  }
}

test('a box that is killed at any disk call of a rotation loses no line but the one being written', () => {
  for (let call = 1; ; call += 1) {
    const { disk, isOver } = cutOff(call, (one) => {
      one.onCall = ({ number }) => assert.ok(number < call, 'killed')
    })
    if (isOver) return assert.ok(call > 8)
    assertAllIn(disk, call)
  }
})

test('power that fails in a rotation, once the full file is synced, loses no line but the one being written', () => {
  for (let call = 2; ; call += 1) {
    for (const seed of ['a', 'b', 'c']) {
      const { disk, isOver } = cutOff(call, (one) => one.cutPowerAt(call))
      if (isOver) return assert.ok(call > 8)
      disk.powerCut(simRandom(`${seed} ${call}`))
      assertAllIn(disk, call)
    }
  }
})

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}
