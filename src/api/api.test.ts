import assert from 'node:assert/strict'
import { Server } from 'node:https'
import { test } from 'node:test'
import { RIGHTS, type RightName } from '#accounts'
import { DatisError } from '#base'
import type { Role } from '#settings'
import type { Access } from './deps.ts'
import { OPERATIONS } from './operations.ts'
import { consoleFor, HOST, PASSWORD } from './test-api.ts'

const ROLES: readonly Role[] = ['administrator', 'operator', 'user', 'reader']

/** All that the console has, beside one route for each operation. A route that is not here makes the test fail. */
const ROUTES: readonly (readonly [route: string, access: Access])[] = [
  ['GET /api/health', 'public'],
  ['GET /api/openapi.json', 'public'],
  ['GET /api/setup', 'public'],
  ['POST /api/setup', 'public'],
  ['POST /api/session', 'public'],
  ['GET /api/session', 'session'],
  ['DELETE /api/session', 'session'],
  ['POST /api/session/elevate', 'session'],
  ['GET /api/sessions', 'own.account'],
  ['DELETE /api/sessions/:id', 'own.account'],
  ['PUT /api/account/password', 'own.account'],
  ['POST /api/account/totp', 'own.account'],
  ['PUT /api/account/totp', 'own.account'],
  ['DELETE /api/account/totp', 'own.account'],
  ['POST /api/session/passkey/options', 'public'],
  ['POST /api/session/passkey', 'public'],
  ['POST /api/session/elevate/passkey/options', 'session'],
  ['POST /api/session/elevate/passkey', 'session'],
  ['GET /api/account/passkeys', 'own.account'],
  ['POST /api/account/passkeys/options', 'own.account'],
  ['POST /api/account/passkeys', 'own.account'],
  ['DELETE /api/account/passkeys/:id', 'own.account'],
  ['GET /api/people', 'people.see'],
  ['POST /api/people', 'people.change'],
  ['PATCH /api/people/:id', 'people.change'],
  ['DELETE /api/people/:id', 'people.change'],
  ['PUT /api/people/:id/password', 'people.change'],
  ['GET /api/tokens', 'people.see'],
  ['POST /api/tokens', 'people.change'],
  ['DELETE /api/tokens/:id', 'people.change'],
  ['GET /api/first', 'public'],
  ['GET /api/first/rebuild', 'public'],
  ['POST /api/first/rebuild', 'public'],
  ['GET /api/first/practice', 'public'],
  ['POST /api/first/practice', 'public'],
  ['DELETE /api/first/practice', 'public'],
  ['GET /api/recovery-sheet', 'recovery.sheet'],
  ['GET /api/recovery-sheet/pdf', 'recovery.sheet'],
  ['GET /api/recovery-sheet/asked', 'state.see'],
  ['POST /api/recovery-sheet/confirm', 'settings.change'],
  ['GET /metrics', 'public'],
  ['GET /', 'public'],
  ['GET /sources', 'public'],
  ['GET /restore', 'public'],
  ['GET /community', 'public'],
  ['GET /policies', 'public'],
  ['GET /accounts', 'public'],
  ['GET /tasks', 'public'],
  ['GET /tasks/:id', 'public'],
  ['GET /profile', 'public'],
  ['GET /recovery-sheet', 'public'],
  ['GET /icon.svg', 'public'],
  ['GET /assets/:name', 'public'],
  ['GET /api/account', 'own.account'],
  ['GET /api/audit', 'audit.see'],
  ['GET /api/tasks', 'state.see'],
  ['GET /api/tasks/:id', 'state.see'],
  ['DELETE /api/tasks/:id', 'files.restore'],
  ['GET /api/alarms', 'state.see'],
  ['GET /api/intents', 'state.see'],
  ['POST /api/intents/:id/approve', 'intents.approve'],
  ['POST /api/intents/:id/cancel', 'intents.cancel'],
  ['GET /api/events', 'state.see'],
  ['POST /api/downloads', 'files.restore'],
  ['GET /api/downloads/:link', 'files.restore'],
  ['GET /api/snapshots/:id/file', 'files.restore'],
  ['GET /api/snapshots/:id/zip', 'files.restore'],
  ['GET /api/snapshots/:id/preview', 'files.restore'],
  ['GET /api/sources/people', 'people.see'],
  ['GET /api/sources/:name/people', 'people.see'],
  ['PUT /api/sources/:name/people', 'people.change'],
  ['GET /api/restores', 'own.account'],
  ...Object.entries(OPERATIONS).flatMap(([name, offered]) =>
    offered === null ? [] : [[`POST /api/operations/${name}`, offered.right] as const],
  ),
]

test('every route, for every role and for nobody', async () => {
  const { api, ask, signedIn, person } = await consoleFor('table')
  const there = api
    .printRoutes({ commonPrefix: false, includeHooks: false })
    .match(/\((?:GET|HEAD|POST|PUT|PATCH|DELETE)[^)]*\)/g)
    ?.flatMap((methods) => methods.slice(1, -1).split(', '))
    .filter((method) => method !== 'HEAD')
  assert.equal(there?.length, ROUTES.length, 'each route is in the table')
  const cookies = new Map<Role | null, string | undefined>([[null, undefined]])
  for (const role of ROLES) {
    await person(role)
    cookies.set(role, await signedIn(`a ${role}`, `192.168.1.${ROLES.indexOf(role) + 30}`))
  }
  for (const [route, access] of ROUTES) {
    const [method = '', path = ''] = route.split(' ')
    // Streams are open for ever; what ends the session comes last.
    if (['/api/events', '/metrics'].includes(path) || route === 'DELETE /api/session') continue
    for (const [role, cookie] of cookies) {
      const { status, json } = await ask({
        method,
        url: path.replace(/:\w+/, 'none'),
        cookie,
        ...(method === 'GET' ? {} : { body: { wrong: true } }),
      })
      const code = json?.error?.code ?? ''
      const what = `${route} for ${role}: ${status} ${code}`
      if (access === 'public') assert.ok(!['SESSION_NEEDED', 'RIGHT_MISSING'].includes(code), what)
      else if (role === null) assert.deepEqual([status, code], [401, 'SESSION_NEEDED'], what)
      else if (access !== 'session' && !(RIGHTS[access as RightName].roles as readonly Role[]).includes(role))
        assert.deepEqual([status, code], [403, 'RIGHT_MISSING'], what)
      else assert.ok(!['SESSION_NEEDED', 'RIGHT_MISSING', 'UNEXPECTED'].includes(code), what)
      assert.ok(status < 500, what)
    }
  }
  assert.equal((await ask({ url: '/api/session', cookie: 'datis_session=forged' })).status, 401)
})

test('the first account, signing in and out, and the password again for what destroys', async () => {
  const { ask, setup, clock } = await consoleFor('flow')
  assert.deepEqual((await ask({ url: '/api/setup' })).json, {
    isFirst: true,
    isSignedIn: false,
    hasPasskeys: false,
    zone: 'Europe/Paris',
  })
  const { code } = await setup.newCode()
  const made = await ask({ method: 'POST', url: '/api/setup', body: { code, name: 'Anne', password: PASSWORD } })
  assert.deepEqual([made.status, made.json.role], [201, 'administrator'])
  const entered = await ask({ method: 'POST', url: '/api/session', body: { name: 'Anne', password: PASSWORD } })
  assert.deepEqual([entered.status, entered.json.name, entered.json.elevated], [200, 'Anne', true])
  for (const { name, httpOnly, sameSite, path } of entered.cookies) {
    assert.deepEqual([httpOnly, sameSite, path], [true, 'Strict', '/api'], name)
  }
  const cookie = entered.cookies.map((one) => `${one.name}=${one.value}`).join('; ')
  assert.deepEqual((await ask({ url: '/api/setup', cookie })).json, {
    isFirst: false,
    isSignedIn: true,
    hasPasskeys: false,
    zone: 'Europe/Paris',
  })
  await clock.runFor(6 * 60_000)
  const body = { name: 'Bert', role: 'user', password: PASSWORD }
  const again = await ask({ method: 'POST', url: '/api/people', cookie, body })
  assert.deepEqual([again.status, again.json.error.code], [403, 'STEP_UP_NEEDED'])
  assert.equal(
    (await ask({ method: 'POST', url: '/api/session/elevate', cookie, body: { password: PASSWORD } })).status,
    204,
  )
  assert.equal((await ask({ method: 'POST', url: '/api/people', cookie, body })).status, 201)
  assert.equal((await ask({ url: '/api/sessions', cookie })).json.items[0].isThis, true)
  const { items, firstBroken } = (await ask({ url: '/api/audit', cookie })).json
  const { action, name, details } = items[0]
  assert.deepEqual([action, name, details.name, firstBroken], ['user.made', 'Anne', 'Bert', null])
  assert.equal((await ask({ url: '/api/session', cookie })).json.boxName, 'mairie')
  assert.equal((await ask({ method: 'DELETE', url: '/api/session', cookie })).status, 204)
  assert.equal((await ask({ url: '/api/session', cookie })).status, 401)
})

test('who comes by IPv4 to a socket of IPv6 is one of many, not all of them', async () => {
  const { ask, person, signedIn } = await consoleFor('mapped')
  await person('reader')
  const cookie = await signedIn('a reader', '::ffff:192.168.1.66')
  assert.equal((await ask({ url: '/api/sessions', cookie })).json.items[0].address, '192.168.1.66')
})

test('with TLS cookies are for TLS alone, browsers keep to it, and pages without it are those of others', async () => {
  // No handshake here: a real one is in test/e2e/service.test.ts.
  const { api, ask, setup } = await consoleFor('tls', { tls: { certificate: '', key: '' } })
  assert.ok(api.server instanceof Server)
  const { code } = await setup.newCode()
  const body = { code, name: 'Anne', password: PASSWORD }
  const plain = await ask({ method: 'POST', url: '/api/setup', body })
  assert.equal(plain.json.error.code, 'ORIGIN_REFUSED')
  const headers = { origin: `https://${HOST}` }
  assert.equal((await ask({ method: 'POST', url: '/api/setup', body, headers })).status, 201)
  const person = { name: 'Anne', password: PASSWORD }
  const entered = await ask({ method: 'POST', url: '/api/session', body: person, headers })
  assert.deepEqual(
    entered.cookies.map(({ secure }) => secure),
    [true, true],
  )
  assert.equal(entered.headers['strict-transport-security'], 'max-age=31536000')
  const without = await (await consoleFor('no tls')).ask({ url: '/api/health' })
  assert.equal(without.headers['strict-transport-security'], undefined)
})

test('pages of others, names of others and other networks are refused', async () => {
  const { ask } = await consoleFor('guard')
  const enter = { method: 'POST', url: '/api/session', body: { name: 'x', password: 'y' } }
  const refused = async (given: Parameters<typeof ask>[0]) => (await ask(given)).json?.error?.code
  assert.equal(await refused({ ...enter, headers: { origin: 'https://evil.example' } }), 'ORIGIN_REFUSED')
  assert.equal(await refused({ ...enter, headers: { origin: 'null' } }), 'ORIGIN_REFUSED')
  assert.equal(await refused({ ...enter, headers: { origin: `https://${HOST}` } }), 'ORIGIN_REFUSED')
  for (const host of ['evil.example', 'datis.local.evil.example', '192.168.1.5.evil.example:8080', 'a b']) {
    assert.equal(await refused({ url: '/api/health', headers: { host } }), 'HOST_REFUSED', host)
  }
  for (const host of ['localhost:80', 'DATIS.local', '[fe80::1]:8080', '10.0.0.1']) {
    assert.equal((await ask({ url: '/api/health', headers: { host } })).status, 200, host)
  }
  for (const from of ['203.0.113.5', '2001:db8::1', '172.32.0.1', '::ffff:8.8.8.8']) {
    assert.equal(await refused({ url: '/api/health', from }), 'LAN_ONLY', from)
  }
  for (const from of ['127.0.0.1', '::1', '10.1.2.3', '172.31.0.1', 'fe80::1%eth0', 'fd00::1', '::ffff:192.168.0.9']) {
    assert.equal((await ask({ url: '/api/health', from })).status, 200, from)
  }
  const { headers } = await ask({ url: '/api/health' })
  assert.match(String(headers['content-security-policy']), /default-src 'none'/)
  assert.deepEqual([headers['x-content-type-options'], headers['cache-control']], ['nosniff', 'no-store'])
})

test('what is too large, too deep, of another kind or of another form is refused by its name', async () => {
  const { ask } = await consoleFor('bodies')
  const enter = async (body: unknown, headers = {}) => {
    const { status, json } = await ask({ method: 'POST', url: '/api/session', body, headers })
    return [status, json?.error?.code]
  }
  assert.deepEqual(await enter('x'.repeat(1_100_000)), [413, 'BODY_TOO_LARGE'])
  assert.deepEqual(await enter(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), [400, 'BODY_TOO_DEEP'])
  assert.deepEqual(await enter('{"name":'), [400, 'BODY_INVALID'])
  assert.deepEqual(await enter('"["'), [400, 'REQUEST_INVALID'])
  assert.deepEqual(await enter({ name: 5, password: 'x' }), [400, 'REQUEST_INVALID'])
  assert.deepEqual(await enter({ name: 'x', password: 'y', more: 1 }), [400, 'REQUEST_INVALID'])
  assert.deepEqual(await enter({ name: 'x', password: 'y' }, { 'content-type': 'text/plain' }), [
    415,
    'MEDIA_TYPE_REFUSED',
  ])
  assert.deepEqual(await enter('{"__proto__":{"role":"administrator"},"name":"x","password":"y"}'), [
    400,
    'REQUEST_INVALID',
  ])
  const lost = await ask({ url: '/api/nothing', headers: { 'accept-language': 'en-GB,fr;q=0.5' } })
  assert.deepEqual(
    [lost.status, lost.json.error.code, lost.json.error.happened],
    [404, 'PAGE_UNKNOWN', 'There is no such address.'],
  )
  assert.match((await ask({ url: '/api/nothing' })).json.error.happened, /adresse/)
})

test('what only looks is answered; all else is a task that is seen, and cancelled', async () => {
  const { ask, asked, person, signedIn, tasks } = await consoleFor('operations')
  await person('operator')
  const cookie = await signedIn('a operator')
  const seen = await ask({ method: 'POST', url: '/api/operations/snapshot.list', cookie, body: {} })
  assert.deepEqual([seen.status, seen.json], [200, { asked: 'snapshot.list' }])
  const started = await ask({
    method: 'POST',
    url: '/api/operations/snapshot.take',
    cookie,
    body: { sources: ['papers'] },
  })
  assert.equal(started.status, 202)
  await tasks.ended(started.json.task)
  const task = await ask({ url: `/api/tasks/${started.json.task}`, cookie })
  assert.deepEqual([task.json.state, task.json.result], ['done', { asked: 'snapshot.take' }])
  assert.deepEqual(asked.at(-1), { name: 'snapshot.take', args: { sources: ['papers'] } })
  assert.deepEqual((await ask({ method: 'DELETE', url: `/api/tasks/${started.json.task}`, cookie })).json, {
    cancelled: false,
  })
  assert.equal((await ask({ url: '/api/tasks/none', cookie })).status, 404)
  const wrong = await ask({ method: 'POST', url: '/api/operations/snapshot.take', cookie, body: { sources: 'papers' } })
  assert.deepEqual([wrong.status, wrong.json.error.code], [400, 'REQUEST_INVALID'])
  assert.equal((await ask({ method: 'POST', url: '/api/operations/restore', cookie, body: {} })).status, 404)
})

test('boxes are taken away in a question, as many as a community has', async () => {
  const { ask, asked, person, signedIn } = await consoleFor('without')
  await person('reader')
  const cookie = await signedIn('a reader')
  const without = async (count: number) => {
    const body = { without: Array.from({ length: count }, (_, n) => `box-${n}`) }
    return (await ask({ method: 'POST', url: '/api/operations/community.without', cookie, body })).status
  }
  assert.deepEqual([await without(0), await without(64), await without(65)], [200, 200, 400])
  assert.equal(asked.filter(({ name }) => name === 'community.without').length, 2)
})

test('programs come with a token of their own, which destroys nothing and ends', async () => {
  const { ask, person, signedIn, clock } = await consoleFor('tokens')
  await person('administrator')
  const cookie = await signedIn('a administrator')
  const made = await ask({
    method: 'POST',
    url: '/api/tokens',
    cookie,
    body: { name: 'monitor', role: 'administrator', days: 2 },
  })
  assert.equal(made.status, 201)
  const headers = { authorization: `Bearer ${made.json.token}` }
  assert.equal((await ask({ url: '/api/people', headers })).status, 200)
  const destroys = {
    method: 'POST',
    url: '/api/people',
    headers,
    body: { name: 'x', role: 'user', password: PASSWORD },
  }
  assert.equal((await ask(destroys)).json.error.code, 'STEP_UP_NEEDED')
  assert.equal((await ask({ url: '/metrics' })).status, 401)
  assert.match((await ask({ url: '/metrics', headers })).text, /^datis_info\{version="1.2.3"\} 1$/m)
  assert.equal((await ask({ url: '/metrics', from: '127.0.0.1', headers: { host: 'localhost' } })).status, 200)
  const items = (await ask({ url: '/api/tokens', cookie })).json.items
  assert.deepEqual([items.length, JSON.stringify(items).includes(made.json.token)], [1, false])
  await clock.runFor(3 * 24 * 3_600_000)
  assert.equal((await ask({ url: '/api/people', headers })).status, 401)
})

test('the document of the API names every operation', async () => {
  const { ask } = await consoleFor('openapi')
  const { json, status } = await ask({ url: '/api/openapi.json' })
  assert.deepEqual([status, json.openapi], [200, '3.1.0'])
  for (const [name, offered] of Object.entries(OPERATIONS)) {
    assert.equal(`/api/operations/${name}` in json.paths, offered !== null, name)
  }
})

test('what cannot be undone is asked of a second administrator', async () => {
  const { ask, signedIn, people, clock, asked } = await consoleFor('two people')
  for (const name of ['Anne', 'Bert']) await people.add('box', { name, role: 'administrator', password: PASSWORD })
  await clock.runFor(1)
  const [anne, bert] = [await signedIn('Anne'), await signedIn('Bert', '192.168.1.21')]
  const post = async (url: string, cookie: string, body: unknown = {}) =>
    await ask({ method: 'POST', url: `/api/${url}`, cookie, body })
  const begun = await post('operations/community.expel', anne, { organisation: 'townhall' })
  assert.deepEqual([begun.status, typeof begun.json.due], [202, 'number'])
  const path = `intents/${begun.json.intent}`
  assert.equal((await post(`${path}/approve`, anne)).json.error.code, 'INTENT_SAME_PERSON')
  assert.equal((await ask({ url: '/api/intents', cookie: bert })).json.items[0].state, 'waiting')
  assert.ok(!asked.some(({ name }) => name === 'community.expel'))
  assert.equal((await post(`${path}/approve`, bert)).status, 202)
  assert.ok(asked.some(({ name }) => name === 'community.expel'))
  const second = await post('operations/community.expel', anne, { organisation: 'school' })
  assert.equal((await post(`intents/${second.json.intent}/cancel`, anne)).status, 204)
})

test('whoever is signed out watches no more', async () => {
  const { api, ask, signedIn, person, clock } = await consoleFor('watching')
  await person('reader')
  const cookie = await signedIn('a reader')
  const url = await api.listen({ host: '127.0.0.1', port: 0 })
  const { body } = await fetch(`${url}/api/events`, { headers: { cookie } })
  const reader = body?.getReader()
  const text = async () => Buffer.from((await reader?.read())?.value ?? []).toString()
  assert.equal(await text(), ': here\n\n')
  await clock.runFor(20_000)
  assert.equal(await text(), ': alive\n\n')
  // At once, whatever the time.
  await ask({ method: 'DELETE', url: '/api/session', cookie })
  assert.equal(await text(), '')
  await api.close()
})

test('whom a mail warns is not changed without the password', async () => {
  const { ask, signedIn, person, clock } = await consoleFor('contacts')
  const cookie = await signedIn((await person('administrator')).name)
  const set = async () => {
    const body = { contacts: ['thief@example.org'] }
    return await ask({ method: 'POST', url: '/api/operations/contacts.set', cookie, body })
  }
  assert.equal((await set()).status, 202)
  await clock.runFor(10 * 60_000)
  assert.equal((await set()).json.error.code, 'STEP_UP_NEEDED')
})

test('what waits for a second person names what it is about, whatever a name means later', async () => {
  const { ask, answers, signedIn, person, tasks } = await consoleFor('settled')
  const cookie = await signedIn((await person('administrator')).name)
  const post = async (name: string, body: unknown) =>
    await ask({ method: 'POST', url: `/api/operations/${name}`, cookie, body })
  for (const id of ['latest', 'ab12'])
    assert.equal((await post('snapshot.hold', { id, reason: null })).json.error.code, 'REQUEST_INVALID')
  assert.equal((await post('snapshot.hold', { id: 'ab12'.repeat(8), reason: null })).status, 202)
  const items = [{ name: 'mine', policy: 'mine: <for ever, 1 h>', readyMade: false, local: [], remote: ['bait'] }]
  answers.set('policy.list', { items, sources: [] })
  const { json } = await post('policy.set', { source: 'papers', local: 'Mine' })
  const { args } = await tasks.get(json.task)
  assert.deepEqual(args, { source: 'papers', local: 'mine: <for ever, 1 h>' })
})

test('a source that fell is measured as such for a day, whatever came after it', async () => {
  const { ask, answers, clock } = await consoleFor('fell')
  const at = (ms: number) => new Date(ms).toISOString()
  const began = clock.machine().wall()
  const kept = { source: 'papers', local: true, remote: true, state: 'complete' }
  const items = [
    { ...kept, startedAt: at(began + 1000), fall: null },
    { ...kept, startedAt: at(began), fall: { filesBefore: 100, bytesBefore: 100 } },
  ]
  answers.set('snapshot.list', { items })
  const fell = async () => {
    const { text } = await ask({ url: '/metrics', from: '127.0.0.1', headers: { host: 'localhost' } })
    return /^datis_snapshot_fell\{source="papers"\} (\d)$/m.exec(text)?.[1]
  }
  assert.equal(await fell(), '1')
  await clock.runFor(25 * 3_600_000)
  assert.equal(await fell(), '0')
})

test('the margin is measured while it is known', async () => {
  const { ask, answers } = await consoleFor('margin')
  const text = async (margin: number | null, state: unknown = { sources: [], margin }) => {
    answers.set('state.show', state)
    return (await ask({ url: '/metrics', from: '127.0.0.1', headers: { host: 'localhost' } })).text
  }
  const silent = new DatisError('UNEXPECTED', 'It does not say.', {})
  assert.doesNotMatch(await text(null, silent), /^datis_margin_hosts \S/m, 'before it was ever said')
  assert.match(await text(2), /^datis_margin_hosts 2$/m)
  assert.doesNotMatch(await text(null), /^datis_margin_hosts \S/m)
  assert.match(await text(-1), /^datis_margin_hosts -1$/m)
  assert.doesNotMatch(await text(null, silent), /^datis_margin_hosts \S/m)
})
