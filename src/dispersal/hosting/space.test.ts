import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, joinPath } from '#base'
import { MemoryDisk } from '#base/sim'
import { HOSTING } from '../test-town.ts'
import { ReleaseCase } from './release-fixture.ts'

/** A host whose disk is so large and is filled to so much by other things. */
async function onDisk(seed: string, capacityBytes: number, usedBytes = 0): Promise<ReleaseCase> {
  const on = await ReleaseCase.open(seed)
  const disk = new MemoryDisk({ clock: on.clock, capacityBytes })
  on.restart(disk)
  if (usedBytes > 0) {
    using file = disk.open(joinPath(HOSTING, 'ballast'), 'create')
    file.write(new Uint8Array(usedBytes), 0)
    file.sync()
  }
  return on
}

function used({ disk }: ReleaseCase): number {
  const { freeBytes, totalBytes } = disk.space(HOSTING)
  return (totalBytes - freeBytes) / totalBytes
}

test('fragments that come all at once cannot pass 85 % of the disk together', async () => {
  const on = await onDisk('parallel', 1_000_000, 740_000)
  on.slow = true
  on.restart()
  const all = Array.from({ length: 40 }, () => on.fragment(20_000))
  const codes = await Promise.all(all.map((one) => on.codeOf(on.put(one))))
  const taken = codes.filter((code) => code === 'OK').length
  assert.ok(taken >= 2 && taken < 6, `${taken} were taken`)
  assert.deepEqual(new Set(codes), new Set(['OK', 'NO_SPACE']))
  assert.ok(used(on) <= 0.86, `${used(on)}`)
  assert.equal(await on.codeOf(on.put(all[codes.indexOf('OK')])), 'OK', 'what is there already is there')
  assert.equal(await on.codeOf(on.put(all[codes.indexOf('NO_SPACE')])), 'NO_SPACE')
})

test('each organisation has an equal share, and all shares with their allowances fit into 85 % of the disk', async () => {
  const on = await onDisk('quota', 600_000)
  on.slow = true
  on.restart()
  const { quota, limitBytes } = await on.hosting.describe()
  assert.equal(limitBytes, 510_000)
  assert.equal(quota, 170_000, 'two others, each with half of it again')
  const all = Array.from({ length: 12 }, () => on.fragment(20_000))
  const codes = await Promise.all(all.map((one) => on.codeOf(on.put(one))))
  const taken = all.filter((_, index) => codes[index] === 'OK')
  assert.deepEqual(new Set(codes), new Set(['OK', 'QUOTA_REFUSED']))
  assert.equal(taken.length, 7)
  on.restart()
  assert.equal(await on.codeOf(on.put(on.fragment(20_000))), 'QUOTA_REFUSED', 'counted anew after a start')
  await on.deliver('budget', on.budgetStatement(null, 1_000_000))
  await on.release(taken.map(({ stripe }) => stripe))
  const more = Array.from({ length: 12 }, () => on.fragment(20_000))
  const again = await Promise.all(more.map((one) => on.codeOf(on.put(one))))
  assert.equal(again.filter((code) => code === 'OK').length, 4, 'half a quota of what is released does not count')
  await on.live(45, DAY_MS)
  assert.equal(await on.codeOf(on.put(on.fragment(20_000))), 'OK', 'purged bytes are free')
})

test('what is set aside counts as held, and rot is told until the fragment comes again', async () => {
  const on = await onDisk('rot', 10_000_000)
  const fragment = on.fragment(20_000)
  await on.put(fragment)
  const before = (await on.hosting.describe()).owners[0]?.bytes ?? 0
  const path = joinPath(HOSTING, on.owner.signer.box, 'fragments', fragment.stripe.slice(0, 2), `${fragment.stripe}.0`)
  on.disk.damage(path, (bytes) => {
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
  })
  const { fragments, rotten } = await on.clock.run(
    on.hosting.scrub({ signal: new AbortController().signal, onProgress: () => undefined }),
  )
  assert.equal(fragments, 1)
  assert.deepEqual(rotten, [{ owner: on.owner.signer.box, stripe: fragment.stripe, row: 0 }])
  assert.equal((await on.hosting.describe()).owners[0]?.rot, 1)
  on.restart()
  await on.put(on.fragment(100))
  const report = await on.hosting.describe()
  assert.equal(report.owners[0]?.rot, 1, 'known after a start, too')
  assert.ok((report.owners[0]?.bytes ?? 0) > before)
  await on.put(fragment)
  assert.equal((await on.hosting.describe()).owners[0]?.rot, 0)
})

test('a host reads each fragment again within about 30 lived days, by itself', async () => {
  const on = await onDisk('scrub', 100_000_000)
  const [one] = await on.putMany(5)
  assert.ok(one)
  const path = joinPath(HOSTING, on.owner.signer.box, 'fragments', one.stripe.slice(0, 2), `${one.stripe}.0`)
  on.disk.damage(path, (bytes) => {
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
  })
  await on.live(31, DAY_MS)
  assert.ok(on.events.includes('hosted.fragment.damaged'))
  assert.ok(!(await on.isThere(one)))
})
