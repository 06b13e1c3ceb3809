/** Give me my file back. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { closeBrowser, NARROW, picture, signIn, visit } from './browser.ts'
import { NAME, type Place, place, take } from './place.ts'

const OLD = 'income 1200\nexpenses 900\n'
const NEW = 'income 1300\nexpenses 850\ntravel 120\n'

let here: Place
before(async (t) => {
  here = await place(t as TestContext, 3)
})
after(closeBrowser)

const budget = (): string => join(here.house, 'Comptes/2026/budget.txt')

async function openBudget(page: Page): Promise<void> {
  await page.goto(`${here.origin}/restore?source=house`)
  await page.locator('[data-entry="Comptes"]').click()
  await page.locator('[data-entry="2026"]').click()
  await page.locator('[data-entry="budget.txt"]').click()
  await page.locator('[data-preview=text]').waitFor()
}

/** The version before this one. */
async function chooseOld(page: Page): Promise<void> {
  await page.locator('[data-version]').nth(1).click()
  await page.getByText('income 1200').waitFor()
}

test('yesterday’s version of a file is found, looked at and downloaded', async (t) => {
  const { page } = await visit(t, here.origin)
  await signIn(page, NAME)
  await openBudget(page)
  await page.locator('[data-version]').first().waitFor()
  assert.equal(await page.locator('[data-version]').count(), 2)
  await chooseOld(page)
  await picture(page, 'restore-file')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByText('Download', { exact: true }).click(),
  ])
  assert.equal(download.suggestedFilename(), 'budget.txt')
  assert.equal(readFileSync(await download.path(), 'utf8'), OLD)
})

test('a version is put beside with its date, and what is there stays', async (t) => {
  writeFileSync(budget(), NEW)
  const { page } = await visit(t, here.origin)
  await signIn(page, NAME)
  await openBudget(page)
  await chooseOld(page)
  await page.locator('button[name=beside]').click()
  await page.locator('[data-task-state=done]').waitFor()
  assert.equal(readFileSync(budget(), 'utf8'), NEW)
  const beside = globSync('budget*', { cwd: join(here.house, 'Comptes/2026') }).filter((one) => one !== 'budget.txt')
  assert.equal(beside.length, 1)
  assert.equal(readFileSync(join(here.house, 'Comptes/2026', beside[0] ?? ''), 'utf8'), OLD)
})

test('a version is put back over what is there, once the consequence was read', async (t) => {
  writeFileSync(budget(), 'encrypted by somebody\n')
  const { page } = await visit(t, here.origin)
  await signIn(page, NAME)
  await openBudget(page)
  await chooseOld(page)
  await page.locator('button[name=over]').click()
  await page.getByText(/is replaced by how it was/).waitFor()
  await page.locator('button[name=over-confirmed]').click()
  await page.locator('[data-task-state=done]').waitFor()
  assert.equal(readFileSync(budget(), 'utf8'), OLD)
  writeFileSync(budget(), NEW)
  await take(here.api)
})

test('a folder comes as a zip that people’s tools open', async (t) => {
  const { page } = await visit(t, here.origin)
  await signIn(page, NAME)
  await page.goto(`${here.origin}/restore?source=house`)
  await page.locator('[data-entry="Plans"]').click()
  await page.locator('[data-entry="maison.txt"]').waitFor()
  await page.getByRole('button', { name: 'This folder' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Download as a zip' }).click(),
  ])
  const zip = here.town.path('plans.zip')
  await download.saveAs(zip)
  execFileSync('unzip', ['-q', '-o', zip, '-d', here.town.path('unzipped')])
  execFileSync('diff', ['-r', join(here.house, 'Plans'), here.town.path('unzipped')])
})

test('pictures and papers are shown, and what nothing can show is said', async (t) => {
  const { page, expecting } = await visit(t, here.origin)
  await signIn(page, NAME)
  await page.goto(`${here.origin}/restore?source=house`)
  await page.locator('[data-entry="Photos"]').click()
  await page.locator('[data-entry="été.png"]').click()
  await page.locator('[data-preview=image]').waitFor()
  const isShown = 'document.querySelector("[data-preview=image]").naturalWidth > 0'
  while (!(await page.evaluate<boolean>(isShown))) await page.waitForTimeout(50)
  await page.goto(`${here.origin}/restore?source=house`)
  await page.locator('[data-entry="Comptes"]').click()
  await page.locator('[data-entry="2026"]').click()
  await page.locator('[data-entry="facture n° 7.pdf"]').click()
  await page.locator('[data-preview=pdf]').waitFor()
  await page.goto(`${here.origin}/restore?source=house`)
  await page.locator('[data-entry="Plans"]').click()
  await expecting(/^415 GET \/api\/snapshots\/\w+\/preview$/, async () => {
    await page.locator('[data-entry="archive.bin"]').click()
    await page.getByText('There is no preview of this kind of file').waitFor()
  })
})

test('a search over all snapshots finds a file that is gone', async (t) => {
  const gone = join(here.house, 'Plans', 'the shed.txt')
  writeFileSync(gone, 'two doors\n')
  await take(here.api)
  execFileSync('rm', [gone])
  await take(here.api)
  const { page } = await visit(t, here.origin)
  await signIn(page, NAME)
  await page.goto(`${here.origin}/restore`)
  await page.locator('input[name=find]').fill('shed')
  await page.locator('input[name=find]').press('Enter')
  await page.locator('[data-found="Plans/the shed.txt"]').click()
  await page.getByText('two doors').waitFor()
})

test('a novice finds and gets back a file in five steps, on a telephone in French', async (t) => {
  const { page } = await visit(t, here.origin, { language: 'fr', size: NARROW })
  await signIn(page, NAME)
  // 1: the one word that says it; 2 … 5: only what is on the screen.
  await page.locator('main').getByRole('link', { name: 'Restaurer' }).first().click()
  await page.locator('[data-snapshot]').first().click()
  await page.locator('[data-entry="Plans"]').click()
  await page.locator('[data-entry="maison.txt"]').click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByText('Télécharger', { exact: true }).click(),
  ])
  assert.match(readFileSync(await download.path(), 'utf8'), /^three rooms/)
})

test('who took what back is told to the administrator', async (t) => {
  await here.api.take('snapshots/latest/file?path=Plans/maison.txt')
  const { page } = await visit(t, here.origin)
  await signIn(page, NAME)
  await page.goto(`${here.origin}/tasks?show=journal`)
  await page
    .getByText(/downloaded files|put files back/)
    .first()
    .waitFor()
})

test('where the data comes from is said', async (t) => {
  const { page } = await visit(t, here.origin)
  await signIn(page, NAME)
  await openBudget(page)
  await page.locator('[data-whence]').waitFor()
  assert.match((await page.locator('[data-whence]').textContent()) ?? '', /all of it on this box/)
})
