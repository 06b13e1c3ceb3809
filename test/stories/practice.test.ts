/** A practice community: to play with, and to throw away. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import { PASSWORD, started, until } from '../e2e/appliance.ts'
import { Town } from '../e2e/town.ts'
import { closeBrowser, faultsOf, visit } from './browser.ts'
import { oneOfMany } from './looks.ts'
import { NAME } from './place.ts'

const BOXES = 6

after(closeBrowser)

/** Of those that run on this folder. */
function processesOn(folder: string): string[] {
  return globSync('/proc/[0-9]*/cmdline')
    .map((path) => {
      try {
        return readFileSync(path, 'utf8').replaceAll('\0', ' ')
      } catch {
        return ''
      }
    })
    .filter((line) => line.includes(folder))
}

oneOfMany(
  'six real boxes come up, the setup code opens the console of the first, a file comes back, and all of it is thrown away',
  {
    timeout: 300_000,
  },
  async (t: TestContext) => {
    const town = new Town(t)
    const { browser, setupCode, stop } = await started(town, town.path('data'))
    const folder = town.path('data.practice')
    const { page } = await visit(t, browser.origin)
    await page.locator('[data-choice=practice]').click()
    await page.locator('input[name=code]').fill(setupCode)
    await page.getByRole('button', { name: 'Start it' }).click()
    await page.locator('[data-practice=ready]').waitFor({ timeout: 180_000 })
    const url = (await page.locator('[data-practice-url]').getAttribute('href')) ?? ''
    const told = (await page.locator('[data-practice-code]').textContent()) ?? ''
    assert.deepEqual(await faultsOf(page, 'practice-ready'), [])

    const { page: inside } = await visit(t, url)
    await inside.locator('[data-choice=new]').click()
    await inside.locator('input[name=code]').fill(/[A-Z0-9]{4}(-[A-Z0-9]{4})+/.exec(told)?.[0] ?? '')
    await inside.locator('input[name=name]').fill(NAME)
    await inside.locator('input[name=password]').fill(PASSWORD)
    await inside.locator('form button[type=submit]').click()
    await inside.locator('[data-reason]').waitFor()
    await inside.goto(`${url}/community`)
    await inside.getByText('5 other boxes').first().waitFor()
    const files = join(folder, 'box-01.files')
    const saved = globSync('**/*', { cwd: files, withFileTypes: true }).find(({ name }) => /\.(txt|csv)$/.test(name))
    assert.ok(saved)
    await inside.goto(`${url}/restore?find=${encodeURIComponent(saved.name)}`)
    await inside.locator('[data-found]').first().click()
    const [download] = await Promise.all([
      inside.waitForEvent('download'),
      inside.getByText('Download', { exact: true }).click(),
    ])
    assert.deepEqual(readFileSync(await download.path()), readFileSync(join(saved.parentPath, saved.name)))
    await inside.goto('about:blank')

    const boxes = Array.from({ length: BOXES }, (_, n) => join(folder, `box-0${n + 1}`))
    for (const data of boxes) {
      const { items } = await town.ok<{ items: { files: number }[] }>(['snapshot', 'list', '--data', data])
      assert.ok(
        items.some((one) => one.files > 0),
        data,
      )
      assert.equal(
        readdirSync(join(data, 'hosting')).filter((one) => /^[0-9a-f]{32}$/.test(one)).length,
        BOXES - 1,
        data,
      )
    }
    assert.ok(processesOn(folder).length >= BOXES)
    await page.locator('button[name=drop]').click()
    await page.locator('button[name=drop-confirmed]').click()
    await page.locator('[data-practice=none]').waitFor({ timeout: 60_000 })
    assert.equal(existsSync(folder), false)
    await until(() => processesOn(folder).length === 0)
    await page.goto('about:blank')
    await stop()
  },
)

oneOfMany(
  'who throws it away while it comes up leaves nothing behind',
  { timeout: 180_000 },
  async (t: TestContext) => {
    const town = new Town(t)
    const { browser, setupCode, stop } = await started(town, town.path('data'))
    const folder = town.path('data.practice')
    await browser.must('POST', 'first/practice', { code: setupCode })
    await until(() => existsSync(join(folder, 'box-01')))
    await browser.must('DELETE', 'first/practice', { code: setupCode })
    await until(async () => (await browser.must('GET', 'first/practice')).state === 'none')
    assert.equal(existsSync(folder), false)
    await until(() => processesOn(folder).length === 0)
    await stop()
  },
)
