/** What each role sees: what is not theirs is neither shown, nor linked, nor asked for. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { Browser, PASSWORD } from '../e2e/appliance.ts'
import { closeBrowser, enter, faultsOf, openFinder, settled, signIn, visit } from './browser.ts'
import { oneOfMany } from './looks.ts'
import { type Place, place, take } from './place.ts'

const SCREENS = {
  '': 'Dashboard',
  sources: 'Sources',
  restore: 'Restore',
  community: 'Community',
  policies: 'Retention',
  accounts: 'Accounts',
  tasks: 'Tasks and journal',
  profile: 'My account',
  'recovery-sheet': 'Recovery sheet',
} as const
type ScreenPath = keyof typeof SCREENS

interface Seen {
  readonly role: 'administrator' | 'operator' | 'user' | 'reader'
  readonly closed: readonly ScreenPath[]
  /** What their pages have no business with. */
  readonly unasked: RegExp
  /** Buttons that they do not have. */
  readonly without: RegExp
}

const NEVER = /^\b$/
const RESTORING = /snapshot\.(find|show|versions|whence)|\/(preview|file|zip)$|\/restores$|files\.return/
const ADMINISTERING = /\/(people|audit|tokens|intents|recovery-sheet(\/pdf)?)$/
const CHANGING =
  /Add a source|Snapshot (of all )?now|Take a snapshot now|Run a drill now|Send to hosts now|Cancel this task/
const ROLES: readonly Seen[] = [
  { role: 'administrator', closed: [], unasked: NEVER, without: NEVER },
  { role: 'operator', closed: ['accounts', 'recovery-sheet'], unasked: ADMINISTERING, without: NEVER },
  {
    role: 'user',
    closed: ['accounts', 'recovery-sheet', 'community', 'policies'],
    unasked: new RegExp(`${ADMINISTERING.source}|hosting\\.show`),
    without: CHANGING,
  },
  {
    role: 'reader',
    closed: ['accounts', 'recovery-sheet', 'restore'],
    unasked: new RegExp(`${ADMINISTERING.source}|${RESTORING.source}`),
    without: new RegExp(`${CHANGING.source}|Put (back in|a copy|this)|Download|This folder`),
  },
]
/** Of what is not Fanny's: its source, its folders, its files, who took them back. */
const FOREIGN = /house|Comptes|budget|facture|Photos|maison|Anne/

let here: Place
/** The administrator's task, and Fanny's own. */
let tasks: { readonly foreign: string; readonly own: string }
before(async (t) => {
  here = await place(t as TestContext, 2)
  const paper = here.town.path('paper')
  mkdirSync(paper)
  writeFileSync(join(paper, 'letter.txt'), 'dear Fanny\n')
  const letters = { name: 'letters', paths: [paper], excludes: [], oneFileSystem: false }
  assert.equal((await here.api.run('source.add', letters)).state, 'done')
  await take(here.api)
  await here.api.take('snapshots/latest/file?path=letter.txt')
  const { items: saved } = await here.api.must('POST', 'operations/snapshot.list', { source: 'house' })
  await here.api.take(`snapshots/${saved[0].id}/file?path=Plans/maison.txt`)
  for (const { role } of ROLES) {
    const { id } = await here.api.must('POST', 'people', { name: nameOf(role), role, password: PASSWORD })
    if (role === 'user') await here.api.must('PUT', 'sources/letters/people', { people: [id] })
  }
  const fanny = new Browser(here.port)
  await fanny.must('POST', 'session', { name: 'Fanny', password: PASSWORD })
  const paths = [{ path: 'letter.txt' }]
  const own = await fanny.run('files.return', { id: 'latest', paths, mode: 'beside' })
  const foreign = await here.api.run('files.return', { id: saved[0].id, paths: [{ path: 'Plans' }], mode: 'beside' })
  assert.deepEqual([own.state, foreign.state], ['done', 'done'])
  tasks = { own: own.id, foreign: foreign.id }
})
after(closeBrowser)

function nameOf(role: Seen['role']): string {
  return role === 'user' ? 'Fanny' : `Who is ${role}`
}

interface Watched {
  readonly asked: string[]
  readonly answered: Promise<string>[]
}

/** All that the pages ask for, and what they are answered. */
function watched(page: Page): Watched {
  const seen: Watched = { asked: [], answered: [] }
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.startsWith('/api/')) seen.asked.push(pathname)
  })
  page.on('response', (response) => {
    const isData = /json|text\/plain/.test(response.headers()['content-type'] ?? '')
    // A page that is left takes no notice of what it is answered.
    if (isData)
      seen.answered.push(
        response
          .text()
          .then((text) => `${response.url()} ${text}`)
          .catch(() => ''),
      )
  })
  return seen
}

for (const { role, closed, unasked, without } of ROLES) {
  const story = without === NEVER ? oneOfMany : test
  story(
    `the screens of ${role}: what is not theirs is neither shown, nor linked, nor asked for`,
    {
      timeout: 120_000,
    },
    async (t) => {
      const { page } = await visit(t, here.origin)
      const { asked, answered } = watched(page)
      await signIn(page, nameOf(role))
      const linked = (Object.keys(SCREENS) as ScreenPath[]).filter(
        (path) => !closed.includes(path) && path !== 'profile' && path !== 'recovery-sheet',
      )
      for (const [path, title] of Object.entries(SCREENS) as [ScreenPath, string][]) {
        await page.goto(`${here.origin}/${path}`)
        await page.locator('h1', { hasText: closed.includes(path) ? 'Dashboard' : title }).waitFor()
        await settled(page)
        const links = await page.locator('nav a').evaluateAll((all) => all.map((one) => one.getAttribute('href')))
        assert.deepEqual(
          links,
          linked.map((one) => `/${one}`),
        )
        for (const shut of closed)
          assert.equal(await page.locator(`a[href^="/${shut}"]`).count(), 0, `${path} → ${shut}`)
        assert.equal(await page.getByRole('button', { name: without }).count(), 0, path)
        // Tasks are called by what they did.
        const acts = page.getByRole('link', { name: without }).and(page.locator('a:not([href^="/tasks/"])'))
        assert.equal(await acts.count(), 0, path)
        if (role === 'user') assert.doesNotMatch((await page.locator('main').textContent()) ?? '', FOREIGN, path)
      }
      await page.goto(`${here.origin}/sources?add`)
      await page.locator('h1').waitFor()
      await settled(page)
      assert.equal(await page.locator('input[name=source]').count(), Number(without === NEVER))
      assert.deepEqual(
        asked.filter((one) => unasked.test(one)),
        [],
      )
      if (role === 'user') for (const answer of await Promise.all(answered)) assert.doesNotMatch(answer, FOREIGN)
    },
  )
}

test('Ctrl+K offers what is theirs alone', async (t) => {
  for (const { role, closed } of ROLES) {
    const { page } = await visit(t, here.origin)
    await signIn(page, nameOf(role))
    await openFinder(page)
    const offered = page.locator('.mantine-Spotlight-action')
    const names = async (typed: string): Promise<string[]> => {
      await page.locator('input.mantine-Spotlight-search').fill(typed)
      await settled(page)
      return await offered.allTextContents()
    }
    const all = await names('')
    for (const [path, title] of Object.entries(SCREENS) as [ScreenPath, string][]) {
      if (path === 'profile' || path === 'recovery-sheet') continue
      assert.equal(all.includes(title), !closed.includes(path), `${role}: ${title}`)
    }
    const mayRestore = !closed.includes('restore')
    assert.equal((await names('letters')).includes('Restore from letters'), mayRestore, role)
    assert.equal((await names('house')).includes('Restore from house'), mayRestore && role !== 'user', role)
    assert.equal(
      (await names('budget')).some((one) => one.startsWith('Search saved files')),
      mayRestore,
      role,
    )
  }
})

test('a user finds her source on every screen, and nothing of the rest by its address', {
  timeout: 60_000,
}, async (t) => {
  const { page, expecting } = await visit(t, here.origin)
  const { answered } = watched(page)
  await signIn(page, 'Fanny')
  await page.locator('[data-reason]').waitFor()
  assert.deepEqual(await faultsOf(page, 'dashboard-user'), [])
  const shows = async (path: string, text: string | RegExp): Promise<void> => {
    await page.goto(`${here.origin}/${path}`)
    await page.locator('main').getByText(text).first().waitFor()
    await settled(page)
    assert.doesNotMatch(((await page.locator('main').textContent()) ?? '').replace('“budget”', ''), FOREIGN, path)
  }
  await shows('', 'letters')
  await shows('sources', 'letters')
  await shows('restore', 'letter.txt')
  await shows('restore?find=letter', 'letter.txt')
  await shows('restore?find=budget', 'Nothing is called “budget”')
  await shows('tasks', 'Put back')
  assert.equal(await page.locator('main tbody tr').count(), 1)
  await shows(`tasks/${tasks.own}`, 'Fanny')
  await page.goto(`${here.origin}/restore`)
  await page.locator('[data-entry="letter.txt"]').click()
  await page.getByText('dear Fanny').waitFor()
  await page.locator('[data-history]').getByText('put beside').waitFor()
  for (const answer of await Promise.all(answered)) assert.doesNotMatch(answer.replaceAll('find=budget', ''), FOREIGN)
  // What is not hers is answered as if it were not there.
  await expecting(/^404 GET \/api\/tasks\/\w+$/, () =>
    shows(`tasks/${tasks.foreign}`, /no such task|There is no task/i),
  )
  const { items } = await here.api.must('POST', 'operations/snapshot.list', { source: 'house' })
  await shows(`restore?source=letters&at=${items[0].id}`, 'This snapshot is there no more')
})

test('who has no source yet is told so, and sees nothing of anybody’s', async (t) => {
  await here.api.must('POST', 'people', { name: 'Gaston', role: 'user', password: PASSWORD })
  const { page } = await visit(t, here.origin)
  const { answered } = watched(page)
  await signIn(page, 'Gaston')
  for (const path of ['', 'sources', 'restore', 'tasks', 'profile']) {
    await page.goto(`${here.origin}/${path}`)
    await page.locator('h1').waitFor()
    assert.deepEqual(await faultsOf(page, `nothing-yet-${path}`), [])
    const shown = (await page.locator('main').textContent()) ?? ''
    assert.doesNotMatch(shown, /house|letters|Anne|Fanny/)
    if (path === 'sources' || path === 'restore') assert.match(shown, /Nothing of yours is saved yet/)
    if (path === '') assert.match(shown, /No source is yours yet/)
  }
  for (const answer of await Promise.all(answered)) assert.doesNotMatch(answer, /house|letters|budget|Fanny/)
})

test('an administrator goes where everybody is, and the names of roles are said', async (t) => {
  const { page } = await enter(t, here, '/accounts')
  for (const word of ['administrator', 'operator', 'user', 'read-only']) {
    await page
      .getByRole('cell', { name: new RegExp(`^${word}`) })
      .first()
      .waitFor()
  }
  await page.goto(`${here.origin}/tasks?show=journal`)
  await page.getByText('downloaded files').first().waitFor()
})
