import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { GiB, MiB, pathFromText, type Stat } from '#base'
import { simRandom } from '#base/sim'
import { RANGE_BYTES } from './limits.ts'
import type { FileRead } from './types.ts'
import type { WriteReport } from './write-protocol.ts'
import { ChunksInFlight } from './writing-claims.ts'
import { WritingQueue } from './writing-queue.ts'
import { RangedFile } from './writing-ranges.ts'

const stat: Stat = {
  kind: 'file',
  mode: 0o600,
  uid: 0,
  gid: 0,
  bytes: GiB + 1,
  allocatedBytes: GiB,
  mtimeNs: 1n,
  ctimeNs: 1n,
  device: 1,
  inode: 1n,
  links: 1,
}
const file = { key: 7, path: pathFromText('/big'), stat }

function report(bytes: number, after: Stat, before = stat): WriteReport {
  const outcome = { state: 'read' as const, chunks: 1, bytes, torn: false, stat: after }
  return { task: 1, outcomes: [outcome], refs: new Uint8Array(36).fill(bytes % 251), readBytes: bytes, before }
}

function readAll(ranged: RangedFile, after: Stat): FileRead | 'more' | 'again' {
  let verdict: FileRead | 'more' | 'again' = 'more'
  // Ranges come back in any order.
  const ranges = [...ranged.ranges().entries()].reverse()
  for (const [part, { start, end }] of ranges) verdict = ranged.add(part, report(end - start, after))
  return verdict
}

test('ranges of a large file are put together in order, without a gap', () => {
  const ranged = new RangedFile(file)
  const ranges = ranged.ranges()
  assert.deepEqual(
    [ranges.length, ranges[0], ranges.at(-1)],
    [17, { start: 0, end: RANGE_BYTES }, { start: GiB, end: GiB + 1 }],
  )
  const read = readAll(ranged, stat)
  assert.ok(typeof read === 'object' && read.state === 'read')
  assert.deepEqual([read.bytes, read.torn, read.chunks.byteLength, read.chunks.at(-1)], [GiB + 1, false, 17 * 36, 1])
})

test('a large file that changes between its ranges is read again, and torn at the third time', () => {
  const ranged = new RangedFile(file)
  const grown = { ...stat, bytes: GiB + 2, ctimeNs: 2n }
  assert.equal(readAll(ranged, grown), 'again')
  assert.deepEqual(ranged.ranges().at(-1), { start: GiB, end: GiB + 2 })
  assert.equal(readAll(ranged, grown), 'again')
  const read = readAll(ranged, grown)
  assert.ok(typeof read === 'object' && read.state === 'read' && read.torn)
})

test('metadata goes to the first job only, other tasks to whoever asks, a flush to its job', async () => {
  const queue = new WritingQueue()
  queue.pushMetadata({ kind: 'group', groupKind: 1, chunks: [] })
  const second = queue.take(1)
  const first = await queue.take(0)
  assert.equal(first.kind, 'group')
  queue.pushShared({ kind: 'range', task: 1, path: file.path, start: 0, end: 1 })
  assert.equal((await second).kind, 'range')
  const [a, b] = [queue.take(0), queue.take(1)]
  assert.equal(queue.isIdle(2), true)
  queue.flush(1, 'data')
  assert.deepEqual(await b, { kind: 'flush', class: 'data' })
  assert.equal(queue.isIdle(2), false)
  queue.end()
  assert.deepEqual(await a, { kind: 'end' })
})

/** What lives on the heap, without what waits to be collected. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

test('claims take under 200 bytes a chunk and are given back when their pack is closed', () => {
  const random = simRandom('claims')
  const claims = new ChunksInFlight()
  const ids = Array.from({ length: 50_000 }, () => random.bytes(32))
  const before = heapInUse()
  for (const id of ids) claims.add(id)
  assert.ok(heapInUse() - before < 10 * MiB)
  assert.equal(
    ids.every((id) => claims.has(id)),
    true,
  )
  for (const id of ids) claims.remove(id)
  assert.equal(claims.size, 0)
})
