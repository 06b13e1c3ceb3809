/** After a fire: the box comes back in the browser, and its files come from hosts. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { wordsFromEntropy } from '#box'
import { saveSettings, started } from '../e2e/appliance.ts'
import { Chance } from '../e2e/material.ts'
import { closeBrowser, faultsOf, picture, signIn, visit } from './browser.ts'
import { AWAY } from './complaints.ts'
import { NAME, place } from './place.ts'

const LATE = 'Plans/after the attack.txt'

after(closeBrowser)

/** A box that hosts have all of, as it was at `good` and as it was left, gone with its files. */
async function burnt(t: TestContext) {
  const { town, owner, hosts, child, house } = await place(t, 2)
  writeFileSync(join(house, 'Photos/film.raw'), new Chance(t).bytes(2_000_000))
  child.kill('SIGTERM')
  await once(child, 'exit')
  await town.run(owner)
  await town.take(owner)
  await saveSettings(owner.data)
  await town.whole(owner)
  execFileSync('cp', ['-r', house, town.path('as it was')])
  // Of a whole second, as the field takes it.
  await sleep(1_100)
  const good = Temporal.Now.instant()
  await sleep(1_100)
  writeFileSync(join(house, LATE), 'pay, or else\n')
  await town.take(owner)
  await town.whole(owner)
  await town.destroy(owner)
  execFileSync('rm', ['-rf', house])
  return { town, owner, hosts, good, original: town.path('as it was') }
}

/** The console comes and goes while a box is rebuilt. */
async function reloaded(page: Page): Promise<void> {
  for (;;) {
    const answered = await page.reload().catch(() => null)
    if (answered?.ok() === true) return
    await page.waitForTimeout(50)
  }
}

async function open(page: Page, origin: string, ...steps: string[]): Promise<void> {
  await page.goto(`${origin}/restore?source=house`)
  for (const step of steps) await page.locator(`[data-entry="${step}"]`).click()
}

test('after a fire the box comes back in the browser as it was before the attack, and its files from hosts', {
  timeout: 240_000,
}, async (t) => {
  const { town, owner, hosts, good, original } = await burnt(t)
  const { browser, setupCode, stop } = await started(town, town.path('new'))
  const { page, expecting } = await visit(t, browser.origin, { usual: AWAY })
  const words = readFileSync(owner.words, 'utf8').trim()
  const contact = hosts[0]?.address ?? ''
  const rebuild = page.getByRole('button', { name: 'Rebuild this box' })
  await page.locator('[data-choice=rebuild]').click()
  await page.locator('input[name=code]').fill(setupCode)
  await page.locator('input[name=peer]').fill(contact)
  assert.deepEqual(await faultsOf(page, 'rebuild'), [])

  await page.locator('textarea[name=words]').fill(words.replace(/\S+$/, 'zebras'))
  await expecting(/^404 POST \/api\/first\/rebuild$/, async () => {
    await rebuild.click()
    await page.locator('[role=alert]').getByText('zebras').waitFor()
  })
  assert.deepEqual(await faultsOf(page, 'rebuild-words-wrong'), [])

  await page.locator('textarea[name=words]').fill(wordsFromEntropy(new Uint8Array(32).fill(7), 'en').join(' '))
  await rebuild.click()
  await page.locator('[data-rebuild=failed] [role=alert]').waitFor({ timeout: 60_000 })
  assert.deepEqual(await faultsOf(page, 'rebuild-words-of-others'), [])

  await page.locator('textarea[name=words]').fill(words)
  await page.locator('input[name=peer]').fill('127.0.0.1:1')
  await rebuild.click()
  await page.locator('[data-rebuild=running]').waitFor()
  await page.locator('[data-rebuild=failed] [role=alert]').waitFor({ timeout: 60_000 })
  await page.getByText('What was here before is here again').waitFor()
  assert.deepEqual(await faultsOf(page, 'rebuild-nobody'), [])

  // What was typed is still there.
  assert.equal(await page.locator('textarea[name=words]').inputValue(), words)
  await page.locator('input[name=peer]').fill(contact)
  await page.evaluate('document.querySelector("input[name=before]").step = 1')
  // In the zone of the box, not of the device.
  const { zone } = await browser.must('GET', 'setup')
  const before = good.toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'second' })
  await page.locator('input[name=before]').fill(before)
  await rebuild.click()
  await page.locator('[data-rebuild=running]').waitFor()
  await reloaded(page)
  await page.locator('[data-rebuild=done]').waitFor({ timeout: 90_000 })
  await page.locator('[data-member=host-1][data-state=holds]').waitFor()
  await page.locator('[data-member=host-2][data-state=holds]').waitFor()
  await picture(page, 'rebuilt')
  await page.getByRole('button', { name: 'Sign in with an account that it had' }).click()
  await signIn(page, NAME)

  await open(page, browser.origin, 'Plans')
  await page.locator('[data-entry="maison.txt"]').waitFor()
  assert.equal(await page.locator('[data-entry="after the attack.txt"]').count(), 0)
  await page.locator('[data-entry="maison.txt"]').click()
  await page.getByText('three rooms').first().waitFor()
  await expecting(/^415 GET \/api\/snapshots\/\w+\/preview$/, () => open(page, browser.origin, 'Photos', 'film.raw'))
  const whence = page.locator('[data-whence]')
  await whence.waitFor()
  assert.match((await whence.textContent()) ?? '', /^2 MB, 2 MB of it from host-\d and host-\d\. About \d+ sec\.$/)
  assert.deepEqual(await faultsOf(page, 'from-hosts'), [])
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByText('Download', { exact: true }).click(),
  ])
  assert.deepEqual(readFileSync(await download.path()), readFileSync(join(original, 'Photos/film.raw')))
  await page.goto(`${browser.origin}/restore?source=house`)
  await page.locator('[data-entry="Plans"]').waitFor()
  await page.getByRole('button', { name: 'This folder' }).click()
  const [zip] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download as a zip' }).click(),
  ])
  await zip.saveAs(town.path('all.zip'))
  execFileSync('unzip', ['-q', town.path('all.zip'), '-d', town.path('back')])
  execFileSync('diff', ['-r', original, town.path('back')])
  await page.goto('about:blank')
  await stop()
})
