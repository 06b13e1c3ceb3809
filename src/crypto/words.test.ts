import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wordlist as english } from '@scure/bip39/wordlists/english.js'
import { wordlist as french } from '@scure/bip39/wordlists/french.js'
import fc from 'fast-check'
import { codeOf, DatisError, toHex } from '#base'
import { entropyFromWords, wordsFromEntropy } from './words.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1e9)
const entropy = Uint8Array.from({ length: 32 }, (_, index) => index * 7)
const languages = ['fr', 'en'] as const

function errorOf(text: string): DatisError {
  try {
    entropyFromWords(text)
  } catch (error) {
    if (error instanceof DatisError) return error
    throw error
  }
  throw new Error('the words were taken')
}

for (const language of languages) {
  test(`any 32 bytes come back from their 24 words in ${language} (SEED=${seed})`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const words = wordsFromEntropy(bytes, language)
        assert.equal(words.length, 24)
        assert.equal(toHex(entropyFromWords(words.join(' '))), toHex(bytes))
      }),
      { seed, numRuns: 100 },
    )
  })
}

test('words are given out composed, as people type them', () => {
  for (const word of wordsFromEntropy(entropy, 'fr')) assert.equal(word, word.normalize('NFC'))
})

test('accents, case, numbering, commas, line breaks and Unicode forms do not matter', () => {
  const words = wordsFromEntropy(entropy, 'fr')
  const forms = [
    words.map((word, index) => `${index + 1}. ${word}`).join('\n'),
    words.map((word, index) => `${String(index + 1).padStart(2, '0')}) ${word.toUpperCase()}`).join('\r\n\t'),
    words.join(', ').normalize('NFD'),
    words.join(';').normalize('NFD').replace(/\p{M}/gu, ''),
    `\uFEFF ${words.join('\u00A0')} .`,
    words.map((word) => word.replace('oe', 'œ')).join(' - '),
    words.map((word, index) => `${index + 1}${word}`).join(' '),
  ]
  for (const form of forms) assert.equal(toHex(entropyFromWords(form)), toHex(entropy))
})

test('too few or too many words are counted', () => {
  assert.deepEqual(errorOf('abaisser abandon').details, { count: 2, expected: 24 })
  assert.equal(errorOf('').code, 'WORDS_COUNT')
  assert.equal(errorOf(Array(25).fill('abandon').join(' ')).details.count, 25)
})

test('the wrong word is pointed at, with what was probably meant', () => {
  const cases = [
    { language: 'fr', right: 'fortune', typed: 'fortnue' },
    { language: 'fr', right: 'éléphant', typed: 'elefant' },
    { language: 'fr', right: 'abaisser', typed: 'abais' },
    { language: 'en', right: 'zebra', typed: 'zebbra' },
    { language: 'en', right: 'abandon', typed: 'abandom' },
  ] as const
  for (const { language, right, typed } of cases) {
    const words = wordsFromEntropy(entropy, language)
    words[16] = typed
    const { code, details, message } = errorOf(words.join(' '))
    assert.equal(code, 'WORDS_UNKNOWN')
    assert.equal(details.position, 17)
    assert.equal(details.word, typed)
    const suggestions = details.suggestions as string[]
    assert.ok(suggestions.includes(right), `${typed} → ${suggestions}`)
    assert.ok(suggestions.length <= 3)
    assert.ok(!message.includes(typed))
  }
})

test('a word that resembles nothing gets no suggestion', () => {
  const words = wordsFromEntropy(entropy, 'en')
  words[0] = 'xqzkwvxq'
  assert.deepEqual(errorOf(words.join(' ')).details, { position: 1, word: 'xqzkwvxq', suggestions: [] })
})

test('French and English words mixed are called so, and no right word is quoted', () => {
  const words = wordsFromEntropy(entropy, 'fr')
  words[4] = 'zebra'
  assert.equal(errorOf(words.join(' ')).code, 'WORDS_MIXED')
  assert.deepEqual(errorOf(words.join(' ')).details, { position: 5, language: 'fr' })
})

test('swapped words are caught by the checksum, and the error tells none of them', () => {
  const words = wordsFromEntropy(entropy, 'fr')
  const swapped = [words[1], words[0], ...words.slice(2)].join(' ')
  const error = errorOf(swapped)
  assert.equal(error.code, 'WORDS_CHECKSUM')
  assert.equal(error.cause, undefined)
  for (const word of words) assert.ok(!`${error.message} ${JSON.stringify(error.details)}`.split(/\W/).includes(word))
})

test('words that stand in both lists are taken in the list whose checksum holds', () => {
  const plain = (word: string) => word.normalize('NFD').replace(/\p{M}/gu, '')
  const shared = french.map(plain).filter((word) => english.includes(word))
  assert.ok(shared.length > 100)
  // 23 shared words leave eight right ones of 2048 for the last: look for a set whose last is shared too, in one list only.
  const found = { fr: 0, en: 0 }
  for (let start = 0; start < shared.length && (found.fr === 0 || found.en === 0); start++) {
    const first = Array.from({ length: 23 }, (_, index) => shared[(start + index * 5) % shared.length])
    for (const last of shared) {
      const text = [...first, last].join(' ')
      const language = languages.find((each) => holdsIn(text, each))
      if (language === undefined) continue
      found[language]++
      assert.deepEqual(wordsFromEntropy(entropyFromWords(text), language).map(plain).join(' '), text)
    }
  }
  assert.ok(found.fr > 0 && found.en > 0)
})

function holdsIn(text: string, language: 'fr' | 'en'): boolean {
  try {
    const plain = wordsFromEntropy(entropyFromWords(text), language).join(' ').normalize('NFD').replace(/\p{M}/gu, '')
    return plain === text
  } catch (error) {
    assert.equal(codeOf(error), 'WORDS_CHECKSUM')
    return false
  }
}
