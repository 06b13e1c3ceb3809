import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { joinPath, pathFromText, realDisk } from '#base'
import { MemoryDisk, revocableDisk, simClock } from '#base/sim'
import { type DiskUnderTest, diskConformance, putFile } from './disk.ts'

function realFolder(): DiskUnderTest {
  const folder = mkdtempSync(join(tmpdir(), 'datis-disk-'))
  return {
    disk: realDisk(),
    folder: pathFromText(folder),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}

function memoryFolder(wrap: (disk: MemoryDisk) => DiskUnderTest['disk'], unnamedFiles = true): DiskUnderTest {
  const disk = new MemoryDisk({ clock: simClock({ startWallMs: 1_750_000_000_000 }), unnamedFiles })
  const folder = pathFromText('/test')
  disk.makeFolder(folder)
  return { disk: wrap(disk), folder, [Symbol.dispose]: () => undefined }
}

diskConformance('real disk', realFolder)
diskConformance('memory disk', () => memoryFolder((disk) => disk))
diskConformance('memory disk without unnamed files', () => memoryFolder((disk) => disk, false))
diskConformance('revocable memory disk', () => memoryFolder(revocableDisk))

test('real disk: without node:ffi, what cannot be set exactly is told', () => {
  using under = realFolder()
  const disk = realDisk({ native: false })
  const path = joinPath(under.folder, 'file')
  putFile(disk, path)
  const xattrs = new Map([['user.one', new Uint8Array(1)]])
  assert.deepEqual(disk.setMetadata(path, { mode: 0o640, mtimeNs: 1_234_567_890_123_456_789n, xattrs }), [
    { what: 'xattrs', cause: 'ENOTSUP' },
    { what: 'mtime', cause: 'PRECISION' },
  ])
  assert.deepEqual(disk.setMetadata(path, { mtimeNs: 1_234_567_890_000_000_000n }), [])
  assert.equal(disk.stat(path).mode, 0o640)
  assert.equal(disk.xattrs(path).size, 0)
  using file = disk.open(path, 'write')
  assert.deepEqual(file.setMetadata({ mode: 0o600, mtimeNs: 1_234_567_890_123_456_789n, xattrs }), [
    { what: 'xattrs', cause: 'ENOTSUP' },
    { what: 'mtime', cause: 'PRECISION' },
  ])
  assert.throws(() => disk.openUnnamed(under.folder), { code: 'ENOTSUP' })
})

test('real disk: a fifo in the place of a file does not hold the reader', () => {
  using under = realFolder()
  const path = joinPath(under.folder, 'fifo')
  execFileSync('mkfifo', [path])
  assert.equal(under.disk.stat(path).kind, 'fifo')
  using file = under.disk.open(path, 'read')
  assert.equal(file.stat().kind, 'fifo')
})

test('real disk: loading it warns of nothing', () => {
  const script = "import('#base').then(({ realDisk }) => realDisk())"
  const output = execFileSync(process.execPath, ['-e', `${script}`], { encoding: 'utf8', stdio: 'pipe' })
  assert.equal(output, '')
})
