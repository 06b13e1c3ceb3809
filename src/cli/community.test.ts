import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answers, datis } from './command-line-fixture.ts'

const INVITED = {
  code: 'ABCDE-FGH12',
  invitation: '11'.repeat(32),
  act: '22'.repeat(32),
  state: 'pending' as const,
  approvals: 1,
  needed: 2,
  until: '2026-11-26T00:43:41Z',
}

test('an invitation is a text and a picture for people, one object in JSON; its arguments reach the box', async () => {
  const seen: unknown[] = []
  const answers: Answers = {
    'community.invite': (args) => {
      seen.push(args)
      return INVITED
    },
  }
  const shown = await datis(['community', 'invite', '--data', 'd', '--lang', 'fr'], { answers })
  assert.equal(shown.exit, 0)
  assert.match(shown.out, /ABCDE-FGH12/)
  assert.match(shown.out, /[█▀▄]{10}/)
  assert.match(shown.out, /Approuvé par 1 sur 2/)
  const more = ['--contact', 'a.example:1', '--for', 'Mairie', '--valid', '90s', '--json']
  const json = await datis(['community', 'invite', '--data', 'd', ...more], { answers })
  assert.deepEqual(json.json(), INVITED)
  assert.equal((await datis(['community', 'invite', '--data', 'd', '--valid', '49h'], { answers })).exit, 2)
  assert.deepEqual(seen, [{ contacts: [] }, { contacts: ['a.example:1'], for: 'Mairie', validMs: 90_000 }])
})

test('a code may come in groups; without one a further box of a member says where a member answers', async () => {
  const seen: unknown[] = []
  const shown = { community: 'c0', number: 3, code: { n: 0, k: 0 }, members: [], membership: 'expelled' as const }
  const result = { ...shown, invitations: [], alarms: [{ number: 2, signedBoth: ['o0'] }], parent: null }
  const answers: Answers = {
    'community.join': (args) => {
      seen.push(args)
      return result
    },
    'community.enter': (args) => {
      seen.push(args)
      return result
    },
  }
  const joined = await datis(['community', 'join', 'ABCDE', 'FGH12', '--name', 'Mairie', '--data', 'd'], { answers })
  assert.match(joined.out, /put out of the community/)
  assert.match(joined.out, /ALARM: .*number 2[\s\S]*o0/)
  assert.equal((await datis(['community', 'join', '--contact', 'b.example:2', '--data', 'd'], { answers })).exit, 0)
  assert.equal((await datis(['community', 'join', '--data', 'd'], { answers })).exit, 2)
  assert.deepEqual(seen, [{ code: 'ABCDE FGH12', name: 'Mairie' }, { contacts: ['b.example:2'] }])
})

const WAITS = {
  act: '22'.repeat(32),
  kind: 'expel',
  by: '0a'.repeat(32),
  byName: 'Library',
  about: '0b'.repeat(32),
  aboutName: 'Town hall',
  approvals: 1,
  needed: 3,
  at: INVITED.until,
}

test('what waits is a list with names, and with what to approve of', async () => {
  const key = '5e2c'.repeat(16)
  const items = [
    WAITS,
    { ...WAITS, act: '33'.repeat(32), kind: 'invite', about: key, aboutName: null, byName: null },
    { ...WAITS, act: '44'.repeat(32), kind: 'revoke-invitation', about: key, aboutName: 'Museum' },
  ]
  const answers: Answers = {
    'community.pending': () => ({ items }),
    'community.approve': ({ act }) => ({ act, kind: 'expel', state: 'done', approvals: 3, needed: 3, joined: false }),
  }
  const shown = await datis(['community', 'pending', '--data', 'd'], { answers })
  assert.match(shown.out, /22222222 {2}put out +Town hall \(0b0b0b0b…\) +1\/3 +Library /)
  assert.match(shown.out, /33333333 {2}invite +invitation 5e2c5e2c… +1\/3 +0a0a0a0a… /)
  assert.match(shown.out, /44444444 {2}take back an invitation +invitation 5e2c5e2c… for Museum /)
  assert.doesNotMatch(shown.out, /[0-9a-f]{16}/)
  assert.deepEqual((await datis(['community', 'pending', '--data', 'd', '--json'], { answers })).json(), { items })
  assert.match((await datis(['community', 'approve', '2222', '--data', 'd'], { answers })).out, /signed the new list/)
})

test('who asks for what waits already reads that it has approved of it', async () => {
  const answers: Answers = {
    'community.expel': () => ({ act: 'a0', kind: 'expel', state: 'pending', approvals: 2, needed: 3, joined: true }),
  }
  const { out } = await datis(['community', 'expel', 'Town hall', '--data', 'd', '--lang', 'fr'], { answers })
  assert.match(out, /déjà demandé[\s\S]*Approuvé par 2 sur 3/)
})

test('the members are shown by organisation and box, with the invitations that are open', async () => {
  const member = (organisation: string, organisationName: string, name: string) => ({
    ...{ organisation, organisationName, name, box: `${organisation.slice(0, 2)}`.repeat(16), leaving: null },
    address: `${name}:4600`,
  })
  const open = { by: '0a'.repeat(32), byName: 'Library', for: null }
  const result = {
    ...{ community: 'c0', number: 3, code: { n: 2, k: 1 }, membership: 'member' as const, alarms: [], parent: null },
    members: [member('0a'.repeat(32), 'Library', 'shelf'), member('0b'.repeat(32), 'Town hall', 'cellar')],
    invitations: [
      { ...open, invitation: '5e'.repeat(32), until: '2026-11-26T00:43:41Z', for: 'Museum' },
      { ...open, invitation: '6f'.repeat(32), until: '1970-01-01T00:00:00Z' },
    ],
  }
  const answers: Answers = { 'community.show': () => result }
  const { out } = await datis(['community', 'show', '--data', 'd'], { answers })
  assert.match(out, /Organisation +Box +Address/)
  assert.match(out, /Town hall +cellar +cellar:4600 +(?:0b){16} +0b0b0b0b\n/)
  assert.match(out, /datis community revoke ID\nId +For .*\n5e5e5e5e +Museum +.* Library\n/)
  assert.doesNotMatch(out, /6f6f/, 'it is over')
})

test('an invitation that is open says how it is taken back', async () => {
  const answers: Answers = { 'community.invite': () => ({ ...INVITED, state: 'open' }) }
  const { out } = await datis(['community', 'invite', '--data', 'd'], { answers })
  assert.match(out, /datis community revoke 11111111\n/)
})

test('what holds without some boxes is said in sentences, and not all that holds ends with another code', async () => {
  const gone = { box: '0a'.repeat(16), name: 'cellar' }
  const left = { box: '0b'.repeat(16), name: 'shelf' }
  const result = {
    ...{ without: [gone], silent: [{ ...gone, name: '' }], margin: 1, confirmedAt: '2026-11-26T00:43:41Z' },
    ...{ stripes: { total: 9, held: 9 }, bytes: { total: 2048, held: 2048 }, snapshots: { total: 3, held: 3 } },
    each: [{ ...left, margin: 0 }],
  }
  let asked: unknown = null
  const answering = (changes: object): Answers => ({
    'community.without': (args) => {
      asked = args
      return { ...result, ...changes }
    },
  })
  const command = ['community', 'without', 'cellar', '0b0b', '--data', 'd']
  const all = await datis(command, { answers: answering({}) })
  assert.deepEqual([asked, all.exit], [{ without: ['cellar', '0b0b'] }, 0])
  assert.match(all.out, /Without cellar:\n.*do not answer: (?:0a){16}\.\n.*comes back; 1 more may fall/)
  assert.match(all.out, /9 of 9 packs,\nand 3 of 3 snapshots\.\n[\s\S]*shelf +no further one may/)
  const part = answering({ margin: -1, stripes: { total: 9, held: 4 }, snapshots: { total: 3, held: null } })
  const some = await datis([...command, '--lang', 'fr'], { answers: part })
  assert.match(some.out, /ne font pas revenir tout[\s\S]*4 sur 9 paquets,\net il serait trop long/)
  const unknown = { margin: null, confirmedAt: null, stripes: null, bytes: null, each: [] }
  const nothing = await datis(['community', 'without', '--data', 'd'], { answers: answering(unknown) })
  assert.match(nothing.out, /not known/)
  assert.ok(some.exit !== 0 && nothing.exit === some.exit)
})

test('the state says how many more hosts may fall, and who is taken as lost', async () => {
  const state = {
    ...{ at: INVITED.until, state: 'whole' as const, confirmedAt: INVITED.until, isFounded: true },
    ...{ hosts: 5, margin: 2, silent: [] as { box: string; name: string }[], trouble: [], sources: [] },
  }
  const shown = async (changes: Partial<typeof state>, ...more: string[]) =>
    (await datis(['status', '--data', 'd', ...more], { answers: { 'state.show': () => ({ ...state, ...changes }) } }))
      .out
  assert.match(await shown({}), /bears the loss of 2 more hosts/)
  const silent = [{ box: '0a'.repeat(16), name: 'cellar' }]
  assert.match(await shown({ margin: 0, silent }), /no further loss[\s\S]*taken as lost: cellar\./)
  assert.match(
    await shown({ margin: -1, silent }, '--lang', 'fr'),
    /ne font pas tout revenir[\s\S]*comme perdu : cellar\./,
  )
})
