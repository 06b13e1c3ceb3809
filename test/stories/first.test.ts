/** The first start: a new box, and its recovery sheet. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { PASSWORD, started } from '../e2e/appliance.ts'
import { Town } from '../e2e/town.ts'
import { closeBrowser, faultsOf, NARROW, picture, signIn, visit, waitForNextTry } from './browser.ts'
import { type Box, readPdf } from './pdf.ts'
import { NAME } from './place.ts'
import { readQr } from './qr.ts'

const COLUMNS = 4
const ROWS = 6

after(closeBrowser)

/** The 24 words on the screen. */
async function wordsOn(page: Page): Promise<string[]> {
  await page.locator('button[name=show-words]').click()
  await page.locator('[data-words] li').first().waitFor()
  return (await page.locator('[data-words] code').allTextContents()).map((one) => one.replace(/^\d+ /, ''))
}

async function pdfFrom(page: Page, button: string): Promise<Buffer> {
  const [pdf] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()])
  return readFileSync(await pdf.path())
}

const touch = (one: Box, other: Box): boolean =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom

/** What a person reads on the paper, column by column, and what a scanner does. */
function assertReadable(pdf: Buffer, words: readonly string[], sentences: readonly string[]): void {
  const [page, ...more] = readPdf(pdf)
  assert.ok(page)
  assert.equal(more.length, 0)
  const { texts, squares } = page
  const drawn = texts.filter(({ text }) => text.trim() !== '')
  for (const one of drawn) {
    assert.ok(
      one.left >= 20 && one.top >= 20 && one.right <= page.right - 20 && one.bottom <= page.bottom - 20,
      one.text,
    )
    assert.ok(!one.text.includes('\ufffd'), one.text)
    for (const other of drawn) assert.ok(one === other || !touch(one, other), `${one.text} and ${other.text} overlap`)
    for (const square of squares) assert.ok(!touch(one, square), `${one.text} lies on the code`)
  }
  for (const sentence of sentences)
    assert.ok(
      drawn.some(({ text }) => text.includes(sentence)),
      sentence,
    )
  const lines = drawn.map((one) => ({ ...one, text: one.text.normalize('NFC') }))
  const numbers = Array.from({ length: COLUMNS * ROWS }, (_, n) => {
    const found = lines.filter(({ text }) => text === String(n + 1)).sort((a, b) => a.top - b.top)[0]
    assert.ok(found, `word ${n + 1} has its number`)
    return found
  })
  for (const [n, number] of numbers.entries()) {
    const beside = lines.filter((one) => touch(one, { ...number, right: number.right + 30 }) && one.left > number.left)
    assert.deepEqual(
      beside.map(({ text }) => text),
      [words[n]?.normalize('NFC')],
      `word ${n + 1}`,
    )
  }
  for (const n of numbers.keys()) {
    const [one, next] = [numbers[n], numbers[n + 1]]
    if (one === undefined || next === undefined) continue
    assert.ok((n + 1) % ROWS === 0 ? next.left > one.right : next.top > one.bottom, `word ${n + 2} comes after`)
  }
  const plain = words.join(' ').normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase()
  assert.equal(readQr(squares), plain)
}

test('a new box: the first account with the setup code, the sheet on paper, three words asked back, a source', {
  timeout: 180_000,
}, async (t) => {
  const town = new Town(t)
  const { browser, setupCode, stop } = await started(town, town.path('data'))
  const { page, expecting } = await visit(t, browser.origin)
  assert.deepEqual(await faultsOf(page, 'first-start'), [])
  await page.locator('[data-choice=new]').click()
  await page.locator('input[name=code]').fill('AAAA-BBBB-CCCC-DDDD')
  await page.locator('input[name=name]').fill(NAME)
  await page.locator('input[name=password]').fill(PASSWORD)
  await expecting(/^403 POST \/api\/setup$/, async () => {
    await page.locator('form button[type=submit]').click()
    await page.locator('[data-code=SETUP_REFUSED]').waitFor()
  })
  await waitForNextTry(page)
  await page.locator('input[name=code]').fill(setupCode)
  await page.locator('form button[type=submit]').click()
  await page.locator('[data-sheet=unconfirmed]').waitFor()
  const words = await wordsOn(page)
  assert.equal(words.length, 24)
  assert.deepEqual(await faultsOf(page, 'recovery-sheet'), [])
  assertReadable(await pdfFrom(page, 'Save the sheet to print (PDF)'), words, ['Recovery sheet', 'On the worst day'])
  await page.locator('button[name=on-paper]').click()
  for (const field of await page.locator('input[name^=word-]').all()) {
    const position = Number((await field.getAttribute('name'))?.slice('word-'.length))
    await field.fill(words[position - 1] ?? '')
  }
  await page.locator('button[name=confirm-words]').click()
  await page.locator('[data-sheet=confirmed]').waitFor()
  await page.getByRole('link', { name: 'Dashboard' }).first().click()
  await page.locator('[data-reason=nothing]').waitFor()
  await page.getByRole('link', { name: 'Add a source' }).first().click()
  await page.locator('input[name=source]').waitFor()
  await page.goto('about:blank')
  await stop()
})

test('until the sheet is confirmed the dashboard asks for it, on a telephone too', { timeout: 180_000 }, async (t) => {
  const town = new Town(t)
  const { browser, setupCode, stop } = await started(town, town.path('data'))
  await browser.begin(NAME, setupCode)
  const source = { name: 'papers', paths: [town.path()], excludes: ['data'], oneFileSystem: false }
  assert.equal((await browser.run('source.add', source)).state, 'done')
  const { page } = await visit(t, browser.origin, { size: NARROW, language: 'fr' })
  await signIn(page, NAME)
  await page.locator('[data-reason=sheet]').waitFor()
  await picture(page, 'sheet-asked-for')
  await page.getByRole('link', { name: 'Fiche de secours' }).click()
  const words = await wordsOn(page)
  const pdf = await pdfFrom(page, 'Enregistrer la fiche à imprimer (PDF)')
  assertReadable(pdf, words, ['Fiche de secours', 'Le pire jour'])
  await page.goto('about:blank')
  await stop()
})
