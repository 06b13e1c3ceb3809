import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf } from '#base'
import { wordsFromEntropy } from '#crypto'
import { deeds } from './audit.ts'
import { RecoverySheet } from './recovery-sheet.ts'
import { accounts } from './test-accounts.ts'

const ENTROPY = Uint8Array.from({ length: 32 }, (_, index) => (index * 37) % 256)

async function asked(seed: string) {
  const { deps, clock, settings } = await accounts(seed)
  const sheet = new RecoverySheet(deps)
  await sheet.draw(ENTROPY)
  const { positions = [] } = (await sheet.asked()) ?? {}
  const given = (language: 'fr' | 'en', change = (word: string) => word) => {
    const words = wordsFromEntropy(ENTROPY, language)
    return Object.fromEntries(positions.map((position) => [String(position), change(words[position - 1] ?? '')]))
  }
  return { sheet, positions, given, clock, settings, deps }
}

test('three words are asked, the same ones after a restart, and taken in either language as people type them', async () => {
  for (const language of ['fr', 'en'] as const) {
    const { sheet, positions, given, settings, deps } = await asked(`sheet ${language}`)
    assert.equal(new Set(positions).size, 3)
    const again = new RecoverySheet(deps)
    await again.draw(ENTROPY)
    assert.deepEqual(await again.asked(), { positions, confirmed: null })
    const typed = (word: string) => ` ${word.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase()} `
    await again.confirm('anne', given(language, typed))
    assert.equal(typeof (await sheet.asked())?.confirmed, 'number')
    assert.deepEqual(
      (await deeds(settings, 1e9, 9)).map(({ action, actor }) => [action, actor]),
      [['sheet.confirmed', 'anne']],
    )
    // Nothing of the words is left.
    assert.equal((await settings.selectFrom('recovery_sheet').select('hash').executeTakeFirst())?.hash, null)
    await assert.rejects(
      () => sheet.confirm('anne', given(language)),
      (error) => codeOf(error) === 'SHEET_NOT_ASKED',
    )
  }
})

test('other words, words at other places and too few of them are refused, slower and slower', async () => {
  const { sheet, positions, given, clock, settings } = await asked('refused')
  const right = given('fr')
  const [first = '', second = '', third = ''] = positions.map(String)
  const wrong = [
    { ...right, [first]: right[first] === 'abaisser' ? 'abandon' : 'abaisser' },
    { ...right, [first]: right[second] ?? '', [second]: right[first] ?? '' },
    { [first]: right[first] ?? '', [second]: right[second] ?? '' },
    { ...right, [third]: 'no such word' },
  ]
  for (const words of wrong) {
    await assert.rejects(
      () => sheet.confirm('anne', words),
      (error) => codeOf(error) === 'SHEET_WRONG',
    )
    await assert.rejects(
      () => sheet.confirm('bert', right),
      (error) => codeOf(error) === 'LOGIN_WAIT',
    )
    await clock.runFor(20_000)
  }
  await sheet.confirm('anne', right)
  const told = (await deeds(settings, 1e9, 9)).map(({ action }) => action)
  assert.deepEqual(told, ['sheet.confirmed', ...wrong.map(() => 'sheet.refused')])
})

test('a box that was made elsewhere has nothing to confirm', async () => {
  const { deps } = await accounts('none')
  const sheet = new RecoverySheet(deps)
  assert.equal(await sheet.asked(), null)
  await assert.rejects(
    () => sheet.confirm('anne', {}),
    (error) => codeOf(error) === 'SHEET_NOT_ASKED',
  )
})
