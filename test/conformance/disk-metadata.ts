import assert from 'node:assert/strict'
import { type BytePath, type Disk, utf8 } from '#base'
import { type DiskScenario, putFile } from './disk.ts'

export function diskMetadataConformance(scenario: DiskScenario): void {
  scenario('modification times are exact to the nanosecond, before 1970 too', (disk, at) => {
    putFile(disk, at('file'))
    disk.makeFolder(at('folder'))
    disk.makeSymlink(at('link'), 'file' as BytePath)
    const times = [0n, 1_234_567_890_123_456_789n, -1n, -1_500_000_001n, 4_102_444_800_000_000_001n]
    for (const name of ['file', 'folder', 'link']) {
      for (const mtimeNs of times) {
        assert.deepEqual(disk.setMetadata(at(name), { mtimeNs }), [])
        assert.equal(disk.stat(at(name)).mtimeNs, mtimeNs)
      }
    }
  })

  scenario('setting times of a link leaves its file alone', (disk, at) => {
    putFile(disk, at('file'))
    disk.makeSymlink(at('link'), 'file' as BytePath)
    const before = disk.stat(at('file'))
    assert.deepEqual(disk.setMetadata(at('link'), { mtimeNs: 5n, mode: 0o123 }), [])
    assert.deepEqual(disk.stat(at('file')), before)
  })

  scenario('all twelve bits of a mode are kept', (disk, at) => {
    putFile(disk, at('file'))
    for (const mode of [0, 0o777, 0o4755, 0o2755, 0o1777, 0o7777, 0o640]) {
      assert.deepEqual(disk.setMetadata(at('file'), { mode }), [])
      assert.equal(disk.stat(at('file')).mode, mode)
    }
  })

  scenario('owner and setuid can be set in one call', (disk, at) => {
    putFile(disk, at('file'))
    const { uid, gid } = disk.stat(at('file'))
    const owner = uid === 0 ? { uid: 12_345, gid: 54_321 } : { uid, gid }
    assert.deepEqual(disk.setMetadata(at('file'), { owner, mode: 0o4711 }), [])
    const stat = disk.stat(at('file'))
    assert.deepEqual({ uid: stat.uid, gid: stat.gid, mode: stat.mode }, { ...owner, mode: 0o4711 })
  })

  scenario('the mode of an unreadable file can still be set', (disk, at) => {
    putFile(disk, at('file'))
    disk.setMetadata(at('file'), { mode: 0 })
    assert.deepEqual(disk.setMetadata(at('file'), { mode: 0o600 }), [])
  })

  scenario('extended attributes are kept byte for byte', (disk, at) => {
    putFile(disk, at('file'))
    assert.equal(disk.xattrs(at('file')).size, 0)
    const xattrs = new Map([
      ['user.one', utf8('value')],
      ['user.empty', new Uint8Array(0)],
      ['user.zeros', Uint8Array.of(0, 255, 0)],
      ['user.\xff', utf8('name that is not UTF-8')],
    ])
    assert.deepEqual(disk.setMetadata(at('file'), { xattrs }), [])
    assert.deepEqual(plain(disk, at('file')), [...xattrs].map(([name, value]) => [name, [...value]]).sort())
    assert.deepEqual(disk.setMetadata(at('file'), { xattrs: new Map([['user.one', utf8('other')]]) }), [])
    assert.equal(disk.xattrs(at('file')).size, 4)
  })

  scenario('metadata of nothing is ENOENT', (disk, at) => {
    assert.throws(() => disk.xattrs(at('none')), { code: 'ENOENT' })
    assert.throws(() => disk.setMetadata(at('none'), { mtimeNs: 1n }), { code: 'ENOENT' })
  })

  scenario('each change of a file is seen in its times', (disk, at) => {
    putFile(disk, at('file'))
    disk.setMetadata(at('file'), { mtimeNs: 5n })
    const before = disk.stat(at('file'))
    {
      using file = disk.open(at('file'), 'write')
      file.write(utf8('CONTENT'), 0)
    }
    const after = disk.stat(at('file'))
    assert.notEqual(after.mtimeNs, before.mtimeNs)
    assert.equal(after.bytes, before.bytes)
  })
}

function plain(disk: Disk, path: BytePath): [string, number[]][] {
  return [...disk.xattrs(path)].map(([name, value]): [string, number[]] => [name, [...value]]).sort()
}
