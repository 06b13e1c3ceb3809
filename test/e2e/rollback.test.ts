import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { SnapshotResult } from '#box'
import { assertSame, Chance, writeFiles } from './material.ts'
import { type Box, Town } from './town.ts'

const MiB = 1 << 20

test('a box whose disk was put back has again what its hosts know, and keeps what it saved meanwhile', {
  timeout: 400_000,
}, async (t) => {
  const chance = new Chance(t)
  const town = new Town(t)
  const { owner, hosts } = await town.founded(3)
  const source = town.path('source')
  mkdirSync(source)
  await town.ok(['source', 'add', 'house', source, '--data', owner.data])

  writeFiles(chance, source, MiB)
  const before = await town.take(owner)
  await town.whole(owner)
  cpSync(owner.data, town.path('copy'), { recursive: true })

  writeFiles(chance, source, 2 * MiB, 'since/')
  const known = await town.take(owner)
  await town.whole(owner)
  // With times to the nanosecond, which Node's own copy rounds.
  execFileSync('cp', ['-a', source, town.path('source-then')])
  await town.ok(['source', 'add', 'other', town.path('source-then'), '--data', owner.data])
  await town.whole(owner)

  rmSync(owner.data, { recursive: true })
  cpSync(town.path('copy'), owner.data, { recursive: true })
  writeFiles(chance, source, MiB, 'meanwhile/')
  const meanwhile = await town.take(owner)
  await town.whole(owner)

  assert.deepEqual(new Set(await snapshotsOf(town, owner)), new Set([before.id, known.id, meanwhile.id]))
  const { items } = await town.ok<{ items: { name: string }[] }>(['source', 'list', '--data', owner.data])
  assert.deepEqual(items.map(({ name }) => name).sort(), ['house', 'other'])
  await town.ok(['restore', known.id, town.path('known'), '--data', owner.data])
  await assertSame(town.path('source-then'), town.path('known'))
  await town.ok(['restore', meanwhile.id, town.path('meanwhile'), '--data', owner.data])
  await assertSame(source, town.path('meanwhile'))

  // What its hosts have now leads to all of it as well.
  await town.destroy(owner)
  const peer = ['--peer', hosts[0]?.address ?? '']
  await town.ok(['recover', '--words', owner.words, ...peer, '--data', town.path('again')])
  const again = { ...owner, data: town.path('again') }
  assert.deepEqual(new Set(await snapshotsOf(town, again)), new Set([before.id, known.id, meanwhile.id]))
  await town.ok(['restore', known.id, town.path('known again'), '--data', again.data])
  await assertSame(join(town.folder, 'source-then'), town.path('known again'))
})

async function snapshotsOf(town: Town, box: Box): Promise<string[]> {
  const { items } = await town.ok<{ items: SnapshotResult[] }>(['snapshot', 'list', '--data', box.data])
  return items.map(({ id }) => id)
}
