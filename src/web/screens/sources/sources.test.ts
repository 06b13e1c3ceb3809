import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TaskAnswer } from '#api/contract'
import type { SourceStateResult } from '#box'
import { failedRun, type Shown, sorted } from './runs.ts'

const at = (ms: number) => new Date(ms).toISOString()

function shown(name: string, state: SourceStateResult['state'], newest: number | null): Shown {
  const run = newest === null ? null : { id: 'x', startedAt: at(newest) }
  const safe = {
    source: name,
    state,
    ended: false,
    newest: run,
    last: null,
    dueAt: null,
    isLate: false,
    provedAt: null,
  }
  return { source: { name, paths: [], excludes: [], oneFileSystem: false }, safe }
}

test('sources are sorted by name, by the worst state, by what is oldest', () => {
  const all = [shown('b', 'whole', 3), shown('c', 'unknown', null), shown('a', 'whole', 2)]
  const names = (sort: Parameters<typeof sorted>[1]) => sorted(all, sort).map(({ source }) => source.name)
  assert.deepEqual(names('name'), ['a', 'b', 'c'])
  assert.deepEqual(names('state'), ['c', 'a', 'b'])
  assert.deepEqual(names('newest'), ['c', 'a', 'b'])
})

test('a run that failed is told until a snapshot follows it', () => {
  const task = (id: string, created: number, more: Partial<TaskAnswer> = {}): TaskAnswer => ({
    id,
    name: 'snapshot.take',
    args: { sources: ['papers'] },
    actor: 'box',
    state: 'failed',
    progress: {},
    journal: [],
    result: null,
    error: null,
    created,
    ended: created + 1,
    ...more,
  })
  const last = (startedAt: number) => ({ id: 'x', startedAt: at(startedAt), isComplete: true })
  const failed = (tasks: TaskAnswer[], before: number | null = 5) =>
    failedRun(tasks, { source: 'papers', last: before === null ? null : last(before) })?.id ?? null
  assert.equal(failed([task('old', 6), task('new', 9)]), 'new')
  assert.equal(failed([task('before', 4)]), null)
  assert.equal(failed([task('before', 4)], null), 'before')
  assert.equal(failed([task('other', 9, { args: { sources: ['letters'] } })]), null)
  assert.equal(failed([task('stopped', 9, { state: 'cancelled' }), task('at work', 9, { ended: null })]), null)
  const of = (source: string) => ({ state: 'done' as const, args: { sources: [] }, result: { failed: [{ source }] } })
  assert.equal(failed([task('all', 9, of('papers'))]), 'all')
  assert.equal(failed([task('all', 9, of('letters'))]), null)
  assert.equal(failed([task('hidden', 9, { args: null })]), null)
})
