import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, MINUTE_MS, SECOND_MS } from '#base'
import { type Amiss, Authenticator } from '../../test/authenticator.ts'
import { deeds } from './audit.ts'
import { Challenges } from './challenges.ts'
import { accounts, from, PASSWORD } from './test-accounts.ts'

const PLACE = { domain: 'localhost', origin: 'http://localhost:8080' }
const OTHER = { domain: 'datis.local', origin: 'https://datis.local' }
const HOME = '192.0.2.7'

/** Anne, signed in by password, and what she and others try. */
async function annes(seed: string) {
  const all = await accounts(seed)
  const { people, signIn, sessions, passkeys, clock, settings } = all
  const { id } = await people.add('box', { name: 'Anne', role: 'administrator', password: PASSWORD })
  /** At a pace that nobody minds. */
  const paced = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    await clock.runFor(5 * SECOND_MS)
    return await act()
  }
  const sessionOf = async (name: string) => {
    const { token } = await paced(() => signIn.signIn({ name, password: PASSWORD }, from(HOME)))
    const session = await sessions.of(token)
    assert.ok(session)
    return session
  }
  const session = await sessionOf('Anne')
  const add = async (key: Authenticator, amiss: Amiss = {}, who = session, place = PLACE) =>
    await passkeys.add(who, 'telephone', key.create(await passkeys.offer(who, place), amiss), place)
  const enter = async (key: Authenticator, amiss: Amiss = {}, place = PLACE) => {
    await clock.runFor(20 * MINUTE_MS)
    const used = key.get(await passkeys.ask(place, HOME), amiss)
    return await signIn.signInWithPasskey(used, place, from(HOME)).then(({ user }) => user, codeOf)
  }
  const actions = async () => (await deeds(settings, Number.MAX_SAFE_INTEGER, 20)).map(({ action }) => action)
  return { ...all, id, session, sessionOf, add, enter, actions }
}

test('a passkey is added, signs in without password and code, is seen in the list, and works no more once removed', async () => {
  const { add, enter, actions, passkeys, signIn, sessions, settings, id, clock } = await annes('life')
  await settings
    .updateTable('users')
    .set({ totp: 'A'.repeat(32) })
    .execute()
  const key = new Authenticator(PLACE.origin)
  const { id: passkey } = await add(key)
  assert.deepEqual(
    (await passkeys.list(id)).map(({ name, domain, seen }) => [name, domain, seen]),
    [['telephone', 'localhost', null]],
  )
  const used = key.get(await passkeys.ask(PLACE, HOME))
  const { user, token, device } = await signIn.signInWithPasskey(used, PLACE, from(HOME))
  const session = await sessions.of(token)
  assert.deepEqual([user, session?.user, session?.elevated], [id, id, true])
  assert.notEqual(await sessions.deviceOf(id, device), null)
  assert.equal((await passkeys.list(id))[0]?.seen, Math.floor(clock.machine().wall()))
  assert.equal(await enter(key), id)
  await assert.rejects(passkeys.remove('somebody else', passkey), { code: 'PASSKEY_UNKNOWN' })
  await passkeys.remove(id, passkey)
  assert.equal(await enter(key), 'PASSKEY_REFUSED')
  assert.deepEqual((await actions()).slice(0, 4), [
    'passkey.removed',
    'session.begun',
    'session.begun',
    'passkey.added',
  ])
})

test('what is asked is answered once, soon, and for what it was asked', async () => {
  const { add, session, passkeys, signIn, clock } = await annes('once')
  const key = new Authenticator(PLACE.origin)
  await add(key)
  const tried = async (used: ReturnType<Authenticator['get']>) => {
    await clock.runFor(20 * SECOND_MS)
    return await signIn.signInWithPasskey(used, PLACE, from(HOME)).then(() => 'in', codeOf)
  }
  const used = key.get(await passkeys.ask(PLACE, HOME))
  assert.equal(await tried(used), 'in')
  assert.equal(await tried(used), 'PASSKEY_REFUSED', 'replayed')
  const asked = await passkeys.ask(PLACE, HOME)
  assert.equal(await tried(key.get(asked)), 'in')
  assert.equal(await tried(key.get(asked)), 'PASSKEY_REFUSED', 'signed again')
  const late = await passkeys.ask(PLACE, HOME)
  await clock.runFor(5 * MINUTE_MS)
  assert.equal(await tried(key.get(late)), 'PASSKEY_REFUSED', 'over')
  await clock.runFor(20 * MINUTE_MS)
  assert.equal(await tried(key.get(await passkeys.askAgain(session, PLACE))), 'PASSKEY_REFUSED', 'asked to confirm')
  await clock.runFor(20 * MINUTE_MS)
  const made = new Authenticator(PLACE.origin).create(await passkeys.ask(PLACE, HOME))
  await assert.rejects(passkeys.add(session, 'x', made, PLACE), { code: 'PASSKEY_INVALID' })
  const offer = await passkeys.offer(session, PLACE)
  await clock.runFor(5 * MINUTE_MS)
  const tooLate = new Authenticator(PLACE.origin).create(offer)
  await assert.rejects(passkeys.add(session, 'x', tooLate, PLACE), { code: 'PASSKEY_INVALID' })
})

const AMISS: readonly (readonly [string, Amiss])[] = [
  ['another origin', { origin: 'http://localhost:9999' }],
  ['another name', { domain: 'evil.example' }],
  ['no user verification', { isVerified: false }],
  ['a challenge that nobody asked', { challenge: 'bm8gY2hhbGxlbmdlIG9mIG91cnM' }],
]

for (const [what, amiss] of AMISS) {
  test(`with ${what} no passkey is added, and none lets in`, async () => {
    const { add, enter, actions, passkeys, id } = await annes(what)
    await assert.rejects(add(new Authenticator(PLACE.origin), amiss), { code: 'PASSKEY_INVALID' })
    assert.deepEqual(await passkeys.list(id), [])
    const key = new Authenticator(PLACE.origin)
    await add(key)
    assert.equal(await enter(key, amiss), 'PASSKEY_REFUSED')
    assert.equal((await actions())[0], 'session.refused')
    assert.equal(await enter(key), id)
  })
}

test('a counter that goes back is a copy: refused and noted; an authenticator that does not count is let in', async () => {
  const { add, enter, actions, settings, id } = await annes('counter')
  const key = new Authenticator(PLACE.origin)
  const { id: passkey } = await add(key, { counter: 7 })
  for (const counter of [7, 3, 0]) assert.equal(await enter(key, { counter }), 'PASSKEY_REFUSED', `${counter}`)
  const told = await deeds(settings, Number.MAX_SAFE_INTEGER, 2)
  assert.deepEqual(
    told.map(({ action, details }) => [action, details.kept, details.came]),
    [
      ['session.refused', undefined, undefined],
      ['passkey.counter', 7, 0],
    ],
  )
  assert.equal(await enter(key, { counter: 8 }), id)
  // Whoever can sign nothing can have nothing noted against the owner either.
  const stranger = new Authenticator(PLACE.origin)
  await settings.updateTable('passkeys').set({ credential: stranger.id }).where('id', '=', passkey).execute()
  assert.equal(
    await enter(stranger, { counter: 1, user: Buffer.from(id, 'hex').toString('base64url') }),
    'PASSKEY_REFUSED',
  )
  assert.deepEqual((await actions()).slice(0, 2), ['session.refused', 'session.begun'])
  const still = new Authenticator(PLACE.origin)
  await add(still, { counter: 0 })
  assert.equal(await enter(still, { counter: 0 }), id)
  assert.equal(await enter(still, { counter: 0 }), id)
})

test('a passkey is its owner’s, for one name of the box, as long as the account is not disabled', async () => {
  const { add, enter, people, passkeys, signIn, session, sessionOf, id, clock, sessions } = await annes('owner')
  const bert = await people.add(id, { name: 'Bert', role: 'user', password: PASSWORD })
  const berts = await sessionOf('Bert')
  const [hers, his] = [new Authenticator(PLACE.origin), new Authenticator(PLACE.origin)]
  await add(hers)
  await add(his, {}, berts)
  assert.equal(await enter(his, { user: Buffer.from(id, 'hex').toString('base64url') }), 'PASSKEY_REFUSED')
  assert.equal(await enter(his), bert.id)
  const confirmed = async (key: Authenticator) => {
    await clock.runFor(MINUTE_MS)
    const used = key.get(await passkeys.askAgain(session, PLACE))
    return await signIn.confirmWithPasskey(session, used, PLACE, from(HOME)).then(() => 'yes', codeOf)
  }
  assert.equal(await confirmed(his), 'PASSKEY_REFUSED')
  assert.equal((await sessions.list(id))[0]?.id, session.id)
  await clock.runFor(6 * MINUTE_MS)
  assert.equal(await confirmed(hers), 'yes')
  const offered = await passkeys.offer(session, PLACE)
  assert.deepEqual(
    offered.excludeCredentials?.map((one) => one.id),
    [hers.id],
  )
  assert.equal(await enter(hers, { origin: OTHER.origin }, OTHER), 'PASSKEY_REFUSED')
  await assert.rejects(passkeys.askAgain(session, OTHER), { code: 'PASSKEY_UNKNOWN' })
  await people.change(id, bert.id, { disabled: true })
  assert.equal(await enter(his), 'PASSKEY_REFUSED')
  await assert.rejects(add(his), { code: 'PASSKEY_INVALID' }, 'known already')
  await people.remove(id, bert.id)
  assert.deepEqual(await passkeys.list(bert.id), [])
})

test('a passkey confirms for five minutes, once', async () => {
  const { add, passkeys, signIn, session, sessions, clock, settings } = await annes('again')
  const key = new Authenticator(PLACE.origin)
  await add(key)
  await clock.runFor(6 * MINUTE_MS)
  const elevated = async () => {
    const row = await settings.selectFrom('sessions').select('elevated').where('id', '=', session.id).executeTakeFirst()
    return (row?.elevated ?? 0) > clock.machine().wall()
  }
  assert.equal(await elevated(), false)
  const used = key.get(await passkeys.askAgain(session, PLACE))
  await signIn.confirmWithPasskey(session, used, PLACE, from(HOME))
  assert.equal(await elevated(), true)
  await clock.runFor(6 * MINUTE_MS)
  await assert.rejects(signIn.confirmWithPasskey(session, used, PLACE, from(HOME)), { code: 'PASSKEY_REFUSED' })
  assert.equal(await elevated(), false)
  assert.equal((await sessions.list(session.user)).length, 1)
})

test('certificates of who made an authenticator are not looked at', async () => {
  const { add } = await annes('statement')
  for (const fmt of ['packed', 'fido-u2f', 'tpm', 'android-key', 'android-safetynet', 'apple', 'compound']) {
    const statement = { fmt, attStmt: { alg: -7, sig: Buffer.alloc(70), x5c: [Buffer.alloc(100)] } }
    await assert.rejects(add(new Authenticator(PLACE.origin), { statement }), ({ code, cause }) => {
      assert.equal(cause, undefined, 'not even by the library')
      return code === 'PASSKEY_INVALID'
    })
  }
})

test('passkeys that are tried wait as passwords do', async () => {
  const { add, signIn, passkeys, clock } = await annes('pace')
  const key = new Authenticator(PLACE.origin)
  await add(key)
  const outcomes: string[] = []
  for (let guess = 0; guess < 100; guess++) {
    await clock.runFor(SECOND_MS)
    const used = key.get(await passkeys.ask(PLACE, HOME), { origin: 'https://evil.example' })
    outcomes.push(await signIn.signInWithPasskey(used, PLACE, from(HOME)).then(() => 'in', codeOf))
  }
  assert.ok(outcomes.filter((outcome) => outcome === 'PASSKEY_REFUSED').length < 8)
  assert.ok(outcomes.every((outcome) => ['PASSKEY_REFUSED', 'LOGIN_WAIT'].includes(outcome)))
})

test('while others guess her password, who has a passkey is in from a place that is new', async () => {
  const { add, signIn, passkeys } = await annes('guessed')
  const key = new Authenticator(PLACE.origin)
  await add(key)
  // So long that nobody computes anything of them.
  for (let guess = 0; guess < 70; guess++)
    await signIn.signIn({ name: 'Anne', password: 'x'.repeat(10_000) }, from(`198.51.100.${guess}`)).catch(codeOf)
  const anew = '203.0.113.9'
  await assert.rejects(signIn.signIn({ name: 'Anne', password: PASSWORD }, from(anew)), { code: 'LOGIN_WAIT' })
  assert.ok((await signIn.signInWithPasskey(key.get(await passkeys.ask(PLACE, anew)), PLACE, from(anew))).token)
})

test('an account has 20 passkeys at most', async () => {
  const { add, passkeys, session } = await annes('many')
  for (let count = 0; count < 20; count++) await add(new Authenticator(PLACE.origin))
  await assert.rejects(passkeys.offer(session, PLACE), { code: 'PASSKEYS_TOO_MANY', details: { most: 20 } })
})

test('who asks for many challenges pushes out the own ones, and all together stay few', () => {
  let [now, count] = [0, 0]
  const challenges = new Challenges(
    { monotonic: () => now },
    { bytes: (length) => Buffer.alloc(length).fill(`${count++}|`) },
  )
  const ask = (by: string) => Buffer.from(challenges.ask('enter', by)).toString('base64url')
  const annes = ask('anne')
  const flood = Array.from({ length: 10_000 }, () => ask('eve'))
  assert.equal(flood.filter((one) => challenges.take(one, 'enter')).length, 16)
  assert.equal(challenges.take(annes, 'enter'), true)
  const many = Array.from({ length: 3000 }, (_, index) => ask(`${index}`))
  assert.equal(many.filter((one) => challenges.take(one, 'enter')).length, 1000)
  const over = ask('anne')
  now += 5 * MINUTE_MS
  assert.equal(challenges.take(over, 'enter'), false)
})

test('a new password from an administrator ends the passkeys, one of her own does not', async () => {
  const { add, enter, people, id } = await annes('taken over')
  const key = new Authenticator(PLACE.origin)
  await add(key)
  await people.setPassword(id, id, 'quite another phrase', null)
  assert.equal(await enter(key), id)
  await people.setPassword('an administrator', id, 'and yet another phrase', null)
  assert.equal(await enter(key), 'PASSKEY_REFUSED')
})
