/** All words of the console in the browser. */
import { type Formats, formatsFor } from '../formats.ts'
import type { Language } from '../language.ts'
import { webEnglish } from './en.ts'
import { webFrench } from './fr.ts'

export type { Formats } from '../formats.ts'
export type { Language } from '../language.ts'
export type WebCatalogue = ReturnType<typeof webEnglish>

export interface WebWords {
  readonly say: WebCatalogue
  readonly formats: Formats
}

/** `zone`: that of the box. */
export function webWordsIn(language: Language, zone?: string): WebWords {
  const formats = formatsFor(language, zone)
  const say = language === 'fr' ? webFrench(formats) : webEnglish(formats)
  return { say: isolating(say, language === 'fr' ? unbroken : (text) => text) as WebCatalogue, formats }
}

/** What may turn the letters around it: overrides, embeddings, marks, and letters that run from right to left. */
const TURNS = /[\p{Bidi_Control}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u
const ISOLATES = /[\u2066-\u2069]/g

type Setting = (text: string) => string

/** A name within a sentence turns nothing but itself: UAX #9, FSI … PDI. */
function isolating(words: unknown, set: Setting): unknown {
  if (typeof words === 'string') return set(words)
  if (typeof words === 'function') {
    const apply = (say: (...given: unknown[]) => unknown, _self: unknown, given: unknown[]) => {
      const said = say(...given.map(isolated))
      return typeof said === 'string' ? set(said) : said
    }
    return new Proxy(words as (...given: unknown[]) => unknown, { apply })
  }
  if (typeof words !== 'object' || words === null || Array.isArray(words)) return words
  return Object.fromEntries(Object.entries(words).map(([key, word]) => [key, isolating(word, set)]))
}

/** French has a space before its high punctuation and within its quotes, at which no line ends. */
function unbroken(text: string): string {
  return text.replace(/(?<=\S) (?=[;:!?»])|(?<=«) /g, '\u00A0')
}

function isolated(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(isolated)
  if (typeof given !== 'string' || !TURNS.test(given)) return given
  return `\u2068${given.replace(ISOLATES, '\uFFFD')}\u2069`
}
