/** With Tab, Enter, arrows and Escape alone; what has the focus is seen. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { PASSWORD } from '../e2e/appliance.ts'
import { closeBrowser, openFinder, type Visit, visit } from './browser.ts'
import { fiveMinutesLater, NAME, type Place, place } from './place.ts'

const STOPS_MAX = 60
/** How what has the focus looks, with what is around it: some controls are drawn by the element beside them. */
const LOOK = `((one) => [one, one.parentElement, one.nextElementSibling, one.parentElement?.parentElement].map((part) => {
  if (!part) return ''
  const { outline, outlineOffset, boxShadow, borderColor, backgroundColor, left } = getComputedStyle(part)
  return [outline, outlineOffset, boxShadow, borderColor, backgroundColor, left].join()
}).join('|'))`

let here: Place
before(async (t) => {
  here = await place(t as TestContext, 0)
})
after(closeBrowser)

class Hands {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.#page.keyboard.press(key)
  }

  async type(text: string): Promise<void> {
    await this.#page.keyboard.type(text)
  }

  /** What has the focus: `selector` says whether it is meant. */
  async isAt(selector: string): Promise<boolean> {
    return await this.#page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`)
  }

  async here(): Promise<string> {
    return await this.#page.evaluate<string>('document.activeElement.outerHTML.slice(0, 200)')
  }

  async mustBeAt(selector: string): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      if (await this.isAt(selector)) return
      await this.#page.waitForTimeout(30)
    }
    assert.fail(`the focus is not at ${selector} but at ${await this.here()}`)
  }

  /** From one stop to the next until that one; each is seen to have the focus. */
  async tabTo(selector: string, key = 'Tab'): Promise<void> {
    const passed: string[] = []
    for (let stops = 0; stops < STOPS_MAX; stops++) {
      const withFocus = await this.#page.evaluate<string>(`${LOOK}(self.__last = document.activeElement)`)
      await this.press(key)
      const without = await this.#page.evaluate<string>(`${LOOK}(self.__last)`)
      const last = passed.at(-1)
      if (last !== undefined && !last.startsWith('<body')) {
        assert.notEqual(withFocus, without, `one does not see that this has the focus: ${last}`)
      }
      if (await this.isAt(selector)) return
      passed.push(await this.here())
    }
    assert.fail(`${selector} is not reached: ${passed.join('\n')}`)
  }
}

async function atTheKeys(t: TestContext): Promise<{ page: Page; hands: Hands; expecting: Visit['expecting'] }> {
  const { page, expecting } = await visit(t, here.origin)
  const hands = new Hands(page)
  await page.locator('input[name=name]').waitFor()
  await hands.tabTo('input[name=name]')
  await hands.type(NAME)
  await hands.tabTo('input[name=password]')
  await hands.type(PASSWORD)
  await hands.press('Enter')
  await page.locator('h1', { hasText: 'Dashboard' }).waitFor()
  return { page, hands, expecting }
}

test('by keyboard alone one skips to the content, reaches a screen and comes back', { timeout: 60_000 }, async (t) => {
  const { page, hands } = await atTheKeys(t)
  await page.reload()
  await page.locator('h1', { hasText: 'Dashboard' }).waitFor()
  await hands.press('Tab')
  await hands.mustBeAt('.skip')
  assert.ok((await page.locator('.skip').boundingBox())!.x >= 0)
  await hands.press('Enter')
  await hands.mustBeAt('#content')
  await hands.tabTo('nav a[href="/sources"]', 'Shift+Tab')
  await hands.press('Enter')
  await page.locator('h1:focus', { hasText: 'Sources' }).waitFor()
  await hands.tabTo('nav a[href="/tasks"]', 'Shift+Tab')
  await hands.press('Enter')
  await page.locator('h1:focus', { hasText: 'Tasks and journal' }).waitFor()
  await page.goBack()
  await page.locator('h1:focus', { hasText: 'Sources' }).waitFor()
})

test('by keyboard alone a file is found, put beside, and put back over what is there', {
  timeout: 120_000,
}, async (t) => {
  const { page, hands, expecting } = await atTheKeys(t)
  const budget = join(here.house, 'Comptes/2026/budget.txt')
  const saved = readFileSync(budget, 'utf8')
  const openBudget = async (): Promise<void> => {
    await openFinder(page)
    await hands.type('budget')
    await page.getByText('Search saved files for “budget”').waitFor()
    await hands.press('ArrowDown', 'Enter')
    await page.locator('[data-found]').waitFor()
    await hands.tabTo('[data-found="Comptes/2026/budget.txt"]')
    await hands.press('Enter')
    await page.locator('[data-preview=text]').waitFor()
  }
  await openBudget()
  await hands.tabTo('button[name=beside]')
  await hands.press('Enter')
  await page.locator('[data-task-state=done]').waitFor()

  writeFileSync(budget, 'encrypted by somebody\n')
  await openBudget()
  await hands.tabTo('button[name=over]')
  await hands.press('Enter')
  await page.locator('button[name=over-confirmed]').waitFor()
  await hands.mustBeAt('[role=dialog] button[data-autofocus]')
  await hands.press('Escape')
  await page.locator('[role=dialog]').waitFor({ state: 'detached' })
  await hands.mustBeAt('button[name=over]')
  fiveMinutesLater(here.owner)
  await expecting(/^403 POST \/api\/operations\/files\.return$/, async () => {
    await hands.press('Enter')
    await hands.mustBeAt('[role=dialog] button[data-autofocus]')
    await hands.tabTo('button[name=over-confirmed]')
    await hands.press('Enter')
    await hands.mustBeAt('input[name=again]')
  })
  await hands.type(PASSWORD)
  await hands.press('Enter')
  await page.locator('[data-task-state=done]').waitFor()
  assert.equal(readFileSync(budget, 'utf8'), saved)
})

test('through the folders, too, a file is reached by keyboard alone', { timeout: 60_000 }, async (t) => {
  const { page, hands } = await atTheKeys(t)
  await hands.tabTo('nav a[href="/restore"]', 'Shift+Tab')
  await hands.press('Enter')
  await page.locator('[data-entry="Comptes"]').waitFor()
  for (const step of ['Comptes', '2026', 'budget.txt']) {
    await page.locator(`[data-entry="${step}"]`).waitFor()
    await hands.tabTo(`[data-entry="${step}"]`)
    await hands.press('Enter')
  }
  await page.locator('[data-preview=text]').waitFor()
  await hands.tabTo('[data-version]')
})

test('by keyboard alone a source is added', { timeout: 90_000 }, async (t) => {
  const plans = here.town.path('plans')
  mkdirSync(plans)
  writeFileSync(join(plans, 'roof.txt'), 'a roof\n')
  const { page, hands } = await atTheKeys(t)
  await hands.tabTo('nav a[href="/sources"]', 'Shift+Tab')
  await hands.press('Enter')
  await page.locator('[data-source=house]').waitFor()
  const opener = page.getByRole('button', { name: 'Add a source' })
  await hands.tabTo('main button:nth-of-type(2)')
  assert.equal(await opener.evaluate((one) => one.matches(':focus')), true)
  await hands.press('Enter')
  await hands.mustBeAt('input[name=source]')
  await hands.press('Escape')
  await page.locator('input[name=source]').waitFor({ state: 'detached' })
  assert.equal(await opener.evaluate((one) => one.matches(':focus')), true, 'the focus comes back to the opener')
  await hands.press('Enter')
  await hands.mustBeAt('input[name=source]')
  await hands.type('plans')
  await hands.tabTo('textarea[name=paths]')
  await hands.type(plans)
  await hands.tabTo('textarea[name=excludes]')
  await hands.type('*.tmp')
  await hands.tabTo('input[role=combobox], input[aria-haspopup=listbox]')
  await hands.press('ArrowDown', 'ArrowDown', 'Enter')
  await hands.tabTo('[role=dialog] form button[type=submit]')
  await hands.press('Enter')
  await page.locator('[data-task-state=done]').waitFor()
  const { items } = await here.api.look('source.list')
  assert.ok(
    items.some(
      ({ name, excludes }: { name: string; excludes: string[] }) => name === 'plans' && excludes[0] === '*.tmp',
    ),
  )
})

test('after a change of screen the focus is on its heading', { timeout: 60_000 }, async (t) => {
  const { page, hands } = await atTheKeys(t)
  for (const [path, title] of [
    ['/sources', 'Sources'],
    ['/tasks', 'Tasks and journal'],
    ['/', 'Dashboard'],
  ] as const) {
    await hands.tabTo(`nav a[href="${path}"]`, 'Shift+Tab')
    await hands.press('Enter')
    await page.locator('h1', { hasText: title }).waitFor()
    await hands.mustBeAt('h1')
  }
})
