/** What is saved: added, saved now, followed. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { PASSWORD } from '../e2e/appliance.ts'
import {
  closeBrowser,
  enter,
  faultsOf,
  type Looks,
  NARROW,
  openFinder,
  settled,
  signIn,
  visit,
  WIDE,
} from './browser.ts'
import { NAME, type Place, place } from './place.ts'

let here: Place
before(async (t) => {
  here = await place(t as TestContext, 0)
})
after(closeBrowser)

test('a folder is added with exclusions, and its first snapshot is followed to its end', {
  timeout: 120_000,
}, async (t) => {
  const plans = here.town.path('plans')
  mkdirSync(join(plans, 'cache'), { recursive: true })
  writeFileSync(join(plans, 'roof.txt'), 'a roof\n')
  writeFileSync(join(plans, 'cache', 'old.txt'), 'nobody needs this\n')
  writeFileSync(join(plans, 'draft.tmp'), 'nor this\n')
  const { page } = await enter(t, here, '/sources')
  await page.getByRole('button', { name: 'Add a source' }).click()
  await page.locator('input[name=source]').fill('plans')
  await page.locator('textarea[name=paths]').fill(plans)
  await page.locator('textarea[name=excludes]').fill('*.tmp\ncache/')
  await page.locator('form').getByRole('button', { name: 'Add a source' }).click()
  await page.locator('[data-task-state=done]').waitFor()
  await page.goto(`${here.origin}/sources`)
  await page.locator('[data-source=plans]').getByRole('button', { name: 'Snapshot now' }).click()
  await page.waitForURL(/\/tasks\//)
  await page.locator('[data-task-state=done]').waitFor()
  await page.getByText(/plans: 1 files?/).waitFor()
  await page.goto(`${here.origin}/restore?source=plans`)
  await page.locator('[data-entry="roof.txt"]').waitFor()
  assert.equal(await page.locator('[data-entry]').count(), 1)
})

test('a name that is taken, and a folder that is not there, are told, and nothing is lost', async (t) => {
  const { page } = await enter(t, here, '/sources?add', { size: NARROW })
  await page.locator('input[name=source]').fill('house')
  await page.locator('textarea[name=paths]').fill('/somewhere/that/is/not')
  await page.locator('form').getByRole('button', { name: 'Add a source' }).click()
  const refused = page.locator('[role=dialog] [data-code=SOURCE_EXISTS]')
  await refused.waitFor()
  const seen = (await refused.boundingBox()) ?? assert.fail('it is shown')
  const frame = (await page.locator('[role=dialog]').boundingBox()) ?? assert.fail('it is shown')
  assert.ok(seen.y + seen.height <= frame.y + frame.height, 'the refusal is in view')
  const { items } = await here.api.look('source.list')
  assert.equal(items.filter(({ name }: { name: string }) => name === 'house').length, 1)
  await page.locator('input[name=source]').fill('nowhere')
  await page.locator('form').getByRole('button', { name: 'Add a source' }).click()
  await page.locator('[data-task-state=failed] [data-code=SOURCE_UNREADABLE]').waitFor()
  assert.equal((await here.api.run('source.set', { name: 'nowhere', ended: true })).state, 'done')
})

test('a task is found again after a reload, and its result says what it changed', async (t) => {
  const { page } = await enter(t, here, '/sources')
  await page.getByRole('button', { name: 'Snapshot of all now' }).click()
  await page.waitForURL(/\/tasks\//)
  await page.reload()
  await page.locator('[data-task-state=done]').waitFor()
  await page.getByText(/house: \d+ files/).waitFor()
  await page.goto(`${here.origin}/tasks`)
  await page.getByRole('link', { name: 'Snapshot' }).first().waitFor()
})

test('Ctrl+K finds a screen, a source, and a saved file by its name', async (t) => {
  const { page } = await visit(t, here.origin)
  await signIn(page, NAME)
  await openFinder(page)
  await page.keyboard.type('budget')
  await page.getByText('Search saved files for “budget”').click()
  await page.locator('[data-found="Comptes/2026/budget.txt"]').waitFor()
  await openFinder(page)
  await page.keyboard.type('house')
  await page.getByText('Restore from house').click()
  await page.waitForURL(/restore\?source=house/)
})

test('Ctrl+K from within a field is kept until the finder has come; one that does not come leaves the page', async (t) => {
  const { page, expecting } = await visit(t, here.origin)
  const finder = Promise.withResolvers<'continue' | 'abort'>()
  await page.route(/\/assets\/finder-/, async (route) => await route[await finder.promise]())
  await signIn(page, NAME)
  await page.goto(`${here.origin}/restore?source=house`)
  await page.locator('main input').first().focus()
  await page.keyboard.press('Control+k')
  finder.resolve('continue')
  await page.locator('.mantine-Spotlight-search:focus').waitFor()

  await page.unroute(/\/assets\/finder-/)
  await page.route(/\/assets\/finder-/, async (route) => await route.abort('connectionrefused'))
  await expecting(/finder-/, async () => {
    await page.reload()
    await page.locator('main [role=alert]').waitFor()
  })
  await page.locator('nav a[href="/sources"]').click()
  await page.locator('h1', { hasText: 'Sources' }).waitFor()
})

/** By the keyboard alone, from the first folder of the disk down. */
async function pickByKeyboard(page: Page, path: string): Promise<void> {
  const names = path.split('/').filter((name) => name !== '')
  for (let depth = 1; depth <= names.length; depth++) {
    const folder = page.locator(`[data-folder="/${names.slice(0, depth).join('/')}"]`)
    const more = page.getByRole('button', { name: /Show more|Afficher la suite/ })
    await settled(page)
    while ((await folder.count()) === 0) {
      await more.press('Enter')
      await settled(page)
    }
    await folder.focus()
    await page.keyboard.press('Enter')
    await page.locator(`[data-picker="/${names.slice(0, depth).join('/')}"]`).waitFor()
  }
  assert.equal(await page.locator(':focus').getAttribute('aria-current'), 'page', 'the keyboard goes on at the way')
  await page.locator('.choose').press('Enter')
}

const LOOKS: readonly Looks[] = [
  { language: 'en', theme: 'light', size: WIDE },
  { language: 'fr', theme: 'dark', size: NARROW },
]

for (const looks of LOOKS) {
  test(`a folder is picked and its exclusions previewed in ${looks.language}, ${looks.size.width} px`, {
    timeout: 120_000,
  }, async (t) => {
    const photos = here.town.path(`photos-${looks.language}`)
    mkdirSync(join(photos, '2026', 'cache'), { recursive: true })
    for (const name of ['2026/été.jpg', '2026/cache/small.jpg', '2026/cache/tiny.jpg', 'draft.tmp', 'keep.tmp'])
      writeFileSync(join(photos, name), 'x'.repeat(1000))
    const { page } = await enter(t, here, '/sources?add', looks)
    const named = `${looks.language}-${looks.theme}-${looks.size.width}`
    await page.getByRole('button', { name: /Choose a folder|Choisir un dossier/ }).click()
    await page.locator('[data-folder="/etc"]').waitFor()
    const faults = await faultsOf(page, `sources-picker-${named}`)
    await pickByKeyboard(page, photos)
    assert.equal(await page.locator('textarea[name=paths]').inputValue(), photos)
    assert.equal(await page.locator('input[name=source]').inputValue(), `photos-${looks.language}`)
    await page.locator('textarea[name=excludes]').fill('*.tmp\n!keep.tmp\ncache/\n*.bak')
    const look = page.locator('[data-preview] button').first()
    await look.press('Enter')
    await page.locator('[data-saved="2"]').waitFor()
    await page.locator('[data-left="3"]').waitFor()
    const matches = await page.locator('[data-rule]').evaluateAll((rows) => rows.map((row) => row.dataset.matches))
    assert.deepEqual(matches, ['1', '1', '1', '0'])
    await page
      .locator(`[data-left-out="${join(photos, '2026/cache')}"]`)
      .getByText('cache/')
      .last()
      .waitFor()
    await page.getByText(/matches nothing|ne correspond à rien/).waitFor()
    await page.locator('[data-left-out]').last().scrollIntoViewIfNeeded()
    faults.push(...(await faultsOf(page, `sources-preview-${named}`)))
    assert.deepEqual(faults, [])
    await page.locator('textarea[name=excludes]').fill('')
    await page.locator('[data-saved]').waitFor({ state: 'detached' })
    await look.press('Enter')
    await page.locator('[data-saved="5"]').waitFor()
    const { items } = await here.api.look('source.list')
    assert.ok(!items.some(({ name }: { name: string }) => name.startsWith('photos')), 'a look adds nothing')
  })
}

test('a source says its last good run, what could not be read and why, and when the next is due', async (t) => {
  const letters = here.town.path('letters')
  mkdirSync(letters)
  writeFileSync(join(letters, 'one.txt'), 'one')
  const paths = [letters, join(letters, 'gone')]
  const source = { name: 'letters', paths, excludes: ['*.tmp'], oneFileSystem: false }
  assert.equal((await here.api.run('source.add', source)).state, 'done')
  assert.equal((await here.api.run('snapshot.take', { sources: ['letters'] })).state, 'done')
  const faults: string[] = []
  for (const looks of LOOKS) {
    const { page } = await enter(t, here, '/sources', looks)
    const card = page.locator('[data-source=letters]')
    await card.getByText(/not all could be read|tout n’a pas pu être lu/).waitFor()
    await card.getByRole('button', { name: /What could not be read|Ce qui n’a pas pu être lu/ }).click()
    await card
      .locator(`[data-unread="${join(letters, 'gone')}"]`)
      .getByText(/it is not there|il n’est pas là/)
      .waitFor()
    await card.getByText(/Next run|Prochain passage/).waitFor()
    await card.getByRole('button', { name: /Preview of letters|Aperçu de letters/ }).click()
    await card.locator('[data-saved="1"]').waitFor()
    faults.push(...(await faultsOf(page, `sources-card-${looks.language}-${looks.theme}-${looks.size.width}`)))
  }
  assert.deepEqual(faults, [])
})

test('of many sources a filter leaves no trace in the history, and order and page stand in the address', {
  timeout: 120_000,
}, async (t) => {
  for (let n = 0; n < 25; n++) {
    const source = { name: `team-${n}`, paths: [here.house], excludes: [], oneFileSystem: false }
    assert.equal((await here.api.run('source.add', source)).state, 'done')
  }
  const { page } = await enter(t, here, '/sources')
  await page.getByText(/Page 1 of 2/).waitFor()
  assert.equal(await page.locator('[data-source]').count(), 20)
  const before = await page.evaluate<number>('history.length')
  await page.getByLabel('Filter sources').pressSequentially('team-1')
  await page.waitForURL(/filter=team-1/)
  await page.locator('[data-source]').nth(11).waitFor({ state: 'detached' })
  assert.equal(await page.locator('[data-source]').count(), 11)
  assert.equal(await page.evaluate<number>('history.length'), before)
  await page.getByLabel('Filter sources').fill('')
  await page.getByRole('link', { name: 'Next page' }).click()
  await page.waitForURL(/page=1/)
  await page.reload()
  await page.getByText(/Page 2 of 2/).waitFor()
  await page.getByLabel('In order of').selectOption('state')
  await page.waitForURL(/sort=state$/)
  await page.goBack()
  await page.getByText(/Page 2 of 2/).waitFor()
})

test('accounts tell whose a source is, and what waits for a second person', async (t) => {
  const made = await here.api.must('POST', 'people', { name: 'Ursule', role: 'user', password: PASSWORD })
  await here.api.must('PUT', 'sources/house/people', { people: [made.id] })
  const shorter = { source: 'house', local: '<1 d, 1 d>' }
  const { intent } = await here.api.must('POST', 'operations/policy.set', shorter)
  const faults: string[] = []
  for (const looks of LOOKS) {
    const { page } = await enter(t, here, '/accounts', looks)
    await page
      .locator('[data-person=Ursule]')
      .getByText(/^sources\s?: house$/)
      .waitFor()
    await page
      .locator(`[data-person=${NAME}]`)
      .getByText(/^(all|toutes les) sources$/)
      .waitFor()
    const waiting = page.locator(`[data-intent="${intent}"]`)
    await waiting.getByText(/another administrator than you|autre administrateur que vous/).waitFor()
    await page.getByText(`POST /api/intents/${intent}/approve`).waitFor()
    faults.push(...(await faultsOf(page, `accounts-intent-${looks.language}-${looks.theme}-${looks.size.width}`)))
    await page.goto(`${here.origin}/sources?filter=house`)
    await page.locator('[data-source=house]').getByText('Ursule').waitFor()
  }
  assert.deepEqual(faults, [])
})
