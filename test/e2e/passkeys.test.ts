import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { freePort, readyAppliance } from './appliance.ts'
import { Chromium } from './chromium.ts'
import { Town } from './town.ts'

const PASSWORD = 'correct horse battery'
/** Of a laptop: it keeps passkeys, and knows its owner by the finger. */
const FINGER = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
}
const IS_IN = 'document.querySelector("button[name=leave]")'
const COMPLAINT = '[...document.querySelectorAll("[role=alert]")].map((one) => one.textContent).join("")'

/** What the page itself would get. */
async function asked(browser: Chromium, method: string, path: string) {
  const call = `fetch('/api/${path}', { method: '${method}' }).then((answer) => answer.status === 204 ? null : answer.json())`
  return await browser.evaluate<{
    items: { id: string; name: string; action: string }[]
    error?: { code: string; happened: string }
  }>(call)
}

/** No session may do any more what asks for the password again. */
function fiveMinutesLater(data: string): void {
  const settings = new DatabaseSync(join(data, 'settings.sqlite'), { timeout: 5000 })
  settings.exec('UPDATE sessions SET elevated = 0')
  settings.close()
}

test('in a browser a passkey is added and signs in; not without finger, at an address, or once it is removed', {
  timeout: 180_000,
}, async (t) => {
  const town = new Town(t)
  const anna = await town.box('anna')
  const port = await freePort()
  const { ready } = await readyAppliance(town, anna.data, port)
  const browser = await Chromium.open(t, { language: 'fr' })
  await browser.send('WebAuthn.enable')
  const { authenticatorId } = await browser.send('WebAuthn.addVirtualAuthenticator', { options: FINGER })
  await browser.navigate(`http://localhost:${port}`)
  await browser.type('code', ready.setupCode ?? '')
  await browser.type('name', 'Anne')
  await browser.type('password', PASSWORD)
  await browser.click('form button')
  await browser.click('button[name=passkey]')
  fiveMinutesLater(anna.data)
  await browser.type('name', 'finger of Anne')
  await browser.click('form button')
  await browser.type('password', PASSWORD)
  await browser.click('form button')
  await browser.until(IS_IN)
  assert.match(await browser.evaluate<string>('document.body.innerText'), /Clé d’accès ajoutée\./)
  const { items } = await asked(browser, 'GET', 'account/passkeys')
  assert.deepEqual(
    items.map(({ name }) => name),
    ['finger of Anne'],
  )
  await browser.click('button[name=passkey]')
  await browser.type('name', 'the same finger')
  await browser.click('form button')
  await browser.until(`${COMPLAINT}.includes('a déjà une clé d’accès')`)
  await browser.click('button[name=back]')
  await browser.click('button[name=leave]')
  const enter = async () => await browser.click('form + button[name=passkey]')
  await enter()
  await browser.until(IS_IN)
  await browser.click('button[name=leave]')
  await browser.until('document.querySelector("form + button[name=passkey]")')
  await browser.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
  await enter()
  await browser.until(`${COMPLAINT}.includes('Aucune clé d’accès n’a été utilisée')`)
  await browser.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true })
  await enter()
  await browser.until(IS_IN)
  const done = (await asked(browser, 'GET', 'audit')).items.map(({ action }) => action)
  assert.equal(done.filter((action) => action === 'session.begun').length, 3)
  assert.ok(done.includes('passkey.added'))
  assert.equal(await asked(browser, 'DELETE', `account/passkeys/${items[0]?.id}`), null)
  await browser.click('button[name=leave]')
  await enter()
  await browser.until(`${COMPLAINT}.includes('n’est pas acceptée')`)
  await browser.navigate(`http://127.0.0.1:${port}`)
  await browser.until('document.querySelector("input[name=password]")')
  assert.equal(await browser.evaluate('document.querySelectorAll("button[name=passkey]").length'), 0)
  const { error } = await asked(browser, 'POST', 'session/passkey/options')
  assert.equal(error?.code, 'PASSKEY_UNAVAILABLE')
  // What the box refuses is told here too.
  const unforeseen = browser.complaints.filter((one) => !one.includes('Failed to load resource'))
  assert.deepEqual(unforeseen, [])
})
