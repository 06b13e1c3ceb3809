export const LANGUAGES = ['en', 'fr'] as const
export type Language = (typeof LANGUAGES)[number]

export function isLanguage(text: string): text is Language {
  return (LANGUAGES as readonly string[]).includes(text)
}

/**
 * The language of the environment, read as POSIX does: LC_ALL before LC_MESSAGES before LANG, an empty one counting
 * as absent. English unless it is French.
 */
export function languageOfEnvironment(environment: Readonly<Record<string, string | undefined>>): Language {
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || ''
  return /^fr(?:[_.@-]|$)/i.test(locale) ? 'fr' : 'en'
}
