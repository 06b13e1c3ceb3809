/** What people are told where the usual sentence would lead them astray. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatisError } from '#base'
import type { CommunityResult, ProbeResult } from '#box'
import { type Answers, datis } from './command-line-fixture.ts'

function failing(code: string, details: Record<string, unknown> = {}) {
  return () => {
    throw new DatisError(code, 'x', details)
  }
}

test('who is in a community already, or in none yet, is told of both ways', async () => {
  const joined = { 'community.join': failing('COMMUNITY_EXISTS', { box: 'b0' }) }
  const en = await datis(['community', 'join', 'CODE', '--data', 'd'], { answers: joined })
  assert.match(en.err, /b0 is in a community already/)
  assert.doesNotMatch(en.err, /founded|folders/)
  const show = { 'community.show': failing('NOT_FOUNDED') }
  for (const lang of ['en', 'fr']) {
    const { err } = await datis(['community', 'show', '--data', 'd', '--lang', lang], { answers: show })
    assert.match(err, /datis community join CODE[\s\S]*datis community found/)
  }
})

test('a pack that is not there is a slip of the fingers, no damage', async () => {
  const answers = { 'release.cancel': failing('PACK_UNKNOWN', { pack: 'abc' }) }
  const ran = await datis(['release', 'cancel', 'abc', '--data', 'd'], { answers })
  assert.equal(ran.exit, 1)
  assert.match(ran.err, /no pack “abc”[\s\S]*datis release list[\s\S]*RELEASE_UNKNOWN/)
  assert.doesNotMatch(ran.err, /vault check|reindex/)
  const other = { 'release.cancel': failing('NOT_FOUNDED') }
  assert.match((await datis(['release', 'cancel', '--data', 'd'], { answers: other })).err, /NOT_FOUNDED/)
})

test('one folder founds once', async () => {
  const ran = await datis(['community', 'found', '--data', 'x', '--data', './x', '--data', 'y'])
  assert.equal(ran.exit, 2)
  assert.match(ran.err, /--data: “.*\/x” is given twice/)
})

const COMMUNITY: CommunityResult = {
  community: 'c0',
  number: 2,
  code: { n: 1, k: 1 },
  members: [],
  membership: 'member',
  invitations: [],
  alarms: [],
  parent: null,
}

test('who has joined is told what comes next', async () => {
  const answers: Answers = { 'community.join': () => COMMUNITY, 'community.enter': () => COMMUNITY }
  const join = ['community', 'join', 'CODE', '--data', '/d']
  for (const lang of ['en', 'fr']) {
    const atRest = await datis([...join, '--lang', lang], { answers, runs: false })
    assert.match(atRest.out.trimEnd(), / : datis box run --data \/d$|: datis box run --data \/d$/)
    const running = await datis([...join, '--lang', lang], { answers, runs: true })
    assert.match(running.out.trimEnd(), /: datis source add \S+ \S+ --data \/d$/)
  }
})

const CLOSED: ProbeResult = {
  verdict: 'closed',
  at: '2026-11-24T00:43:41Z',
  addresses: [],
  announce: null,
  router: null,
  members: [],
}

test('a box that does not run is told so before anything is said of routers', async () => {
  const answers: Answers = { 'peer.probe': () => CLOSED }
  const probe = ['peer', 'probe', '--data', '/d']
  for (const [lang, meanwhile] of [
    ['en', /Meanwhile/],
    ['fr', /En attendant/],
  ] as const) {
    const atRest = await datis([...probe, '--lang', lang], { answers, runs: false })
    assert.equal(atRest.exit, 4)
    assert.match(atRest.out.split('\n')[0] ?? '', /datis box run --data \/d/)
    assert.doesNotMatch(atRest.out, meanwhile)
    const running = await datis([...probe, '--lang', lang], { answers, runs: true })
    assert.doesNotMatch(running.out, /datis box run/)
    assert.match(running.out, meanwhile)
  }
})
