/** The reader's language, and numbers and dates as it writes them, in the zone of the box. */
import { useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react'
import { type Language, type WebWords, webWordsIn } from '#text/web'
import { speak } from '../client/ask.ts'
import { rebuilding, setup } from '../client/queries.ts'

const KEPT = 'datis.language'
const DEVICE = new Intl.DateTimeFormat().resolvedOptions().timeZone

interface Speaking extends WebWords {
  readonly language: Language
  /** Of the box; of the device while the box has not said it. */
  readonly zone: string
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
  const { data: place } = useQuery(setup)
  // While it is rebuilt a box answers nothing but that.
  const { data: rebuilt } = useQuery({ ...rebuilding, enabled: false })
  const zone = place?.zone ?? rebuilt?.zone ?? DEVICE
  speak(language)
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const speaking = useMemo(
    () => ({
      ...webWordsIn(language, zone),
      language,
      zone,
      change(chosen: Language) {
        localStorage.setItem(KEPT, chosen)
        setLanguage(chosen)
      },
    }),
    [language, zone],
  )
  return <Words value={speaking}>{children}</Words>
}

export function useWords(): Speaking {
  const speaking = use(Words)
  if (speaking === null) throw new Error('no words here')
  return speaking
}
