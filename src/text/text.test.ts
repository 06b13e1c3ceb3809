import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorsEn } from './errors-en.ts'
import type { ErrorSentences } from './errors-en-shared.ts'
import { errorsFr } from './errors-fr.ts'
import { formatsFor } from './formats.ts'
import { languageOfEnvironment, printable, table, tellError, wordsIn } from './index.ts'

/** The spaces that French puts inside numbers and before units, as plain ones. */
function plain(text: string): string {
  return text.replace(/[\u00a0\u202f]/g, ' ')
}

test('sizes, times and numbers are written as each language writes them', () => {
  const en = formatsFor('en')
  const fr = formatsFor('fr')
  assert.equal(en.bytes(1_234_500_000), '1.2 GB')
  assert.equal(plain(fr.bytes(1_234_500_000)), '1,2 Go')
  assert.equal(plain(fr.bytes(1_234_500_000_000_000_000)), '1 234,5 Po')
  assert.equal(plain(en.bytes(512)), '512 bytes')
  assert.equal(plain(fr.bytes(0)), '0 octet')
  assert.equal(plain(fr.bytesPerSecond(12_300_000)), '12,3 Mo/s')
  assert.equal(plain(fr.duration(80_000)), '1 min et 20 s')
  assert.equal(en.duration(90_061_000), '1 day, 1 hr')
  assert.equal(fr.instant('2026-11-24T00:43:41Z', 'Europe/Paris'), '24 nov. 2026, 01:43')
  assert.equal(plain(fr.plural(1234, 'fichier', 'fichiers')), '1 234 fichiers')
  assert.equal(fr.plural(0, 'fichier', 'fichiers'), '0 fichier')
  assert.equal(en.plural(0, 'file', 'files'), '0 files')
})

test('the language is that of the environment, English unless it is French', () => {
  assert.equal(languageOfEnvironment({ LANG: 'fr_FR.UTF-8' }), 'fr')
  assert.equal(languageOfEnvironment({ LANG: 'fr_FR.UTF-8', LC_ALL: 'C' }), 'en')
  assert.equal(languageOfEnvironment({ LANG: 'fr', LC_ALL: '' }), 'fr')
  assert.equal(languageOfEnvironment({ LC_MESSAGES: 'fr_CA', LANG: 'en_US' }), 'fr')
  assert.equal(languageOfEnvironment({ LANG: 'fry' }), 'en')
  assert.equal(languageOfEnvironment({}), 'en')
})

/** The names of a catalogue, with the number of parameters of its functions. */
function shapeOf(value: unknown): unknown {
  if (typeof value === 'function') return 'function'
  if (typeof value !== 'object' || value === null) return typeof value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, inner]) => [name, shapeOf(inner)]))
}

test('French has every word that English has', () => {
  assert.deepEqual(shapeOf(wordsIn('fr').say), shapeOf(wordsIn('en').say))
})

function placeholders(sentences: ErrorSentences): string[] {
  return sentences.flatMap((sentence) => sentence.match(/\{\w+(?::\w+)?\}/g) ?? []).sort()
}

test('each error says what happened, what follows and what to do, with the same details in both languages', () => {
  assert.deepEqual(Object.keys(errorsFr).sort(), Object.keys(errorsEn).sort())
  for (const [code, english] of Object.entries(errorsEn)) {
    const french = errorsFr[code as keyof typeof errorsFr]
    assert.deepEqual([...new Set(placeholders(french))], [...new Set(placeholders(english))], code)
    for (const sentence of [...english, ...french]) {
      assert.match(sentence, /[.!?]$|\}$|: datis [^.]+$/, `${code}: ${sentence}`)
      assert.doesNotMatch(sentence, /une erreur est survenue|an error (?:has )?occurred/i)
    }
  }
})

test('the numbers of an error appear in its sentence', () => {
  const error = { code: 'NOT_RECOVERABLE', message: '', details: { needed: 4, found: 3, missing: 1 } }
  assert.match(tellError(formatsFor('en'), error).happened, /1 missing of 4 needed/)
  assert.match(tellError(formatsFor('fr'), error).happened, /manque 1 sur 4/)
})

test('an unknown code falls back to its message', () => {
  const told = tellError(formatsFor('fr'), { code: 'NO_SUCH_CODE', message: 'The\u001b[31m disk.', details: {} })
  assert.deepEqual(told, { happened: 'The\\x1b[31m disk.', follows: '', todo: '' })
})

test('a file name cannot drive the terminal', () => {
  assert.equal(printable('a\u001b[2Jb\nc\u202ed'), 'a\\x1b[2Jb\\x0ac\\u202ed')
  assert.equal(printable('Été 2026 – 文档'), 'Été 2026 – 文档')
})

test('columns line up, with accents', () => {
  const columns = [{ title: 'Nom' }, { title: 'Taille', align: 'right' as const }]
  const lines = table(columns, [
    ['été', '1'],
    ['e\u0301te\u0301s', '12'],
  ])
  assert.deepEqual(lines, ['Nom   Taille', 'été        1', 'e\u0301te\u0301s      12'])
})
