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
  return { say: language === 'fr' ? webFrench(formats) : webEnglish(formats), formats }
}
