import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatisError, silentLog } from '#base'
import { simClock, simRandom } from '#base/sim'
import { openSettings } from '#settings'
import { Scheduler } from './scheduler.ts'
import { Tasks } from './tasks.ts'

test('what stands in the way of snapshots stops nothing else', async () => {
  const clock = simClock({ startWallMs: 1_780_000_000_000 }).machine()
  const asked: string[] = []
  const call = (async (name: string) => {
    asked.push(name)
    if (name === 'source.list') throw new DatisError('PACK_DAMAGED', 'A pack is damaged.')
    if (name === 'community.show') return { members: [{ organisation: 'a' }, { organisation: 'b' }] }
    return {}
  }) as never
  const deps = { clock, log: silentLog, box: { call } }
  const tasks = await Tasks.open({ ...deps, settings: await openSettings(':memory:'), random: simRandom('scheduler') })
  await new Scheduler({ ...deps, tasks, zone: 'UTC' }).look(new AbortController().signal)
  for (const job of ['disperse', 'snapshot.expire', 'vault.collect', 'peer.probe', 'vault.scrub', 'drill.run'])
    assert.ok(asked.includes(job), job)
})
