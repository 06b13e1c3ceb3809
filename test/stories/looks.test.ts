/** Every screen, in both languages, themes and widths: no fault that axe finds, nothing cut off, no complaint. */
import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import { closeBrowser, faultsOf, signIn, visit } from './browser.ts'
import { namedFor, WANTED } from './looks.ts'
import { NAME, type Place, place } from './place.ts'

const SCREENS = ['', 'sources', 'sources?add', 'restore', 'community', 'policies', 'accounts', 'tasks', 'profile']
let here: Place
before(async (t) => {
  here = await place(t as TestContext, 5)
})
after(closeBrowser)

for (const looks of WANTED) {
  test(`screens in ${namedFor(looks, 'all')}`, { timeout: 180_000 }, async (t) => {
    const { page } = await visit(t, here.origin, looks)
    const faults = await faultsOf(page, namedFor(looks, 'sign-in'))
    await signIn(page, NAME)
    for (const screen of SCREENS) {
      await page.goto(`${here.origin}/${screen}`)
      await page.locator('h1').waitFor()
      const name = screen === '' ? 'dashboard' : screen.replace('?', '-')
      faults.push(...(await faultsOf(page, namedFor(looks, name))))
    }
    assert.deepEqual(faults, [])
  })
}
