import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BytePath, codeOf, joinPath, pathFromText, readWhole, utf8, writeDurably } from '#base'
import { MemoryDisk, PowerCut, simClock, simRandom } from '#base/sim'

const seeds = Array.from({ length: 200 }, (_, seed) => seed)
const folder = pathFromText('/data')
const file = pathFromText('/data/file')

function newDisk(options: { capacityBytes?: number } = {}): MemoryDisk {
  const disk = new MemoryDisk({ clock: simClock({ startWallMs: 1_750_000_000_000 }), ...options })
  disk.makeFolder(folder)
  disk.syncFolder(pathFromText('/'))
  return disk
}

function write(disk: MemoryDisk, path: BytePath, text: string, options: { sync: boolean } = { sync: true }): void {
  using opened = disk.open(path, 'write')
  opened.write(utf8(text), 0)
  if (options.sync) opened.sync()
}

function contentOf(disk: MemoryDisk, path: BytePath): string | undefined {
  try {
    return Buffer.from(readWhole(disk, path, 1e9)).toString()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** What each seed leaves after the power cut. */
function outcomes(act: (disk: MemoryDisk) => void, path = file): Map<string | undefined, number> {
  const seen = new Map<string | undefined, number>()
  for (const seed of seeds) {
    const disk = newDisk()
    act(disk)
    disk.powerCut(simRandom(seed))
    const content = contentOf(disk, path)
    seen.set(content, (seen.get(content) ?? 0) + 1)
  }
  return seen
}

test('what was synced, folder and all, survives every power cut', () => {
  const seen = outcomes((disk) => {
    write(disk, file, 'safe')
    disk.syncFolder(folder)
  })
  assert.deepEqual([...seen.keys()], ['safe'])
})

test('a synced file whose folder was not may be gone', () => {
  assert.deepEqual(new Set(outcomes((disk) => write(disk, file, 'safe')).keys()), new Set(['safe', undefined]))
})

test('a folder that was not synced takes its synced files with it', () => {
  const inner = pathFromText('/data/inner')
  const seen = outcomes(
    (disk) => {
      disk.makeFolder(inner)
      write(disk, joinPath(inner, 'file'), 'safe')
      disk.syncFolder(inner)
    },
    joinPath(inner, 'file'),
  )
  assert.deepEqual(new Set(seen.keys()), new Set(['safe', undefined]))
})

test('a rename without an fsync of the folder may be forgotten, and is never half', () => {
  const temp = pathFromText('/data/temp')
  for (const seed of seeds) {
    const disk = newDisk()
    write(disk, file, 'old')
    write(disk, temp, 'new')
    disk.syncFolder(folder)
    disk.rename(temp, file)
    disk.powerCut(simRandom(seed))
    assert.deepEqual(
      [contentOf(disk, file), contentOf(disk, temp)],
      contentOf(disk, temp) === undefined ? ['new', undefined] : ['old', 'new'],
    )
  }
})

test('a removal without an fsync of the folder may be forgotten', () => {
  const seen = outcomes((disk) => {
    write(disk, file, 'safe')
    disk.syncFolder(folder)
    disk.removeFile(file)
  })
  assert.deepEqual(new Set(seen.keys()), new Set(['safe', undefined]))
})

test('an unsynced rename over an unsynced file can leave an empty or torn file: the trap of forgetting fsync', () => {
  const seen = outcomes((disk) => {
    write(disk, pathFromText('/data/temp'), 'x'.repeat(2000), { sync: false })
    disk.rename(pathFromText('/data/temp'), file)
    disk.syncFolder(folder)
  })
  assert.ok(seen.has('') && seen.has('x'.repeat(2000)) && seen.size > 3, `${seen.size} outcomes`)
})

test('unsynced writes tear only between sectors, and never touch what was synced around them', () => {
  let torn = 0
  for (const seed of seeds) {
    const disk = newDisk()
    write(disk, file, 'a'.repeat(4096))
    disk.syncFolder(folder)
    {
      using opened = disk.open(file, 'write')
      opened.write(utf8('b'.repeat(1500)), 700)
    }
    disk.powerCut(simRandom(seed))
    const content = contentOf(disk, file) ?? ''
    assert.equal(content.length, 4096)
    assert.match(content.slice(0, 700) + content.slice(2200), /^a+$/)
    for (const [from, to] of [
      [700, 1024],
      [1024, 1536],
      [1536, 2048],
      [2048, 2200],
    ]) {
      assert.match(content.slice(from, to), /^(a+|b+)$/)
    }
    if (/a/.test(content.slice(700, 2200)) && /b/.test(content)) torn++
  }
  assert.ok(torn > 10, `${torn}`)
})

test('appends after an fsync are lost or kept, the synced start never', () => {
  const seen = outcomes((disk) => {
    const opened = disk.open(file, 'create')
    opened.write(utf8('start.'), 0)
    opened.sync()
    disk.syncFolder(folder)
    opened.write(utf8('one.'), 6)
    opened.write(utf8('two.'), 10)
  })
  for (const content of seen.keys()) assert.ok(content?.startsWith('start.'))
  assert.ok(seen.has('start.') && seen.has('start.one.') && seen.has('start.one.two.'))
})

test('after an fsync that failed, no later fsync saves the bytes', () => {
  const seen = outcomes((disk) => {
    const opened = disk.open(file, 'create')
    opened.write(utf8('aaaa'), 0)
    disk.failNext('sync', 'EIO')
    assert.throws(() => opened.sync(), { code: 'EIO' })
    assert.equal(contentOf(disk, file), 'aaaa', 'the cache still shows them')
    opened.write(utf8('bbbb'), 4)
    opened.sync()
    disk.syncFolder(folder)
  })
  assert.deepEqual([...seen.keys()], ['\0\0\0\0bbbb'])
})

test('a lying fsync loses what it confirmed', () => {
  const seen = outcomes((disk) => {
    disk.lyingSync = true
    writeDurably(disk, folder, 'file', utf8('confirmed'))
  })
  assert.ok(seen.has(undefined))
})

test('a truncation that was not synced may be taken back', () => {
  const seen = outcomes((disk) => {
    write(disk, file, 'abcdef')
    disk.syncFolder(folder)
    using opened = disk.open(file, 'write')
    opened.truncate(2)
    opened.truncate(4)
  })
  assert.ok(seen.has('abcdef') && seen.has('ab\0\0'))
  for (const content of seen.keys()) assert.ok(['abcdef', 'ab', 'ab\0\0'].includes(content ?? ''))
})

test('after a power cut what was open is dead, and links are counted anew', () => {
  for (const seed of seeds.slice(0, 20)) {
    const disk = newDisk()
    write(disk, file, 'safe')
    disk.syncFolder(folder)
    disk.makeHardLink(pathFromText('/data/second'), file)
    const opened = disk.open(file, 'write')
    const hold = disk.holdFolder(folder)
    disk.powerCut(simRandom(seed))
    assert.throws(() => opened.write(utf8('late'), 0), { code: 'EBADF' })
    assert.throws(() => disk.list(hold.path), { code: 'ENOENT' })
    assert.equal(disk.stat(file).links, disk.list(folder).length)
    opened[Symbol.dispose]()
    assert.equal(disk.usedBytes, 4096)
  }
})

test('between the power cut and the start every call fails, cleaning up too', () => {
  const disk = newDisk()
  disk.cutPowerAt(disk.calls + 3)
  assert.throws(() => writeDurably(disk, folder, 'file', utf8('new')), PowerCut)
  assert.throws(() => disk.list(folder), PowerCut)
  disk.powerCut(simRandom(1))
  assert.ok(Array.isArray(disk.list(folder)))
})

test('writeDurably leaves the old or the new file, wherever the power fails', () => {
  const count = (() => {
    const disk = newDisk()
    disk.resetCalls()
    writeDurably(disk, folder, 'file', utf8('new'.repeat(1000)))
    return disk.calls
  })()
  assert.ok(count >= 5)
  for (let call = 1; call <= count + 1; call++) {
    for (const seed of seeds.slice(0, 40)) {
      const disk = newDisk()
      writeDurably(disk, folder, 'file', utf8('old'))
      disk.resetCalls()
      disk.cutPowerAt(call)
      let acknowledged = false
      try {
        writeDurably(disk, folder, 'file', utf8('new'.repeat(1000)))
        acknowledged = true
      } catch (error) {
        assert.ok(error instanceof PowerCut)
      }
      disk.powerCut(simRandom(seed))
      const content = contentOf(disk, file)
      assert.ok(content === 'new'.repeat(1000) || (content === 'old' && !acknowledged), `call ${call} SEED=${seed}`)
      writeDurably(disk, folder, 'file', utf8('again'))
      assert.equal(contentOf(disk, file), 'again')
    }
  }
})

test('writeDurably fails clearly and keeps the old file, whichever call fails', () => {
  for (const code of ['EIO', 'ENOSPC']) {
    for (let call = 1; call <= 8; call++) {
      const disk = newDisk()
      writeDurably(disk, folder, 'file', utf8('old'))
      disk.resetCalls()
      disk.failAt(call, code)
      let failed: unknown
      try {
        writeDurably(disk, folder, 'file', utf8('new'))
      } catch (error) {
        failed = error
      }
      disk.resetCalls()
      if (failed !== undefined) assert.equal(codeOf(failed), code)
      assert.ok(['old', 'new'].includes(contentOf(disk, file) ?? ''))
      disk.powerCut(simRandom(call))
      assert.ok(['old', 'new'].includes(contentOf(disk, file) ?? ''))
    }
  }
})

test('a full disk says ENOSPC, and takes bytes again after a removal', () => {
  const disk = newDisk({ capacityBytes: 3 * 4096 })
  write(disk, file, 'x'.repeat(2 * 4096))
  assert.throws(() => write(disk, pathFromText('/data/second'), 'x'.repeat(2 * 4096)), { code: 'ENOSPC' })
  assert.equal(disk.space(folder).freeBytes, 0)
  assert.throws(() => disk.open(pathFromText('/data/third'), 'create'), { code: 'ENOSPC' })
  disk.removeFile(pathFromText('/data/second'))
  disk.removeFile(file)
  assert.equal(disk.usedBytes, 0)
  write(disk, file, 'x'.repeat(3 * 4096))
})

test('a removed file that is open keeps its place until it is closed', () => {
  const disk = newDisk()
  write(disk, file, 'x')
  {
    using _opened = disk.open(file, 'read')
    disk.removeFile(file)
    assert.equal(disk.usedBytes, 4096)
  }
  assert.equal(disk.usedBytes, 0)
})

test('denied places answer with their code, and only they', () => {
  const disk = newDisk()
  const inner = pathFromText('/data/inner')
  disk.makeFolder(inner)
  write(disk, joinPath(inner, 'a'), 'a')
  write(disk, file, 'b')
  disk.deny(inner)
  assert.throws(() => disk.list(inner), { code: 'EACCES' })
  assert.throws(() => disk.open(joinPath(inner, 'a'), 'read'), { code: 'EACCES' })
  assert.equal(disk.stat(inner).kind, 'folder')
  disk.deny(inner, undefined)
  assert.equal(contentOf(disk, file), 'b')
})

test('rot changes bytes behind a synced file', () => {
  const disk = newDisk()
  write(disk, file, 'good')
  disk.syncFolder(folder)
  disk.damage(file, (bytes) => bytes.set(utf8('b')))
  disk.powerCut(simRandom(1))
  assert.equal(contentOf(disk, file), 'bood')
})

test('calls are counted by kind', () => {
  const disk = newDisk()
  disk.resetCalls()
  writeDurably(disk, folder, 'file', utf8('x'))
  assert.deepEqual(
    (['open', 'write', 'sync', 'rename', 'syncFolder', 'list'] as const).map((kind) => disk.callsOf(kind)),
    [1, 1, 1, 1, 1, 0],
  )
})
