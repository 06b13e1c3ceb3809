import assert from 'node:assert/strict'
import { test } from 'node:test'
import { remotePacksOf } from './needed-packs.ts'
import { at, source, take } from './snapshot-fixture.ts'
import { fixture, open, putFile } from './store-fixture.ts'

test('a pack that is out of reach is needed only for chunks that no other pack holds', async () => {
  const fix = fixture('needed')
  using store = await open(fix)
  const bench = { deps: fix.deps, store, ownFolder: at('/vault') }
  const dataPacks = () => [...store.packs()].filter((pack) => pack.class === 'data').map(({ id }) => id)
  putFile(fix, 'a', fix.random.bytes(9000))
  await take(bench, source('/source'))
  const [first = ''] = dataPacks()
  // As after a disk that was put back: the file is saved again, since its chunk is not here.
  store.setLocal(first, false)
  const snapshot = await take(bench, source('/source'))
  const second = dataPacks().find((id) => id !== first) ?? ''
  store.setLocal(second, false)

  const needed = (...avoid: string[]) => remotePacksOf(store, snapshot, at(''), new Set(avoid))
  assert.deepEqual(await needed(first), new Set([second]))
  assert.deepEqual(await needed(second), new Set([first]))
  assert.equal((await needed(first, second)).size, 1)
  store.setLocal(second, true)
  assert.equal((await needed()).size, 0)
})
