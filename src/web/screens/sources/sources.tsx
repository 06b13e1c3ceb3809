/** What is saved: its state, its snapshots, and one more folder. */
import { Button, Group, Stack, Table, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearchParams } from 'react-router'
import type { SessionAnswer } from '#api/contract'
import type { SourceResult, SourceStateResult } from '#box'
import { mayOpen, mayRun } from '../../app/screens.ts'
import { useWords } from '../../app/words.tsx'
import { begin } from '../../client/ask.ts'
import { sources, state } from '../../client/queries.ts'
import { Empty } from '../../parts/empty.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Screen } from '../../parts/screen.tsx'
import { State } from '../../parts/state.tsx'
import { TroubleNote } from '../../parts/trouble.tsx'
import { Wide } from '../../parts/wide.tsx'
import { AddSource } from './add-source.tsx'

export function Sources({ session }: { readonly session: SessionAnswer }) {
  const { say } = useWords()
  const [query, setQuery] = useSearchParams()
  const known = useQuery(sources)
  const safe = useQuery(state)
  const navigate = useNavigate()
  const mayChange = mayRun(session.role)
  const take = useMutation({
    mutationFn: (names: readonly string[]) => begin('snapshot.take', { sources: names }),
    onSuccess: (begun) => 'task' in begun && void navigate(`/tasks/${begun.task}`),
  })
  const filter = query.get('filter') ?? ''
  const add = (
    <Button leftSection={<Icon of="Plus" size={16} />} onClick={() => setQuery({ add: '' })}>
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
      <AddSource isOpen={query.has('add') && mayChange} close={() => setQuery({})} />
      <Loaded of={known}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={say.sources.noneTitle} text={say.sources.none}>
              {mayChange && add}
            </Empty>
          ) : (
            <Stack>
              {items.length > 8 && (
                <TextInput
                  leftSection={<Icon of="Search" size={16} />}
                  aria-label={say.sources.filter}
                  placeholder={say.sources.filter}
                  value={filter}
                  onChange={(event) =>
                    setQuery(event.currentTarget.value === '' ? {} : { filter: event.currentTarget.value })
                  }
                />
              )}
              <Stack gap="md">
                {items
                  .filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()))
                  .map((source) => (
                    <SourceCard
                      key={source.name}
                      source={source}
                      safe={safe.data?.sources.find((one) => one.source === source.name)}
                      take={mayChange ? () => take.mutate([source.name]) : null}
                      mayRestore={mayOpen('restore', session.role)}
                    />
                  ))}
              </Stack>
            </Stack>
          )
        }
      </Loaded>
    </Screen>
  )
}

interface SourceCardProps {
  readonly source: SourceResult
  readonly safe: SourceStateResult | undefined
  readonly take: (() => void) | null
  readonly mayRestore: boolean
}

function SourceCard({ source, safe, take, mayRestore }: SourceCardProps) {
  const { say } = useWords()
  const { name, paths, excludes, ended, importance } = source
  return (
    <section className="card" data-source={name}>
      <Group justify="space-between" align="flex-start">
        <Group gap="md">
          <Text component="h2" fw={600} fz={18} m={0} className="name">
            {name}
          </Text>
          {safe !== undefined && <State of={ended === true ? 'ended' : safe.state} />}
        </Group>
        <Group gap="xs">
          {take !== null && ended !== true && (
            <Button variant="default" size="compact-sm" onClick={take}>
              {say.sources.take}
            </Button>
          )}
          {mayRestore && safe?.newest != null && (
            <Button component={Link} to={`/restore?source=${encodeURIComponent(name)}`} size="compact-sm">
              {say.action.restore}
            </Button>
          )}
        </Group>
      </Group>
      <Wide>
        <Table variant="vertical" mt="sm">
          <Table.Tbody>
            <Table.Tr>
              <Table.Th w={160}>{say.sources.paths}</Table.Th>
              <Table.Td className="name">{paths.join(' · ')}</Table.Td>
            </Table.Tr>
            {excludes.length > 0 && (
              <Table.Tr>
                <Table.Th>{say.sources.excludes}</Table.Th>
                <Table.Td className="name">{excludes.join(' · ')}</Table.Td>
              </Table.Tr>
            )}
            <Table.Tr>
              <Table.Th>{say.column.newest}</Table.Th>
              <Table.Td>{safe?.newest == null ? say.never : <Moment at={safe.newest.startedAt} />}</Table.Td>
            </Table.Tr>
            <Table.Tr>
              <Table.Th>{say.facts.proved}</Table.Th>
              <Table.Td>{safe?.provedAt == null ? say.never : <Moment at={safe.provedAt} />}</Table.Td>
            </Table.Tr>
            {importance !== undefined && importance !== 'normal' && (
              <Table.Tr>
                <Table.Th>{say.sources.importance}</Table.Th>
                <Table.Td>{say.sources.important[importance]}</Table.Td>
              </Table.Tr>
            )}
          </Table.Tbody>
        </Table>
      </Wide>
    </section>
  )
}
