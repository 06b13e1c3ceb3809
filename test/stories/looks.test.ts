/** Every screen, in both languages, themes and widths: no fault that axe finds, nothing cut off, no complaint. */
import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import { closeBrowser, faultsOf, type Looks, NARROW, signIn, visit, WIDE } from './browser.ts'
import { NAME, type Place, place } from './place.ts'

const SCREENS = ['', 'sources', 'sources?add', 'restore', 'community', 'policies', 'accounts', 'tasks', 'profile']
const ALL: readonly Looks[] = (['fr', 'en'] as const).flatMap((language) =>
  (['light', 'dark'] as const).flatMap((theme) => [WIDE, NARROW].map((size) => ({ language, theme, size }))),
)
/** Each language, theme and width once; all of them together when somebody wants the pictures. */
const ONCE = ALL.filter((_, n) => [0, 7].includes(n))
const WANTED = process.env.DATIS_PICTURES === undefined ? ONCE : ALL

let here: Place
before(async (t) => {
  here = await place(t as TestContext, 5)
})
after(closeBrowser)

for (const looks of WANTED) {
  const { language, theme, size } = looks
  test(`screens in ${language}, ${theme}, ${size.width} px`, { timeout: 180_000 }, async (t) => {
    const { page } = await visit(t, here.origin, looks)
    const faults = await faultsOf(page, `sign-in-${language}-${theme}-${size.width}`)
    await signIn(page, NAME)
    for (const screen of SCREENS) {
      await page.goto(`${here.origin}/${screen}`)
      await page.locator('h1').waitFor()
      const name = screen === '' ? 'dashboard' : screen.replace('?', '-')
      faults.push(...(await faultsOf(page, `${name}-${language}-${theme}-${size.width}`)))
    }
    assert.deepEqual(faults, [])
  })
}
