import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SECOND_MS } from '#base'
import type { Look, PeerIdentity } from '#network'
import { codeIs } from '../../test/conformance/transport.ts'
import { type TestBox, testBox } from '../../test/conformance/transport-people.ts'
import type { Charter } from './charter.ts'
import { PROBE_PATH, ProbeRoute, seenAddresses } from './probe.ts'
import { founding } from './test-community.ts'

const never = new AbortController().signal
const [alice, bob, mallory] = ['alice', 'bob', 'mallory'].map((name) => testBox(name)) as [TestBox, TestBox, TestBox]

function at(...addresses: string[]): Charter {
  const charter = founding([alice, bob])
  const members = charter.members.map((member) => ({
    ...member,
    boxes: member.boxes.map((box) => ({ ...box, addresses })),
  }))
  return { ...charter, members }
}

/** A member, and which IP addresses it was ready to dial at each address. */
function member(charter: Charter) {
  const clock = { now: 0 }
  const dialled: [string, boolean][] = []
  const look = async (address: string, may: (ip: string) => boolean): Promise<Look> => {
    const ip = address.replace(/:\d+$/, '').replaceAll(/[[\]]/g, '')
    dialled.push([address, may(ip)])
    return { outcome: 'silent', ip }
  }
  const route = new ProbeRoute({ clock: { monotonic: () => clock.now } as never, charter: () => charter, look })
  const ask = (by: TestBox, from: string, more: Partial<PeerIdentity> = {}) => {
    const { box, organisation } = by
    const peer = { box, organisation, role: 'box', epoch: 1, certificate: by.identity.certificate, ...more } as const
    return route.serve({ peer, from, method: 'POST', path: PROBE_PATH, body: new Uint8Array(0) }, never)
  }
  return { clock, dialled, ask }
}

test('the listed addresses are dialled, and their ports where the asker comes from', async () => {
  const { ask, dialled } = member(at('box.example.org:4600', '[2001:db8::1]:4600', '203.0.113.1:4700'))
  assert.equal((await ask(alice, '198.51.100.4'))?.status, 200)
  assert.deepEqual(
    dialled.map(([address]) => address),
    ['box.example.org:4600', '[2001:db8::1]:4600', '203.0.113.1:4700', '198.51.100.4:4600', '198.51.100.4:4700'],
  )
  assert.deepEqual(seenAddresses(['a:1', 'b:1'], 'no address'), [])
})

test('nobody learns from a member what the network of that member holds', async () => {
  const own = ['192.168.1.1:80', '127.0.0.1:22', '[fd00::1]:443', '100.64.0.1:4600']
  const outside = member(at(...own))
  await outside.ask(alice, '198.51.100.4')
  assert.deepEqual(
    outside.dialled.filter(([, may]) => may).map(([address]) => address.split(':')[0]),
    ['198.51.100.4', '198.51.100.4', '198.51.100.4', '198.51.100.4'],
  )
  const neighbour = member(at('192.168.1.7:4600'))
  await neighbour.ask(alice, '192.168.1.7')
  assert.deepEqual(neighbour.dialled, [['192.168.1.7:4600', true]])
})

test('only boxes that the charter lists are dialled back, one probe in five seconds', async () => {
  const { ask, clock } = member(at('box.example.org:4600'))
  const refused = codeIs('MEMBER_REFUSED')
  await assert.rejects(ask(mallory, '198.51.100.4'), refused)
  await assert.rejects(ask(alice, '198.51.100.4', { former: true }), refused)
  await assert.rejects(ask(alice, '198.51.100.4', { role: 'recovery' }), refused)
  await assert.rejects(ask(alice, '198.51.100.4', { organisation: bob.organisation }), refused)
  await ask(alice, '198.51.100.4')
  await assert.rejects(ask(alice, '198.51.100.4'), codeIs('PROBE_RATE_REFUSED'))
  await ask(bob, '198.51.100.5')
  clock.now += 5 * SECOND_MS
  await ask(alice, '198.51.100.4')
})
