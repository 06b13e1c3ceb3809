import assert from 'node:assert/strict'
import { cpSync, mkdirSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CheckResult, SnapshotResult } from '#box'
import { assertSame, Chance, writeFiles } from './material.ts'
import { type Box, type Running, Town } from './town.ts'

const KILLS = Number(process.env.DATIS_KILLS ?? 6)
/** No command does anything before its program is loaded. */
const LOADING_MS = 250
const MiB = 1 << 20

test('kill -9 of the owner at any moment of snapshot and dispersal loses no acknowledged snapshot', {
  timeout: 60_000 + KILLS * 20_000,
}, async (t) => {
  const chance = new Chance(t)
  const town = new Town(t)
  const source = town.path('source')
  mkdirSync(source)
  const { owner, hosts } = await town.founded(5)
  const data = ['--data', owner.data]
  await town.ok(['source', 'add', 'house', source, ...data])
  writeFiles(chance, source, 4 * MiB)
  const began = performance.now()
  const acknowledged = new Map<string, string>()
  const keep = (snapshot: SnapshotResult, round: number): void => {
    acknowledged.set(snapshot.id, town.path(`was-${round}`))
    cpSync(source, town.path(`was-${round}`), { recursive: true, preserveTimestamps: true })
  }
  keep(await town.take(owner), -1)
  await town.whole(owner)
  const usualMs = performance.now() - began

  for (let round = 0; round < KILLS; round++) {
    writeFiles(chance, source, 2 * MiB, `round-${round % 3}/`)
    const running = round % 2 === 0
    if (running) await town.run(owner)
    const killAfterMs = LOADING_MS + chance.below(Math.max(1, Math.floor(usualMs - LOADING_MS)))
    const { snapshot, during } = await killedAfter(town, owner, killAfterMs)
    t.diagnostic(
      `round ${round}: ${running ? 'running box' : 'one-shot'}, kill after ${killAfterMs} ms, during ${during}`,
    )
    const { items } = await town.ok<{ items: SnapshotResult[] }>(['snapshot', 'list', ...data])
    const listed = new Set(items.map(({ id }) => id))
    for (const id of [...acknowledged.keys(), ...(snapshot ? [snapshot.id] : [])]) assert.ok(listed.has(id), id)
    const check = await town.ok<CheckResult>(['vault', 'check', ...data])
    assert.equal(check.ok, true)
    keep(await town.take(owner), round)
    await town.whole(owner)
  }

  await town.destroy(owner)
  const recovered = town.path('recovered')
  const peer = hosts[chance.below(hosts.length)]!.address
  await town.ok(['recover', '--words', owner.words, '--peer', peer, '--data', recovered])
  const { items } = await town.ok<{ items: SnapshotResult[] }>(['snapshot', 'list', '--data', recovered])
  for (const id of acknowledged.keys())
    assert.ok(
      items.some((item) => item.id === id),
      id,
    )
  for (const [id, was] of new Map([...chance.pick([...acknowledged], 2), ...[...acknowledged].slice(-1)])) {
    await town.ok(['restore', id, town.path(`back-${id}`), '--data', recovered])
    if (was === [...acknowledged.values()].at(-1)) await assertSame(source, town.path(`back-${id}`))
    await assertSameContent(was, town.path(`back-${id}`))
  }
})

/** Runs take and disperse until the owner dies; what was acknowledged before. */
async function killedAfter(
  town: Town,
  owner: Box,
  ms: number,
): Promise<{ snapshot: SnapshotResult | undefined; during: string }> {
  const data = ['--data', owner.data]
  let current: Running | undefined
  let during = 'nothing'
  let dead = false
  const steps = (async () => {
    during = 'take'
    current = town.start(['snapshot', 'take', ...data])
    const taken = await current.ended
    if (dead || taken.exit !== 0) return (taken.json.snapshots as SnapshotResult[] | undefined)?.[0]
    during = 'disperse'
    current = town.start(['disperse', ...data, '--wait', '1s'])
    await current.ended
    if (!dead) during = 'nothing any more'
    return (taken.json.snapshots as SnapshotResult[])[0]
  })()
  await sleep(ms)
  dead = true
  const at = during
  if (owner.process === null) current?.child.kill('SIGKILL')
  else await town.kill(owner)
  return { snapshot: await steps, during: at }
}

/** The copy kept beside has new owners and times: content alone is compared. */
async function assertSameContent(original: string, copy: string): Promise<void> {
  const { compareFolders } = await import('../../src/cli/compare.ts')
  const { differences } = await compareFolders(original, copy, async () => undefined)
  assert.deepEqual(
    differences.filter(({ what }) => what !== 'mtime'),
    [],
  )
}
