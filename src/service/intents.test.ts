import assert from 'node:assert/strict'
import { test } from 'node:test'
import { People } from '#accounts'
import { codeOf, DAY_MS, HOUR_MS, silentLog } from '#base'
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
  const turn = { waits: false }
  const policy = (text: string) => ({ policy: text, isDefault: true })
  const call = (async (name: string, args: unknown, { signal }: { signal: AbortSignal }) => {
    if (turn.waits && name !== 'notice.send')
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
    if (name !== 'policy.list') called.push({ name, args })
    const sources = [{ source: 'papers', local: policy('<30 d, 1 d>'), remote: policy('<90 d, 1 d>') }]
    const items = [{ name: 'archive', policy: 'archive: <5 y, 1 d>', readyMade: true, local: [], remote: [] }]
    return name === 'policy.list' ? { items, sources } : {}
  }) as never
  const random = simRandom(`intents ${seed}`)
  const machine = clock.machine()
  const deps = { settings, clock: machine, random, log: silentLog, box: { call } }
  const people = new People({ ...deps, boxName: 'town hall' })
  const administrator = async (name: string) =>
    (await people.add('box', { name, role: 'administrator', password: PASSWORD })).id
  const [anne, bert] = [await administrator('Anne'), await administrator('Bert')]
  await clock.runFor(1)
  const tasks = await Tasks.open(deps)
  const open = () => new Intents({ ...deps, tasks })
  const restarted = async () => {
    await tasks[Symbol.asyncDispose]()
    return new Intents({ ...deps, tasks: await Tasks.open(deps) })
  }
  const acts = () => called.filter(({ name }) => name !== 'notice.send')
  return {
    clock,
    machine,
    turn,
    people,
    intents: open(),
    open,
    restarted,
    called,
    acts,
    anne,
    bert,
    administrator,
    tasks,
  }
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

test('who approves and who looks for what is undone at one moment do it once', async () => {
  const p = await place('approve and look')
  const { id } = await p.intents.propose('community.expel', EXPEL, p.anne)
  const approving = p.intents.approve(id, p.bert)
  const looking = (async () => {
    for (let times = 0; times < 20; times++) await p.intents.look()
  })()
  await ended(p, (await approving).id)
  await looking
  await p.intents.look()
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
  const again = p.open()
  await p.clock.runFor(1)
  await again.look()
  await again.look()
  assert.deepEqual(
    p.acts().map(({ name }) => name),
    ['snapshot.hold'],
  )
  assert.equal((await again.list()).find(({ id }) => id === kept.id)?.decider, 'box')
})

test('neither a clock that is put ahead nor a box that is off takes the time to say no', async () => {
  const p = await place('ahead')
  await p.intents.propose('community.expel', EXPEL, p.anne)
  await p.clock.runFor(DAY_MS)
  p.machine.setWallOffset(30 * DAY_MS)
  await p.intents.look()
  p.machine.setWallOffset(60 * DAY_MS)
  const again = await p.restarted()
  await again.look()
  assert.deepEqual(p.acts(), [])
  assert.equal((await again.list())[0]?.due, p.machine.wall() + 2 * DAY_MS)
  await p.clock.runFor(2 * DAY_MS - 1)
  await again.look()
  assert.deepEqual(p.acts(), [])
  p.machine.setWallOffset(0)
  await p.clock.runFor(1)
  await again.look()
  assert.equal(p.acts().length, 1, 'nor does one that is put back make it longer')
})

test('what two people wanted happens although the box stopped before its turn', async () => {
  const p = await place('stopped')
  const { id } = await p.intents.propose('community.expel', EXPEL, p.anne)
  p.turn.waits = true
  await p.intents.approve(id, p.bert)
  const again = await p.restarted()
  p.turn.waits = false
  await again.look()
  await p.clock.runFor(1000)
  await again.look()
  await p.clock.runFor(1000)
  assert.deepEqual(p.acts(), [{ name: 'community.expel', args: EXPEL }])
})

test('a clock that was put back makes nobody a second person', async () => {
  const p = await place('put back')
  const { id } = await p.intents.propose('community.expel', EXPEL, p.anne)
  p.machine.setWallOffset(-HOUR_MS)
  const carl = (await p.people.add(p.anne, { name: 'Carl', role: 'administrator', password: PASSWORD })).id
  await assert.rejects(p.intents.approve(id, carl), { code: 'INTENT_NEW_PERSON' })
  await p.people.setPassword(p.anne, p.bert, 'another horse battery', null)
  await assert.rejects(p.intents.approve(id, p.bert), { code: 'INTENT_NEW_PERSON' })
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
  const policy = async (args: { local?: string; remote?: string }) =>
    await intents.isIrreversible('policy.set', await intents.settled('policy.set', { source: 'papers', ...args }))
  assert.equal(await policy({ local: '<31 d, 1 d>' }), false)
  assert.equal(await policy({ local: '<30 d, 1 h>', remote: 'archive' }), false)
  assert.equal(await policy({ local: '<29 d, 1 d>' }), true)
  assert.equal(await policy({ remote: '<90 d, 1 w>' }), true)
  assert.equal(await intents.isIrreversible('snapshot.hold', { id: 'ab', reason: 'court' }), false)
  assert.equal(await intents.isIrreversible('snapshot.hold', { id: 'ab', reason: null }), true)
  assert.equal(await intents.isIrreversible('disperse', { waitMs: 0 }), false)
})

test('a policy is asked for by what its name means now', async () => {
  const { intents } = await place('names')
  const settled = (args: { local?: string; remote?: string }) =>
    intents.settled('policy.set', { source: 'papers', ...args })
  assert.deepEqual(await settled({ local: ' Archive' }), { source: 'papers', local: 'archive: <5 y, 1 d>' })
  assert.deepEqual(await settled({ remote: '<1 d, 1 h>' }), { source: 'papers', remote: '<1 d, 1 h>' })
  assert.deepEqual(await intents.settled('disperse', { waitMs: 0 }), { waitMs: 0 })
})
