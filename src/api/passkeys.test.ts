import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MINUTE_MS } from '#base'
import { Authenticator } from '../../test/authenticator.ts'
import { type Ask, consoleFor } from './test-api.ts'

const ORIGIN = 'http://localhost:8080'

/** A page of this origin, in which a reader has signed in with her password. */
async function pageAt(seed: string, origin: string, isSecure: boolean) {
  const all = await consoleFor(seed, { tls: isSecure ? { certificate: '', key: '' } : null })
  const headers = { host: new URL(origin).host, origin }
  const ask = async (given: Ask) => await all.ask({ method: 'POST', headers, ...given })
  await all.person('reader')
  const { cookies } = await ask({ url: '/api/session', body: { name: 'a reader', password: 'correct horse battery' } })
  const cookie = cookies.map((one) => `${one.name}=${one.value}`).join('; ')
  return { ...all, ask, cookie }
}

test('over HTTP a passkey is added, signs in, confirms and is removed', async () => {
  const { ask, cookie, clock } = await pageAt('passkeys', ORIGIN, false)
  assert.equal((await ask({ method: 'GET', url: '/api/setup' })).json.hasPasskeys, true)
  const key = new Authenticator(ORIGIN)
  const offer = await ask({ url: '/api/account/passkeys/options', cookie })
  assert.deepEqual([offer.status, offer.json.rp.id, offer.json.user.name], [200, 'localhost', 'a reader'])
  // As a later browser might say it.
  const passkey = {
    ...key.create(offer.json),
    authenticatorAttachment: 'platform',
    clientExtensionResults: {},
    later: 1,
  }
  const added = await ask({ url: '/api/account/passkeys', cookie, body: { name: 'telephone', passkey } })
  assert.deepEqual([added.status, added.json.name, added.json.domain], [201, 'telephone', 'localhost'])
  const asked = async (url: string, by?: string) => key.get((await ask({ url, cookie: by })).json)
  const enter = async () =>
    await ask({ url: '/api/session/passkey', body: { passkey: await asked('/api/session/passkey/options') } })
  const entered = await enter()
  assert.deepEqual([entered.status, entered.json.name, entered.json.elevated], [200, 'a reader', true])
  for (const { httpOnly, sameSite, path } of entered.cookies)
    assert.deepEqual([httpOnly, sameSite, path], [true, 'Strict', '/api'])
  await clock.runFor(6 * MINUTE_MS)
  const own = `/api/account/passkeys/${added.json.id}`
  const refused = [
    await ask({ url: '/api/account/passkeys/options', cookie }),
    await ask({ url: '/api/account/passkeys', cookie, body: { name: 'other', passkey: key.create(offer.json) } }),
    await ask({ method: 'DELETE', url: own, cookie }),
  ]
  assert.deepEqual(
    refused.map(({ json }) => json.error.code),
    ['STEP_UP_NEEDED', 'STEP_UP_NEEDED', 'STEP_UP_NEEDED'],
  )
  const again = await asked('/api/session/elevate/passkey/options', cookie)
  assert.equal((await ask({ url: '/api/session/elevate/passkey', cookie, body: { passkey: again } })).status, 204)
  const { items } = (await ask({ method: 'GET', url: '/api/account/passkeys', cookie })).json
  assert.deepEqual([items.length, items[0].id, typeof items[0].seen], [1, added.json.id, 'number'])
  assert.equal((await ask({ method: 'DELETE', url: own, cookie })).status, 204)
  const gone = await enter()
  assert.deepEqual([gone.status, gone.json.error.code], [401, 'PASSKEY_REFUSED'])
})

test('passkeys are offered at a name over a secure connection only, and it is said why', async () => {
  for (const [origin, isSecure, reason] of [
    ['http://192.168.1.5:8080', false, 'address'],
    ['https://192.168.1.5', true, 'address'],
    ['https://[fe80::1]', true, 'address'],
    ['http://datis.local', false, 'insecure'],
    ['https://datis.local:8443', true, null],
    ['http://localhost', false, null],
  ] as const) {
    const { ask, cookie } = await pageAt(origin, origin, isSecure)
    assert.equal((await ask({ method: 'GET', url: '/api/setup' })).json.hasPasskeys, reason === null, origin)
    for (const url of ['/api/session/passkey/options', '/api/account/passkeys/options']) {
      const { status, json } = await ask({ url, cookie })
      if (reason === null) assert.equal(status, 200, origin)
      else {
        assert.deepEqual([status, json.error.code, json.error.details.reason], [409, 'PASSKEY_UNAVAILABLE', reason])
        assert.ok(json.error.happened.includes(new URL(origin).host))
      }
    }
  }
  const { ask, cookie } = await pageAt('name', 'https://datis.local', true)
  const { json } = await ask({ url: '/api/account/passkeys/options', cookie })
  const passkey = new Authenticator('https://datis.local').create(json)
  const added = await ask({ url: '/api/account/passkeys', cookie, body: { name: 'telephone', passkey } })
  assert.deepEqual([added.status, added.json.domain], [201, 'datis.local'])
})
