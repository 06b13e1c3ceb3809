/** The reader's language, and numbers and dates as it writes them. */
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react'
import { type Language, type WebWords, webWordsIn } from '#text/web'
import { speak } from '../client/ask.ts'

const KEPT = 'datis.language'

interface Speaking extends WebWords {
  readonly language: Language
  change(language: Language): void
}

const Words = createContext<Speaking | null>(null)

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT)
  if (kept === 'fr' || kept === 'en') return kept
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'fr'
}

export function WordsProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage)
  speak(language)
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const speaking = useMemo(
    () => ({
      ...webWordsIn(language),
      language,
      change(chosen: Language) {
        localStorage.setItem(KEPT, chosen)
        setLanguage(chosen)
      },
    }),
    [language],
  )
  return <Words value={speaking}>{children}</Words>
}

export function useWords(): Speaking {
  const speaking = use(Words)
  if (speaking === null) throw new Error('no words here')
  return speaking
}
