import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { DatisError, silentLog } from '#base'
import { simClock, simRandom } from '#base/sim'
import type { OperationContext } from '#box'
import { openSettings, type Settings } from '#settings'
import { type Task, Tasks } from './tasks.ts'

type Work = (context: OperationContext) => Promise<unknown>

function depsOf(settings: Settings, work: Work) {
  const clock = simClock({ startWallMs: 1_780_000_000_000 })
  const call = (async (_name: string, _args: unknown, context: OperationContext) => work(context)) as never
  return { settings, clock: clock.machine(), random: simRandom('tasks'), log: silentLog, box: { call } }
}

async function ended(work: Work): Promise<{ task: Task; seen: Task[]; tasks: Tasks }> {
  const tasks = await Tasks.open(depsOf(await openSettings(':memory:'), work))
  const seen: Task[] = []
  tasks.watch((task) => void seen.push(task))
  const { id } = await tasks.start('disperse', { waitMs: 5 }, 'anne')
  return { task: await tasks.ended(id), seen, tasks }
}

test('a task shows its phases while it runs, and what came of it', async () => {
  const { task, seen, tasks } = await ended(async ({ onProgress }) => {
    onProgress({ phase: 'upload', bytesDone: 1, bytesTotal: 2 })
    onProgress({ phase: 'upload', bytesDone: 2, bytesTotal: 2 })
    onProgress({ phase: 'witness' })
    return { state: 'whole' }
  })
  assert.deepEqual([task.state, task.result, task.error, task.actor], ['done', { state: 'whole' }, null, 'anne'])
  assert.deepEqual(
    task.journal.map(({ text }) => text),
    ['upload', 'witness'],
  )
  assert.deepEqual(
    seen.map(({ state }) => state),
    ['running', 'running', 'running', 'running', 'done'],
  )
  assert.deepEqual(await tasks.get(task.id), task, 'and is found again')
  assert.deepEqual(await tasks.list(), [task])
  await assert.rejects(tasks.get('none'), { code: 'TASK_UNKNOWN' })
})

test('what fails says why, and what was unforeseen tells nobody its text', async () => {
  const ours = await ended(async () => {
    throw new DatisError('NO_SPACE', 'The disk is full.', { bytes: 5 })
  })
  assert.deepEqual(
    [ours.task.state, ours.task.error?.code, ours.task.error?.details],
    ['failed', 'NO_SPACE', { bytes: 5 }],
  )
  const theirs = await ended(async () => {
    throw new TypeError('secret of the inside')
  })
  assert.deepEqual([theirs.task.state, JSON.stringify(theirs.task).includes('secret')], ['failed', false])
})

test('a task is cancelled by anybody who knows it; one that has ended is not', async () => {
  const settings = await openSettings(':memory:')
  const work: Work = ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
  const tasks = await Tasks.open(depsOf(settings, work))
  const { id } = await tasks.start('disperse', { waitMs: 5 }, 'anne')
  assert.equal(tasks.isRunning('disperse'), true)
  assert.equal(await tasks.cancel(id), true)
  assert.deepEqual([(await tasks.ended(id)).state, (await tasks.get(id)).error?.code], ['cancelled', 'CANCELLED'])
  assert.equal(await tasks.cancel(id), false)
  await assert.rejects(tasks.cancel('none'), { code: 'TASK_UNKNOWN' })
  const { id: last } = await tasks.start('disperse', { waitMs: 5 }, 'anne')
  await tasks[Symbol.asyncDispose]()
  assert.equal((await tasks.get(last)).state, 'interrupted', 'a box that stops ends what runs')
})

test('what ran when the box was killed is interrupted after the next start', async () => {
  const settings = await openSettings(':memory:')
  const tasks = await Tasks.open(depsOf(settings, () => new Promise(() => undefined)))
  const { id } = await tasks.start('disperse', { waitMs: 5 }, 'anne')
  const again = await Tasks.open(depsOf(settings, async () => null))
  const { state, ended: at } = await again.get(id)
  assert.deepEqual([state, at === null], ['interrupted', false])
})

test('what people have the box do is in the audit log, what it does by itself is not', async () => {
  const settings = await openSettings(':memory:')
  const tasks = await Tasks.open(depsOf(settings, async () => null))
  await tasks.start('disperse', { waitMs: 5 }, 'box')
  const { id } = await tasks.start('contacts.set', { contacts: ['thief@example.org'] }, 'anne')
  const deeds = await settings.selectFrom('audit').select(['actor', 'action', 'details']).execute()
  assert.deepEqual(
    deeds.map((deed) => ({ ...deed })),
    [{ actor: 'anne', action: 'task.begun', details: JSON.stringify({ task: id, name: 'contacts.set' }) }],
  )
})

test('fifty tasks wait at once and no more, but for those of the box itself', async () => {
  const tasks = await Tasks.open(depsOf(await openSettings(':memory:'), () => new Promise(() => undefined)))
  for (let count = 0; count < 50; count++) await tasks.start('vault.check', {}, 'anne')
  await assert.rejects(tasks.start('vault.check', {}, 'anne'), { code: 'TASKS_TOO_MANY' })
  await tasks.start('vault.check', {}, 'box')
})

test('a disk that takes no note of the end of a task stops neither the task nor the box', async () => {
  const settings = await openSettings(':memory:')
  const work: Work = async () => void (await sql`PRAGMA query_only = ON`.execute(settings))
  const tasks = await Tasks.open(depsOf(settings, work))
  const { id } = await tasks.start('disperse', { waitMs: 5 }, 'anne')
  assert.equal((await tasks.ended(id)).state, 'done')
  assert.equal(tasks.isRunning('disperse'), false)
})

test('the last thousand that ended are kept', async () => {
  const settings = await openSettings(':memory:')
  const tasks = await Tasks.open(depsOf(settings, async () => null))
  for (let count = 0; count < 1005; count++) await tasks.ended((await tasks.start('disperse', { waitMs: 5 }, 'box')).id)
  assert.equal((await tasks.list({ count: 2000 })).length, 1000)
})
