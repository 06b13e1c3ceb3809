/** Hosts fall and come back, and the dashboard says so. */
import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import { closeBrowser, picture, signIn, visit } from './browser.ts'
import { NAME, type Place, place } from './place.ts'

let here: Place
before(async (t) => {
  here = await place(t as TestContext, 5)
})
after(closeBrowser)

const banner = (reason: string): string => `[data-reason=${reason}]`

test('all is protected and proved; two hosts fall and the banner turns; they come back and it clears', {
  timeout: 180_000,
}, async (t) => {
  const { page } = await visit(t, here.origin)
  await signIn(page, NAME)
  await page.locator(banner('proved')).waitFor()
  const lost = here.hosts.slice(0, 2)
  for (const host of lost) await here.town.kill(host)
  await page.locator(banner('silent')).waitFor({ timeout: 60_000 })
  await page.getByText(/host-1 and host-2 do not answer/).waitFor({ timeout: 60_000 })
  assert.equal(await page.locator('[data-member][data-state=silent]').count(), 2)
  await picture(page, 'two-hosts-lost')
  for (const host of lost) await here.town.run(host)
  await page.locator(banner('proved')).waitFor({ timeout: 90_000 })
})

test('members are clicked off, and a sentence says what still holds', async (t) => {
  const { page } = await visit(t, here.origin)
  await signIn(page, NAME)
  await page.goto(`${here.origin}/community`)
  const left = async () => Number(await page.locator('[data-left]').getAttribute('data-left'))
  const spare = await left()
  assert.ok(spare >= 1)
  await page.getByRole('button', { name: 'host-3' }).click()
  assert.equal(await left(), spare - 1)
  for (const name of ['host-4', 'host-5', 'host-1']) await page.getByRole('button', { name }).click()
  await page.getByText(/hosts alone cannot bring everything back/).waitFor()
})
