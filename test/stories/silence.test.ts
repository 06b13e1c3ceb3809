/** A box that is off under an open page: said at once, on every screen, and it comes back alone. */
import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import { killed, readyAppliance } from '../e2e/appliance.ts'
import { closeBrowser, faultsOf, NARROW, signIn, visit } from './browser.ts'
import { AWAY } from './complaints.ts'
import { NAME, type Place, place } from './place.ts'

let here: Place
before(async (t) => {
  here = await place(t as TestContext, 1)
})
after(closeBrowser)

test('a box that is off is said at once on an open page, nothing stays green, and it comes back alone', {
  timeout: 120_000,
}, async (t) => {
  const { page, context } = await visit(t, here.origin, { size: NARROW, usual: AWAY })
  await signIn(page, NAME)
  await page.locator('[data-tone]').waitFor()
  const other = await context.newPage()
  await other.goto(`${here.origin}/restore`)
  await other.locator('[data-snapshot]').first().waitFor()
  await killed(here.child)
  await page.locator('[data-unheard]').waitFor({ timeout: 5_000 })
  await other.locator('[data-unheard]').waitFor({ timeout: 5_000 })
  assert.equal(await page.locator('[data-tone]').count(), 0, 'what was green is not known any more')
  assert.deepEqual(await faultsOf(page, 'silent'), [])
  await readyAppliance(here.town, here.owner.data, here.port, ['--manual'])
  await page.locator('[data-unheard]').waitFor({ state: 'detached' })
  await other.locator('[data-unheard]').waitFor({ state: 'detached' })
  await page.locator('[data-tone]').waitFor()
  assert.equal(await page.locator('.mantine-Alert-root').count(), 0)
})
