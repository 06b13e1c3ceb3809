import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BytePath, codeOf, type Disk, ignoring, joinPath, pathFromText, type UnnamedFile, utf8 } from '#base'
import { diskMetadataConformance } from './disk-metadata.ts'

export interface DiskUnderTest extends Disposable {
  readonly disk: Disk
  /** An empty folder. */
  readonly folder: BytePath
}

export type DiskScenario = (promise: string, act: (disk: Disk, at: (name: string) => BytePath) => void) => void

export function putFile(disk: Disk, path: BytePath, content = 'content'): void {
  using file = disk.open(path, 'create')
  file.write(utf8(content), 0)
}

export function textOf(disk: Disk, path: BytePath): string {
  using file = disk.open(path, 'read')
  const bytes = Buffer.alloc(file.stat().bytes)
  assert.equal(file.read(bytes, 0), bytes.byteLength)
  return bytes.toString()
}

function failsWith(act: () => unknown, ...codes: string[]): void {
  assert.throws(act, (error) => {
    assert.ok(codes.includes(codeOf(error)), `${codeOf(error)} is none of ${codes}`)
    return true
  })
}

export function diskConformance(name: string, make: () => DiskUnderTest): void {
  const scenario: DiskScenario = (promise, act) =>
    test(`${name}: ${promise}`, () => {
      using under = make()
      act(under.disk, (file) => joinPath(under.folder, file))
    })
  files(scenario)
  folders(scenario)
  links(scenario)
  held(scenario)
  unnamed(scenario)
  diskMetadataConformance(scenario)
}

function unnamed(scenario: DiskScenario): void {
  scenario('a file without a name is nowhere until it gets one, whole and with its metadata', (disk, at) => {
    using file = openUnnamed(disk, at('.'))
    if (file === undefined) return
    file.write(utf8('content'), 0)
    assert.deepEqual(file.setMetadata({ mode: 0o4711, mtimeNs: -1_500_000_001n }), [])
    assert.deepEqual(disk.list(at('.')), [])
    file.giveName(at('a'))
    assert.equal(textOf(disk, at('a')), 'content')
    const { mode, mtimeNs, links } = disk.stat(at('a'))
    assert.deepEqual({ mode, mtimeNs, links }, { mode: 0o4711, mtimeNs: -1_500_000_001n, links: 1 })
  })

  scenario('a file without a name takes no name that is there, and goes with its handle', (disk, at) => {
    putFile(disk, at('a'), 'old')
    disk.makeSymlink(at('link'), 'nowhere' as BytePath)
    disk.makeFolder(at('folder'))
    {
      using file = openUnnamed(disk, at('folder'))
      if (file === undefined) return
      file.write(utf8('content'), 0)
      for (const name of ['a', 'link', 'folder']) failsWith(() => file.giveName(at(name)), 'EEXIST')
      failsWith(() => file.giveName(at('none/a')), 'ENOENT')
    }
    assert.equal(textOf(disk, at('a')), 'old')
    assert.deepEqual(disk.list(at('folder')), [])
    failsWith(() => disk.openUnnamed(at('none')), 'ENOENT')
  })

  scenario('metadata of an open file reaches it under whatever name it has', (disk, at) => {
    using file = disk.open(at('a'), 'create')
    disk.rename(at('a'), at('b'))
    const xattrs = new Map([['user.one', utf8('value')]])
    assert.deepEqual(file.setMetadata({ mode: 0o640, mtimeNs: 1_234_567_890_123_456_789n, xattrs }), [])
    assert.deepEqual([disk.stat(at('b')).mode, disk.stat(at('b')).mtimeNs], [0o640, 1_234_567_890_123_456_789n])
    assert.deepEqual(utf8('value'), Buffer.from(disk.xattrs(at('b')).get('user.one') ?? []))
  })
}

/** Not every file system has them. */
function openUnnamed(disk: Disk, folder: BytePath): UnnamedFile | undefined {
  return ignoring(['ENOTSUP'], () => disk.openUnnamed(folder))
}

function files(scenario: DiskScenario): void {
  scenario('what is written is read, at any place', (disk, at) => {
    using file = disk.open(at('a'), 'create')
    file.write(utf8('hello'), 0)
    file.write(utf8('world'), 10_000)
    const bytes = Buffer.alloc(10_010, 1)
    assert.equal(file.read(bytes, 0), 10_005)
    assert.equal(bytes.subarray(0, 5).toString(), 'hello')
    assert.ok(bytes.subarray(5, 10_000).every((byte) => byte === 0))
    assert.equal(bytes.subarray(10_000, 10_005).toString(), 'world')
    assert.equal(file.read(bytes, 20_000), 0)
    assert.equal(file.stat().bytes, 10_005)
    file.sync()
  })

  scenario('modes of opening keep their promises', (disk, at) => {
    failsWith(() => disk.open(at('a'), 'read'), 'ENOENT')
    putFile(disk, at('a'))
    failsWith(() => disk.open(at('a'), 'create'), 'EEXIST')
    {
      using file = disk.open(at('a'), 'write')
      assert.equal(file.stat().bytes, 7)
    }
    using made = disk.open(at('b'), 'write')
    assert.equal(made.stat().bytes, 0)
    using reading = disk.open(at('a'), 'read')
    failsWith(() => reading.write(utf8('x'), 0), 'EBADF')
  })

  scenario('a closed file is closed', (disk, at) => {
    const file = disk.open(at('a'), 'create')
    file[Symbol.dispose]()
    file[Symbol.dispose]()
    assert.throws(() => file.read(new Uint8Array(1), 0))
    assert.throws(() => file.write(new Uint8Array(1), 0))
  })

  scenario('truncation cuts and extends with zeros', (disk, at) => {
    using file = disk.open(at('a'), 'create')
    file.write(utf8('abcdef'), 0)
    file.truncate(3)
    file.truncate(6)
    const bytes = Buffer.alloc(10)
    assert.equal(file.read(bytes, 0), 6)
    assert.equal(bytes.subarray(0, 6).toString('latin1'), 'abc\0\0\0')
  })

  scenario('new files and folders are for their owner alone', (disk, at) => {
    putFile(disk, at('a'))
    disk.makeFolder(at('b'))
    assert.equal(disk.stat(at('a')).mode, 0o600)
    assert.equal(disk.stat(at('b')).mode, 0o700)
  })

  scenario('a folder opens to no bytes and takes none', (disk, at) => {
    disk.makeFolder(at('a'))
    using file = disk.open(at('a'), 'read')
    failsWith(() => file.read(new Uint8Array(10), 0), 'EISDIR')
    failsWith(() => disk.open(at('a'), 'write'), 'EISDIR')
    failsWith(() => disk.open(at('a'), 'create'), 'EEXIST')
  })

  scenario('a file that was removed can be read while it is open', (disk, at) => {
    putFile(disk, at('a'))
    using file = disk.open(at('a'), 'read')
    disk.removeFile(at('a'))
    const bytes = Buffer.alloc(7)
    assert.equal(file.read(bytes, 0), 7)
    assert.equal(file.stat().links, 0)
    failsWith(() => disk.stat(at('a')), 'ENOENT')
  })

  scenario('rename replaces a file and nothing else', (disk, at) => {
    putFile(disk, at('a'), 'new')
    putFile(disk, at('b'), 'old')
    disk.rename(at('a'), at('b'))
    assert.equal(textOf(disk, at('b')), 'new')
    assert.deepEqual(disk.list(at('.')), ['b'])
    disk.makeFolder(at('c'))
    failsWith(() => disk.rename(at('b'), at('c')), 'EISDIR')
    failsWith(() => disk.rename(at('c'), at('b')), 'ENOTDIR')
    failsWith(() => disk.rename(at('none'), at('b')), 'ENOENT')
  })

  scenario('a name of the file system root, a long name and a zero byte are refused', (disk, at) => {
    failsWith(() => disk.stat(at('n'.repeat(256))), 'ENAMETOOLONG')
    putFile(disk, at('n'.repeat(255)))
    assert.throws(() => disk.stat(at('a\0b')))
  })

  scenario('space tells what is free and what there is', (disk, at) => {
    const { freeBytes, totalBytes } = disk.space(at('.'))
    assert.ok(freeBytes > 0 && freeBytes <= totalBytes)
  })
}

function folders(scenario: DiskScenario): void {
  scenario('a folder lists its names, those too that are not UTF-8', (disk, at) => {
    const names = ['plain', '\xff\xfe', pathFromText('été'), '\n', '-r', ' ']
    for (const name of names) putFile(disk, at(name), name)
    assert.deepEqual(disk.list(at('.')).sort(), [...names].sort())
    for (const name of names) assert.equal(textOf(disk, at(name)), Buffer.from(name, 'utf8').toString())
  })

  scenario('folders are made once, and removed empty', (disk, at) => {
    disk.makeFolder(at('a'))
    failsWith(() => disk.makeFolder(at('a')), 'EEXIST')
    failsWith(() => disk.makeFolder(at('b/c')), 'ENOENT')
    putFile(disk, at('a/file'))
    failsWith(() => disk.makeFolder(at('a/file')), 'EEXIST')
    failsWith(() => disk.makeFolder(at('a/file/x')), 'ENOTDIR')
    failsWith(() => disk.removeFolder(at('a')), 'ENOTEMPTY')
    failsWith(() => disk.removeFolder(at('a/file')), 'ENOTDIR')
    failsWith(() => disk.removeFile(at('a')), 'EISDIR', 'EPERM')
    disk.removeFile(at('a/file'))
    failsWith(() => disk.removeFile(at('a/file')), 'ENOENT')
    disk.syncFolder(at('a'))
    disk.removeFolder(at('a'))
    failsWith(() => disk.list(at('a')), 'ENOENT')
    failsWith(() => disk.syncFolder(at('a')), 'ENOENT')
  })

  scenario('a folder moves with all it holds, never into itself', (disk, at) => {
    disk.makeFolder(at('a'))
    disk.makeFolder(at('a/b'))
    putFile(disk, at('a/b/c'))
    failsWith(() => disk.rename(at('a'), at('a/b/d')), 'EINVAL')
    disk.makeFolder(at('full'))
    putFile(disk, at('full/x'))
    failsWith(() => disk.rename(at('a'), at('full')), 'ENOTEMPTY')
    disk.makeFolder(at('empty'))
    disk.rename(at('a'), at('empty'))
    assert.equal(textOf(disk, at('empty/b/c')), 'content')
    assert.equal(textOf(disk, at('empty/b/../b/./c')), 'content')
  })
}

function links(scenario: DiskScenario): void {
  scenario('no call follows a link in the last component', (disk, at) => {
    disk.makeFolder(at('folder'))
    putFile(disk, at('file'), 'untouched')
    disk.makeSymlink(at('to-file'), 'file' as BytePath)
    disk.makeSymlink(at('to-folder'), at('folder'))
    assert.equal(disk.stat(at('to-file')).kind, 'symlink')
    assert.equal(disk.stat(at('to-file')).bytes, 4)
    failsWith(() => disk.open(at('to-file'), 'read'), 'ELOOP')
    failsWith(() => disk.open(at('to-file'), 'write'), 'ELOOP')
    failsWith(() => disk.open(at('to-file'), 'create'), 'EEXIST')
    failsWith(() => disk.list(at('to-folder')), 'ELOOP', 'ENOTDIR')
    failsWith(() => disk.syncFolder(at('to-folder')), 'ELOOP', 'ENOTDIR')
    failsWith(() => disk.holdFolder(at('to-folder')), 'ELOOP', 'ENOTDIR')
    failsWith(() => disk.removeFolder(at('to-folder')), 'ENOTDIR')
    disk.removeFile(at('to-folder'))
    putFile(disk, at('other'), 'new')
    disk.rename(at('other'), at('to-file'))
    assert.equal(disk.stat(at('to-file')).kind, 'file')
    assert.equal(textOf(disk, at('file')), 'untouched')
  })

  scenario('links on the way are followed, as a kernel does', (disk, at) => {
    disk.makeFolder(at('folder'))
    putFile(disk, at('folder/file'))
    disk.makeSymlink(at('relative'), 'folder' as BytePath)
    disk.makeSymlink(at('absolute'), at('folder'))
    disk.makeSymlink(at('loop'), 'loop' as BytePath)
    assert.equal(textOf(disk, at('relative/file')), 'content')
    assert.equal(textOf(disk, at('absolute/file')), 'content')
    failsWith(() => disk.stat(at('loop/file')), 'ELOOP')
  })

  scenario('a link keeps its target, byte for byte', (disk, at) => {
    for (const target of ['/nowhere', '../a/./b//', '\xff\x01']) {
      disk.makeSymlink(at('link'), target as BytePath)
      assert.equal(disk.readSymlink(at('link')), target)
      disk.removeFile(at('link'))
    }
    putFile(disk, at('file'))
    failsWith(() => disk.readSymlink(at('file')), 'EINVAL')
    failsWith(() => disk.makeSymlink(at('file'), 'x' as BytePath), 'EEXIST')
  })

  scenario('two names of one file are one file', (disk, at) => {
    putFile(disk, at('a'))
    disk.makeHardLink(at('b'), at('a'))
    const [a, b] = [disk.stat(at('a')), disk.stat(at('b'))]
    assert.deepEqual([a.device, a.inode, a.links], [b.device, b.inode, 2])
    disk.rename(at('a'), at('b'))
    assert.equal(disk.list(at('.')).length, 2)
    disk.removeFile(at('a'))
    assert.equal(textOf(disk, at('b')), 'content')
    assert.equal(disk.stat(at('b')).links, 1)
    failsWith(() => disk.makeHardLink(at('b'), at('b')), 'EEXIST')
    failsWith(() => disk.makeHardLink(at('c'), at('none')), 'ENOENT')
    disk.makeFolder(at('folder'))
    failsWith(() => disk.makeHardLink(at('c'), at('folder')), 'EPERM')
  })

  scenario('a hard link to a link is a second name of the link', (disk, at) => {
    disk.makeSymlink(at('link'), 'nowhere' as BytePath)
    disk.makeHardLink(at('second'), at('link'))
    assert.equal(disk.readSymlink(at('second')), 'nowhere')
  })
}

function held(scenario: DiskScenario): void {
  scenario('a held folder is reached although its name leads elsewhere meanwhile', (disk, at) => {
    disk.makeFolder(at('good'))
    disk.makeFolder(at('evil'))
    using hold = disk.holdFolder(at('good'))
    disk.rename(at('good'), at('moved'))
    disk.makeSymlink(at('good'), at('evil'))
    putFile(disk, joinPath(hold.path, 'file'))
    assert.deepEqual(disk.list(at('evil')), [])
    assert.deepEqual(disk.list(at('moved')), ['file'])
  })

  scenario('the path of a held folder serves for every call on the folder', (disk, at) => {
    disk.makeFolder(at('a'))
    using outer = disk.holdFolder(at('a'))
    disk.makeFolder(joinPath(outer.path, 'b'))
    using inner = disk.holdFolder(joinPath(outer.path, 'b'))
    using again = disk.holdFolder(inner.path)
    putFile(disk, joinPath(again.path, 'c'))
    assert.equal(disk.stat(inner.path).kind, 'folder')
    assert.equal(disk.stat(inner.path).inode, disk.stat(at('a/b')).inode)
    assert.deepEqual(disk.list(inner.path), ['c'])
    assert.deepEqual(disk.setMetadata(inner.path, { mode: 0o750 }), [])
    assert.equal(disk.stat(at('a/b')).mode, 0o750)
    disk.syncFolder(inner.path)
    assert.equal(textOf(disk, joinPath(inner.path, 'c')), 'content')
  })

  scenario('only a folder can be held', (disk, at) => {
    putFile(disk, at('file'))
    failsWith(() => disk.holdFolder(at('file')), 'ENOTDIR')
    failsWith(() => disk.holdFolder(at('none')), 'ENOENT')
  })
}
