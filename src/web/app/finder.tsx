/** Ctrl+K: to any screen, to any source, and to any saved file by its name. */
import { Spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation, useNavigate } from 'react-router'
import type { SessionAnswer } from '#api/contract'
import { sources } from '../client/queries.ts'
import { Icon } from '../parts/icons.tsx'
import { mayOpen, SCREENS } from './screens.ts'
import { useWords } from './words.tsx'

/** Where one was stays in the address, for the way back. */
function findingAddress(search: string, text: string): string {
  const next = new URLSearchParams(search)
  next.set('find', text)
  return `/restore?${next}`
}

/** What begins with it, then what has it somewhere. */
function matching(text: string, actions: readonly SpotlightActionData[]): SpotlightActionData[] {
  const wanted = text.trim().toLowerCase()
  const placeOf = ({ id, label = '' }: SpotlightActionData) =>
    id === 'files' ? 2 : label.toLowerCase().startsWith(wanted) ? 0 : label.toLowerCase().includes(wanted) ? 1 : 3
  const ranked = actions.map((action) => ({ action, place: placeOf(action) })).filter(({ place }) => place < 3)
  return ranked.sort((a, b) => a.place - b.place).map(({ action }) => action)
}

export function Finder({ session }: { readonly session: SessionAnswer }) {
  const { say } = useWords()
  const navigate = useNavigate()
  const { pathname, search } = useLocation()
  const [query, setQuery] = useState('')
  const { data } = useQuery(sources)
  const mayRestore = mayOpen('restore', session.role)
  const screens = SCREENS.filter(({ name }) => mayOpen(name, session.role)).map(
    ({ name, path }): SpotlightActionData => ({
      id: name,
      label: say.screen[name],
      onClick: () => void navigate(path),
    }),
  )
  const places = (data?.items ?? []).map(
    ({ name }): SpotlightActionData => ({
      id: `source ${name}`,
      label: say.finder.source(name),
      onClick: () => void navigate(`/restore?source=${encodeURIComponent(name)}`),
    }),
  )
  const files: SpotlightActionData[] =
    mayRestore && query.trim() !== ''
      ? [
          {
            id: 'files',
            label: say.finder.files(query.trim()),
            onClick: () => void navigate(findingAddress(pathname === '/restore' ? search : '', query.trim())),
          },
        ]
      : []
  return (
    <Spotlight
      actions={[...screens, ...(mayRestore ? places : []), ...files]}
      query={query}
      onQueryChange={setQuery}
      lockScroll={false}
      shortcut={null}
      limit={12}
      filter={(text, actions) => matching(text, actions as SpotlightActionData[])}
      nothingFound={say.finder.nothing}
      searchProps={{
        leftSection: <Icon of="Search" size={18} />,
        placeholder: say.finder.placeholder,
        'aria-label': say.finder.placeholder,
      }}
    />
  )
}
