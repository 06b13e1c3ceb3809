/** Give me my file back. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { PASSWORD } from '../e2e/appliance.ts'
import { closeBrowser, enter, faultsOf, NARROW, picture, signIn, visit } from './browser.ts'
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
  const { page } = await enter(t, here, '/restore?source=house')
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
  const { page } = await enter(t, here, '/restore?source=house')
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
  const { page } = await enter(t, here, '/restore?source=house')
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
  const { page } = await enter(t, here, '/restore?source=house')
  await page.locator('[data-entry="Plans"]').click()
  await page.locator('[data-entry="maison.txt"]').waitFor()
  await page.getByRole('button', { name: 'This folder' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download as a zip' }).click(),
  ])
  const zip = here.town.path('plans.zip')
  await download.saveAs(zip)
  execFileSync('unzip', ['-q', '-o', zip, '-d', here.town.path('unzipped')])
  execFileSync('diff', ['-r', join(here.house, 'Plans'), here.town.path('unzipped')])
})

test('several chosen things come as one zip, and go beside in one task', async (t) => {
  const { page } = await enter(t, here, `/restore?source=house&in=${Buffer.from('Plans').toString('base64url')}`)
  await page.locator('[data-pick="maison.txt"]').check()
  await page.locator('[data-pick="archive.bin"]').check()
  await page.getByText('2 things chosen').waitFor()
  assert.deepEqual(await faultsOf(page, 'restore-picked'), [])
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download one zip' }).click(),
  ])
  assert.equal(download.suggestedFilename(), 'Plans.zip')
  const zip = here.town.path('chosen.zip')
  await download.saveAs(zip)
  const listed = execFileSync('unzip', ['-Z1', zip]).toString().trim().split('\n').sort()
  assert.deepEqual(listed, ['archive.bin', 'maison.txt'])
  await page.locator('button[name=put-picked]').click()
  await page.locator('button[name=beside]').waitFor()
  assert.deepEqual(await faultsOf(page, 'restore-picked-put'), [])
  await page.locator('button[name=beside]').click()
  await page.locator('[data-task-state=done]').waitFor()
  const beside = globSync('*(*', { cwd: join(here.house, 'Plans') })
  assert.equal(beside.length, 2, beside.join())
  for (const one of beside) rmSync(join(here.house, 'Plans', one))
})

test('all that is shown is chosen at once, and more than goes is refused in words', async (t) => {
  const many = join(here.house, 'Many')
  mkdirSync(many)
  for (let at = 0; at < 101; at++) writeFileSync(join(many, `${at}.txt`), `${at}\n`)
  await take(here.api)
  const { page, expecting } = await enter(
    t,
    here,
    `/restore?source=house&in=${Buffer.from('Many').toString('base64url')}`,
  )
  await page.locator('[data-pick]').first().waitFor()
  await page.getByRole('button', { name: 'Show more' }).click()
  await page.locator('[data-pick="99.txt"]').waitFor()
  await page.locator('input[name=pick-all]').check()
  await page.getByText('101 things chosen').waitFor()
  // Under the reader's hands nothing changes, whatever is taken meanwhile.
  const marks = await page.locator('[data-snapshot]').count()
  await take(here.api)
  await page.locator('[data-snapshot]').nth(marks).waitFor()
  await expecting(/^4\d\d /, async () => {
    await page.locator('button[name=take-zip]').click()
    await page.locator('[data-code=PATHS_TOO_MANY]').waitFor()
  })
  assert.deepEqual(await faultsOf(page, 'restore-too-many'), [])
  rmSync(many, { recursive: true })
  await take(here.api)
})

test('a download that is refused is told in the page, not by the browser', async (t) => {
  const { id } = await here.api.must('POST', 'people', { name: 'Odile', role: 'user', password: PASSWORD })
  await here.api.must('PUT', 'sources/house/people', { people: [id] })
  // What she may not have any more is refused, and whoever may do less is signed out.
  const { page } = await visit(t, here.origin, { usual: /^(404|401) / })
  await signIn(page, 'Odile')
  await page.goto(`${here.origin}/restore?source=house`)
  await openBudget(page)
  let downloads = 0
  page.on('download', () => downloads++)
  await here.api.must('PUT', 'sources/house/people', { people: [] })
  await page.locator('button[name=take-file]').click()
  await page.locator('[data-code=SNAPSHOT_UNKNOWN]').waitFor()
  assert.deepEqual(await faultsOf(page, 'restore-refused'), [])
  // Whoever may do less is signed out: the page shows the way in by itself.
  await here.api.must('PATCH', `people/${id}`, { role: 'reader' })
  await page.locator('input[name=password]').waitFor()
  assert.equal(downloads, 0)
})

test('texts are shown whatever they are called, and those of Windows machines too', async (t) => {
  writeFileSync(join(here.house, 'Makefile'), 'all:\n\tbuild the house\n')
  writeFileSync(join(here.house, 'page.html'), '<script>document.title = "no"</script>\n')
  writeFileSync(join(here.house, 'lettre.txt'), Buffer.from('Ch\xe8re Anne, c\x92est l\x92\xe9t\xe9.\n', 'latin1'))
  await take(here.api)
  const { page } = await enter(t, here, '/restore?source=house')
  for (const [name, shown] of [
    ['Makefile', 'build the house'],
    ['page.html', '<script>document.title'],
    ['lettre.txt', 'Chère Anne, c’est l’été.'],
  ] as const) {
    await page.locator(`[data-entry="${name}"]`).click()
    await page.locator('[data-preview=text]', { hasText: shown }).waitFor()
  }
  await page.getByText('Read as Windows-1252.').waitFor()
  assert.deepEqual(await faultsOf(page, 'restore-text'), [])
  assert.doesNotMatch(await page.title(), /no$/)
})

test('a search keeps where one was, and a source where it begins', async (t) => {
  const { page } = await enter(t, here, '/restore?source=house')
  await page.locator('[data-entry="Comptes"]').click()
  await page.locator('[data-entry="2026"]').waitFor()
  await page.locator('input[name=find]').fill('maison')
  await page.locator('input[name=find]').press('Enter')
  await page.locator('[data-found="Plans/maison.txt"]').waitFor()
  await page.getByRole('button', { name: 'Back to the folders' }).click()
  await page.locator('[data-entry="2026"]').waitFor()
  assert.match(page.url(), /source=house.*in=/)
})

test('days are a list that the keyboard opens, and the version that is shown is marked', async (t) => {
  const { page } = await enter(t, here, '/restore?source=house')
  await openBudget(page)
  await page.locator('[data-version]').last().click()
  await page.locator('[data-version][aria-current=true]', { hasText: 'first version' }).waitFor()
  await page.getByText('income 1200').waitFor()
  assert.equal(await page.locator('[data-version][aria-current=true]').count(), 1)
  assert.match((await page.locator('[data-version]').allTextContents()).join(), /\+11 bytes.*newest|newest.*\+11 bytes/)
  const day = page.locator('[data-day] > button').first()
  await day.focus()
  await page.keyboard.press('Enter')
  assert.equal(await page.locator('[data-snapshot]').count(), 0)
  await page.keyboard.press('Enter')
  await page.locator('[data-snapshot]').first().waitFor()
  assert.deepEqual(await faultsOf(page, 'restore-versions'), [])
})

test('times go on while the page is open, and are those of the box', async (t) => {
  const { page } = await visit(t, here.origin)
  await page.clock.install()
  await signIn(page, NAME)
  await page.goto(`${here.origin}/restore?source=house`)
  const time = page.locator('[data-history] time').first()
  await time.waitFor()
  const { zone } = await here.api.must('GET', 'setup')
  assert.notEqual(zone, 'Europe/Paris')
  assert.ok((await time.getAttribute('title'))?.endsWith(`(${zone})`))
  const before = await time.textContent()
  await page.clock.runFor('10:00')
  assert.notEqual(await time.textContent(), before)
})

test('pictures and papers are shown, and what nothing can show is said', async (t) => {
  const { page, expecting } = await enter(t, here, '/restore?source=house')
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
  const { page } = await enter(t, here, '/restore')
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
  const { page } = await enter(t, here, '/tasks?show=journal')
  await page
    .getByText(/downloaded files|put files back/)
    .first()
    .waitFor()
})

test('where the data comes from is said', async (t) => {
  const { page } = await enter(t, here, '/restore?source=house')
  await openBudget(page)
  await page.locator('[data-whence]').waitFor()
  assert.match((await page.locator('[data-whence]').textContent()) ?? '', /all of it on this box/)
})
