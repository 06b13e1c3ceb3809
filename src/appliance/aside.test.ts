import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinPath, pathFromText, pathToText, writeDurably } from '#base'
import { MemoryDisk, simClock } from '#base/sim'
import { putAside, settle } from './aside.ts'

const ROOT = pathFromText('/srv')
const FOLDER = joinPath(ROOT, 'data')

function place(): MemoryDisk {
  const disk = new MemoryDisk({ clock: simClock({ startWallMs: 1_780_000_000_000 }) })
  disk.makeFolder(ROOT)
  makeBox(disk, 'data', 'first')
  return disk
}

function makeBox(disk: MemoryDisk, name: string, mark: string): void {
  const folder = joinPath(ROOT, name)
  disk.makeFolder(folder)
  for (const file of ['box.cbor', mark]) writeDurably(disk, folder, file, Uint8Array.of(1))
}

function namesIn(disk: MemoryDisk, name: string): string[] {
  return disk
    .list(joinPath(ROOT, name))
    .map((one) => pathToText(one))
    .sort()
}

test('an untouched box comes back when a rebuild has failed, whatever that has left', () => {
  for (const left of [[], ['keys', 'recovering']]) {
    const disk = place()
    putAside(disk, FOLDER)
    assert.deepEqual(namesIn(disk, ''), ['data.untouched'])
    if (left.length > 0) disk.makeFolder(FOLDER)
    for (const name of left) writeDurably(disk, FOLDER, name, Uint8Array.of(2))
    settle(disk, FOLDER)
    assert.deepEqual([namesIn(disk, ''), namesIn(disk, 'data')], [['data'], ['box.cbor', 'first']])
    settle(disk, FOLDER)
    assert.deepEqual(namesIn(disk, 'data'), ['box.cbor', 'first'])
  }
})

test('it goes once another box is there', () => {
  const disk = place()
  putAside(disk, FOLDER)
  makeBox(disk, 'data', 'second')
  settle(disk, FOLDER)
  assert.deepEqual([namesIn(disk, ''), namesIn(disk, 'data')], [['data'], ['box.cbor', 'second']])
})

test('a folder that people have called so is left alone', () => {
  const disk = place()
  makeBox(disk, 'data.untouched', 'theirs')
  settle(disk, FOLDER)
  assert.deepEqual(namesIn(disk, 'data.untouched'), ['box.cbor', 'theirs'])
  assert.throws(() => putAside(disk, FOLDER), /ENOTEMPTY|EEXIST/)
  settle(disk, FOLDER)
  assert.deepEqual(
    [namesIn(disk, 'data'), namesIn(disk, 'data.untouched')],
    [
      ['box.cbor', 'first'],
      ['box.cbor', 'theirs'],
    ],
  )
})
