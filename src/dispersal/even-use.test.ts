import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeOwner, town } from './test-town.ts'

for (const boxes of [3, 4, 6, 9]) {
  test(`each of ${boxes} boxes keeps as many bytes of the others as any, within a tenth`, async () => {
    const place = await town(`even ${boxes}`, boxes)
    for (let index = 0; index < boxes; index++) {
      const owner = new FakeOwner(place, index)
      for (let pack = 0; pack < 4; pack++) owner.addPack(60_000)
      owner.addPack(9000, 'metadata')
      assert.equal((await owner.disperse()).state, 'whole')
    }
    const kept: number[] = []
    for (const { hosting } of place.boxes) {
      const { owners } = await place.clock.run(hosting.describe())
      kept.push(owners.reduce((sum, { bytes }) => sum + bytes, 0))
    }
    const mean = kept.reduce((sum, bytes) => sum + bytes, 0) / boxes
    for (const bytes of kept) assert.ok(Math.abs(bytes - mean) <= mean / 10, `${kept.join(' ')}`)
  })
}

for (const boxes of [4, 6, 8]) {
  test(`what one box of ${boxes} has lies evenly on all others; one that comes later takes some of all that is new`, async () => {
    const place = await town(`one ${boxes}`, boxes + 1)
    const owner = new FakeOwner(place, 0)
    const late = place.boxes.at(-1)?.signer.box ?? ''
    const members = place.charter.members.filter((member) => member.boxes.every(({ box }) => box !== late))
    for (let pack = 0; pack < 16; pack++) owner.addPack(10_000 + place.random.below(60_000))
    assert.equal((await owner.disperse({ charter: { ...place.charter, members } })).state, 'whole')
    const kept = new Map<string, number>()
    for (const { code, packBytes, rows } of owner.placed.values()) {
      for (const { host } of rows) kept.set(host, (kept.get(host) ?? 0) + packBytes / code.k)
    }
    assert.equal(kept.size, boxes - 1)
    const mean = [...kept.values()].reduce((sum, bytes) => sum + bytes, 0) / kept.size
    for (const bytes of kept.values()) assert.ok(Math.abs(bytes - mean) <= mean / 10, [...kept.values()].join(' '))
    const fresh = [owner.addPack(20_000), owner.addPack(20_000), owner.addPack(20_000)]
    await owner.disperse()
    for (const id of fresh) assert.ok(owner.placed.get(id)?.rows.some(({ host }) => host === late))
  })
}
