/** A real browser before the console: what it shows is what a person sees; what it complains of fails the story. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { PASSWORD } from '../e2e/appliance.ts'
import { Complaints } from './complaints.ts'
import { cutOff } from './cut-off.ts'

const PATH = '/usr/bin/chromium'
const WAIT_MS_MAX = 30_000
/** Where pictures go; nowhere when it is not set. */
const PICTURES = process.env.DATIS_PICTURES
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

export const WIDE = { width: 1100, height: 800 }
export const NARROW = { width: 390, height: 844 }

export interface Looks {
  readonly language: 'fr' | 'en'
  readonly theme: 'light' | 'dark'
  readonly size: typeof WIDE
}

interface Options extends Looks {
  /** What its pages complain of all along; what one act provokes is `expecting`. */
  readonly usual: RegExp
}

const USUAL: Options = { language: 'en', theme: 'light', size: WIDE, usual: /^$/ }

let browser: Promise<Browser> | null = null

/** One browser for a file of stories; each visit has a profile of its own. */
function launched(): Promise<Browser> {
  // Stories run as root in containers, where its sandbox does not work; it opens nothing but pages of ours.
  browser ??= chromium.launch({ executablePath: PATH, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  return browser
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
  browser = null
}

export interface Visit {
  readonly page: Page
  readonly context: BrowserContext
  readonly expecting: Complaints['expecting']
}

/** A page of the console at `origin`. Ends with the story, which fails if the page complained. */
export async function visit(t: TestContext, origin: string, options: Partial<Options> = {}): Promise<Visit> {
  const opened = await open(t, origin, options)
  await opened.page.goto(origin)
  return opened
}

/** The same, of whoever `api` is signed in as: for stories that begin behind the way in. */
export async function enter(t: TestContext, here: Inside, path: string, options: Partial<Options> = {}) {
  const { origin, api } = here
  const opened = await open(t, origin, options)
  const cookies = api.cookies.split('; ').map((cookie) => cookie.split('='))
  await opened.context.addCookies(cookies.map(([name = '', value = '']) => ({ name, value, url: origin })))
  await opened.page.goto(`${origin}${path}`)
  return opened
}

interface Inside {
  readonly origin: string
  readonly api: { readonly cookies: string }
}

async function open(t: TestContext, origin: string, options: Partial<Options>): Promise<Visit> {
  const { language, theme, size, usual } = { ...USUAL, ...options }
  const context = await (await launched()).newContext({
    viewport: size,
    locale: language === 'fr' ? 'fr-FR' : 'en-GB',
    timezoneId: 'Europe/Paris',
    colorScheme: theme,
    reducedMotion: 'reduce',
    acceptDownloads: true,
  })
  context.setDefaultTimeout(WAIT_MS_MAX)
  const complaints = new Complaints(context, new URL(origin).origin)
  const page = await context.newPage()
  t.after(async () => {
    await context.close()
    assert.deepEqual(complaints.besides(usual), [], 'the page complained')
  })
  return { page, context, expecting: (what, act) => complaints.expecting(what, act) }
}

export async function signIn(page: Page, name: string, password: string = PASSWORD): Promise<void> {
  await page.locator('input[name=name]').fill(name)
  await page.locator('input[name=password]').fill(password)
  await page.locator('form button[type=submit]').click()
  await page.locator('nav').first().waitFor({ state: 'attached' })
}

/** Ctrl+K, ready for what is typed. */
export async function openFinder(page: Page): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.locator('.mantine-Spotlight-search:focus').waitFor()
}

/** After a try that was not let in the next one waits this long. */
export async function waitForNextTry(page: Page): Promise<void> {
  await page.waitForTimeout(1500)
}

/** What the page asks for when an act needs it. */
export async function confirmPassword(page: Page): Promise<void> {
  await page.locator('input[name=again]').fill(PASSWORD)
  await page.locator('input[name=again]').press('Enter')
}

/** Ready to be looked at: nothing on the way any more. */
export async function settled(page: Page): Promise<void> {
  // What waits for the password goes on behind its dialog.
  const busy = page.locator('[aria-busy=true], body:not(:has(input[name=again])) .mantine-Loader-root')
  while ((await busy.count()) > 0) await busy.first().waitFor({ state: 'detached' })
  await page.evaluate('document.fonts.ready.then(() => true)')
}

/**
 * What is wrong with what is shown: faults that axe finds, what is wider than the window, text that is cut off. A
 * picture where one is wanted.
 */
export async function faultsOf(page: Page, name: string): Promise<string[]> {
  await settled(page)
  await picture(page, name)
  // Without a second page for each look: no frame of these pages is of somebody else.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(TAGS).analyze()
  const told = violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map(({ html }) => html).join('\n  ')}`)
  return [...told, ...(await cutOff(page)).map((one) => `${name}: ${one}`)]
}

export async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return
  mkdirSync(PICTURES, { recursive: true })
  // What lies over the page is of the size of the window.
  const fullPage = (await page.locator('[role=dialog]').count()) === 0
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage })
}
