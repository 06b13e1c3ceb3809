import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { pathFromText, realClock, realDisk, realRandom, startWorkers } from '#base'
import { newKeyring } from '#crypto'
import { at, type Bench, describe, restore, source, take } from './snapshot-fixture.ts'
import { openStore } from './vault.ts'

interface RealBench extends Bench, AsyncDisposable {
  readonly folder: string
}

async function bench(): Promise<RealBench> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datis-restore-'))
  const random = realRandom()
  const workers = startWorkers({ size: 3 })
  const deps = { disk: realDisk(), clock: realClock(), random, workers }
  const box = '0b'.repeat(16)
  const vault = pathFromText(path.join(folder, 'vault'))
  fs.mkdirSync(path.join(folder, 'source'))
  const store = await openStore(deps, { folder: vault, box, keyring: newKeyring(box, random), indexPath: ':memory:' })
  return {
    deps,
    store,
    ownFolder: vault,
    folder,
    async [Symbol.asyncDispose]() {
      store[Symbol.dispose]()
      await workers[Symbol.asyncDispose]()
      fs.rmSync(folder, { recursive: true })
    },
  }
}

const isRoot = process.getuid?.() === 0

test('a real folder comes back bit for bit, with all its metadata', async () => {
  await using b = await bench()
  const from = path.join(b.folder, 'source')
  const inside = (name: string): string => path.join(from, name)
  fs.mkdirSync(inside('folder/deep'), { recursive: true })
  fs.writeFileSync(Buffer.concat([Buffer.from(inside('folder/')), Buffer.of(0xff, 0xfe)]), 'not UTF-8')
  fs.writeFileSync(inside('folder/deep/large'), b.deps.random.bytes(9_000_000))
  for (let i = 0; i < 500; i++) fs.writeFileSync(inside(`small ${i}`), `content ${i}`)
  fs.linkSync(inside('small 3'), inside('folder/three'))
  fs.symlinkSync('../nowhere', inside('link'))
  fs.writeFileSync(inside('empty'), '')
  if (isRoot) fs.lchownSync(inside('link'), 12, 13)
  if (isRoot) fs.chownSync(inside('small 4'), 1234, 4321)
  fs.chmodSync(inside('small 4'), 0o4711)
  fs.chmodSync(inside('folder/deep'), 0o555)
  b.deps.disk.setMetadata(at(inside('small 5')), { mtimeNs: 1_111_111_111_123_456_789n })
  b.deps.disk.setMetadata(at(inside('folder')), { mtimeNs: 1_011_111_111_123_456_789n })
  if (isRoot) execFileSync('mkfifo', [inside('fifo')])
  const snapshot = await take(b, source(from))
  assert.equal(snapshot.state, 'complete')
  const target = at(path.join(b.folder, 'target'))
  const report = await restore(b, snapshot, target)
  assert.deepEqual([report.failed, report.notSet], [[], []])
  assert.deepEqual(describe(b.deps.disk, target), describe(b.deps.disk, at(from)))
})

test('holes of a sparse file come back as holes', async () => {
  await using b = await bench()
  const file = path.join(b.folder, 'source', 'sparse')
  const fd = fs.openSync(file, 'w')
  fs.writeSync(fd, Buffer.from('beginning'), 0, 9, 0)
  fs.writeSync(fd, Buffer.from('middle'), 0, 6, 7_000_001)
  fs.ftruncateSync(fd, 20_000_000)
  fs.closeSync(fd)
  const snapshot = await take(b, source(path.join(b.folder, 'source')))
  const target = path.join(b.folder, 'target')
  const report = await restore(b, snapshot, at(target))
  assert.deepEqual(report.failed, [])
  const stat = fs.statSync(path.join(target, 'sparse'))
  assert.equal(stat.size, 20_000_000)
  assert.ok(stat.blocks * 512 < 1_000_000, `${stat.blocks * 512} bytes taken`)
  assert.ok(fs.readFileSync(path.join(target, 'sparse')).equals(fs.readFileSync(file)))
})

test('a link planted in the target leads nowhere, even for root', async () => {
  await using b = await bench()
  const from = path.join(b.folder, 'source')
  fs.mkdirSync(path.join(from, 'etc'))
  fs.writeFileSync(path.join(from, 'etc', 'passwd'), 'from the snapshot')
  fs.writeFileSync(path.join(from, 'file'), 'from the snapshot')
  const snapshot = await take(b, source(from))
  for (const mode of ['refuse', 'over', 'beside', 'missing'] as const) {
    const outside = path.join(b.folder, `outside ${mode}`)
    const target = path.join(b.folder, `target ${mode}`)
    for (const folder of [outside, target]) fs.mkdirSync(folder)
    fs.writeFileSync(path.join(outside, 'victim'), 'untouched')
    fs.symlinkSync(outside, path.join(target, 'etc'))
    fs.symlinkSync(path.join(outside, 'victim'), path.join(target, 'file'))
    await restore(b, snapshot, at(target), { mode })
    assert.deepEqual(fs.readdirSync(outside), ['victim'], mode)
    assert.equal(fs.readFileSync(path.join(outside, 'victim'), 'utf8'), 'untouched', mode)
  }
})
