import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CommunityResult, PeerListResult, SourceStateResult, StateResult } from '#box'
import { type BannerFacts, bannerOf } from './banner.ts'

const AT = '2026-11-27T12:00:00Z'
const SOURCE: SourceStateResult = {
  source: 'house',
  state: 'whole',
  ended: false,
  newest: { id: 'a', startedAt: AT },
  last: null,
  dueAt: null,
  isLate: false,
  provedAt: AT,
}

function facts(
  sources: readonly Partial<SourceStateResult>[],
  silent = 0,
  rest: Partial<BannerFacts> = {},
): BannerFacts {
  const all = sources.map((one) => ({ ...SOURCE, ...one }))
  const state: StateResult = {
    at: AT,
    state: all.some((one) => one.state === 'stored') ? 'stored' : 'whole',
    confirmedAt: AT,
    isFounded: true,
    hosts: 5,
    margin: 2 - silent,
    silent: Array.from({ length: silent }, (_, n) => ({ box: `${n}`, name: `host-${n}` })),
    trouble: [],
    sources: all,
  }
  const community = { alarms: [] } as unknown as CommunityResult
  const peers = { membership: 'member' } as unknown as PeerListResult
  return { state, community, peers, isSheetConfirmed: null, alarms: [], drill: null, ...rest }
}

const told = (given: BannerFacts): string => {
  const { tone, reason } = bannerOf(given)
  return `${tone} ${reason.kind}`
}

test('green is only what was proved, and nothing partial', () => {
  assert.equal(told(facts([{}])), 'proved proved')
  assert.equal(told(facts([{}, { provedAt: null }])), 'protected unproved')
  assert.equal(told(facts([{}, { state: 'incomplete' }])), 'incomplete incomplete')
  assert.equal(told(facts([{}, { state: 'unknown' }])), 'unknown unknown')
  assert.equal(told(facts([{}, { isLate: true }])), 'incomplete late')
  assert.equal(told(facts([{}, { state: 'stored' }])), 'stored unconfirmed')
  assert.equal(told(facts([{}, { newest: null, state: 'unknown' }])), 'stored unsaved')
})

test('hosts that fall are said with what the data still bear', () => {
  assert.deepEqual(bannerOf(facts([{}], 1)).reason, { kind: 'silent', names: ['host-0'], margin: 1 })
  assert.equal(told(facts([{}], 1)), 'incomplete silent')
  assert.equal(told(facts([{}], 2)), 'action silent')
  assert.deepEqual(bannerOf(facts([{}], 3)).reason, {
    kind: 'silent',
    names: ['host-0', 'host-1', 'host-2'],
    margin: -1,
  })
})

test('what the box knows to be wrong is never green', () => {
  const fell = [{ kind: 'fell' as const, about: 'house' }]
  assert.equal(told(facts([{}], 0, { alarms: fell })), 'action fell')
  assert.equal(told(facts([{}], 0, { drill: { state: 'failed' } })), 'action drillFailed')
  assert.equal(
    told(facts([{}], 0, { peers: { items: [], membership: 'expelled' } as unknown as PeerListResult })),
    'action out',
  )
  const torn = { code: { n: 4, k: 2 }, alarms: [{ number: 3, signedBoth: [] }] } as unknown as CommunityResult
  assert.equal(told(facts([{}], 0, { community: torn })), 'action torn')
})

test('before hosts have it no margin is promised', () => {
  assert.equal(told(facts([{ state: 'stored' }], 1)), 'stored unconfirmed')
})

test('a new box is led on step by step', () => {
  assert.equal(told(facts([])), 'stored nothing')
  assert.equal(told(facts([{ newest: null, state: 'unknown' }], 0, { isSheetConfirmed: false })), 'action sheet')
  assert.equal(told(facts([{ newest: null, state: 'unknown' }], 0, { isSheetConfirmed: true })), 'stored unsaved')
  const alone = facts([{ state: 'stored' }], 0, { community: null, peers: null })
  assert.equal(told({ ...alone, state: { ...alone.state, hosts: 0 } }), 'stored alone')
  assert.equal(told(facts([{ ended: true, state: 'unknown' }])), 'stored nothing')
})
