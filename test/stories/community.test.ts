/** Hosts fall and come back, and the dashboard says so. */
import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import type { HostingResult } from '#box'
import type { Box } from '../e2e/town.ts'
import { closeBrowser, enter, picture, signIn, visit } from './browser.ts'
import { NAME, type Place, place } from './place.ts'

let here: Place
before(async (t) => {
  here = await place(t as TestContext, 5)
})
after(closeBrowser)

/** Those that hold most. */
async function fullest(count: number): Promise<readonly Box[]> {
  const { own }: HostingResult = await here.api.look('hosting.show')
  const held = new Map(own.map(({ host, fragments }) => [host, fragments]))
  return here.hosts.toSorted((a, b) => (held.get(b.id) ?? 0) - (held.get(a.id) ?? 0)).slice(0, count)
}

const banner = (reason: string): string => `[data-reason=${reason}]`

test('all is protected and proved; two hosts fall and the banner turns; they come back and it clears', {
  timeout: 180_000,
}, async (t) => {
  const { page } = await visit(t, here.origin)
  await signIn(page, NAME)
  await page.locator(banner('proved')).waitFor()
  const lost = await fullest(2)
  for (const host of lost) await here.town.kill(host)
  await page.locator(banner('silent')).waitFor({ timeout: 60_000 })
  // RS(4, 2) on five hosts: each stripe is on all but one of them, and one at least has lost two of its four rows.
  const names = lost.map(({ name }) => name).join('|')
  await page
    .getByText(new RegExp(`(${names}) and (${names}) do not answer\\. Your data can bear no further loss`))
    .waitFor({ timeout: 60_000 })
  assert.equal(await page.locator('[data-member][data-state=silent]').count(), 2)
  await picture(page, 'two-hosts-lost')
  for (const host of lost) await here.town.run(host)
  await page.locator(banner('proved')).waitFor({ timeout: 90_000 })
})

test('members are clicked off, and a sentence says what still holds', async (t) => {
  const { page } = await enter(t, here, '/community')
  const left = async (margin: number) => await page.locator(`[data-left="${margin}"]`).waitFor()
  await left(2)
  await picture(page, 'margin-all')
  const { margin } = (await here.api.ask('POST', 'operations/state.show', {})).json
  assert.equal(margin, 2)
  await page.getByRole('button', { name: 'host-3' }).click()
  // Perhaps it is the one without a row of any pack.
  await page.locator('[data-left="1"], [data-left="2"]').waitFor()
  await page.getByRole('button', { name: 'host-4' }).click()
  await page.getByText(/2 of 2 snapshots/).waitFor()
  for (const name of ['host-5', 'host-1']) await page.getByRole('button', { name }).click()
  await page.getByText(/hosts alone cannot bring everything back/).waitFor()
  await left(-1)
  await page.getByText(/0 of 2 snapshots/).waitFor()
  await picture(page, 'margin-four-gone')
  for (const name of ['host-1', 'host-3', 'host-4', 'host-5']) await page.locator(`[data-member=${name}] text`).click()
  await left(2)
})
