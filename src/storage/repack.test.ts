import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf } from '#base'
import { packsByContent, repackIn } from './repack.ts'
import { content, contentOf, fixture, open, putFile, write } from './store-fixture.ts'
import { openStore } from './vault.ts'

test('a pack is packed anew: the same chunks under another name, whichever of the two is left', async () => {
  const fix = fixture('repack')
  using store = await open(fix)
  const [bytes, text] = [content(fix.random, 30_000), content(fix.random, 9_000, 'text')]
  const paths = [putFile(fix, 'noise', bytes), putFile(fix, 'text', text)]
  const { reads } = await write(fix, store, paths)
  const before = [...store.packs()].map(({ id }) => id)
  for (const id of before) {
    const twin = await repackIn(store, id)
    assert.notEqual(twin, id)
    assert.deepEqual([store.pack(twin)?.class, store.pack(twin)?.local], [store.pack(id)?.class, true])
  }
  const pairs = [...packsByContent(store.index.liveGroups()).values()]
  assert.deepEqual(
    pairs.map((packs) => packs.length),
    before.map(() => 2),
  )
  store.log.append([{ type: 'released', packs: before, at: 5 }])
  assert.deepEqual(
    [...packsByContent(store.index.liveGroups()).values()].map((packs) => packs.length),
    before.map(() => 1),
  )
  for (const id of before) fix.disk.removeFile(store.packPath(id))
  using again = await open(fix)
  for (const [path, wanted] of [
    [paths[0], bytes],
    [paths[1], text],
  ] as const) {
    assert.equal(Buffer.compare(contentOf(again, reads.get(path ?? '')), wanted), 0)
  }
  const dataPacks = () => [...again.packs()].filter((pack) => pack.class === 'data').length
  const known = dataPacks()
  await write(fix, again, paths)
  assert.equal(dataPacks(), known, 'the new ones serve deduplication')
})

test('a damaged pack is not packed anew, and a power cut at any call loses neither pack', async () => {
  for (let call = 1, cut = true; cut; call++) {
    const fix = fixture(`cut ${call}`)
    const store = await open(fix)
    const path = putFile(fix, 'file', content(fix.random, 5000))
    const { reads } = await write(fix, store, [path])
    const [data] = [...store.packs()].filter((pack) => pack.class === 'data')
    assert.ok(data)
    fix.disk.resetCalls()
    fix.disk.cutPowerAt(call)
    const outcome = await repackIn(store, data.id).then(() => 'done', codeOf)
    cut = outcome !== 'done'
    if (cut) fix.disk.powerCut(fix.random.fork('cut'))
    fix.disk.resetCalls()
    using again = await openStore(fix.deps, fix.options)
    assert.ok(contentOf(again, reads.get(path)).byteLength === 5000, `call ${call}`)
    if (cut) continue
    fix.disk.damage(again.packPath(data.id), (bytes) => {
      bytes[10] = (bytes[10] ?? 0) ^ 1
    })
    await assert.rejects(repackIn(again, data.id), { code: 'PACK_DAMAGED' })
    assert.ok(call > 5, String(call))
  }
})
