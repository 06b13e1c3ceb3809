import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatisError, HOUR_MS, MINUTE_MS } from '#base'
import { askProbe, PROBE_PAUSE_MS } from '#community'
import { codeIs } from '../../test/conformance/transport.ts'
import { keepReachable } from './rounds.ts'
import { BoxTown, CONTEXT, type TestBox } from './test-town.ts'

async function town(seed: string, count = 4): Promise<{ town: BoxTown; boxes: TestBox[]; one: TestBox }> {
  const made = new BoxTown(seed)
  const boxes = await made.founded(count)
  return { town: made, boxes, one: boxes[0] as TestBox }
}

/** The community lists an address of it at which nobody answers. */
async function hide(around: BoxTown, { box }: TestBox, address: string): Promise<void> {
  await around.call(box, 'community.readdress', { addresses: [address] })
  await around.clock.runFor(MINUTE_MS)
}

/** As in a box that runs. */
function watch(around: BoxTown, { box }: TestBox): { stop: () => Promise<void> } {
  const stop = new AbortController()
  const watching = keepReachable(box, stop.signal)
  return {
    stop: async () => {
      stop.abort(new DatisError('STOPPED', 'The box stops.'))
      await around.run(watching)
    },
  }
}

test('members dial back, and each says where the connection came from', async () => {
  const { town: around, one } = await town('reached')
  const { verdict, addresses, members } = await around.call(one.box, 'peer.probe', {})
  assert.equal(verdict, 'reachable')
  assert.deepEqual(addresses, [{ address: 'box-0:4600', verdict: 'reachable' }])
  assert.equal(members.length, 3)
  for (const { from, looks } of members) {
    assert.equal(from, 'box-0')
    assert.deepEqual(looks, [{ address: 'box-0:4600', outcome: 'box', ip: 'box-0' }])
  }
})

test('a member dials back once in five seconds: a second probe waits for it', async () => {
  const { town: around, one, boxes } = await town('rate', 2)
  const before = around.clock.monotonic()
  assert.equal((await around.call(one.box, 'peer.probe', {})).verdict, 'reachable')
  assert.equal((await around.call(one.box, 'peer.probe', {})).verdict, 'reachable')
  assert.ok(around.clock.monotonic() - before >= PROBE_PAUSE_MS)
  const session = await around.run(one.box.hosts.session((boxes[1] as TestBox).box.settings.box, CONTEXT.signal))
  await assert.rejects(around.run(askProbe(session, CONTEXT.signal)), codeIs('PROBE_RATE_REFUSED'))
})

test('a probe dials members that did not answer a moment ago', async () => {
  const { town: around, one, boxes } = await town('past back-off')
  const others = boxes.filter((box) => box !== one)
  for (const { name } of others) around.net.cut('box-0', name)
  for (let times = 0; times < 8; times++) {
    await around.clock.runFor(MINUTE_MS)
    assert.equal((await around.call(one.box, 'peer.probe', {})).verdict, 'unknown')
  }
  for (const { name } of others) around.net.heal('box-0', name)
  assert.equal((await around.call(one.box, 'peer.probe', {})).verdict, 'reachable')
})

test('a name that leads nowhere, a port that is closed and an address of somebody else are told apart', async () => {
  const { town: around, one } = await town('verdicts')
  for (const [address, verdict] of [
    ['nowhere:4600', 'unresolved'],
    ['box-0:4601', 'closed'],
    ['box-1:4600', 'changed'],
  ] as const) {
    await hide(around, one, address)
    assert.equal((await around.call(one.box, 'peer.probe', {})).verdict, verdict, address)
  }
})

test('a box that nobody can dial hosts over sessions that it opens itself', async () => {
  const { town: around, boxes, one } = await town('lent')
  const owner = boxes[1] as TestBox
  await hide(around, one, 'nowhere:4600')
  const silent = await around.call(owner.box, 'peer.list', {})
  assert.equal(silent.items.find(({ name }) => name === 'box-0')?.state, 'silent')
  const watching = watch(around, one)
  await around.clock.runFor(10 * MINUTE_MS)
  const listed = await around.call(owner.box, 'peer.list', {})
  assert.deepEqual(listed.items.map(({ name, state }) => [name, state]).sort(), [
    ['box-0', 'lent'],
    ['box-2', 'answers'],
    ['box-3', 'answers'],
  ])
  // With three hosts and code (2, 1) plus metadata everywhere, whole needs the one that lends.
  const content = around.random.bytes(30_000)
  const snapshot = await around.save(owner, 'papers', content)
  const report = await around.call(one.box, 'hosting.show', {})
  assert.ok(report.owners.some(({ name, bytes }) => name === 'box-1' && bytes > 0))
  assert.deepEqual(await around.restored(owner, owner.box, snapshot), content)
  await watching.stop()
  await around.clock.runFor(MINUTE_MS)
  const after = await around.call(owner.box, 'peer.list', {})
  assert.equal(after.items.find(({ name }) => name === 'box-0')?.state, 'silent')
})

test('sessions that break are lent again, and none once the box is reached', async () => {
  const { town: around, boxes, one } = await town('again')
  const owner = boxes[1] as TestBox
  const state = async () =>
    (await around.call(owner.box, 'peer.list', {})).items.find(({ name }) => name === 'box-0')?.state
  await hide(around, one, 'nowhere:4600')
  const watching = watch(around, one)
  await around.clock.runFor(10 * MINUTE_MS)
  assert.equal(await state(), 'lent')
  around.net.cut('box-0', 'box-1')
  await around.clock.runFor(20 * MINUTE_MS)
  assert.equal(await state(), 'silent')
  around.net.heal('box-0', 'box-1')
  await around.clock.runFor(5 * MINUTE_MS)
  assert.equal(await state(), 'lent')
  await around.run(one.box.call('community.readdress', { addresses: ['box-0:4600'] }, CONTEXT))
  await around.clock.runFor(HOUR_MS)
  assert.equal(await state(), 'answers')
  await watching.stop()
})
