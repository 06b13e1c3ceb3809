/** Recovery words: 24 words of a BIP39 list stand for 32 bytes and a checksum. docs/formats/words.md */
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist as english } from '@scure/bip39/wordlists/english.js'
import { wordlist as french } from '@scure/bip39/wordlists/french.js'
import { assert, DatisError } from '#base'
import { ENTROPY_BYTES } from './keys.ts'
import { suggestionsFor } from './word-suggestions.ts'

export type WordLanguage = 'fr' | 'en'

export const WORDS_COUNT = 24

interface WordList {
  readonly language: WordLanguage
  readonly words: readonly string[]
  /** Without accents → as in the list. */
  readonly byPlain: ReadonlyMap<string, string>
}

const LISTS: Readonly<Record<WordLanguage, WordList>> = { fr: listOf('fr', french), en: listOf('en', english) }

export function wordsFromEntropy(entropy: Uint8Array, language: WordLanguage): string[] {
  assert(entropy.byteLength === ENTROPY_BYTES, '24 words are 32 bytes')
  // A copy: the library takes a Uint8Array, and a Buffer of the caller must not be written to.
  const mnemonic = entropyToMnemonic(Uint8Array.from(entropy), [...LISTS[language].words])
  return mnemonic.normalize('NFC').split(' ')
}

/**
 * The 32 bytes behind words as people type or scan them: either list, accents, case, numbering, commas and line breaks
 * do not matter. Throws WORDS_COUNT, WORDS_MIXED, WORDS_UNKNOWN, WORDS_CHECKSUM.
 */
export function entropyFromWords(text: string): Uint8Array {
  const typed = plainWord(text).match(/\p{L}+/gu) ?? []
  if (typed.length !== WORDS_COUNT) {
    const sentence = `There must be ${WORDS_COUNT} words.`
    throw new DatisError('WORDS_COUNT', sentence, { count: typed.length, expected: WORDS_COUNT })
  }
  // A few words stand in both lists: where all of them do, the checksum tells which list was meant.
  const complete = Object.values(LISTS).filter(({ byPlain }) => typed.every((word) => byPlain.has(word)))
  if (complete.length === 0) throw whyNoList(typed)
  for (const list of complete) {
    const entropy = checkedEntropy(typed, list)
    if (entropy) return entropy
  }
  throw new DatisError('WORDS_CHECKSUM', 'All words exist, but together they are wrong: one was swapped or misread.')
}

/** Some words by their places in a list, once for each list that has them all; the checksum is not looked at. */
export function placesOfWords(words: readonly string[]): number[][] {
  const plain = words.map((word) => plainWord(word.trim()))
  return Object.values(LISTS).flatMap((list) => {
    const places = plain.map((word) =>
      list.words.findIndex((known) => known.normalize('NFC') === list.byPlain.get(word)),
    )
    return places.includes(-1) ? [] : [places]
  })
}

function checkedEntropy(typed: readonly string[], list: WordList): Uint8Array | null {
  const mnemonic = typed.map((word) => list.byPlain.get(word)).join(' ')
  try {
    return Uint8Array.from(mnemonicToEntropy(mnemonic, [...list.words]))
  } catch {
    return null // The words are of the list and 24: the checksum is all that is left to be wrong.
  }
}

/** Points at the first word that the list which knows most of them does not have. */
function whyNoList(typed: readonly string[]): DatisError {
  const knownBy = (list: WordList) => typed.filter((word) => list.byPlain.has(word)).length
  const [main, other] = knownBy(LISTS.en) > knownBy(LISTS.fr) ? [LISTS.en, LISTS.fr] : [LISTS.fr, LISTS.en]
  const inNeither = typed.findIndex((word) => !main.byPlain.has(word) && !other.byPlain.has(word))
  if (inNeither === -1) {
    const position = typed.findIndex((word) => !main.byPlain.has(word)) + 1
    const sentence = 'French and English words are mixed; they must be of one list.'
    // Not the word itself: unlike a misspelt one it may well be part of the secret.
    return new DatisError('WORDS_MIXED', sentence, { position, language: main.language })
  }
  const word = typed[inNeither] ?? ''
  const suggestions = suggestionsFor(word, main.byPlain)
  return new DatisError('WORDS_UNKNOWN', 'A word is not in the list.', { position: inNeither + 1, word, suggestions })
}

function listOf(language: WordLanguage, words: readonly string[]): WordList {
  return { language, words, byPlain: new Map(words.map((word) => [plainWord(word), word.normalize('NFC')])) }
}

/** Lower case, without accents and ligatures. */
function plainWord(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('œ', 'oe').replaceAll('æ', 'ae')
}
