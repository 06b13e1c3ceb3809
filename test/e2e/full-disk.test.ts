import assert from 'node:assert/strict'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { CheckResult, DisperseResult, SnapshotResult } from '#box'
import { assertSame, Chance, writeFiles } from './material.ts'
import { fill, Town } from './town.ts'

const MiB = 1 << 20

test('a full disk is a clear error, earlier snapshots stay, and the next one works when there is room', {
  timeout: 300_000,
}, async (t) => {
  const chance = new Chance(t)
  const town = new Town(t)
  const disk = town.smallDisk('disk', 96)
  const source = town.path('source')
  mkdirSync(source)
  writeFiles(chance, source, 2 * MiB)
  const box = await town.box('owner', { data: join(disk, 'box') })
  const data = ['--data', box.data]
  await town.ok(['source', 'add', 'house', source, ...data])
  const first = await town.take(box)
  cpSync(source, town.path('first'), { recursive: true, preserveTimestamps: true })
  writeFiles(chance, source, 12 * MiB, 'more/')
  const ballast = fill(disk, 2 * MiB)
  const code = await town.fails(1, 'snapshot', 'take', ...data)
  assert.match(code, /^(?:ENOSPC|VAULT_DISK_FULL)$/)
  const { items } = await town.ok<{ items: SnapshotResult[] }>(['snapshot', 'list', ...data])
  assert.deepEqual(
    items.map(({ id }) => id),
    [first.id],
  )
  await town.ok(['restore', first.id, town.path('back-first'), ...data])
  assert.equal((await town.ok<CheckResult>(['vault', 'check', ...data])).ok, true)
  rmSync(ballast)
  await town.take(box)
  await town.ok(['restore', 'latest', town.path('back'), ...data])
  await assertSame(source, town.path('back'))
})

test('a host with a full disk is named, and the vault is whole when it has room again', {
  timeout: 400_000,
}, async (t) => {
  const chance = new Chance(t)
  const town = new Town(t)
  const disk = town.smallDisk('disk', 64)
  // Five boxes have no spare host: whatever the placement, the full one is to keep a row of each stripe.
  const boxes = await Promise.all(['owner', 'host-1', 'host-2', 'host-3'].map((name) => town.box(name)))
  const full = await town.box('full', { data: join(disk, 'box') })
  await town.found()
  const [owner, ...hosts] = boxes
  assert.ok(owner)
  await Promise.all([...hosts, full].map((box) => town.run(box)))
  const source = town.path('source')
  mkdirSync(source)
  writeFiles(chance, source, 2 * MiB)
  await town.ok(['source', 'add', 'house', source, '--data', owner.data])
  await town.take(owner)
  const ballast = fill(disk, 0)
  const result = await town.ok<DisperseResult>(['disperse', '--data', owner.data, '--wait', '1s'], [1, 4])
  assert.match(result.state, /^(?:protected|stored)$/)
  const named = result.trouble.filter(({ host }) => host === full.id)
  assert.ok(named.length > 0, JSON.stringify(result.trouble))
  t.diagnostic(`state ${result.state}, the full host: ${named.map(({ code }) => code).join(' ')}`)
  rmSync(ballast)
  await town.whole(owner)
  assert.equal((await town.ok<CheckResult>(['vault', 'check', '--data', owner.data])).ok, true)
})
