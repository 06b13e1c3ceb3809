/** What runs, and what ran. */
import { Anchor, SegmentedControl, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'react-router'
import type { TaskAnswer } from '#api/contract'
import { useActors } from '../../app/actors.ts'
import { useWords } from '../../app/words.tsx'
import { tasks } from '../../client/queries.ts'
import { Empty } from '../../parts/empty.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Screen } from '../../parts/screen.tsx'
import { State } from '../../parts/state.tsx'
import { Wide } from '../../parts/wide.tsx'

const SHOWN = 50
const KINDS = ['all', 'running', 'failed'] as const
type Kind = (typeof KINDS)[number]

function isOf(kind: Kind, { ended, state }: TaskAnswer): boolean {
  if (kind === 'running') return ended === null
  return kind === 'all' || state === 'failed' || state === 'interrupted'
}

export function Tasks() {
  const { say } = useWords()
  const known = useQuery(tasks)
  const actors = useActors()
  const [query, setQuery] = useSearchParams()
  const kind = KINDS.find((one) => one === query.get('show')) ?? 'all'
  const page = Math.max(0, Number(query.get('page') ?? 0) || 0)
  return (
    <Screen title={say.screen.tasks}>
      <SegmentedControl
        w="fit-content"
        value={kind}
        onChange={(chosen) => setQuery(chosen === 'all' ? {} : { show: chosen })}
        data={KINDS.map((value) => ({ value, label: say.task.show[value] }))}
      />
      <section className="card">
        <Loaded of={known} lines={6}>
          {({ items }) => {
            const wanted = items.filter((task) => isOf(kind, task))
            if (wanted.length === 0) return <Empty title={say.task.noneTitle} text={say.task.none} />
            const shown = wanted.slice(page * SHOWN, (page + 1) * SHOWN)
            return (
              <>
                <Wide>
                  <Table>
                    <Table.Thead>
                      <Table.Tr>
                        <Table.Th>{say.column.task}</Table.Th>
                        <Table.Th>{say.column.state}</Table.Th>
                        <Table.Th>{say.column.begun}</Table.Th>
                        <Table.Th>{say.column.by}</Table.Th>
                      </Table.Tr>
                    </Table.Thead>
                    <Table.Tbody>
                      {shown.map((task) => (
                        <Table.Tr key={task.id}>
                          <Table.Td>
                            <Anchor component={Link} to={`/tasks/${task.id}`}>
                              {say.task.name(task.name)}
                            </Anchor>
                          </Table.Td>
                          <Table.Td>
                            <State of={task.state} />
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
                {wanted.length > SHOWN && (
                  <Text mt="sm">
                    {page > 0 && (
                      <Anchor component={Link} to={`?show=${kind}&page=${page - 1}`} mr="md">
                        {say.action.newer}
                      </Anchor>
                    )}
                    {(page + 1) * SHOWN < wanted.length && (
                      <Anchor component={Link} to={`?show=${kind}&page=${page + 1}`}>
                        {say.action.older}
                      </Anchor>
                    )}
                  </Text>
                )}
              </>
            )
          }}
        </Loaded>
      </section>
    </Screen>
  )
}
