import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { test } from 'node:test'
import type { CommunityResult, RecoverResult } from '#box'
import { assertSame, Chance, writeFiles } from './material.ts'
import { fragmentsAt, Town } from './town.ts'

test('two boxes of one organisation never host for each other, and either comes back by its id', {
  timeout: 400_000,
}, async (t) => {
  const chance = new Chance(t)
  const town = new Town(t)
  const first = await town.box('first')
  const second = await town.box('second', { words: first.words })
  const others = await Promise.all(['host-1', 'host-2', 'host-3'].map((name) => town.box(name)))
  assert.equal(second.root, first.root)
  assert.notEqual(second.id, first.id)
  const community: CommunityResult = await town.found()
  const boxes = community.members.filter(({ organisation }) => organisation === first.root).map(({ box }) => box)
  assert.deepEqual(boxes.sort(), [first.id, second.id].sort())
  await Promise.all(town.boxes.map((box) => town.run(box)))

  const sources = new Map([first, second].map((box) => [box, town.path(`${box.name}-source`)]))
  for (const [box, source] of sources) {
    mkdirSync(source)
    writeFiles(chance, source, 1 << 20)
    await town.ok(['source', 'add', 'house', source, '--data', box.data])
    await town.take(box)
    await town.whole(box)
  }
  assert.deepEqual([fragmentsAt(second, first), fragmentsAt(first, second)], [[], []])
  for (const owner of [first, second]) assert.ok(others.some((host) => fragmentsAt(host, owner).length > 0))

  await town.destroy(first)
  await town.destroy(second)
  const recover = ['recover', '--words', first.words, '--peer', others[0]!.address]
  t.diagnostic(`without --box: ${await town.fails(1, ...recover, '--data', town.path('neither'))}`)
  for (const [box, source] of sources) {
    const data = town.path(`${box.name}-recovered`)
    const result = await town.ok<RecoverResult>([...recover, '--box', box.id, '--data', data])
    assert.equal(result.box, box.id)
    await town.ok(['restore', 'latest', town.path(`${box.name}-back`), '--data', data])
    await assertSame(source, town.path(`${box.name}-back`))
  }
})
