import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, HOUR_MS, silentLog } from '#base'
import { simClock } from '#base/sim'
import { openSettings } from '#settings'
import { Alarms } from './alarms.ts'

const GOOD = { source: 'papers', state: 'whole', isLate: false, ended: false, newest: { id: 'a', startedAt: '' } }

async function place() {
  const clock = simClock({ startWallMs: 1_780_000_000_000 })
  const mails: { items: { kind: string; about: string }[] }[] = []
  const facts = { source: { ...GOOD } as Record<string, unknown>, fall: null as unknown, drill: 'ok', sent: 1 }
  const instant = () => Temporal.Instant.fromEpochMilliseconds(clock.machine().wall()).toString()
  const start = instant()
  /** The first that was taken, and the newest, which is like it. */
  const items = () => [
    { source: 'papers', startedAt: instant(), fall: null },
    { source: 'papers', startedAt: start, fall: facts.fall },
  ]
  const call = (async (name: string, args: never) => {
    if (name === 'state.show') return { sources: [facts.source] }
    if (name === 'snapshot.list') return { items: items() }
    if (name === 'drill.list') return { items: [{ state: facts.drill }] }
    mails.push(args)
    return { sent: facts.sent }
  }) as never
  const deps = { settings: await openSettings(':memory:'), clock: clock.machine(), log: silentLog, box: { call } }
  const alarms = new Alarms(deps)
  const later = async (ms: number) => {
    await clock.runFor(ms)
    await alarms.look()
  }
  const told = () => mails.splice(0).map(({ items }) => items.map(({ kind, about }) => `${kind} ${about}`).join())
  return { alarms, facts, later, told }
}

test('what lasts is told once, and again after a week; what is over is gone', async () => {
  const { alarms, facts, later, told } = await place()
  await later(0)
  facts.source = { ...GOOD, state: 'unknown' }
  await later(0)
  await later(10 * 60_000)
  assert.deepEqual([told(), (await alarms.list()).length], [[], 1], 'it may be over soon')
  await later(HOUR_MS)
  await later(HOUR_MS)
  assert.deepEqual(told(), ['unknown papers'])
  await later(7 * DAY_MS)
  assert.deepEqual(told(), ['unknown papers'])
  facts.source = GOOD
  await later(HOUR_MS)
  assert.deepEqual([told(), await alarms.list()], [[], []])
})

test('a sharp fall, a source that is late or incomplete and a drill that failed come in one mail', async () => {
  const { facts, later, told } = await place()
  Object.assign(facts, { fall: { filesBefore: 100 }, drill: 'failed' })
  facts.source = { ...GOOD, state: 'incomplete', isLate: true }
  await later(0)
  await later(HOUR_MS)
  assert.deepEqual(told(), ['drill ,fell papers,incomplete papers,late papers'.split(',').sort().join()])
})

test('where nobody could be told it stays untold, and is tried again', async () => {
  const { alarms, facts, later, told } = await place()
  Object.assign(facts, { fall: {}, sent: 0 })
  await later(0)
  await later(HOUR_MS)
  assert.deepEqual(
    (await alarms.list()).map(({ told: at }) => at),
    [null],
  )
  facts.sent = 1
  await later(HOUR_MS)
  assert.deepEqual(told(), ['fell papers', 'fell papers'])
  await later(HOUR_MS)
  assert.deepEqual(told(), [])
})

test('what has ended, or was never saved, alarms nobody', async () => {
  const { alarms, facts, later } = await place()
  facts.source = { ...GOOD, state: 'unknown', ended: true }
  await later(0)
  facts.source = { ...GOOD, state: 'unknown', newest: null }
  await later(0)
  assert.deepEqual(await alarms.list(), [])
})

test('a sharp fall is told although snapshots go on, and is over after a day', async () => {
  const { alarms, facts, later, told } = await place()
  facts.fall = { filesBefore: 1000 }
  await later(0)
  for (let quarters = 0; quarters < 4; quarters++) await later(HOUR_MS / 4)
  assert.deepEqual(told(), ['fell papers'])
  await later(DAY_MS)
  assert.deepEqual([told(), await alarms.list()], [[], []])
})
