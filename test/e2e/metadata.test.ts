import assert from 'node:assert/strict'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type BytePath, pathFromBytes, pathFromText, realDisk } from '#base'
import type { RestoreResult, SnapshotResult } from '#box'
import { assertSame, Chance } from './material.ts'
import { type Box, Town } from './town.ts'

const disk = realDisk()
const MODES = ['--over', '--beside', '--missing', null] as const
const NOT_UTF8 = Buffer.from('name-\xff\xfe\xe9', 'latin1')

/** One box with one snapshot; the vault alone gives back. */
async function oneBox(
  t: TestContext,
  fillSource: (source: string) => void,
): Promise<{ town: Town; box: Box; source: string }> {
  const town = new Town(t)
  const source = town.path('source')
  fs.mkdirSync(source)
  fillSource(source)
  const box = await town.box('owner')
  await town.ok(['source', 'add', 'house', source, '--data', box.data])
  await town.take(box)
  return { town, box, source }
}

test('links, holes, modes, owners, times, names and attributes come back as they were', {
  timeout: 300_000,
}, async (t) => {
  const chance = new Chance(t)
  const { town, box, source } = await oneBox(t, (folder) => writeOddities(chance, folder))
  const result = await town.ok<RestoreResult>(['restore', 'latest', town.path('back'), '--data', box.data])
  assert.deepEqual([result.failed, result.notSet], [[], []])
  await assertSame(source, town.path('back'))
  for (const folder of [source, town.path('back')]) {
    assert.equal(fs.readFileSync(Buffer.concat([Buffer.from(`${folder}/`), NOT_UTF8]), 'utf8'), 'odd')
    assert.deepEqual(fs.readdirSync(join(folder, 'empty')), [])
    const sparse = fs.statSync(join(folder, 'sparse'))
    assert.ok(sparse.blocks * 512 < sparse.size / 4, `${folder}: the hole was filled`)
    assert.equal(fs.statSync(join(folder, 'setuid')).mode & 0o7777, 0o4751)
    const xattrs = disk.xattrs(pathFromText(join(folder, 'attributes')))
    assert.deepEqual(
      [...xattrs].map(([name, value]) => [name, Buffer.from(value).toString()]),
      [['user.colour', 'blue']],
    )
    assert.equal(fs.statSync(join(folder, 'linked')).ino, fs.statSync(join(folder, 'empty/../link-of-linked')).ino)
  }
})

function writeOddities(chance: Chance, folder: string): void {
  const at = (name: string): string => join(folder, name)
  const set = (path: string | Buffer, metadata: Parameters<typeof disk.setMetadata>[1]): void => {
    const bytes: BytePath = typeof path === 'string' ? pathFromText(path) : pathFromBytes(path)
    assert.deepEqual(disk.setMetadata(bytes, metadata), [])
  }
  fs.writeFileSync(at('linked'), chance.bytes(100_000))
  fs.linkSync(at('linked'), at('link-of-linked'))
  fs.symlinkSync('linked', at('symlink'))
  fs.symlinkSync('/nowhere/at/all', at('dangling'))
  fs.mkdirSync(at('empty'))
  fs.writeFileSync(at('setuid'), 'x')
  set(at('setuid'), { owner: { uid: 12_345, gid: 54_321 }, mode: 0o4751 })
  fs.writeFileSync(at('attributes'), 'x')
  set(at('attributes'), { xattrs: new Map([['user.colour', Buffer.from('blue')]]) })
  fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), NOT_UTF8]), 'odd')
  const sparse = fs.openSync(at('sparse'), 'w')
  fs.writeSync(sparse, chance.bytes(5000), 0, 5000, 4 << 20)
  fs.ftruncateSync(sparse, 8 << 20)
  fs.closeSync(sparse)
  fs.mkdirSync(at('sticky'))
  set(at('symlink'), { owner: { uid: 777, gid: 888 }, mtimeNs: 1_234_567_890_123_456_789n })
  set(at('linked'), { mtimeNs: 987_654_321_000_000_001n })
  set(at('sticky'), { mode: 0o1777, mtimeNs: -1n })
}

test('restore refuses what is in the way, or does with it as it was told', { timeout: 300_000 }, async (t) => {
  const { town, box } = await oneBox(t, (folder) => {
    fs.writeFileSync(join(folder, 'kept.txt'), 'saved')
    fs.writeFileSync(join(folder, 'lost.txt'), 'saved')
  })
  for (const mode of MODES) {
    const target = town.path(`target${mode ?? ''}`)
    fs.mkdirSync(target)
    fs.writeFileSync(join(target, 'kept.txt'), 'changed since')
    const args = ['restore', 'latest', target, '--data', box.data, ...(mode === null ? [] : [mode])]
    const dry = await town.datis(...args, '--dry-run')
    assert.ok(dry.exit === 0 || mode === null, dry.out)
    assert.deepEqual(fs.readdirSync(target), ['kept.txt'], 'a dry run writes nothing')
    const result = await town.ok<RestoreResult>(args, mode === null ? [1, 4] : [0])
    const names = fs.readdirSync(target).sort()
    const kept = fs.readFileSync(join(target, 'kept.txt'), 'utf8')
    assert.equal(kept, mode === '--over' ? 'saved' : 'changed since', `mode ${mode}`)
    if (mode === null) assert.ok(result.failed?.some(({ path }) => path.includes('kept.txt')) ?? true)
    else assert.ok(names.includes('lost.txt'), `mode ${mode}`)
    const beside = names.filter((name) => name !== 'kept.txt' && name !== 'lost.txt')
    assert.equal(beside.length, mode === '--beside' ? 1 : 0, `mode ${mode}: ${beside}`)
  }
})

test('a restore never follows a link that was planted in its target', { timeout: 300_000 }, async (t) => {
  const { town, box } = await oneBox(t, (folder) => {
    fs.mkdirSync(join(folder, 'sub'))
    fs.writeFileSync(join(folder, 'sub/passwd'), 'saved')
    fs.writeFileSync(join(folder, 'file'), 'saved')
  })
  for (const mode of MODES) {
    const target = town.path(`target${mode ?? ''}`)
    const outside = town.path(`outside${mode ?? ''}`)
    fs.mkdirSync(target)
    fs.mkdirSync(outside)
    fs.writeFileSync(join(outside, 'precious'), 'untouched')
    fs.symlinkSync(outside, join(target, 'sub'))
    fs.symlinkSync(join(outside, 'precious'), join(target, 'file'))
    const before = fs.statSync(outside, { bigint: true })
    await town.ok(['restore', 'latest', target, '--data', box.data, ...(mode === null ? [] : [mode])], [0, 1, 4])
    assert.deepEqual(fs.readdirSync(outside), ['precious'], `mode ${mode}`)
    assert.equal(fs.readFileSync(join(outside, 'precious'), 'utf8'), 'untouched', `mode ${mode}`)
    const after = fs.statSync(outside, { bigint: true })
    assert.deepEqual([after.mode, after.mtimeNs], [before.mode, before.mtimeNs], `mode ${mode}`)
  }
})

test('what vanished makes the snapshot incomplete, with each item and its cause', { timeout: 300_000 }, async (t) => {
  const town = new Town(t)
  const [here, gone] = [town.path('here'), town.path('gone')]
  for (const folder of [here, gone]) {
    fs.mkdirSync(folder)
    fs.writeFileSync(join(folder, 'file'), folder)
  }
  const box = await town.box('owner')
  await town.ok(['source', 'add', 'two', here, gone, '--data', box.data])
  fs.rmSync(gone, { recursive: true })
  const snapshot: SnapshotResult = await town.take(box, [4])
  assert.equal(snapshot.state, 'incomplete')
  assert.deepEqual(snapshot.incomplete, [
    { path: gone, pathBytes: Buffer.from(gone).toString('base64'), cause: 'ENOENT' },
  ])
  await town.ok(['restore', 'latest', town.path('back'), '--data', box.data], [0, 4])
  const back = fs.readdirSync(town.path('back'), { recursive: true }).map(String)
  assert.ok(
    back.some((name) => name.endsWith('here/file')),
    back.join(' '),
  )
})
