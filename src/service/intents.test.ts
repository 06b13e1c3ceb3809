import assert from 'node:assert/strict'
import { test } from 'node:test'
import { People } from '#accounts'
import { codeOf, DAY_MS, silentLog } from '#base'
import { simClock, simRandom } from '#base/sim'
import { openSettings } from '#settings'
import { Intents } from './intents.ts'
import { Tasks } from './tasks.ts'

const PASSWORD = 'correct horse battery'
const EXPEL = { organisation: 'townhall' }

async function place(seed: string) {
  const clock = simClock({ startWallMs: 1_780_000_000_000 })
  const settings = await openSettings(':memory:')
  const called: { name: string; args: unknown }[] = []
  const policy = (text: string) => ({ policy: text, isDefault: true })
  const call = (async (name: string, args: unknown) => {
    if (name !== 'policy.list') called.push({ name, args })
    const sources = [{ source: 'papers', local: policy('<30 d, 1 d>'), remote: policy('<90 d, 1 d>') }]
    const items = [{ name: 'archive', policy: 'archive: <5 y, 1 d>', readyMade: true, local: [], remote: [] }]
    return name === 'policy.list' ? { items, sources } : {}
  }) as never
  const random = simRandom(`intents ${seed}`)
  const deps = { settings, clock: clock.machine(), random, log: silentLog, box: { call } }
  const people = new People({ ...deps, boxName: 'town hall' })
  const administrator = async (name: string) =>
    (await people.add('box', { name, role: 'administrator', password: PASSWORD })).id
  const [anne, bert] = [await administrator('Anne'), await administrator('Bert')]
  await clock.runFor(1)
  const tasks = await Tasks.open(deps)
  const open = () => new Intents({ ...deps, tasks })
  const acts = () => called.filter(({ name }) => name !== 'notice.send')
  return { clock, people, intents: open(), open, called, acts, anne, bert, administrator, tasks }
}

type Place = Awaited<ReturnType<typeof place>>

async function ended({ tasks }: Place, task: string): Promise<void> {
  await tasks.ended(task)
}

test('what cannot be undone waits for a second administrator, and the contacts are told', async () => {
  const p = await place('second')
  const { id, due, state } = await p.intents.propose('community.expel', EXPEL, p.anne)
  assert.deepEqual([state, due], ['waiting', p.clock.machine().wall() + 3 * DAY_MS])
  assert.deepEqual(p.called, [
    { name: 'notice.send', args: { intent: id, operation: 'community.expel', about: 'townhall', by: 'Anne', due } },
  ])
  await assert.rejects(p.intents.approve(id, p.anne), { code: 'INTENT_SAME_PERSON' })
  assert.deepEqual(p.acts(), [])
  await ended(p, (await p.intents.approve(id, p.bert)).id)
  assert.deepEqual(p.acts(), [{ name: 'community.expel', args: EXPEL }])
  await assert.rejects(p.intents.approve(id, p.bert), { code: 'INTENT_DECIDED' })
  await assert.rejects(p.intents.cancel(id, p.bert), { code: 'INTENT_DECIDED' })
  const [shown] = await p.intents.list()
  assert.deepEqual([shown?.state, shown?.decider, typeof shown?.task], ['approved', p.bert, 'string'])
})

test('two who approve at once do it once', async () => {
  const p = await place('at once')
  const carl = await p.administrator('Carl')
  await p.clock.runFor(1)
  const { id } = await p.intents.propose('community.expel', EXPEL, p.anne)
  const both = await Promise.all([p.bert, carl].map((who) => p.intents.approve(id, who).then(() => 'done', codeOf)))
  assert.deepEqual(both.sort(), ['INTENT_DECIDED', 'done'])
  await p.clock.runFor(1)
  assert.equal(p.acts().length, 1)
})

test('alone it takes three days, in which anybody may stop it; a restart forgets nothing', async () => {
  const p = await place('alone')
  const stopped = await p.intents.propose('community.expel', EXPEL, p.anne)
  const kept = await p.intents.propose('snapshot.hold', { id: 'ab', reason: null }, p.anne)
  await p.intents.cancel(stopped.id, p.bert)
  await p.clock.runFor(3 * DAY_MS - 1)
  await p.intents.look()
  assert.deepEqual(p.acts(), [])
  await p.clock.runFor(1)
  const again = p.open()
  await again.look()
  await again.look()
  assert.deepEqual(
    p.acts().map(({ name }) => name),
    ['snapshot.hold'],
  )
  assert.equal((await again.list()).find(({ id }) => id === kept.id)?.decider, 'box')
})

test('an account that the first made, changed or gave a password is no second person', async () => {
  const p = await place('puppets')
  const { id } = await p.intents.propose('community.expel', EXPEL, p.anne)
  await p.clock.runFor(1)
  const carl = (await p.people.add(p.anne, { name: 'Carl', role: 'administrator', password: PASSWORD })).id
  await assert.rejects(p.intents.approve(id, carl), { code: 'INTENT_NEW_PERSON' })
  await p.people.setPassword(p.anne, p.bert, 'another horse battery', null)
  await assert.rejects(p.intents.approve(id, p.bert), { code: 'INTENT_NEW_PERSON' })
  await assert.rejects(p.intents.propose('community.expel', EXPEL, 'token 12'), { code: 'INTENT_PERSON_NEEDED' })
  await assert.rejects(p.intents.approve('none', p.bert), { code: 'INTENT_UNKNOWN' })
})

test('only what keeps less is irreversible', async () => {
  const { intents } = await place('less')
  const policy = (args: { local?: string; remote?: string }) =>
    intents.isIrreversible('policy.set', { source: 'papers', ...args })
  assert.equal(await policy({ local: '<31 d, 1 d>' }), false)
  assert.equal(await policy({ local: '<30 d, 1 h>', remote: 'archive' }), false)
  assert.equal(await policy({ local: '<29 d, 1 d>' }), true)
  assert.equal(await policy({ remote: '<90 d, 1 w>' }), true)
  assert.equal(await intents.isIrreversible('snapshot.hold', { id: 'ab', reason: 'court' }), false)
  assert.equal(await intents.isIrreversible('snapshot.hold', { id: 'ab', reason: null }), true)
  assert.equal(await intents.isIrreversible('disperse', { waitMs: 0 }), false)
})
