import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeCbor, joinPath, MiB, writeDurably } from '#base'
import { BOX_FOLDER, PEOPLE, place, write } from '../test-town.ts'
import { evidence } from './drill.ts'

/** Drills that were run before, newest first. */
function drillsOf(count: number, sources: number) {
  const snapshots = Array.from({ length: sources }, (_, source) => `${source}`.padStart(32, '0'))
  return Array.from({ length: count }, (_, n) => ({ at: count - n, state: 'ok', snapshots, files: 1, bytes: 1 }))
}

test('a drill tries what hosts have, not what was saved a moment ago', async () => {
  const { town, owner } = await place('drill young')
  const [first] = (await town.call(owner.box, 'snapshot.list', {})).items
  write(owner.disk, joinPath(joinPath(PEOPLE, 'papers'), 'second'), town.random.bytes(5000))
  await town.call(owner.box, 'snapshot.take', { sources: ['papers'] })
  const early = await town.call(owner.box, 'drill.run', {})
  assert.deepEqual([early.state, early.failed, early.snapshots], ['ok', [], [first?.id]])
  await town.call(owner.box, 'disperse', { waitMs: 0 })
  const late = await town.call(owner.box, 'drill.run', {})
  assert.deepEqual([late.state, late.snapshots.length, late.snapshots[0] === first?.id], ['ok', 1, false])
})

test('a hundred drills of a hundred sources are remembered', async () => {
  const { town, owner } = await place('many drills')
  writeDurably(owner.disk, BOX_FOLDER, 'drills.cbor', encodeCbor({ format: 1, drills: drillsOf(100, 100) }))
  await town.call(owner.box, 'drill.run', {})
  const found = evidence(owner.disk, BOX_FOLDER).map(({ at }) => at)
  assert.deepEqual([found.length, found[1], found.at(-1)], [100, 100, 2])
})

test('of a thousand sources as many drills are remembered as have room', async () => {
  const { town, owner } = await place('large drills')
  const [oldest] = drillsOf(1, 1000)
  assert.ok(oldest)
  const known = () => encodeCbor({ format: 1, drills: [...drillsOf(31, 1000).slice(0, 30), oldest] })
  while (known().length > MiB) oldest.snapshots.pop()
  writeDurably(owner.disk, BOX_FOLDER, 'drills.cbor', known())
  await town.call(owner.box, 'drill.run', {})
  const found = evidence(owner.disk, BOX_FOLDER).map(({ at }) => at)
  assert.deepEqual([found.length, found[1], found.at(-1)], [31, 31, 2])
})
