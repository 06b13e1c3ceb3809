/** What is saved: added, saved now, followed. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { closeBrowser, openFinder, signIn, visit } from './browser.ts'
import { ALONE } from './complaints.ts'
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
  const { page } = await visit(t, here.origin, { usual: ALONE })
  await signIn(page, NAME)
  await page.goto(`${here.origin}/sources`)
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
  const { page } = await visit(t, here.origin, { usual: ALONE })
  await signIn(page, NAME)
  await page.goto(`${here.origin}/sources?add`)
  await page.locator('input[name=source]').fill('house')
  await page.locator('textarea[name=paths]').fill('/somewhere/that/is/not')
  await page.locator('form').getByRole('button', { name: 'Add a source' }).click()
  await page.locator('[data-task-state=failed] [role=alert]').waitFor()
  const { items } = await here.api.look('source.list')
  assert.equal(items.filter(({ name }: { name: string }) => name === 'house').length, 1)
})

test('a task is found again after a reload, and its result says what it changed', async (t) => {
  const { page } = await visit(t, here.origin, { usual: ALONE })
  await signIn(page, NAME)
  await page.goto(`${here.origin}/sources`)
  await page.getByRole('button', { name: 'Snapshot of all now' }).click()
  await page.waitForURL(/\/tasks\//)
  await page.reload()
  await page.locator('[data-task-state=done]').waitFor()
  await page.getByText(/house: \d+ files/).waitFor()
  await page.goto(`${here.origin}/tasks`)
  await page.getByRole('link', { name: 'Snapshot' }).first().waitFor()
})

test('Ctrl+K finds a screen, a source, and a saved file by its name', async (t) => {
  const { page } = await visit(t, here.origin, { usual: ALONE })
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
