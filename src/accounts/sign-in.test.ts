import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { codeOf, DAY_MS, HOUR_MS, SECOND_MS } from '#base'
import { deeds } from './audit.ts'
import { accounts, from, PASSWORD } from './test-accounts.ts'

const HOME = '192.0.2.7'

function codeAt(secret: string, ms: number): string {
  return new TOTP({ secret: Secret.fromBase32(secret), digits: 6, period: 30 }).generate({ timestamp: ms })
}

test('the first account comes from the code that the box shows; it is good once, and for a day', async () => {
  const { setup, signIn, clock, settings } = await accounts('first')
  assert.equal(await setup.isFirst(), true)
  const old = await setup.newCode()
  const { code } = await setup.newCode()
  const person = { name: 'Anne', password: PASSWORD }
  await assert.rejects(setup.use(old.code, person), { code: 'SETUP_REFUSED' })
  await assert.rejects(setup.use(code, { name: 'Anne', password: 'short' }), { code: 'PASSWORD_WEAK' })
  const user = await setup.use(code.toLowerCase().replaceAll('-', ' '), person)
  assert.deepEqual([user.role, await setup.isFirst()], ['administrator', false])
  await assert.rejects(setup.use(code, { ...person, name: 'Eve' }), { code: 'SETUP_REFUSED' })
  const late = await setup.newCode()
  await clock.runFor(25 * HOUR_MS)
  await assert.rejects(setup.use(late.code, { ...person, name: 'Eve' }), { code: 'SETUP_REFUSED' })
  assert.equal((await signIn.signIn({ name: 'ANNE', password: PASSWORD }, from(HOME))).user, user.id)
  const told = await deeds(settings, Number.MAX_SAFE_INTEGER, 10)
  assert.deepEqual(
    told.map(({ action }) => action),
    ['session.begun', 'setup.code', 'user.made', 'setup.code', 'setup.code'],
  )
})

test('of two who use one setup code in one moment one is let in', async () => {
  const { people, setup } = await accounts('setup twice')
  const { code } = await setup.newCode()
  const both = ['Anne', 'Bert'].map((name) => setup.use(code, { name, password: PASSWORD }).then(() => 'in', codeOf))
  assert.deepEqual(await Promise.all(both), ['in', 'SETUP_REFUSED'])
  assert.equal((await people.list()).length, 1)
})

test('who is refused learns nothing of why', async () => {
  const { people, signIn } = await accounts('refused')
  const { id } = await people.add('box', { name: 'Anne', role: 'administrator', password: PASSWORD })
  await people.add('box', { name: 'Bert', role: 'user', password: PASSWORD })
  const tried = async (name: string, password: string, address: string) =>
    signIn.signIn({ name, password }, from(address)).then(() => 'in', codeOf)
  assert.equal(await tried('nobody', PASSWORD, '192.0.2.1'), 'LOGIN_REFUSED')
  assert.equal(await tried('anne', 'wrong wrong wrong', '192.0.2.2'), 'LOGIN_REFUSED')
  const bert = (await people.list()).find(({ name }) => name === 'Bert')
  await people.change(id, bert?.id ?? '', { disabled: true })
  assert.equal(await tried('bert', PASSWORD, '192.0.2.3'), 'LOGIN_REFUSED')
})

test('a code of the app is good once, one of paper too, and without one nobody is in', async () => {
  const { people, signIn, factor, clock, sessions } = await accounts('factor')
  const { id } = await people.add('box', { name: 'Anne', role: 'administrator', password: PASSWORD })
  const { secret, uri } = await factor.offer(id)
  assert.match(uri, /^otpauth:\/\/totp\/Datis:Anne/)
  await assert.rejects(factor.accept(id, secret, '000000'), { code: 'CODE_REFUSED' })
  const now = () => clock.machine().wall()
  const paper = await factor.accept(id, secret, codeAt(secret, now()))
  assert.equal(new Set(paper).size, 10)
  const tried = async (code?: string) => {
    await clock.runFor(20 * SECOND_MS)
    const given = { name: 'Anne', password: PASSWORD, ...(code !== undefined && { code }) }
    return await signIn.signIn(given, from(HOME)).then(({ token }) => token, codeOf)
  }
  assert.equal(await tried(), 'LOGIN_CODE_NEEDED')
  await clock.runFor(DAY_MS)
  const code = codeAt(secret, now() + 20 * SECOND_MS)
  const token = await tried(code)
  assert.equal((await sessions.of(token))?.user, id)
  assert.equal(await tried(code), 'LOGIN_REFUSED', 'not twice')
  await clock.runFor(DAY_MS)
  assert.notEqual(await sessions.of(await tried(paper[3])), null)
  await clock.runFor(DAY_MS)
  assert.equal(await tried(paper[3]), 'LOGIN_REFUSED')
  await clock.runFor(DAY_MS)
  await factor.drop(id, id)
  assert.notEqual(await sessions.of(await tried()), null)
})

test('while others guess, who has the account is in: at once from where she was before, soon from elsewhere', async () => {
  const { people, signIn, clock } = await accounts('guesses')
  await people.add('box', { name: 'Anne', role: 'administrator', password: PASSWORD })
  const right = { name: 'Anne', password: PASSWORD }
  const { device } = await signIn.signIn(right, from(HOME))
  for (let guess = 0; guess < 400; guess++) {
    await clock.runFor(360)
    const guessed = { name: 'Anne', password: `guess number ${guess}` }
    const outcome = await signIn.signIn(guessed, from(`198.51.100.${guess % 20}`)).then(() => 'in', codeOf)
    assert.ok(['LOGIN_REFUSED', 'LOGIN_WAIT'].includes(outcome), outcome)
  }
  assert.ok((await signIn.signIn(right, from(HOME, device))).token)
  const began = clock.machine().monotonic()
  for (let waitMs = 1; waitMs > 0; ) {
    waitMs = await signIn.signIn(right, from('203.0.113.9')).then(
      () => 0,
      ({ details }) => details.ms,
    )
    await clock.runFor(waitMs)
  }
  assert.ok(clock.machine().monotonic() - began < 20 * SECOND_MS)
})

test('what is destroyed asks for the password again, for five minutes', async () => {
  const { people, signIn, sessions, clock } = await accounts('again')
  const { id } = await people.add('box', { name: 'Anne', role: 'administrator', password: PASSWORD })
  const { token } = await signIn.signIn({ name: 'Anne', password: PASSWORD }, from(HOME))
  const elevated = async () => (await sessions.of(token))?.elevated
  assert.equal(await elevated(), true)
  await clock.runFor(6 * 60 * SECOND_MS)
  assert.equal(await elevated(), false)
  const session = (await sessions.of(token))?.id ?? ''
  await assert.rejects(signIn.confirm(id, session, 'not the password', from(HOME)), { code: 'LOGIN_REFUSED' })
  await clock.runFor(2 * SECOND_MS)
  await signIn.confirm(id, session, PASSWORD, from(HOME))
  assert.equal(await elevated(), true)
})
