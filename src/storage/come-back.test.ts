import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countComingBack } from './come-back.ts'
import { at, source, take } from './snapshot-fixture.ts'
import { fixture, open, putFile } from './store-fixture.ts'
import type { Snapshot } from './types.ts'

test('a snapshot comes back when hosts bring back each chunk of it, and each page that leads there', async () => {
  const fix = fixture('come back')
  using store = await open(fix)
  const bench = { deps: fix.deps, store, ownFolder: at('/vault') }
  const packs = () => new Set([...store.packs()].map(({ id }) => id))
  const taken: Snapshot[] = []
  const since: ReadonlySet<string>[] = []
  for (const name of ['a', 'b', 'c']) {
    const before = packs()
    putFile(fix, name, fix.random.bytes(9000))
    taken.push(await take(bench, source('/source')))
    since.push(packs().difference(before))
  }
  const count = async (gone: ReadonlySet<string>, msMax = 1000) =>
    await countComingBack(store, taken, {
      stands: (pack) => !gone.has(pack),
      clock: fix.deps.clock,
      signal: new AbortController().signal,
      msMax,
    })
  const ofClass = (index: number, wanted: string) =>
    new Set([...(since[index] ?? [])].filter((id) => store.pack(id)?.class === wanted))
  assert.equal(await count(new Set()), 3)
  assert.equal(await count(packs()), 0)
  for (const packClass of ['data', 'metadata']) {
    assert.equal(await count(ofClass(2, packClass)), 2, packClass)
    assert.equal(await count(ofClass(1, packClass)), packClass === 'data' ? 1 : 2, packClass)
  }
  assert.equal(await count(new Set(), -1), null, 'there was no time')
})
