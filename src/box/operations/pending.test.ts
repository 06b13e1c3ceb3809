import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MINUTE_MS, SECOND_MS } from '#base'
import type { Operations } from '../operations.ts'
import { BoxTown, CONTEXT, type TestBox } from '../test-town.ts'

const { signal } = CONTEXT

async function place(seed: string, count: number): Promise<{ town: BoxTown; boxes: TestBox[] }> {
  const town = new BoxTown(seed)
  return { town, boxes: await town.founded(count) }
}

/** What was told without waiting has come, and what everybody lacks comes. */
async function spread(town: BoxTown, boxes: readonly TestBox[]): Promise<void> {
  for (const { box } of boxes) await town.run(box.keeper.round(signal))
}

async function pendingOn(town: BoxTown, { box }: TestBox) {
  return (await town.call(box, 'community.pending', {})).items
}

function invite(town: BoxTown, { box }: TestBox, more: Partial<Operations['community.invite'][0]> = {}) {
  return town.call(box, 'community.invite', { contacts: [], ...more })
}

test('what waits says who asks and what it is about, by name', async () => {
  const { town, boxes } = await place('named', 4)
  const [one, two, three] = boxes as [TestBox, TestBox, TestBox]
  await town.call(one.box, 'community.expel', { organisation: 'box-3' })
  await town.clock.runFor(SECOND_MS)
  await invite(town, one, { for: 'Carla' })
  await town.clock.runFor(SECOND_MS)
  const { invitation } = await invite(town, two)
  await spread(town, boxes)
  const items = await pendingOn(town, three)
  assert.deepEqual(
    items.map(({ kind, byName, aboutName }) => [kind, byName, aboutName]),
    [
      ['expel', 'box-0', 'box-3'],
      ['invite', 'box-0', 'Carla'],
      ['invite', 'box-1', null],
    ],
  )
  assert.deepEqual(
    items.map(({ by, about }) => [by, about]),
    [
      [one.box.settings.organisation, boxes[3]?.box.settings.organisation],
      [one.box.settings.organisation, 'Carla'],
      [two.box.settings.organisation, invitation],
    ],
  )
})

test('open invitations say for whom they are and who made them, alike on all boxes', async () => {
  const { town, boxes } = await place('open', 3)
  const [one, two, three] = boxes as [TestBox, TestBox, TestBox]
  const { act, invitation } = await invite(town, one, { for: 'Carla' })
  await spread(town, boxes)
  await town.call(two.box, 'community.approve', { act: act.slice(0, 8) })
  await spread(town, boxes)
  const { invitations } = await town.call(three.box, 'community.show', {})
  assert.deepEqual(
    invitations.map(({ invitation: key, byName, for: whom }) => [key, byName, whom]),
    [[invitation, 'box-0', 'Carla']],
  )
  assert.deepEqual((await town.call(one.box, 'community.show', {})).invitations, invitations)
  // Who approved knows it by the act.
  const revoked = await town.call(one.box, 'community.revoke', { invitation: act.slice(0, 8) })
  assert.equal(revoked.state, 'done')
})

test('a member is put out by a name that is its alone; of several of that name by the beginning of an id', async () => {
  const town = new BoxTown('twins')
  const [one] = (await town.founded(1)) as [TestBox]
  const join = async (name: string, inviters: readonly TestBox[], members: readonly TestBox[]) => {
    const made = await invite(town, one, { contacts: ['box-0:4600'] })
    await spread(town, members)
    for (const other of inviters) await town.call(other.box, 'community.approve', { act: made.act })
    await spread(town, members)
    const joiner = await town.create(name)
    await town.call(joiner.box, 'community.join', { code: made.code, name: 'Mairie' })
    await town.run(joiner.box.serve())
    // Who told it of the new charter knocked before it served.
    await town.clock.runFor(10 * MINUTE_MS)
    await spread(town, [...members, joiner])
    return joiner
  }
  const two = await join('two', [], [one])
  const three = await join('three', [two], [one, two])
  const twins = [two, three].map(({ box }) => box.settings.organisation)
  await assert.rejects(town.call(one.box, 'community.expel', { organisation: 'Mairie' }), ({ code, details }) => {
    assert.equal(code, 'MEMBER_AMBIGUOUS')
    assert.deepEqual([details.count, details.ids], [2, twins.map((id) => id.slice(0, 8))])
    return true
  })
  const out = await town.call(one.box, 'community.expel', { organisation: twins[0]?.slice(0, 8) ?? '' })
  assert.deepEqual([out.kind, out.state, out.joined], ['expel', 'pending', false])
  await assert.rejects(town.call(one.box, 'community.expel', { organisation: 'nobody' }), { code: 'MEMBER_UNKNOWN' })
})

test('whoever asks for what waits already approves of it', async () => {
  const { town, boxes } = await place('twice', 5)
  const [one, two, three, , five] = boxes as [TestBox, TestBox, TestBox, TestBox, TestBox]
  const expel = ({ box }: TestBox) => town.call(box, 'community.expel', { organisation: 'box-4' })
  const first = await expel(one)
  await spread(town, boxes)
  const second = await expel(two)
  assert.deepEqual([second.act, second.approvals, second.state, second.joined], [first.act, 2, 'pending', true])
  await spread(town, boxes)
  assert.equal((await pendingOn(town, three)).length, 1)
  for (const [name, args] of [
    ['community.approve', { act: first.act }],
    ['community.expel', { organisation: 'box-4' }],
  ] as const) {
    await assert.rejects(town.call(five.box, name, args as never), { code: 'EXPULSION_OWN' }, name)
  }
  assert.equal((await pendingOn(town, three))[0]?.approvals, 2)
  assert.equal((await expel(three)).state, 'done')
})

test('taking back what another invited is one act, whoever asks; who made it needs nobody', async () => {
  const { town, boxes } = await place('revoked', 5)
  const [one, two, three, four] = boxes as [TestBox, TestBox, TestBox, TestBox]
  const { act, invitation } = await invite(town, one)
  await spread(town, boxes)
  for (const { box } of [two, three]) await town.call(box, 'community.approve', { act })
  await spread(town, boxes)
  const revoke = ({ box }: TestBox) => town.call(box, 'community.revoke', { invitation: invitation.slice(0, 8) })
  const first = await revoke(two)
  assert.deepEqual([first.state, first.joined], ['pending', false])
  await spread(town, boxes)
  const second = await revoke(four)
  assert.deepEqual([second.act, second.approvals, second.joined], [first.act, 2, true])
  await spread(town, boxes)
  const own = await revoke(one)
  assert.deepEqual([own.state, own.joined], ['done', false])
})

test('an invitation that waits cannot be taken back, and says until when it waits', async () => {
  const { town, boxes } = await place('waits', 3)
  const [one] = boxes as [TestBox]
  const { act, invitation, until } = await invite(town, one)
  for (const id of [act, act.slice(0, 8), invitation.slice(0, 8)]) {
    await assert.rejects(town.call(one.box, 'community.revoke', { invitation: id }), ({ code, details }) => {
      assert.equal(code, 'INVITATION_WAITS')
      assert.deepEqual([details.approvals, details.needed], [1, 2])
      assert.equal(details.until, Temporal.Instant.from(until).epochMilliseconds)
      return true
    })
  }
  const unknown = town.call(one.box, 'community.revoke', { invitation: 'nothing' })
  await assert.rejects(unknown, { code: 'INVITATION_UNKNOWN' })
})
