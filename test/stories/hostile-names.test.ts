/** Names of files and people that would like to be more than names. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { PASSWORD } from '../e2e/appliance.ts'
import { closeBrowser, settled, signIn, visit } from './browser.ts'
import { NAME, type Place, place, take } from './place.ts'

const COUNT = 200
/** What each does if it is ever taken for more than text. */
const DEED = 'window.__stung=1'
const SHAPES: readonly ((n: number) => string)[] = [
  (n) => `<img src=x onerror=${DEED}>${n}`,
  (n) => `<svg onload=${DEED}>${n}`,
  (n) => `"><script>${DEED}<\u2215script>${n}`,
  (n) => `'-${DEED}-'${n}`,
  (n) => `javascript:${DEED}${n}`,
  (n) => `<b>${n}<\u2215b>`,
  (n) => `{{constructor.constructor('${DEED}')()}}${n}`,
  (n) => `\${${DEED}}${n}`,
  (n) => `<iframe srcdoc='<script>parent.${DEED}'>${n}`,
  (n) => `<a href=javascript:${DEED}>${n}`,
  (n) => `&lt;img src=x onerror=${DEED}&gt;${n}`,
  (n) => `<math><mtext><style><img src onerror=${DEED}>${n}`,
  (n) => `%3Cimg src=x onerror=${DEED}%3E${n}`,
  (n) => `\u202e<img src=x onerror=${DEED}>${n}`,
  (n) => `<style>@import 'x'<\u2215style>${n}`,
  (n) => `<details open ontoggle=${DEED}>${n}`,
  (n) => `<input autofocus onfocus=${DEED}>${n}`,
  (n) => `--><img src=x onerror=${DEED}>${n}`,
  (n) => `]]><img src=x onerror=${DEED}>${n}`,
  (n) => `\`;${DEED};\`${n}`,
]
const GROWN = ['img[src=x]', 'script', 'iframe[srcdoc]', 'b', 'math', 'details', '[onerror]', '[onload]']
  .map((one) => `main ${one}`)
  .join(', ')
const NAMES = Array.from({ length: COUNT }, (_, n) => (SHAPES[n % SHAPES.length] as (n: number) => string)(n))
const PEOPLE = NAMES.filter((name) => !name.includes('\u202e')).map((name) => name.slice(0, 100))

/** As if each had been added: one password for all spares 200 derivations of it. */
function moveIn(names: readonly string[]): void {
  const settings = new DatabaseSync(join(here.owner.data, 'settings.sqlite'), { timeout: 5000 })
  const add = settings.prepare(
    "INSERT INTO users SELECT ?, ?, ?, 'reader', password, NULL, 0, created, 0 FROM users WHERE name = ?",
  )
  for (const [n, name] of names.entries()) add.run(`${n}`.padStart(32, '0'), name, name.toLowerCase(), NAME)
  settings.close()
}

/** Nothing of it ran, and nothing of it became more than text, whatever the policy of the page forbids. */
async function assertHarmless(page: Page): Promise<void> {
  assert.equal(await page.evaluate('window.__stung'), undefined)
  assert.equal(await page.locator(GROWN).count(), 0)
}

let here: Place
before(async (t) => {
  here = await place(t as TestContext, 0)
  const hostile = here.town.path('hostile')
  mkdirSync(hostile)
  for (const name of NAMES) writeFileSync(join(hostile, name), 'nothing\n')
  const source = { name: '<img src=x onerror=window.__stung=1>', paths: [hostile], excludes: [], oneFileSystem: false }
  assert.equal((await here.api.run('source.add', source)).state, 'done')
  await take(here.api)
})
after(closeBrowser)

test(`${COUNT} names of files show as text`, { timeout: 120_000 }, async (t) => {
  const { page } = await visit(t, here.origin)
  await signIn(page, NAME)
  await page.goto(`${here.origin}/restore?source=${encodeURIComponent('<img src=x onerror=window.__stung=1>')}`)
  await page.locator('[data-entry]').first().waitFor()
  const more = page.getByRole('button', { name: 'Show more' })
  while ((await page.locator('[data-entry]').count()) < COUNT) {
    await more.click()
    await settled(page)
  }
  const shown = await page.locator('[data-entry]').allTextContents()
  assert.deepEqual(shown.sort(), [...NAMES].sort())
  await page.locator('[data-entry]').first().click()
  await page.locator('[data-preview=text]').waitFor()
  await assertHarmless(page)
  await page.goto(`${here.origin}/restore?find=onerror`)
  await page.locator('[data-found]').first().waitFor()
  await assertHarmless(page)
  for (const screen of ['', 'sources', 'policies', 'tasks']) {
    await page.goto(`${here.origin}/${screen}`)
    await page.locator('h1').waitFor()
    await settled(page)
    await assertHarmless(page)
  }
})

test(`${PEOPLE.length} names of people show as text`, { timeout: 180_000 }, async (t) => {
  await here.api.must('POST', 'people', { name: PEOPLE[0], role: 'reader', password: PASSWORD })
  moveIn(PEOPLE.slice(1))
  const { page } = await visit(t, here.origin)
  await signIn(page, PEOPLE[0] ?? '')
  await page.locator('h1').waitFor()
  await assertHarmless(page)
  const other = await visit(t, here.origin)
  await signIn(other.page, NAME)
  await other.page.goto(`${here.origin}/accounts`)
  await other.page.locator('table').first().waitFor()
  await settled(other.page)
  const text = await other.page.locator('main').textContent()
  for (const name of PEOPLE) assert.ok(text?.includes(name), name)
  await assertHarmless(other.page)
})
