/** What is saved: its state, its snapshots, and one more folder. */
import { Anchor, Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import type { SessionAnswer } from '#api/contract'
import type { SourceResult } from '#box'
import { useActors } from '../../app/actors.ts'
import { mayOpen, mayRun } from '../../app/screens.ts'
import { useWords } from '../../app/words.tsx'
import { begin } from '../../client/ask.ts'
import { peopleOfSources, sources, state, tasks } from '../../client/queries.ts'
import { Icon } from '../../parts/icons.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { NoSource } from '../../parts/no-source.tsx'
import { shownState } from '../../parts/safe.ts'
import { Screen } from '../../parts/screen.tsx'
import { TroubleNote } from '../../parts/trouble.tsx'
import { AddSource } from './add-source.tsx'
import { failedRun, SORTS, type Sort, sorted } from './runs.ts'
import { SourceCard } from './source-card.tsx'

/** All that fit on a screen or two need no tools. */
const FEW = 8
const PAGE = 20

type Change = Readonly<Record<string, string | null>>

/** What is shown stands in the address; null takes a part out of it. */
function useShown() {
  const [query, setQuery] = useSearchParams()
  const after = (change: Change) => {
    const next = new URLSearchParams(query)
    for (const [key, value] of Object.entries(change)) value === null ? next.delete(key) : next.set(key, value)
    return next
  }
  return {
    filter: query.get('filter') ?? '',
    sort: SORTS.find((one) => one === query.get('sort')) ?? ('name' satisfies Sort),
    page: Math.max(0, Number(query.get('page') ?? 0) || 0),
    isAdding: query.has('add'),
    change: (change: Change, options?: { readonly replace: boolean }) => setQuery(after(change), options),
    link: (change: Change) => `?${after(change)}`,
  }
}

export function Sources({ session }: { readonly session: SessionAnswer }) {
  const { say } = useWords()
  const shown = useShown()
  const known = useQuery(sources)
  const navigate = useNavigate()
  const mayChange = mayRun(session.role)
  const take = useMutation({
    mutationFn: (names: readonly string[]) => begin('snapshot.take', { sources: names }),
    onSuccess: (begun) => 'task' in begun && void navigate(`/tasks/${begun.task}`),
  })
  const add = (
    <Button leftSection={<Icon of="Plus" size={16} />} onClick={() => shown.change({ add: '' })}>
      {say.sources.add}
    </Button>
  )
  return (
    <Screen
      title={say.screen.sources}
      actions={
        mayChange && (
          <Group>
            {(known.data?.items.length ?? 0) > 0 && (
              <Button variant="default" onClick={() => take.mutate([])} loading={take.isPending}>
                {say.sources.takeAll}
              </Button>
            )}
            {add}
          </Group>
        )
      }
    >
      <TroubleNote error={take.error} />
      <AddSource isOpen={shown.isAdding && mayChange} close={() => shown.change({ add: null })} />
      <Loaded of={known}>
        {({ items }) =>
          items.length === 0 ? (
            <NoSource session={session} text={say.sources.none}>
              {mayChange && add}
            </NoSource>
          ) : (
            <Stack>
              {items.length > FEW && <Tools shown={shown} />}
              <Cards
                items={items}
                shown={shown}
                session={session}
                take={mayChange ? (name) => take.mutate([name]) : null}
              />
            </Stack>
          )
        }
      </Loaded>
    </Screen>
  )
}

type ShownPart = ReturnType<typeof useShown>

function Tools({ shown: { filter, sort, change } }: { readonly shown: ShownPart }) {
  const { say } = useWords()
  const [text, setText] = useState(filter)
  const input = useRef<HTMLInputElement>(null)
  // The address comes after what is typed, and must not take letters back.
  useEffect(() => {
    if (document.activeElement !== input.current) setText(filter)
  }, [filter])
  const type = (value: string) => {
    setText(value)
    change({ filter: value === '' ? null : value, page: null }, { replace: true })
  }
  return (
    <Group align="flex-end">
      <TextInput
        ref={input}
        style={{ flex: 1, minWidth: 200 }}
        leftSection={<Icon of="Search" size={16} />}
        aria-label={say.sources.filter}
        placeholder={say.sources.filter}
        value={text}
        onChange={({ currentTarget }) => type(currentTarget.value)}
      />
      <NativeSelect
        label={say.sources.sort}
        value={sort}
        data={SORTS.map((value) => ({ value, label: say.sources.sorts[value] }))}
        onChange={({ currentTarget: { value } }) => change({ sort: value === 'name' ? null : value, page: null })}
      />
    </Group>
  )
}

interface CardsProps {
  readonly items: readonly SourceResult[]
  readonly shown: ShownPart
  readonly session: SessionAnswer
  readonly take: ((name: string) => void) | null
}

function Cards({ items, shown, session, take }: CardsProps) {
  const { say } = useWords()
  const safe = useQuery(state)
  const ran = useQuery(tasks)
  const people = usePeople(session)
  const states = new Map(safe.data?.sources.map((one) => [one.source, one]))
  const wanted = items
    .filter(({ name }) => name.toLowerCase().includes(shown.filter.toLowerCase()))
    .map((source) => ({ source, safe: states.get(source.name) }))
  const pages = Math.max(1, Math.ceil(wanted.length / PAGE))
  const page = Math.min(shown.page, pages - 1)
  if (wanted.length === 0) return <Text className="quiet">{say.sources.noneFound(shown.filter)}</Text>
  return (
    <>
      <Stack gap="md">
        {sorted(wanted, shown.sort)
          .slice(page * PAGE, (page + 1) * PAGE)
          .map((one) => (
            <SourceCard
              key={one.source.name}
              {...one}
              shown={safe.data === undefined || one.safe === undefined ? null : shownState(one.safe, safe.data)}
              take={take === null ? null : () => take(one.source.name)}
              mayRestore={mayOpen('restore', session.role)}
              people={people(one.source.name)}
              failed={one.safe === undefined ? null : failedRun(ran.data?.items ?? [], one.safe)}
            />
          ))}
      </Stack>
      {pages > 1 && <Pages page={page} pages={pages} link={shown.link} />}
    </>
  )
}

/** Names of whose a source is; null for who may not see that. */
function usePeople({ role }: SessionAnswer): (source: string) => readonly string[] | null {
  const actors = useActors()
  const known = useQuery({ ...peopleOfSources, enabled: role === 'administrator' })
  return (source) => {
    if (known.data === undefined) return null
    return (known.data.items.find((one) => one.source === source)?.people ?? []).map(actors)
  }
}

interface PagesProps extends Pick<ShownPart, 'link'> {
  readonly page: number
  readonly pages: number
}

function Pages({ page, pages, link }: PagesProps) {
  const { say } = useWords()
  return (
    <Group gap="md">
      {page > 0 && (
        <Anchor component={Link} to={link({ page: page === 1 ? null : String(page - 1) })}>
          {say.sources.pageBefore}
        </Anchor>
      )}
      <Text size="sm" className="quiet">
        {say.sources.page(page + 1, pages)}
      </Text>
      {page + 1 < pages && (
        <Anchor component={Link} to={link({ page: String(page + 1) })}>
          {say.sources.pageAfter}
        </Anchor>
      )}
    </Group>
  )
}
