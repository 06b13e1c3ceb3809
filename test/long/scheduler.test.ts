import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOUR_MS, joinPath, MINUTE_MS, pathToText, silentLog } from '#base'
import { simRandom } from '#base/sim'
import { openSettings } from '#settings'
import { BoxTown, PEOPLE, type TestBox, write } from '../../src/box/test-town.ts'
import { Scheduler } from '../../src/service/scheduler.ts'
import { Tasks } from '../../src/service/tasks.ts'

test('a box by itself: snapshots in their slots, out to the hosts, and what no policy keeps goes', async () => {
  const town = new BoxTown('scheduler')
  const [owner] = (await town.founded(4)) as [TestBox]
  const folder = joinPath(PEOPLE, 'papers')
  owner.disk.makeFolder(folder)
  write(owner.disk, joinPath(folder, 'file'), town.random.bytes(5000))
  const paths = [pathToText(folder)]
  await town.call(owner.box, 'source.add', { name: 'papers', paths, excludes: [], oneFileSystem: false })
  await town.call(owner.box, 'policy.set', {
    source: 'papers',
    local: '<2 h, 15 min>, <24 h, 1 h>',
    remote: '<2 h, 15 min>, <9 h, 1 h>',
  })
  const { clock } = owner.box.world
  const settings = await openSettings(':memory:')
  const deps = { settings, clock, random: simRandom('tasks'), log: silentLog, box: owner.box }
  const tasks = await town.run(Tasks.open(deps))
  const stop = new AbortController()
  const scheduler = new Scheduler({ ...deps, tasks, zone: 'Europe/Paris' })
  const running = scheduler.run(stop.signal)
  await town.clock.runFor(12 * HOUR_MS + MINUTE_MS)
  const { items } = await town.call(owner.box, 'snapshot.list', {})
  const starts = items.map(({ startedAt }) => Temporal.Instant.from(startedAt).toZonedDateTimeISO('Europe/Paris'))
  assert.ok(
    starts.slice(0, 7).every(({ minute }) => minute % 15 === 0),
    starts.join(),
  )
  assert.ok(items.length >= 8 + 9 && items.length <= 8 + 12, `${items.length}`)
  assert.ok(items.filter(({ remote }) => remote).length < items.length)
  const all = await town.run(tasks.list({ count: 1000 }))
  const states = new Set(all.map(({ state }) => state))
  assert.deepEqual([...states], ['done'], JSON.stringify(all.find(({ state }) => state !== 'done')))
  assert.ok(
    all.filter(({ name }) => name === 'disperse').length >= all.filter(({ name }) => name === 'snapshot.take').length,
  )
  assert.ok(all.some(({ name }) => name === 'vault.collect'))
  stop.abort()
  await town.run(running)
})
