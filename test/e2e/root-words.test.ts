/** After a theft, with real processes: asked on one member's box, signed elsewhere, told to all hosts of the stolen box. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync } from 'node:fs'
import { test } from 'node:test'
import type { HeadListResult, RootApplied } from '#box'
import { Chance, writeFiles } from './material.ts'
import { Town } from './town.ts'

type Told = Exclude<RootApplied, { applied: 'epoch' }>

test('the words of a stolen box reach its hosts over the box of any member', { timeout: 300_000 }, async (t) => {
  const chance = new Chance(t)
  const town = new Town(t)
  const { owner, hosts } = await town.founded(2)
  const [first, second] = hosts
  assert.ok(first && second)
  const source = town.path('source')
  mkdirSync(source)
  writeFiles(chance, source, 1 << 20)
  await town.ok(['source', 'add', 'house', source, '--data', owner.data])
  await town.take(owner)
  await town.whole(owner)
  await town.destroy(owner)

  const about = ['--owner', owner.id, '--data', first.data]
  const { heads } = await town.ok<HeadListResult>(['root', 'heads', ...about])
  const [request, signed] = [town.path('request'), town.path('signed')]
  await town.ok(['root', 'request', 'condemn', '--head', String(heads[0]?.number), '--out', request, ...about])
  const sign = ['root', 'sign', request, '--out', signed, '--yes', '--words']
  assert.equal(await town.fails(1, ...sign, first.words), 'ROOT_REQUEST_FOREIGN')
  assert.equal(existsSync(signed), false)
  await town.ok([...sign, owner.words])
  const apply = ['root', 'apply', signed, '--data', second.data]
  const told = await town.ok<Told>(apply)
  assert.deepEqual([told.hosts, told.fragments, told.trouble], [[first.id, second.id].sort(), 0, []])
  await town.kill(first)
  const late = await town.ok<Told>(apply, [4])
  assert.deepEqual([late.hosts, late.trouble.map(({ host }) => host)], [[second.id], [first.id]])
})
