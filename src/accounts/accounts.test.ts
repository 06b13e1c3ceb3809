import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOUR_MS } from '#base'
import { simRandom } from '#base/sim'
import { deeds, firstBroken, note } from './audit.ts'
import { checkPassword, hashPassword, isPassword } from './password.ts'
import { asksAgain, mayDo, RIGHTS, type RightName } from './roles.ts'
import { accounts, from, PASSWORD } from './test-accounts.ts'
import { Throttle } from './throttle.ts'

test('a password is kept as Argon2id, and compared as it was typed on another keyboard', async () => {
  const hash = await hashPassword('crème brûlée au café', simRandom('salt'))
  assert.match(hash, /^\$argon2id\$v=19\$m=65536,t=3,p=4\$/)
  assert.equal(await isPassword(hash, 'cre\u0300me bru\u0302le\u0301e au cafe\u0301'), true)
  assert.equal(await isPassword(hash, 'creme brulee au cafe'), false)
  assert.equal(await isPassword(hash, 'x'.repeat(10_000)), false)
  for (const planted of [
    '',
    'plain',
    hash.replace('m=65536', 'm=9999999'),
    hash.replace('t=3', 't=0'),
    hash.replace('p=4', 'p=99'),
  ]) {
    await assert.rejects(isPassword(planted, 'x'), { code: 'FORMAT_INVALID' }, planted)
  }
})

test('what anybody would try first is no password', () => {
  const weak = (password: string) => () => checkPassword(password, ['Anne', 'town hall'])
  for (const [password, reason] of [
    ['short', 'short'],
    ['aaaaaaaaaaaa', 'repeats'],
    ['my name is anne', 'name'],
    ['the TOWN HALL of today', 'name'],
    ['é'.repeat(1000), 'long'],
  ] as const) {
    assert.throws(weak(password), { code: 'PASSWORD_WEAK', details: { reason, least: 10 } }, password)
  }
  checkPassword(PASSWORD, ['Anne'])
})

test('the last administrator stays one, whatever is done to him', async () => {
  const { people } = await accounts('last')
  const { id } = await people.add('box', { name: 'Anne', role: 'administrator', password: PASSWORD })
  const other = await people.add(id, { name: 'Bert', role: 'operator', password: PASSWORD })
  for (const act of [
    () => people.change(id, id, { role: 'user' }),
    () => people.change(id, id, { disabled: true }),
    () => people.remove(id, id),
  ]) {
    await assert.rejects(act(), { code: 'ADMINISTRATOR_LAST' })
  }
  assert.deepEqual(
    (await people.list()).map(({ name, role }) => [name, role]),
    [
      ['Anne', 'administrator'],
      ['Bert', 'operator'],
    ],
  )
  await people.change(id, other.id, { role: 'administrator' })
  await people.remove(other.id, id)
  await assert.rejects(people.change(id, id, {}), { code: 'USER_UNKNOWN' })
  await assert.rejects(people.add('box', { name: 'bert', role: 'user', password: PASSWORD }), { code: 'USER_EXISTS' })
  await assert.rejects(people.add('box', { name: ' x', role: 'user', password: PASSWORD }), { code: 'NAME_INVALID' })
})

test('sessions end by themselves, by hand, and with the password or the right of their owner', async () => {
  const { people, signIn, sessions, clock } = await accounts('sessions')
  const { id } = await people.add('box', { name: 'Anne', role: 'administrator', password: PASSWORD })
  const enter = async () => {
    await clock.runFor(10_000)
    return (await signIn.signIn({ name: 'Anne', password: PASSWORD }, from('192.0.2.1'))).token
  }
  const [first, second] = [await enter(), await enter()]
  assert.equal((await sessions.list(id)).length, 2)
  const [mine, other] = [await sessions.of(first), await sessions.of(second)]
  assert.ok(mine && other)
  assert.equal(await sessions.end('somebody else', other.id), false)
  assert.equal(await sessions.end(id, other.id), true)
  assert.equal(await sessions.of(second), null)
  const third = await enter()
  await people.setPassword(id, id, 'another horse battery', mine.id)
  assert.equal(await sessions.of(third), null)
  assert.notEqual(await sessions.of(first), null, 'the one that changed it stays')
  await clock.runFor(11 * HOUR_MS)
  assert.notEqual(await sessions.of(first), null)
  await clock.runFor(13 * HOUR_MS)
  assert.equal(await sessions.of(first), null, 'idle for half a day')
  assert.equal(await sessions.of('nonsense'), null)
  const bert = await people.add(id, { name: 'Bert', role: 'user', password: PASSWORD })
  const { token } = await signIn.signIn({ name: 'Bert', password: PASSWORD }, from('192.0.2.2'))
  await people.change(id, bert.id, { role: 'reader' })
  assert.equal(await sessions.of(token), null)
})

test('what was done is a chain: whatever is changed, moved or taken out shows', async () => {
  const { people, settings } = await accounts('audit')
  for (const name of ['Anne', 'Bert', 'Carla', 'Dora'])
    await people.add('box', { name, role: 'administrator', password: PASSWORD })
  assert.equal(await firstBroken(settings), null)
  const [newest] = await deeds(settings, Number.MAX_SAFE_INTEGER, 1)
  assert.deepEqual([newest?.n, newest?.action, newest?.details.name], [4, 'user.made', 'Dora'])
  assert.ok(!JSON.stringify(await deeds(settings, 9, 9)).includes(PASSWORD))
  const row = await settings.selectFrom('audit').selectAll().where('n', '=', 2).executeTakeFirstOrThrow()
  await settings.updateTable('audit').set({ actor: 'nobody' }).where('n', '=', 2).execute()
  assert.equal(await firstBroken(settings), 2)
  await settings.updateTable('audit').set({ actor: row.actor }).where('n', '=', 2).execute()
  assert.equal(await firstBroken(settings), null)
  await settings.deleteFrom('audit').where('n', '=', 3).execute()
  assert.equal(await firstBroken(settings), 3)
})

test('a deed with a path of thousands of characters is read again', async () => {
  const { settings } = await accounts('long')
  const path = '\u0001"'.repeat(3000)
  const deed = { at: 5, actor: 'box', action: 'files.taken', details: { path, snapshot: 'ab' } }
  await settings.transaction().execute((inner) => note(inner, deed))
  const [found] = await deeds(settings, 9, 9)
  assert.deepEqual([found?.details.snapshot, String(found?.details.path).slice(0, 6)], ['ab', path.slice(0, 6)])
  assert.equal(await firstBroken(settings), null)
})

test('who has a whole network of addresses has one place, and places that wait are not pushed out', () => {
  let now = 0
  const throttle = new Throttle({ monotonic: () => now })
  const tried = (address: string) => throttle.take({ account: 'x', address, device: 'd' === address ? 'd' : null })
  let looked = 0
  for (let guess = 0; guess < 2000; guess++) {
    now += 1000
    if (tried(`2001:db8:0:7::${guess.toString(16)}`) === 0) looked++
    if (tried(`2001:db8::7:0:0:${guess.toString(16)}:1`) === 0) looked += 1000
  }
  assert.ok(looked % 1000 < 10 && looked / 1000 < 10, `${looked}`)
  for (let other = 0; other < 30_000; other++)
    throttle.take({
      account: `a${other}`,
      address: `10.${other >> 16}.${(other >> 8) & 255}.${other & 255}`,
      device: null,
    })
  assert.ok(tried('2001:db8:0:7::99') > 0)
})

test('10 000 guesses over 20 addresses: under 200 are looked at in any hour', () => {
  let now = 0
  const throttle = new Throttle({ monotonic: () => now })
  const looked: number[] = []
  for (let guess = 0; guess < 30_000; guess++) {
    now += HOUR_MS / 10_000
    if (throttle.take({ account: 'anne', address: `198.51.100.${guess % 20}`, device: null }) === 0) looked.push(now)
  }
  for (const [index, at] of looked.entries()) {
    const inHour = looked.slice(index).filter((one) => one < at + HOUR_MS).length
    assert.ok(inHour < 200, `${inHour}`)
  }
  assert.ok(looked.length > 90)
})

test('each right is somebody’s, and only administrators change who may do what', () => {
  for (const right of Object.keys(RIGHTS) as RightName[]) assert.ok(mayDo('administrator', right), right)
  assert.ok(!mayDo('operator', 'people.change') && !mayDo('reader', 'files.restore') && mayDo('user', 'files.restore'))
  assert.ok(asksAgain('people.change') && !asksAgain('state.see'))
})

test('sessions that are over are not listed, nor kept', async () => {
  const { people, signIn, sessions, settings, clock } = await accounts('over')
  const { id } = await people.add('box', { name: 'Anne', role: 'administrator', password: PASSWORD })
  const enter = () => signIn.signIn({ name: 'Anne', password: PASSWORD }, from('192.0.2.1'))
  await enter()
  await clock.runFor(11 * HOUR_MS)
  await enter()
  assert.equal((await sessions.list(id)).length, 2)
  await clock.runFor(2 * HOUR_MS)
  assert.equal((await sessions.list(id)).length, 1)
  await clock.runFor(13 * HOUR_MS)
  await enter()
  assert.equal((await settings.selectFrom('sessions').select('id').execute()).length, 1)
})

test('while a long audit log is looked through others have their turn', async () => {
  const { settings } = await accounts('long log')
  await settings.transaction().execute(async (inner) => {
    for (let n = 0; n < 1200; n++) await note(inner, { at: n, actor: 'box', action: 'user.made', details: {} })
  })
  let turns = 0
  let isOver = false
  const count = () => {
    turns++
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  assert.equal(await firstBroken(settings), null)
  isOver = true
  assert.ok(turns >= 3, `${turns}`)
})
