/** The first start: a new box, its recovery sheet, a box that comes back, a practice community. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { PASSWORD, saveSettings, started } from '../e2e/appliance.ts'
import { Town } from '../e2e/town.ts'
import { closeBrowser, faultsOf, NARROW, picture, signIn, visit, waitForNextTry } from './browser.ts'
import { NAME, place } from './place.ts'

after(closeBrowser)

test('a new box: the first account with the setup code, the sheet on paper, three words asked back, a source', {
  timeout: 180_000,
}, async (t) => {
  const town = new Town(t)
  const { browser, setupCode, stop } = await started(town, town.path('data'))
  const { page } = await visit(t, browser.origin)
  assert.deepEqual(await faultsOf(page, 'first-start'), [])
  await page.locator('[data-choice=new]').click()
  await page.locator('input[name=code]').fill('AAAA-BBBB-CCCC-DDDD')
  await page.locator('input[name=name]').fill(NAME)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('form button[type=submit]').click()
  await page.locator('[data-code=SETUP_REFUSED]').waitFor()
  await waitForNextTry(page)
  await page.locator('input[name=code]').fill(setupCode)
  await page.locator('form button[type=submit]').click()
  await page.locator('[data-sheet=unconfirmed]').waitFor()
  await page.locator('button[name=show-words]').click()
  await page.locator('[data-words] li').first().waitFor()
  const words = (await page.locator('[data-words] code').allTextContents()).map((one) => one.replace(/^\d+ /, ''))
  assert.equal(words.length, 24)
  assert.deepEqual(await faultsOf(page, 'recovery-sheet'), [])
  const [pdf] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save the sheet to print (PDF)' }).click(),
  ])
  assert.equal(
    readFileSync(await pdf.path())
      .subarray(0, 5)
      .toString(),
    '%PDF-',
  )
  await page.locator('button[name=on-paper]').click()
  for (const field of await page.locator('input[name^=word-]').all()) {
    const position = Number((await field.getAttribute('name'))?.slice('word-'.length))
    await field.fill(words[position - 1] ?? '')
  }
  await page.locator('button[name=confirm-words]').click()
  await page.locator('[data-sheet=confirmed]').waitFor()
  await page.getByRole('link', { name: 'Dashboard' }).first().click()
  await page.locator('[data-reason=nothing]').waitFor()
  await page.getByRole('link', { name: 'Add a source' }).first().click()
  await page.locator('input[name=source]').waitFor()
  await page.goto('about:blank')
  await stop()
})

test('until the sheet is confirmed the dashboard asks for it, on a telephone too', { timeout: 180_000 }, async (t) => {
  const town = new Town(t)
  const { browser, setupCode, stop } = await started(town, town.path('data'))
  await browser.begin(NAME, setupCode)
  const source = { name: 'papers', paths: [town.path()], excludes: ['data'], oneFileSystem: false }
  assert.equal((await browser.run('source.add', source)).state, 'done')
  const { page } = await visit(t, browser.origin, { size: NARROW, language: 'fr' })
  await signIn(page, NAME)
  await page.locator('[data-reason=sheet]').waitFor()
  await picture(page, 'sheet-asked-for')
  await page.getByRole('link', { name: 'Fiche de secours' }).click()
  await page.locator('button[name=show-words]').click()
  await page.locator('[data-words] li').first().waitFor()
  await page.goto('about:blank')
  await stop()
})

test('after a fire the box comes back in the browser, with its people and its files', {
  timeout: 240_000,
}, async (t) => {
  const { town, owner, hosts, child, api } = await place(t, 2)
  child.kill('SIGTERM')
  await town.run(owner)
  await saveSettings(owner.data)
  await town.whole(owner)
  await town.destroy(owner)
  const [, silent] = hosts
  if (silent !== undefined) await town.kill(silent)
  assert.ok(api.cookies)
  const { browser, setupCode, stop } = await started(town, town.path('new'))
  // Nobody listens while the box goes and comes.
  const { page } = await visit(t, browser.origin, { expected: /ERR_CONNECTION_(?:REFUSED|RESET)|status of 503/ })
  await page.locator('[data-choice=rebuild]').click()
  await page.locator('input[name=code]').fill(setupCode)
  await page.locator('textarea[name=words]').fill(readFileSync(owner.words, 'utf8').trim())
  await page.locator('input[name=peer]').fill(hosts[0]?.address ?? '')
  // In the zone of the box: by the clock of the device this is an hour before there was anything.
  const { zone } = await browser.must('GET', 'setup')
  const soon = Temporal.Now.plainDateTimeISO(zone).add({ minutes: 2 })
  await page.locator('input[name=before]').fill(soon.toString({ smallestUnit: 'minute' }))
  assert.deepEqual(await faultsOf(page, 'rebuild'), [])
  await page.getByRole('button', { name: 'Rebuild this box' }).click()
  await page.locator('[data-rebuild=done]').waitFor({ timeout: 90_000 })
  await page.locator('[data-member=host-1][data-state=holds]').waitFor()
  await page.locator('[data-member=host-2][data-state=silent]').waitFor()
  await picture(page, 'rebuilt')
  await page.getByRole('button', { name: 'Sign in with an account that it had' }).click()
  await signIn(page, NAME)
  await page.goto(`${browser.origin}/restore?source=house`)
  await page.locator('[data-entry="Comptes"]').waitFor()
  await page.goto('about:blank')
  await stop()
})

test('a practice community of six boxes comes up, has a console with data, and is thrown away', {
  timeout: 300_000,
}, async (t) => {
  const town = new Town(t)
  const { browser, setupCode, stop } = await started(town, town.path('data'))
  const { page } = await visit(t, browser.origin)
  await page.locator('[data-choice=practice]').click()
  await page.locator('input[name=code]').fill(setupCode)
  await page.getByRole('button', { name: 'Start it' }).click()
  await page.locator('[data-practice=ready]').waitFor({ timeout: 180_000 })
  const url = (await page.locator('[data-practice-url]').getAttribute('href')) ?? ''
  assert.equal((await fetch(`${url}/api/health`)).status, 200)
  await page.locator('button[name=drop]').click()
  await page.locator('[data-practice=none]').waitFor({ timeout: 60_000 })
  await page.goto('about:blank')
  await stop()
})
