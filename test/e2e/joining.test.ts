import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ActResult, CommunityResult, DrainResult, InviteResult, PeerListResult, PendingResult } from '#box'
import { Chance, writeFiles } from './material.ts'
import { type Box, Town } from './town.ts'

const SPREAD_MS_MAX = 30_000

test('a community grows from one box by codes, loses one that leaves and one that is put out, and stays of one mind', {
  timeout: 240_000,
}, async (t) => {
  const chance = new Chance(t)
  const town = new Town(t)
  const [anna, bruno, carla, dario, emma] = await Promise.all(
    ['anna', 'bruno', 'carla', 'dario', 'emma'].map((name) => town.box(name)),
  )
  assert.ok(anna && bruno && carla && dario && emma)
  const show = (box: Box) => town.ok<CommunityResult>(['community', 'show', '--data', box.data])
  const invite = (box: Box, ...more: string[]) =>
    town.ok<InviteResult>(['community', 'invite', '--data', box.data, ...more])
  const join = (box: Box, code: string) =>
    town.ok<CommunityResult>(['community', 'join', code, '--data', box.data, '--name', `House of ${box.name}`])
  const approve = (box: Box, act: string) => town.ok<ActResult>(['community', 'approve', act, '--data', box.data])

  /** Waits until all of these are at one charter of this number. */
  async function agree(boxes: readonly Box[], number: number): Promise<CommunityResult> {
    for (const until = Date.now() + SPREAD_MS_MAX; ; await sleep(200)) {
      const shown = await Promise.all(boxes.map(show))
      const [first] = shown
      assert.ok(first)
      if (shown.every((one) => one.number === number)) {
        for (const one of shown) assert.deepEqual({ ...one, membership: '' }, { ...first, membership: '' })
        return first
      }
      assert.ok(Date.now() < until, JSON.stringify(shown.map((one) => [one.number, number])))
    }
  }

  async function meet(one: Box, other: Box): Promise<void> {
    for (const until = Date.now() + SPREAD_MS_MAX; ; await sleep(200)) {
      const { items } = await town.ok<PeerListResult>(['peer', 'list', '--data', one.data])
      if (items.some(({ name, state }) => name === other.name && state === 'answers')) return
      assert.ok(Date.now() < until, `${one.name} does not reach ${other.name}`)
    }
  }

  // --- alone
  const alone: CommunityResult = await town.found([anna])
  assert.deepEqual(alone.code, { n: 0, k: 0 })
  await Promise.all(town.boxes.map((box) => town.run(box)))
  assert.equal(await town.fails(1, 'disperse', '--data', anna.data), 'COMMUNITY_ALONE')

  // --- the second: alone, anna needs nobody's approval
  const first = await invite(anna)
  assert.deepEqual([first.state, first.approvals, first.needed], ['open', 1, 1])
  const wrong = first.code.replace(/[0-9]/, (digit) => (digit === '7' ? '8' : '7'))
  assert.equal(await town.fails(1, 'community', 'join', wrong, '--data', bruno.data), 'INVITATION_MISTYPED')
  const joined = await join(bruno, first.code.toLowerCase().replaceAll('-', ' '))
  assert.deepEqual(
    joined.members.map(({ name }) => name),
    ['anna', 'bruno'],
  )
  assert.equal(joined.members[1]?.organisationName, 'House of bruno')
  assert.equal(await town.fails(1, 'community', 'join', first.code, '--data', carla.data), 'INVITATION_USED')

  // --- the third: both of two approve
  const second = await invite(bruno, '--for', 'Carla')
  assert.deepEqual([second.state, second.approvals, second.needed], ['pending', 1, 2])
  const { items } = await town.ok<{ items: PendingResult[] }>(['community', 'pending', '--data', anna.data])
  assert.deepEqual(
    items.map(({ act, kind, about, by }) => [act, kind, about, by]),
    [[second.act, 'invite', 'Carla', bruno.root]],
  )
  assert.equal(await town.fails(1, 'community', 'join', second.code, '--data', carla.data), 'INVITATION_PENDING')
  assert.equal((await approve(anna, second.act.slice(0, 12))).state, 'done')
  await join(carla, second.code)
  await agree([anna, bruno, carla], 5)

  // --- what is over opens nothing
  const short = await invite(carla, '--valid', '1s')
  await approve(anna, short.act)
  await sleep(1_500)
  assert.equal(await town.fails(1, 'community', 'join', short.code, '--data', dario.data), 'INVITATION_EXPIRED')

  // --- the fourth
  const third = await invite(anna)
  await approve(bruno, third.act)
  await join(dario, third.code)
  await agree([anna, bruno, carla, dario], 8)

  // --- they keep for each other
  const source = town.path('source')
  mkdirSync(source)
  writeFiles(chance, source, 1 << 20)
  await town.ok(['source', 'add', 'house', source, '--data', anna.data])
  await town.take(anna)
  await town.whole(anna)

  // --- one leaves, another is put out by two of three
  const left = await town.ok<ActResult & Pick<DrainResult, 'boxes'>>(['community', 'leave', '--data', dario.data])
  assert.equal(left.state, 'done')
  assert.deepEqual(
    left.boxes.map(({ name, state }) => [name, state]).sort(),
    [anna, bruno, carla].map(({ name }) => [name, 'drained']),
  )
  await agree([anna, bruno, carla, dario], 10)
  assert.equal((await show(dario)).membership, 'left')
  const out = await town.ok<ActResult>(['community', 'expel', 'House of carla', '--data', anna.data])
  assert.deepEqual([out.state, out.approvals, out.needed], ['pending', 1, 2])
  assert.equal((await approve(bruno, out.act)).state, 'done')
  const last = await agree([anna, bruno, carla], 11)
  assert.deepEqual(
    last.members.map(({ name }) => name),
    ['anna', 'bruno'],
  )
  assert.equal((await show(carla)).membership, 'expelled')
  assert.equal(await town.fails(1, 'community', 'invite', '--data', carla.data), 'COMMUNITY_LEFT')
  assert.equal(await town.fails(1, 'disperse', '--data', carla.data), 'COMMUNITY_LEFT')

  // --- and go on after a restart
  await Promise.all([anna, bruno].map((box) => town.kill(box)))
  await Promise.all([anna, bruno].map((box) => town.run(box)))
  // Who came first knocked in vain, and hears of nothing new for a moment.
  await Promise.all([meet(anna, bruno), meet(bruno, anna)])
  const fourth = await invite(anna)
  await approve(bruno, fourth.act)
  await join(emma, fourth.code)
  const end = await agree([anna, bruno, emma], 13)
  assert.equal(end.members.length, 3)
  assert.deepEqual(end.alarms, [])
})
