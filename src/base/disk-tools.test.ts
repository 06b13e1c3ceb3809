import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BytePath, ensureFolder, joinPath, pathFromText, readWhole, removeTree, utf8, writeDurably } from '#base'
import { MemoryDisk, simClock, simRandom } from '#base/sim'

const root = pathFromText('/')

function newDisk(): MemoryDisk {
  return new MemoryDisk({ clock: simClock({ startWallMs: 1_750_000_000_000 }) })
}

test('a folder that was ensured is there after every power cut, with its parents', () => {
  for (let seed = 0; seed < 50; seed++) {
    const disk = newDisk()
    ensureFolder(disk, pathFromText('/a/b/c'))
    ensureFolder(disk, pathFromText('/a/b/c'))
    disk.powerCut(simRandom(seed))
    assert.equal(disk.stat(pathFromText('/a/b/c')).kind, 'folder')
  }
})

test('a folder that a killed program made is made durable by the next', () => {
  for (let seed = 0; seed < 50; seed++) {
    const disk = newDisk()
    disk.makeFolder(pathFromText('/a'))
    ensureFolder(disk, pathFromText('/a'))
    disk.powerCut(simRandom(seed))
    assert.equal(disk.stat(pathFromText('/a')).kind, 'folder')
  }
})

test('a file in the place of a folder is ENOTDIR', () => {
  const disk = newDisk()
  writeDurably(disk, root, 'a', utf8('x'))
  assert.throws(() => ensureFolder(disk, pathFromText('/a')), { code: 'ENOTDIR' })
  assert.throws(() => ensureFolder(disk, pathFromText('/a/b')), { code: 'ENOTDIR' })
})

test('removing a tree never reaches what its links lead to', () => {
  const disk = newDisk()
  const tree = pathFromText('/tree')
  disk.makeFolder(pathFromText('/other'))
  writeDurably(disk, pathFromText('/other'), 'kept', utf8('x'))
  ensureFolder(disk, joinPath(tree, 'a', 'b'))
  writeDurably(disk, joinPath(tree, 'a'), 'file', utf8('x'))
  disk.makeSymlink(joinPath(tree, 'a', 'link'), '/other' as BytePath)
  disk.makeSymlink(pathFromText('/link'), tree)
  removeTree(disk, pathFromText('/link'))
  assert.equal(disk.list(tree).length, 1)
  removeTree(disk, tree)
  removeTree(disk, tree)
  assert.deepEqual(disk.list(root), ['other'])
  assert.equal(disk.list(pathFromText('/other')).length, 1)
})

test('a file longer than it may be is refused before it is read', () => {
  const disk = newDisk()
  writeDurably(disk, root, 'a', utf8('twelve bytes'))
  assert.equal(Buffer.from(readWhole(disk, pathFromText('/a'), 12)).toString(), 'twelve bytes')
  disk.resetCalls()
  assert.throws(() => readWhole(disk, pathFromText('/a'), 11), { code: 'FILE_TOO_LARGE' })
  assert.equal(disk.callsOf('read'), 0)
})

test('writeDurably overwrites what a crash left, and leaves no temp file behind when it fails', () => {
  const disk = newDisk()
  disk.open(pathFromText('/a.tmp'), 'create')[Symbol.dispose]()
  writeDurably(disk, root, 'a', utf8('x'))
  for (const kind of ['write', 'sync'] as const) {
    disk.failNext(kind, 'EIO')
    assert.throws(() => writeDurably(disk, root, 'a', utf8('y')), { code: 'EIO' })
    assert.deepEqual(disk.list(root), ['a'])
  }
})
