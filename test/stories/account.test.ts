/** One's own account, as its owner sees it. */
import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { Secret, TOTP } from 'otpauth'
import { Browser, PASSWORD } from '../e2e/appliance.ts'
import { authenticator } from './authenticator.ts'
import { closeBrowser, confirmPassword, enter, signIn, visit, waitForNextTry } from './browser.ts'
import { fiveMinutesLater, NAME, type Place, place } from './place.ts'

/** What a page had just asked for when it was signed out. */
const LAST_ASKED = /^401 (?!POST \/api\/session)/
const REFUSED = /^401 POST \/api\/session$/

let here: Place
before(async (t) => {
  here = await place(t as TestContext, 0)
})
after(closeBrowser)

async function person(name: string, role = 'operator'): Promise<void> {
  await here.api.must('POST', 'people', { name, role, password: PASSWORD })
}

test('a wrong password is told in three sentences, and the right one lets in', async (t) => {
  const { page, expecting } = await visit(t, here.origin)
  await page.locator('input[name=name]').fill(NAME)
  await page.locator('input[name=password]').fill('no, it is another')
  await expecting(REFUSED, async () => {
    await page.locator('form button[type=submit]').click()
    await page.locator('[data-code=LOGIN_REFUSED]').waitFor()
  })
  await waitForNextTry(page)
  await signIn(page, NAME)
  await page.locator('h1', { hasText: 'Dashboard' }).waitFor()
})

test('what one has begun is said to have ended, on whatever screen one is', async (t) => {
  const { page, context } = await visit(t, here.origin)
  await signIn(page, NAME)
  await page.locator('h1', { hasText: 'Dashboard' }).waitFor()
  const elsewhere = new Browser(here.port)
  elsewhere.cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  assert.equal((await elsewhere.run('snapshot.take', { sources: [] })).state, 'done')
  const said = page.getByRole('alert').filter({ has: page.locator('[data-ended=done]') })
  await said.getByRole('link').click()
  await page.locator('h1:focus').waitFor()
  assert.match(page.url(), /\/tasks\//)
})

test('language and theme are chosen, and are still so on the next visit', async (t) => {
  const { page } = await enter(t, here, '/profile')
  await page.getByText('Français', { exact: true }).click()
  await page.locator('h1', { hasText: 'Mon compte' }).waitFor()
  await page.getByText('Sombre', { exact: true }).click()
  await page.reload()
  await page.locator('h1', { hasText: 'Mon compte' }).waitFor()
  assert.equal(await page.locator('html').getAttribute('data-mantine-color-scheme'), 'dark')
  assert.equal(await page.locator('html').getAttribute('lang'), 'fr')
})

test('a second factor is set up with an application, asked for at the next sign-in, and a code on paper does once', {
  timeout: 120_000,
}, async (t) => {
  await person('Basile')
  const { page, expecting } = await visit(t, here.origin, { usual: LAST_ASKED })
  await signIn(page, 'Basile')
  await page.goto(`${here.origin}/profile`)
  await page.getByRole('button', { name: 'Set it up' }).click()
  const secret = (await page.locator('[data-secret]').textContent()) ?? ''
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  fiveMinutesLater(here.owner)
  await page.locator('input[name=totp]').fill(totp.generate())
  await expecting(/^403 PUT \/api\/account\/totp$/, async () => {
    await page.getByRole('button', { name: 'Switch it on' }).click()
    await confirmPassword(page)
  })
  await page.locator('[data-codes] code').first().waitFor()
  const codes = await page.locator('[data-codes] code').allTextContents()
  assert.equal(codes.length, 10)
  await page.getByRole('button', { name: /Account/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  const enterWithCode = async (): Promise<void> => {
    await page.locator('input[name=name]').fill('Basile')
    await page.locator('input[name=password]').fill(PASSWORD)
    await expecting(REFUSED, async () => {
      await page.locator('form button[type=submit]').click()
      await page.locator('input[name=code]').fill(codes[0] ?? '')
    })
    await waitForNextTry(page)
    await page.locator('form button[type=submit]').click()
  }
  await enterWithCode()
  await page.locator('h1', { hasText: /Dashboard|My account/ }).waitFor()
  await page.getByRole('button', { name: /Account/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expecting(REFUSED, async () => {
    await enterWithCode()
    await page.locator('[data-code=LOGIN_REFUSED]').waitFor()
  })
  await waitForNextTry(page)
  await page.locator('input[name=code]').fill(codes[1] ?? '')
  await page.locator('form button[type=submit]').click()
  await page.locator('h1', { hasText: /Dashboard|My account/ }).waitFor()
  await page.goto(`${here.origin}/profile`)
  await page.locator('button[name=factor-off]').click()
  await page.locator('input[name=factor-off-password]').fill(PASSWORD)
  await page.locator('input[name=factor-off-password]').press('Enter')
  await page.locator('[data-has-totp=false]').waitFor()
  const { json } = await new Browser(here.port).ask('POST', 'session', { name: 'Basile', password: PASSWORD })
  assert.equal(json.name, 'Basile', 'the password alone lets in again')
})

test('a passkey is added, signs in and confirms; not without finger, nor once it is removed', {
  timeout: 120_000,
}, async (t) => {
  const seen = await visit(t, here.origin, { usual: LAST_ASKED })
  const { page, expecting } = seen
  const device = await authenticator(seen)
  await signIn(page, NAME)
  await page.goto(`${here.origin}/profile`)
  await page.locator('input[name=passkey]').fill('finger of Anne')
  fiveMinutesLater(here.owner)
  await expecting(/^403 POST \/api\/account\/passkeys\/options$/, async () => {
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await confirmPassword(page)
  })
  await page.getByText('finger of Anne').waitFor()
  const leave = async () => {
    await page.getByRole('button', { name: /Account/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.locator('button[name=passkey]').waitFor()
  }
  await leave()
  await device.verifies(false)
  await page.locator('button[name=passkey]').click()
  await page.locator('[data-code=NotAllowedError]').waitFor()
  await waitForNextTry(page)
  await device.verifies(true)
  await page.locator('button[name=passkey]').click()
  await page.locator('h1', { hasText: /Dashboard|My account/ }).waitFor()
  await page.goto(`${here.origin}/profile`)
  fiveMinutesLater(here.owner)
  await expecting(/^403 DELETE \/api\/account\/passkeys\//, async () => {
    await page
      .getByRole('row', { name: /finger of Anne/ })
      .getByRole('button', { name: 'Remove' })
      .click()
    await page.locator('button[name=passkey-off-confirmed]').click()
    await page.locator('[role=dialog] button[name=passkey]').click()
  })
  await page.getByText('finger of Anne').first().waitFor({ state: 'detached' })
  await leave()
  await expecting(/^401 POST \/api\/session\/passkey$/, async () => {
    await page.locator('button[name=passkey]').click()
    await page.locator('[data-code=PASSKEY_REFUSED]').waitFor()
  })
  const done = (await here.api.must('GET', 'audit')).items.map(({ action }: { action: string }) => action)
  assert.ok(done.includes('passkey.added') && done.includes('passkey.removed'))
})

test('a session that is revoked is out at once', { timeout: 20_000 }, async (t) => {
  await person('Chloé')
  const far = await visit(t, here.origin, { usual: LAST_ASKED })
  await signIn(far.page, 'Chloé')
  await far.page.locator('h1', { hasText: 'Dashboard' }).waitFor()
  const { page } = await visit(t, here.origin)
  await signIn(page, 'Chloé')
  await page.goto(`${here.origin}/profile`)
  await page.locator('[data-session=other]').getByRole('button', { name: 'Sign out there' }).click()
  await page.locator('[data-session=other]').waitFor({ state: 'detached' })
  await far.page.locator('input[name=password]').waitFor()
})

test('a password is changed with the old one, and the new one alone lets in', async (t) => {
  await person('Denis')
  const { page } = await visit(t, here.origin)
  await signIn(page, 'Denis')
  await page.goto(`${here.origin}/profile`)
  await page.locator('input[name=old]').fill(PASSWORD)
  await page.locator('input[name=new]').fill('a longer and newer sentence')
  await page.getByRole('button', { name: 'Change the password' }).click()
  await page.getByText('The password is changed').waitFor()
  const other = new Browser(here.port)
  assert.equal((await other.ask('POST', 'session', { name: 'Denis', password: PASSWORD })).status, 401)
  await waitForNextTry(page)
  await visit(t, here.origin).then(({ page: again }) => signIn(again, 'Denis', 'a longer and newer sentence'))
})

test('who may only read sees no button that changes anything', async (t) => {
  await person('Émile', 'reader')
  const { page } = await visit(t, here.origin)
  await signIn(page, 'Émile')
  await page.goto(`${here.origin}/sources`)
  await page.locator('[data-source=house]').waitFor()
  assert.equal(await page.getByRole('button', { name: /Add a source|Snapshot/ }).count(), 0)
  await page.goto(`${here.origin}/accounts`)
  await page.locator('h1', { hasText: 'Dashboard' }).waitFor()
})

test('what is loaded until the dashboard shows is less than 300 kB, compressed as the box offers it to all', async (t) => {
  const { page, context } = await visit(t, here.origin)
  const paths = new Set<string>()
  context.on('response', (response) => {
    const { pathname, origin } = new URL(response.url())
    if (origin === here.origin && !pathname.startsWith('/api/')) paths.add(pathname)
  })
  await page.reload()
  await signIn(page, NAME)
  await page.locator('[data-reason]').waitFor()
  // What comes behind it belongs to it.
  await page.waitForTimeout(1000)
  const sizes = [...paths].map(async (path) => {
    const body = Buffer.from(await (await fetch(`${here.origin}${path}`)).arrayBuffer())
    return path.endsWith('.woff2') ? body.byteLength : gzipSync(body, { level: 9 }).byteLength
  })
  const bytes = (await Promise.all(sizes)).reduce((sum, one) => sum + one, 0)
  assert.ok(bytes > 150_000 && bytes < 300_000, `${bytes} bytes`)
})
