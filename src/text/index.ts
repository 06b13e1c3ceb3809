import { type Catalogue, english } from './en.ts'
import { type Formats, formatsFor } from './formats.ts'
import { french } from './fr.ts'
import type { Language } from './language.ts'

export type { Catalogue } from './en.ts'
export { type ErrorToTell, type ToldError, tellError } from './errors.ts'
export type { Formats } from './formats.ts'
export { isLanguage, type Language, languageOfEnvironment } from './language.ts'
export { alarmMail, intentMail, type Letter, testMail, type UnusualFacts, unusualMail } from './mails.ts'
export { printable } from './printable.ts'
export { shortened } from './short.ts'
export { type Column, table } from './table.ts'

/** All words of one language, with its way of writing numbers and dates. */
export interface Words {
  readonly say: Catalogue
  readonly formats: Formats
}

export function wordsIn(language: Language): Words {
  const formats = formatsFor(language)
  return { say: language === 'fr' ? french(formats) : english(formats), formats }
}
