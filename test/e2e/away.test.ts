import assert from 'node:assert/strict'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DisperseResult } from '#box'
import { Chance, writeFiles } from './material.ts'
import { Town } from './town.ts'

test('with a host off the vault is protected, and whole once the host is back', { timeout: 400_000 }, async (t) => {
  const chance = new Chance(t)
  const town = new Town(t)
  const { owner, hosts } = await town.founded(5)
  const source = town.path('source')
  mkdirSync(source)
  await town.ok(['source', 'add', 'house', source, '--data', owner.data])
  const disperse = ['disperse', '--data', owner.data]

  writeFiles(chance, source, 1 << 20)
  await town.take(owner)
  await town.whole(owner)
  // The spare host has no row of a data stripe: without it everything is whole all the same.
  const holders = hosts.filter((host) => fragmentsAt(host.data, owner.id) > 1)
  const away = holders[chance.below(holders.length)]!

  writeFiles(chance, source, 1 << 20, 'then/')
  await town.take(owner)
  await town.kill(away)
  const without = await town.ok<DisperseResult>([...disperse, '--wait', '1s'], [4])
  assert.equal(without.state, 'protected')
  assert.deepEqual([...new Set(without.trouble.map(({ host }) => host))], [away.id])
  await town.run(away)
  await town.whole(owner)

  writeFiles(chance, source, 1 << 20, 'more/')
  await town.take(owner)
  await town.kill(away)
  const waiting = town.start([...disperse, '--wait', '1m'])
  await sleep(4000)
  await town.run(away)
  const { exit, json } = await waiting.ended
  assert.deepEqual([exit, json.state], [0, 'whole'])
})

function fragmentsAt(host: string, owner: string): number {
  const names = readdirSync(join(host, 'hosting', owner, 'fragments'), { recursive: true, encoding: 'utf8' })
  return names.filter((name) => /[0-9a-f]{64}\.\d+$/.test(name)).length
}
