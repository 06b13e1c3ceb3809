/** What runs, what ran, and who did what. */
import { Anchor, Group, SegmentedControl, Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'react-router'
import type { SessionAnswer, TaskAnswer } from '#api/contract'
import { useActors } from '../../app/actors.ts'
import { maySeeJournal } from '../../app/screens.ts'
import { useWords } from '../../app/words.tsx'
import { type TaskKind, tasks, tasksPage } from '../../client/queries.ts'
import { Empty } from '../../parts/empty.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Moment } from '../../parts/moment.tsx'
import { outcomeOf } from '../../parts/outcome.ts'
import { Screen } from '../../parts/screen.tsx'
import { State } from '../../parts/state.tsx'
import { Wide } from '../../parts/wide.tsx'
import { Journal } from './journal.tsx'

const KINDS = ['all', 'running', 'failed'] as const

export function Tasks({ session }: { readonly session: SessionAnswer }) {
  const { say } = useWords()
  const [query, setQuery] = useSearchParams()
  const shows = maySeeJournal(session.role) ? ([...KINDS, 'journal'] as const) : KINDS
  const show = shows.find((one) => one === query.get('show')) ?? 'all'
  return (
    <Screen title={say.screen.tasks}>
      <SegmentedControl
        w="fit-content"
        maw="100%"
        aria-label={say.task.showing}
        value={show}
        onChange={(chosen) => setQuery(chosen === 'all' ? {} : { show: chosen })}
        data={shows.map((value) => ({ value, label: say.task.show[value] }))}
      />
      {show === 'journal' ? <Journal /> : <Page of={show} before={query.get('before')} />}
    </Screen>
  )
}

interface PageProps {
  readonly of: TaskKind
  /** The last task of the page before. */
  readonly before: string | null
}

function Page({ of, before }: PageProps) {
  const { say } = useWords()
  const known = useQuery(tasksPage(of, before))
  // As they are now: events tell of these.
  const live = new Map(useQuery(tasks).data?.items.map((task) => [task.id, task]))
  const hrefFor = (last: string | null) =>
    `?${new URLSearchParams({ ...(of !== 'all' && { show: of }), ...(last !== null && { before: last }) })}`
  return (
    <section className="card">
      <Loaded of={known} lines={6}>
        {({ items, more }) => (
          <>
            {items.length === 0 ? (
              <Empty title={say.task.noneTitle} text={say.task.none} />
            ) : (
              <Rows of={items.map((task) => live.get(task.id) ?? task)} />
            )}
            <Group mt="sm" gap="md">
              {before !== null && (
                <Anchor component={Link} to={hrefFor(null)}>
                  {say.action.newest}
                </Anchor>
              )}
              {more !== null && (
                <Anchor component={Link} to={hrefFor(more)}>
                  {say.action.older}
                </Anchor>
              )}
            </Group>
          </>
        )}
      </Loaded>
    </section>
  )
}

function Rows({ of }: { readonly of: readonly TaskAnswer[] }) {
  const { say } = useWords()
  const actors = useActors()
  return (
    <Wide>
      <Table className="lines">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{say.column.task}</Table.Th>
            <Table.Th>{say.column.state}</Table.Th>
            <Table.Th>{say.column.begun}</Table.Th>
            <Table.Th>{say.column.by}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {of.map((task) => (
            <Table.Tr key={task.id}>
              <Table.Td className="main">
                <Anchor component={Link} to={`/tasks/${task.id}`}>
                  {say.task.name(task.name)}
                </Anchor>
              </Table.Td>
              <Table.Td>
                <State of={outcomeOf(task)} />
              </Table.Td>
              <Table.Td>
                <Moment at={task.created} />
              </Table.Td>
              <Table.Td className="name">{actors(task.actor)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Wide>
  )
}
