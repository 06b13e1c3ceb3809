import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOUR_MS, joinPath, MINUTE_MS } from '#base'
import { OpenedBox } from './opened-box.ts'
import { BOX_FOLDER, BoxTown, read, type TestBox } from './test-town.ts'

interface Place {
  readonly town: BoxTown
  readonly boxes: TestBox[]
  readonly leaver: TestBox
  readonly saved: Map<TestBox, { id: string; content: Uint8Array }>
}

/** Everybody has something on everybody else, or nearly. */
async function filled(seed: string, count: number): Promise<Place> {
  const town = new BoxTown(seed)
  const boxes = await town.founded(count)
  const saved: Place['saved'] = new Map()
  for (const box of boxes) {
    const content = town.random.bytes(30_000)
    saved.set(box, { id: await town.save(box, 'papers', content), content })
  }
  return { town, boxes, leaver: boxes[count - 1] as TestBox, saved }
}

/** What a box that runs does when it is asked, and hears of. */
async function onTheOthers({ town, boxes, leaver }: Place): Promise<void> {
  for (const { box } of boxes) await town.run(box.keeper.round(new AbortController().signal))
  for (const { box } of boxes.filter((one) => one !== leaver)) await town.call(box, 'disperse', { waitMs: MINUTE_MS })
}

const statesOf = ({ boxes }: { boxes: readonly { state: string }[] }) => boxes.map(({ state }) => state)

for (const count of [4, 6]) {
  test(`a box of ${count} leaves once everybody is protected without it, and all have signed`, async () => {
    const place = await filled(`drain ${count}`, count)
    const { town, boxes, leaver, saved } = place
    const others = boxes.filter((box) => box !== leaver)
    await town.call(leaver.box, 'community.drain', { waitMs: 0 })
    await town.clock.runFor(MINUTE_MS)
    const first = await town.call(leaver.box, 'community.drain', { waitMs: 0 })
    assert.deepEqual([first.state, statesOf(first).includes('moving')], ['draining', true], JSON.stringify(first))
    for (const { fragments, bytes, until } of first.boxes) assert.ok(until !== null && fragments > 0 === bytes > 0)
    await onTheOthers(place)
    const drained = await town.call(leaver.box, 'community.drain', { waitMs: 0 })
    assert.deepEqual([drained.state, new Set(statesOf(drained))], ['drained', new Set(['drained'])])
    assert.ok(read(leaver.disk, joinPath(BOX_FOLDER, 'community/drained.cbor')).byteLength > others.length * 200)
    await town.call(leaver.box, 'community.leave', {})
    await town.run(leaver.box[Symbol.asyncDispose]())
    await town.clock.runFor(MINUTE_MS)
    for (const owner of others) {
      const { state, trouble } = await town.call(owner.box, 'disperse', { waitMs: 0 })
      assert.deepEqual([state, trouble], ['whole', []], `${owner.name} without the one that left`)
    }
    const [burnt, survivor] = others as [TestBox, TestBox]
    await town.run(burnt.box[Symbol.asyncDispose]())
    const { id, content } = saved.get(burnt) as { id: string; content: Uint8Array }
    const machine = town.machine('again')
    await town.recover(machine, { words: burnt.words, peers: [`${survivor.name}:4600`] })
    await using again = await town.run(OpenedBox.open(machine.world(), BOX_FOLDER))
    assert.deepEqual(await town.restored(machine, again, id), content)
  })
}

test('of two nobody else is left: it is said, and keeps nobody from leaving', async () => {
  const place = await filled('two', 2)
  const { town, leaver } = place
  await onTheOthers(place)
  await town.call(leaver.box, 'community.drain', { waitMs: 0 })
  await onTheOthers(place)
  const asked = await town.call(leaver.box, 'community.drain', { waitMs: 0 })
  assert.deepEqual([asked.state, statesOf(asked)], ['drained', ['nowhere']])
})

test('nobody waits for a box that has been away for days', async () => {
  const place = await filled('absent', 5)
  const { town, boxes, leaver } = place
  const away = boxes[0] as TestBox
  await town.run(away.box[Symbol.asyncDispose]())
  const there = { ...place, boxes: boxes.slice(1) }
  await town.call(leaver.box, 'disperse', { waitMs: 0 })
  await town.call(leaver.box, 'community.drain', { waitMs: 0 })
  await onTheOthers(there)
  const stateOf = async () =>
    (await town.call(leaver.box, 'community.drain', { waitMs: 0 })).boxes.find(({ name }) => name === away.name)?.state
  assert.equal(await stateOf(), 'silent')
  await town.clock.runFor(49 * HOUR_MS)
  assert.equal(await stateOf(), 'absent')
  await onTheOthers(there)
  await onTheOthers(there)
  const { state, boxes: asked } = await town.call(leaver.box, 'community.drain', { waitMs: 0 })
  assert.equal(state, 'drained', JSON.stringify(asked))
})

test('who was away once, days ago, and is busy now is waited for', async () => {
  const place = await filled('busy', 5)
  const { town, boxes, leaver } = place
  const busy = boxes[0] as TestBox
  await town.run(busy.box[Symbol.asyncDispose]())
  await town.call(leaver.box, 'disperse', { waitMs: 0 })
  await town.clock.runFor(49 * HOUR_MS)
  await town.call(leaver.box, 'community.drain', { waitMs: 0 })
  await onTheOthers({ ...place, boxes: boxes.slice(1) })
  const stateOf = async () =>
    (await town.call(leaver.box, 'community.drain', { waitMs: 0 })).boxes.find(({ name }) => name === busy.name)?.state
  assert.equal(await stateOf(), 'silent', 'one failed ask, or two, are no absence')
  await town.clock.runFor(4 * MINUTE_MS)
  assert.equal(await stateOf(), 'absent')
  const again = await town.run(OpenedBox.open(busy.world(), BOX_FOLDER))
  await town.run(again.serve())
  leaver.box.dialAgain(busy.box.settings.box)
  await town.run(again.keeper.round(new AbortController().signal))
  assert.equal(await stateOf(), 'moving')
  await town.run(again[Symbol.asyncDispose]())
  await town.clock.runFor(4 * MINUTE_MS)
  assert.equal(await stateOf(), 'silent', 'it has answered since')
})

test('an owner that has signed and is off since has signed', async () => {
  const place = await filled('signed', 4)
  const { town, boxes, leaver } = place
  const [first, ...rest] = boxes as [TestBox, ...TestBox[]]
  await town.call(leaver.box, 'community.drain', { waitMs: 0 })
  for (let round = 0; round < 2; round++) await onTheOthers(place)
  assert.equal((await town.call(leaver.box, 'community.drain', { waitMs: 0 })).state, 'drained')
  await town.run(first.box[Symbol.asyncDispose]())
  const asked = await town.call(leaver.box, 'community.drain', { waitMs: 0 })
  const silent = asked.boxes.find(({ name }) => name === first.name)
  assert.deepEqual([asked.state, silent?.state], ['drained', 'drained'])
  assert.notEqual(silent?.code, null, 'and does not answer now')
  await town.call(leaver.box, 'community.stay', {})
  for (const { box } of rest) await town.run(box.keeper.round(new AbortController().signal))
  const anew = await town.call(leaver.box, 'community.drain', { waitMs: 0 })
  assert.equal(anew.boxes.find(({ name }) => name === first.name)?.state, 'silent', 'that was another leaving')
})

test('without a majority nothing has moved, and asking again asks for nothing more', async () => {
  const place = await filled('unheard', 4)
  const { town, boxes, leaver } = place
  for (const { box } of boxes.slice(0, 3)) await town.run(box[Symbol.asyncDispose]())
  for (let ask = 0; ask < 9; ask++) {
    const { state } = await town.call(leaver.box, 'community.drain', { waitMs: 0 })
    assert.equal(state, 'unheard')
    await town.clock.runFor(HOUR_MS)
  }
  assert.equal((await town.call(leaver.box, 'community.pending', {})).items.length, 1)
  assert.equal((await town.call(leaver.box, 'community.leave', {})).state, 'pending')
})

test('what a dispersal found is no answer for ever', async () => {
  const place = await filled('ages', 4)
  const { town, boxes, leaver } = place
  const [owner] = boxes as [TestBox]
  await town.call(leaver.box, 'community.drain', { waitMs: 0 })
  for (let round = 0; round < 2; round++) await onTheOthers(place)
  const standing = () => owner.box.draining.standing(owner.box, leaver.box.settings.box)
  assert.equal(standing(), 'drained')
  await town.call(owner.box, 'community.readdress', { addresses: ['elsewhere:4600', `${owner.name}:4600`] })
  assert.equal(standing(), 'moving', 'under another charter')
  for (let round = 0; round < 2; round++) await onTheOthers(place)
  assert.equal(standing(), 'drained')
  await town.clock.runFor(HOUR_MS)
  assert.equal(standing(), 'moving', 'an hour later')
})

test('who stays after all keeps new fragments again', async () => {
  const place = await filled('stay', 4)
  const { town, leaver, boxes } = place
  await assert.rejects(town.call(leaver.box, 'community.stay', {}), { code: 'NOT_LEAVING' })
  await town.call(leaver.box, 'community.drain', { waitMs: 0 })
  const shown = await town.call(leaver.box, 'community.show', {})
  assert.deepEqual(
    shown.members.map(({ name, leaving }) => [name, leaving !== null]),
    boxes.map(({ name }) => [name, name === leaver.name]),
  )
  await town.call(leaver.box, 'community.readdress', { addresses: ['elsewhere:4600', `${leaver.name}:4600`] })
  const moved = await town.call(leaver.box, 'community.show', {})
  assert.equal(moved.members.filter(({ leaving }) => leaving !== null).length, 1, 'a new address is no change of mind')
  await town.call(leaver.box, 'community.stay', {})
  await onTheOthers(place)
  const again = await town.call(leaver.box, 'community.show', {})
  assert.ok(again.members.every(({ leaving }) => leaving === null))
})

test('one box of an organisation is taken out; the last one is not', async () => {
  const { town, boxes, leaver } = await filled('remove', 3)
  await assert.rejects(town.call(leaver.box, 'community.remove', { box: leaver.box.settings.box }), {
    code: 'BOX_LAST',
  })
  const twin = await town.create('twin', leaver.words)
  await town.call(twin.box, 'community.enter', { contacts: [`${leaver.name}:4600`] })
  await town.run(twin.box.serve())
  await assert.rejects(town.call(twin.box, 'community.drain', { waitMs: 0 }), { code: 'BOXES_LEFT' })
  const foreign = boxes[0]?.box.settings.box ?? ''
  await assert.rejects(town.call(twin.box, 'community.remove', { box: foreign }), { code: 'BOX_UNKNOWN' })
  const gone = leaver.box.settings.box
  await assert.rejects(town.call(twin.box, 'community.drain', { waitMs: 0, box: gone.slice(0, 8) }), {
    code: 'BOX_ANSWERS',
  })
  await assert.rejects(town.call(twin.box, 'community.drain', { waitMs: 0, box: '' }), { code: 'BOX_UNKNOWN' })
  assert.equal((await town.call(twin.box, 'community.remove', { box: gone.slice(0, 8) })).state, 'done')
  const { members, number } = await town.call(twin.box, 'community.show', {})
  assert.equal(number, 3)
  await town.clock.runFor(MINUTE_MS)
  await assert.rejects(town.call(leaver.box, 'disperse', { waitMs: 0 }), { code: 'BOX_REMOVED' })
  assert.deepEqual(
    members.map(({ name }) => name),
    ['box-0', 'box-1', 'twin'],
  )
})
