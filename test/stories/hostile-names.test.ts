/** Names of files, folders, sources and people that would like to be more than names. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { NAME_PATTERN } from '#base'
import { PASSWORD } from '../e2e/appliance.ts'
import { closeBrowser, enter, openFinder, settled, signIn, visit } from './browser.ts'
import { cutOff } from './cut-off.ts'
import { asFile, GROWN, HOSTILE, HOSTILE_FILES } from './hostile.ts'
import { oneOfMany } from './looks.ts'
import { NAME, type Place, place, take } from './place.ts'

const FILES = [...new Set([...HOSTILE.map(asFile), ...HOSTILE_FILES])]
/** That many sources as well; each takes a moment. */
const SOURCES = HOSTILE.filter((_, n) => n % 4 === 0)

/** As if each had been added: one password for all spares 200 derivations of it. */
function moveIn(names: readonly string[]): void {
  const settings = new DatabaseSync(join(here.owner.data, 'settings.sqlite'), { timeout: 5000 })
  const add = settings.prepare(
    "INSERT INTO users SELECT ?, ?, ?, 'reader', password, NULL, 0, created, 0 FROM users WHERE name = ?",
  )
  for (const [n, name] of names.entries()) {
    add.run(`${n}`.padStart(32, '0'), name, name.normalize('NFKC').toLowerCase(), NAME)
  }
  settings.close()
}

/** Nothing of it ran, nothing of it became more than text, whatever the policy of the page forbids, and all is in its place. */
async function assertHarmless(page: Page): Promise<void> {
  await settled(page)
  assert.equal(await page.evaluate('window.__stung'), undefined)
  assert.equal(await page.locator(GROWN).count(), 0)
  assert.deepEqual(await cutOff(page), [])
  assert.match(await page.title(), /^[\p{L} ]+ · Datis$/u)
}

/** As the page reads it: a browser shows some spaces as one. */
async function shownIn(page: Page, what: string): Promise<string[]> {
  return await page.locator(what).allTextContents()
}

let here: Place
let hostile: string
before(async (t) => {
  here = await place(t as TestContext, 0)
  hostile = here.town.path('hostile')
  for (const folder of ['files', 'folders']) mkdirSync(join(hostile, folder), { recursive: true })
  for (const name of FILES) writeFileSync(join(hostile, 'files', name), 'nothing\n')
  for (const name of FILES) {
    mkdirSync(join(hostile, 'folders', name))
    writeFileSync(join(hostile, 'folders', name, 'inside'), 'nothing\n')
  }
  const few = here.town.path('few')
  mkdirSync(few)
  writeFileSync(join(few, 'one'), 'nothing\n')
  const shared = { excludes: [], oneFileSystem: false }
  assert.equal((await here.api.run('source.add', { name: 'hostile', paths: [hostile], ...shared })).state, 'done')
  for (const name of SOURCES) {
    assert.equal((await here.api.run('source.add', { name, paths: [few], ...shared })).state, 'done', name)
  }
  await take(here.api)
})
after(closeBrowser)

test('there are 200 of them and more, all different, and a person may be called like each', () => {
  assert.ok(HOSTILE.length >= 200, `${HOSTILE.length}`)
  assert.equal(new Set(HOSTILE.map((name) => name.normalize('NFKC').toLowerCase())).size, HOSTILE.length)
  for (const name of HOSTILE) assert.match(name, NAME_PATTERN)
})

for (const [kind, story] of [
  ['files', test],
  ['folders', oneOfMany],
] as const) {
  story(`${FILES.length} names of ${kind} show as text`, { timeout: 120_000 }, async (t) => {
    const { page } = await enter(t, here, '/restore?source=hostile')
    await page.locator(`[data-entry="${kind}"]`).click()
    await page.locator('[data-entry^="<img"]').first().waitFor()
    const more = page.getByRole('button', { name: 'Show more' })
    const entries = page.locator('[data-entry]')
    for (let shown = await entries.count(); shown < FILES.length; shown = await entries.count()) {
      await more.click()
      await entries.nth(shown).waitFor()
    }
    assert.deepEqual((await shownIn(page, '[data-entry]')).sort(), [...FILES].sort())
    await assertHarmless(page)
    await page.getByRole('button', { name: 'This folder' }).click()
    const [zip] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as a zip' }).click(),
    ])
    assert.equal(zip.suggestedFilename(), `${kind}.zip`)
    const back = here.town.path(`back-${kind}`)
    await zip.saveAs(`${back}.zip`)
    execFileSync('unzip', ['-q', `${back}.zip`, '-d', back])
    assert.equal(readdirSync(back).length, FILES.length)
  })
}

oneOfMany('each is chosen, opened, downloaded and taken back like any other', { timeout: 180_000 }, async (t) => {
  const { page } = await visit(t, here.origin)
  await signIn(page, NAME)
  const { items } = await here.api.must('POST', 'operations/snapshot.list', { source: 'hostile' })
  const at = items[0].id
  for (const [n, name] of FILES.entries()) {
    // Each opens screens: some are enough, and more of those of which something is peculiar.
    const every = n < HOSTILE.length ? 50 : 4
    if (n % every !== 0) continue
    const code = (path: string) => Buffer.from(path).toString('base64url')
    await page.goto(
      `${here.origin}/restore?source=hostile&at=${at}&in=${code(`folders/${name}`)}&file=${code(`folders/${name}/inside`)}`,
    )
    await page.locator('[data-preview=text]').waitFor()
    await assertHarmless(page)
    await page.goto(`${here.origin}/restore?source=hostile&at=${at}&in=${code('files')}&file=${code(`files/${name}`)}`)
    await page.locator('[data-preview=text]').waitFor()
    await page.locator('button[name=over]').click()
    await page.getByText('is replaced by how it was').waitFor()
    await assertHarmless(page)
    await page.keyboard.press('Escape')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByText('Download', { exact: true }).click(),
    ])
    assert.doesNotMatch(download.suggestedFilename(), /[/\\\p{Cc}\u202a-\u202e\u2066-\u2069]|^\.\.?$/u, name)
  }
})

oneOfMany('a search for them, and words of the address, show as text', { timeout: 120_000 }, async (t) => {
  const { page } = await enter(t, here, '/restore?find=onerror')
  await page.locator('[data-found]').first().waitFor()
  await assertHarmless(page)
  for (const name of HOSTILE.filter((_, n) => n % 20 === 0)) {
    await page.goto(`${here.origin}/restore?find=${encodeURIComponent(`${name} that is not there`)}`)
    await page.getByText('Nothing is called').waitFor()
    await assertHarmless(page)
    await openFinder(page)
    await page.keyboard.insertText(name)
    await page.getByText(`Search saved files for “${name.trim()}”`).waitFor()
    await assertHarmless(page)
  }
})

test(`${SOURCES.length} names of sources show as text`, { timeout: 120_000 }, async (t) => {
  const { page } = await visit(t, here.origin)
  await signIn(page, NAME)
  for (const screen of ['', 'sources', 'policies', 'tasks', 'restore', 'sources?add']) {
    await page.goto(`${here.origin}/${screen}`)
    await page.locator('h1').waitFor()
    await assertHarmless(page)
  }
  /** The dashboard shows a few of them, the others all, page by page. */
  for (const screens of [['policies'], ['sources', 'sources?page=1', 'sources?page=2']]) {
    const texts: string[] = []
    for (const screen of screens) {
      await page.goto(`${here.origin}/${screen}`)
      await page.locator('main .card').first().waitFor()
      await assertHarmless(page)
      texts.push((await page.locator('main').textContent()) ?? '')
    }
    for (const name of SOURCES) assert.ok(texts.join('\n').includes(name), `${screens}: ${name}`)
  }
  await page.goto(`${here.origin}/sources`)
  await page.getByRole('button', { name: 'Snapshot of all now' }).click()
  await page.locator('[data-task-state=done]').waitFor()
  await assertHarmless(page)
  for (const name of SOURCES.filter((one, n) => n % 10 === 0 || one.length > 90)) {
    await page.goto(`${here.origin}/restore?source=${encodeURIComponent(name)}`)
    await page.locator('[data-entry="one"]').waitFor()
    await assertHarmless(page)
  }
})

test(`${HOSTILE.length} names of people show as text`, { timeout: 180_000 }, async (t) => {
  await here.api.must('POST', 'people', { name: HOSTILE[0], role: 'reader', password: PASSWORD })
  moveIn(HOSTILE.slice(1))
  const { page } = await visit(t, here.origin)
  for (const name of [HOSTILE[0], 'W'.repeat(100), `'; DROP TABLE users; --`]) {
    await signIn(page, name ?? '')
    await page.goto(`${here.origin}/profile`)
    await page.locator('h1').waitFor()
    await assertHarmless(page)
    await page.locator('header button[aria-haspopup=menu]').click()
    await assertHarmless(page)
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.locator('input[name=password]').waitFor()
  }
  await signIn(page, NAME)
  await page.goto(`${here.origin}/accounts`)
  await page.locator('table').first().waitFor()
  await settled(page)
  const text = await page.locator('main').textContent()
  for (const name of HOSTILE) assert.ok(text?.includes(name), name)
  await assertHarmless(page)
})
