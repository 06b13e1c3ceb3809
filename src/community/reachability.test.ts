import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Look } from '#network'
import { judgeReachability, type MemberSaw, type ReachEvidence } from './reachability.ts'

const [BOX, OTHER_BOX] = ['0b'.repeat(16), 'ee'.repeat(16)]
const [ORGANISATION, OTHER] = ['0a'.repeat(32), 'ef'.repeat(32)]
const PUBLIC = '203.0.113.10'
const ADDRESS = `${PUBLIC}:4600`
const ours: Look = { outcome: 'box', ip: PUBLIC, box: BOX, organisation: ORGANISATION }

function saw(look: Look, more: Partial<MemberSaw> & { also?: readonly [string, Look][] } = {}): MemberSaw {
  const { also = [], ...rest } = more
  const looks = [[ADDRESS, look] as const, ...also].map(([address, one]) => ({ address, look: one }))
  return { from: PUBLIC, hosts: ['198.51.100.7'], looks: looks as MemberSaw['looks'], ...rest }
}

function judge(members: readonly MemberSaw[], more: Partial<ReachEvidence> = {}) {
  return judgeReachability({
    box: BOX,
    organisation: ORGANISATION,
    addresses: [ADDRESS],
    own: ['192.168.1.2'],
    router: PUBLIC,
    members,
    self: new Map(),
    asked: members.length,
    foreign: 0,
    ...more,
  })
}

const none = (outcome: 'refused' | 'silent' | 'unreachable' | 'unresolved' | 'private', ip: string | null = PUBLIC) =>
  ({ outcome, ip }) as const

test('one member that finds this box is enough, whatever others see', () => {
  assert.equal(judge([saw(none('silent')), saw(ours)]).verdict, 'reachable')
})

test('closed and filtered are told apart; a reset says more than silence', () => {
  assert.equal(judge([saw(none('refused')), saw(none('silent'))]).verdict, 'closed')
  assert.equal(judge([saw(none('silent')), saw(none('unreachable'))]).verdict, 'filtered')
})

test('what answers is another machine: another program, or another box', () => {
  assert.equal(judge([saw({ outcome: 'other', ip: PUBLIC, subject: null })]).verdict, 'other')
  const box = { ...ours, box: OTHER_BOX, organisation: OTHER }
  assert.equal(judge([saw(box)]).verdict, 'other')
  // A certificate for our box id under another root is somebody else's.
  assert.equal(judge([saw({ ...ours, organisation: OTHER })]).verdict, 'other')
})

test('a shared address is known by the range of the box, or by what the router says it has', () => {
  assert.equal(judge([saw(none('silent'))], { router: '100.64.3.4' }).verdict, 'shared')
  assert.equal(judge([saw(none('refused'))], { router: '192.168.0.2' }).verdict, 'shared')
  assert.equal(judge([saw(none('silent'))], { router: null, own: ['100.100.1.2'] }).verdict, 'shared')
  assert.equal(judge([saw(none('silent'))], { router: null }).verdict, 'filtered')
})

test('only from inside: the own router leads back, or members of the same network alone get through', () => {
  assert.equal(judge([saw(none('silent'))], { self: new Map([[ADDRESS, ours]]) }).verdict, 'inside')
  const neighbour = saw(ours, { from: '192.168.1.9' })
  assert.equal(judge([saw(none('silent')), neighbour]).verdict, 'inside')
  const behind = saw(ours, { hosts: [PUBLIC] })
  assert.equal(judge([saw(none('silent')), behind]).verdict, 'inside')
})

test('that this machine reaches an address of its own says nothing', () => {
  const options = { own: [PUBLIC], self: new Map([[ADDRESS, ours]]) }
  assert.equal(judge([saw(none('silent'))], options).verdict, 'filtered')
})

test('an address that nobody outside may dial is one from inside', () => {
  const address = '192.168.1.2:4600'
  const look = none('private', '192.168.1.2')
  const member = { from: PUBLIC, hosts: [], looks: [{ address, look }] }
  assert.equal(judge([member], { addresses: [address] }).verdict, 'inside')
})

test('a changed address is told with the new one where this box answers there', () => {
  const from = '203.0.113.77'
  const there: Look = { ...ours, ip: from }
  const also: [string, Look][] = [[`${from}:4600`, there]]
  const one = judge([saw(none('silent'), { from, also }), saw(none('silent'), { from, also })])
  assert.deepEqual([one.verdict, one.announce], ['changed', `${from}:4600`])
  const dark = judge([saw(none('refused'), { from, also: [[`${from}:4600`, none('silent', from)]] })])
  assert.deepEqual([dark.verdict, dark.announce], ['changed', null])
})

test('the family counts: IPv6 connections say nothing of an IPv4 address', () => {
  assert.equal(judge([saw(none('silent'), { from: '2001:db8::5' })]).verdict, 'filtered')
})

test('somebody who answers in our name, or in that of all members, is on the line', () => {
  const forged: Look = { outcome: 'other', ip: PUBLIC, subject: `CN=${BOX} O=firewall` }
  assert.equal(judge([saw(forged)]).verdict, 'intercepted')
  assert.equal(judge([], { asked: 3, foreign: 3 }).verdict, 'intercepted')
  assert.equal(judge([], { asked: 3, foreign: 1 }).verdict, 'unknown')
})

test('of several addresses one that works is enough; else the verdict that explains most', () => {
  const named = 'box.example.org:4600'
  const addresses = [ADDRESS, named]
  assert.equal(judge([saw(none('silent'), { also: [[named, ours]] })], { addresses }).verdict, 'reachable')
  const unresolved = judge([saw(none('refused'), { also: [[named, none('unresolved', null)]] })], { addresses })
  assert.deepEqual(
    unresolved.addresses.map(({ verdict }) => verdict),
    ['closed', 'unresolved'],
  )
  assert.equal(unresolved.verdict, 'closed')
})
