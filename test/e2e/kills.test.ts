import assert from 'node:assert/strict'
import { cpSync, mkdirSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SnapshotResult } from '#box'
import { compareFolders } from '../../src/cli/compare.ts'
import { assertSame, Chance, writeFiles } from './material.ts'
import { type Box, Town } from './town.ts'

const KILLS = Number(process.env.DATIS_KILLS ?? 3)
/** No command does anything before its program is loaded. */
const LOADING_MS = 250
const MiB = 1 << 20

test('kill -9 of the owner at any moment of snapshot and dispersal loses no acknowledged snapshot', {
  timeout: 400_000 + KILLS * 120_000,
}, async (t) => {
  const chance = new Chance(t)
  const town = new Town(t)
  const source = town.path('source')
  mkdirSync(source)
  const { owner, hosts } = await town.founded(5)
  const data = ['--data', owner.data]
  await town.ok(['source', 'add', 'house', source, ...data])
  writeFiles(chance, source, 4 * MiB)
  const acknowledged = new Map<string, string>()
  const keep = (snapshot: SnapshotResult, round: number): void => {
    acknowledged.set(snapshot.id, town.path(`was-${round}`))
    cpSync(source, town.path(`was-${round}`), { recursive: true, preserveTimestamps: true })
  }
  /** How long each command took the last time it was let alone. */
  const usualMs = { take: 0, disperse: 0 }
  const goOn = async (round: number): Promise<void> => {
    const began = performance.now()
    keep(await town.take(owner), round)
    usualMs.take = performance.now() - began
    await town.whole(owner)
    usualMs.disperse = performance.now() - began - usualMs.take
  }
  await goOn(-1)

  for (let round = 0; round < KILLS; round++) {
    writeFiles(chance, source, 2 * MiB, `round-${round % 3}/`)
    const running = round % 2 === 0
    if (running) await town.run(owner)
    const phase = chance.below(2) === 0 ? 'take' : 'disperse'
    const ms = LOADING_MS + chance.below(Math.max(1, Math.floor(usualMs[phase] - LOADING_MS)))
    const { snapshot, was } = await killed(town, owner, { phase, ms })
    t.diagnostic(`round ${round}: ${running ? 'running box' : 'one-shot'}, killed ${ms} ms into ${phase}, which ${was}`)
    const { items } = await town.ok<{ items: SnapshotResult[] }>(['snapshot', 'list', ...data])
    const listed = new Set(items.map(({ id }) => id))
    for (const id of [...acknowledged.keys(), ...(snapshot ? [snapshot.id] : [])]) assert.ok(listed.has(id), id)
    const check = await town.datis('vault', 'check', ...data)
    if (check.exit !== 0) for (const host of hosts) t.diagnostic(town.logOf(host).slice(-1500))
    assert.deepEqual([check.exit, check.json.ok], [0, true], check.out)
    await goOn(round)
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

/** Runs take, then disperse, until the owner dies in one of them; the snapshot that was acknowledged before. */
async function killed(
  town: Town,
  owner: Box,
  { phase, ms }: { phase: 'take' | 'disperse'; ms: number },
): Promise<{ snapshot: SnapshotResult | undefined; was: string }> {
  const data = ['--data', owner.data]
  const before = phase === 'disperse' ? await town.take(owner) : undefined
  const command = town.start(phase === 'take' ? ['snapshot', 'take', ...data] : ['disperse', ...data, '--wait', '1s'])
  await sleep(ms)
  if (owner.process === null) command.child.kill('SIGKILL')
  else await town.kill(owner)
  const { exit, json } = await command.ended
  const [taken] = exit === 0 && phase === 'take' ? (json.snapshots as SnapshotResult[]) : []
  return { snapshot: before ?? taken, was: exit === 0 ? 'had ended' : 'had not ended' }
}

/** The copy kept beside has new owners and times: content alone is compared. */
async function assertSameContent(original: string, copy: string): Promise<void> {
  const { differences } = await compareFolders(original, copy, async () => undefined)
  assert.deepEqual(
    differences.filter(({ what }) => what !== 'mtime'),
    [],
  )
}
