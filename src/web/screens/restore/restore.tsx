/** Give me my file back: when, where, which; and then what is done with it. Where one is stands in the address. */
import { Button, Group, Select, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useSearchParams } from 'react-router'
import type { SessionAnswer } from '#api/contract'
import type { SnapshotResult } from '#box'
import { useWords } from '../../app/words.tsx'
import { look } from '../../client/ask.ts'
import { sources } from '../../client/queries.ts'
import { Empty } from '../../parts/empty.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { NoSource } from '../../parts/no-source.tsx'
import { Screen } from '../../parts/screen.tsx'
import { Chosen } from './chosen.tsx'
import { Folder } from './folder.tsx'
import { Found } from './found.tsx'
import { History } from './history.tsx'
import { Timeline } from './timeline.tsx'

const NEWEST = 50

export function Restore({ session }: { readonly session: SessionAnswer }) {
  const { say } = useWords()
  const [query, setQuery] = useSearchParams()
  const find = query.get('find')
  const known = useQuery(sources)
  return (
    <Screen title={say.screen.restore} actions={<Finding key={find} find={find ?? ''} />}>
      {find !== null ? (
        <Found text={find} close={() => setQuery(without(query, 'find'))} />
      ) : (
        <Loaded of={known} lines={8}>
          {({ items }) =>
            items.length === 0 ? (
              <NoSource session={session} text={say.restore.nothing} />
            ) : (
              <Stack gap="lg" data-at-file={query.has('file')}>
                <Places names={items.map(({ name }) => name)} />
                <History />
              </Stack>
            )
          }
        </Loaded>
      )}
    </Screen>
  )
}

function without(query: URLSearchParams, key: string): URLSearchParams {
  const next = new URLSearchParams(query)
  next.delete(key)
  return next
}

function Finding({ find }: { readonly find: string }) {
  const { say } = useWords()
  const [query, setQuery] = useSearchParams()
  const [text, setText] = useState(find)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // Where one was stays in the address, for the way back.
    if (text.trim() !== '') setQuery({ ...Object.fromEntries(query), find: text.trim() })
  }
  return (
    <search style={{ flex: '1 1 260px', maxWidth: 420 }}>
      <form onSubmit={submit}>
        <Group gap="xs" wrap="nowrap">
          <TextInput
            name="find"
            style={{ flex: 1 }}
            aria-label={say.restore.find}
            placeholder={say.restore.findShort}
            leftSection={<Icon of="Search" size={16} />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" variant="default">
            {say.restore.search}
          </Button>
        </Group>
      </form>
    </search>
  )
}

/** The newest at once; all of them, which may be thousands, once these are shown. */
function useTaken(source: string) {
  const newest = useQuery({
    queryKey: ['snapshot.list', { source, limit: NEWEST }],
    queryFn: () => look('snapshot.list', { source, limit: NEWEST }),
  })
  const all = useQuery({
    queryKey: ['snapshot.list', { source }],
    queryFn: () => look('snapshot.list', { source }),
    enabled: newest.data !== undefined && newest.data.more !== null,
  })
  return all.data === undefined ? { ...newest, isFetching: newest.isFetching || all.isFetching } : all
}

function Places({ names }: { readonly names: readonly string[] }) {
  const { say, formats } = useWords()
  const [query, setQuery] = useSearchParams()
  const source = query.get('source') ?? names[0] ?? ''
  const taken = useTaken(source)
  const snapshots = taken.data?.items ?? []
  const newest = snapshots.reduce<SnapshotResult | null>(
    (best, one) => (best === null || one.startedAt > best.startedAt ? one : best),
    null,
  )
  // One that is taken meanwhile changes nothing under the reader's hands.
  const [first, setFirst] = useState<Pick<SnapshotResult, 'source' | 'id'> | null>(null)
  if (newest !== null && first?.source !== source) setFirst({ source, id: newest.id })
  const asked = query.get('at')
  const found = snapshots.find(({ id }) => id === (asked ?? first?.id)) ?? null
  const chosen = asked === null ? (found ?? newest) : found
  const isGone = asked !== null && chosen === null && taken.isSuccess && !taken.isFetching
  const folder = query.get('in') ?? ''
  const file = query.get('file')
  const go = (change: Readonly<Record<string, string | null>>) => {
    const next = new URLSearchParams(query)
    next.set('source', source)
    for (const [key, value] of Object.entries(change)) {
      if (value === null) next.delete(key)
      else next.set(key, value)
    }
    setQuery(next)
  }
  const step = file !== null ? 'what' : asked !== null || query.has('in') ? 'where' : 'when'
  return (
    <Stack gap="md">
      <Select
        label={say.column.source}
        data={[...names]}
        value={source}
        onChange={(name) => name !== null && setQuery({ source: name })}
        allowDeselect={false}
        searchable={names.length > 8}
        maw={420}
      />
      <div className="restore" data-step={step} data-chosen={file !== null}>
        <section className="card" data-part="when" aria-label={say.restore.when}>
          {chosen !== null && (
            <Button
              className="open-chosen"
              w="100%"
              mb="md"
              h={44}
              onClick={() => go({ at: chosen.id })}
              name="open-chosen"
            >
              {say.restore.openThis(formats.instant(chosen.startedAt))}
            </Button>
          )}
          <Loaded of={taken} lines={8}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={say.restore.noSnapshotTitle} text={say.restore.noSnapshot} />
              ) : (
                <Timeline key={source} snapshots={items} chosen={chosen} choose={(id) => go({ at: id, file: null })} />
              )
            }
          </Loaded>
        </section>
        {isGone && (
          <section className="card" data-part="where">
            <Empty title={say.restore.goneTitle} text={say.restore.gone} />
          </section>
        )}
        {chosen !== null && (
          <section className="card" data-part="where" aria-label={say.restore.where}>
            <Back to={() => go({ at: null, in: null })} label={say.restore.otherDay} />
            <Folder
              key={`${chosen.id} ${folder}`}
              snapshot={chosen}
              folder={folder}
              file={file}
              open={(path) => go({ at: chosen.id, in: path, file: null })}
              choose={(path) => go({ at: chosen.id, in: folder, file: path })}
            />
          </section>
        )}
        {chosen !== null && file !== null && (
          <section className="card" data-part="what" aria-label={say.restore.what}>
            <Back to={() => go({ file: null })} label={say.restore.browse} />
            <Chosen
              key={`${chosen.id} ${file}`}
              snapshot={chosen}
              snapshots={snapshots}
              file={file}
              choose={(id) => go({ at: id })}
              close={() => go({ file: null })}
            />
          </section>
        )}
      </div>
    </Stack>
  )
}

function Back({ to, label }: { readonly to: () => void; readonly label: string }) {
  return (
    <Button className="back" variant="subtle" size="compact-sm" mb="xs" onClick={to}>
      ‹ {label}
    </Button>
  )
}
