/** What opens on screens: dialogs, menus, a chosen file, what is found, what is at work, what has failed; and an empty box. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { Browser, freePort, readyAppliance } from '../e2e/appliance.ts'
import { authenticator } from './authenticator.ts'
import { closeBrowser, faultsOf, type Looks, openFinder, signIn, type Visit, visit } from './browser.ts'
import { namedFor, WANTED_FIRST, WANTED_LAST } from './looks.ts'
import { fiveMinutesLater, NAME, type Place, place } from './place.ts'

interface Stage extends Visit {
  readonly looks: Looks
  at(address: string): Promise<void>
}

const code = (path: string): string => Buffer.from(path).toString('base64url')
const chosen = (folder: string, file: string): string =>
  `restore?source=house&at=${snapshot}&in=${code(folder)}&file=${code(`${folder}/${file}`)}`

let here: Place
let empty: string
let snapshot: string
before(async (t) => {
  here = await place(t as TestContext, 1)
  const { items } = await here.api.must('POST', 'operations/snapshot.list', { source: 'house' })
  snapshot = items[0].id
  const { data } = await here.town.box('empty')
  const port = await freePort()
  const { ready } = await readyAppliance(here.town, data, port, ['--manual'])
  await new Browser(port).begin(NAME, ready.setupCode)
  empty = `http://localhost:${port}`
})
after(closeBrowser)

/** In this order: what one opens the next one leaves. */
const STATES: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  passkey: async ({ page, at }) => {
    await at('profile')
    await page.locator('input[name=passkey]').fill('finger of Anne')
    await page.locator('input[name=passkey]').press('Enter')
    await page.locator('td', { hasText: 'finger of Anne' }).first().waitFor()
  },
  finder: async ({ page, at }) => {
    await at('')
    await openFinder(page)
    await page.keyboard.type('r')
    await page.locator('.mantine-Spotlight-action').nth(2).waitFor()
  },
  'finder-nothing': async ({ page }) => {
    await page.keyboard.type('   ')
    await page.locator('input.mantine-Spotlight-search').fill('')
  },
  'account-menu': async ({ page, at }) => {
    await at('')
    await page.locator('header button[aria-haspopup=menu]').click()
    await page.locator('[role=menuitem]').first().waitFor()
  },
  'narrow-menu': async ({ page, at, looks }) => {
    await at('tasks')
    if (looks.size.width < 700) await page.locator('header button[aria-expanded=false]').first().click()
    await page.locator('nav a').first().waitFor()
  },
  'add-source': async ({ page, at }) => {
    await at('sources?add')
    await page.locator('input[name=source]').waitFor()
  },
  'add-source-policies': async ({ page }) => {
    await page.locator('[role=dialog] input[aria-haspopup=listbox]').first().click()
    await page.locator('[role=option]').first().waitFor()
  },
  'add-source-refused': async ({ page, at }) => {
    await at('sources?add')
    await page.locator('input[name=source]').fill('in\u200bvisible')
    await page.locator('textarea[name=paths]').fill('/srv/plans')
    await page.locator('[role=dialog] button[type=submit]').click()
    await page.locator('[role=dialog] [data-code=SOURCE_NAME_INVALID]').waitFor()
  },
  found: async ({ page, at }) => {
    await at('restore?find=a')
    await page.locator('[data-found]').first().waitFor()
  },
  'found-nothing': async ({ page, at }) => {
    await at('restore?find=nobody+calls+anything+like+this')
    await page.locator('h3').waitFor()
  },
  'chosen-text': async ({ page, at }) => {
    await at(chosen('Comptes/2026', 'budget.txt'))
    await page.locator('[data-preview=text]').waitFor()
    await page.locator('[data-version]').nth(1).waitFor()
  },
  'chosen-paper': async ({ page, at }) => {
    await at(chosen('Comptes/2026', 'facture n° 7.pdf'))
    await page.locator('[data-preview=pdf]').waitFor()
  },
  'chosen-picture': async ({ page, at }) => {
    await at(chosen('Photos', 'été.png'))
    await page.locator('[data-preview=image]').waitFor()
  },
  'put-back': async ({ page }) => {
    await page.locator('button[name=over]').click()
    await page.locator('button[name=over-confirmed]').waitFor()
  },
  'password-again': async ({ page, expecting }) => {
    fiveMinutesLater(here.owner)
    await expecting(/^403 POST \/api\/operations\/files\.return$/, async () => {
      await page.locator('button[name=over-confirmed]').click()
      await page.locator('input[name=again]').waitFor()
    })
  },
  'whole-folder': async ({ page, at }) => {
    await at(`restore?source=house&at=${snapshot}&in=${code('Plans')}`)
    await page.locator('[data-entry="maison.txt"]').waitFor()
    await page.getByRole('button', { name: /This folder|Ce dossier/ }).click()
    await page.locator('[role=dialog] button[name=beside]').waitFor()
    await page.locator('[role=dialog] [data-whence]').waitFor()
  },
  'snapshot-gone': async ({ page, at }) => {
    await at(`restore?source=house&at=${'0'.repeat(32)}&in=`)
    await page.locator('[data-part=where] h3').waitFor()
  },
  'second-factor': async ({ page, at }) => {
    await at('profile')
    await page.locator('[data-has-totp=false] button').first().click()
    await page.locator('[data-secret]').waitFor()
  },
  'at-work': async ({ page, at }) => {
    await at(`tasks/${await atWork()}`)
    await page.locator('[data-task-state=running]').waitFor()
    await page.locator('[data-accordion-control]').click()
  },
  'at-work-dashboard': async ({ page, at }) => {
    await at('')
    await page.locator('[data-task]').waitFor()
  },
  'at-work-list': async ({ page, at }) => {
    await at('tasks?show=running')
    await page.locator('main tbody tr').waitFor()
    await rested()
  },
  'task-failed': async ({ page, at }) => {
    const taken = { name: 'house', paths: [here.house], excludes: [], oneFileSystem: false }
    const { id } = await here.api.run('source.add', taken)
    await at(`tasks/${id}`)
    await page.locator('[data-task-state=failed] [role=alert]').waitFor()
  },
  'tasks-failed': async ({ page, at }) => {
    await at('tasks?show=failed')
    await page.locator('main tbody tr').first().waitFor()
  },
  'task-unknown': async ({ page, at, expecting }) => {
    await expecting(/^404 GET \/api\/tasks\/\w+$/, async () => {
      await at(`tasks/${'0'.repeat(32)}`)
      await page.locator('[role=alert]').waitFor()
    })
  },
}

/** A task that lasts: its host hears it, and does not answer. */
async function atWork(): Promise<string> {
  here.hosts[0]?.process?.kill('SIGSTOP')
  writeFileSync(join(here.house, 'Plans', 'new.txt'), `${Math.random()}\n`)
  await here.api.must('POST', 'operations/snapshot.take', { sources: [] })
  const { task } = await here.api.must('POST', 'operations/disperse', { waitMs: 120_000 })
  running = task
  return task
}
let running = ''
async function rested(): Promise<void> {
  here.hosts[0]?.process?.kill('SIGCONT')
  await here.api.ask('DELETE', `tasks/${running}`)
}

for (const looks of WANTED_LAST) {
  const named = (name: string): string => namedFor(looks, name)
  test(named('what opens on screens'), { timeout: 300_000 }, async (t) => {
    const seen = await visit(t, here.origin, looks)
    const { page } = seen
    await signIn(page, NAME)
    await authenticator(seen)
    const at = async (address: string): Promise<void> => {
      await page.goto(`${here.origin}/${address}`)
      await page.locator('h1').waitFor()
    }
    const faults: string[] = []
    for (const [name, open] of Object.entries(STATES)) {
      await open({ ...seen, looks, at })
      faults.push(...(await faultsOf(page, named(name))))
    }
    assert.deepEqual(faults, [])
  })
}

for (const looks of WANTED_FIRST) {
  const named = (name: string): string => namedFor(looks, name)
  test(named('an empty box'), { timeout: 120_000 }, async (t) => {
    const { page } = await visit(t, empty, looks)
    await signIn(page, NAME)
    const faults: string[] = []
    for (const screen of ['', 'sources', 'restore', 'community', 'policies', 'accounts', 'tasks', 'profile']) {
      await page.goto(`${empty}/${screen}`)
      await page.locator('h1').waitFor()
      faults.push(...(await faultsOf(page, named(`empty-${screen === '' ? 'dashboard' : screen}`))))
    }
    assert.deepEqual(faults, [])
  })
}
