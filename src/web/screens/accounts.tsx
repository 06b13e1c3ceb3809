/** Who has an account, and who did what: the facts. */
import { Badge, Button, Stack, Table, Text, Title } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { Audit, User } from '#api/contract'
import { useActors } from '../app/actors.ts'
import { useWords } from '../app/words.tsx'
import { ask } from '../client/ask.ts'
import { people, peopleOfSources } from '../client/queries.ts'
import { Command } from '../parts/command.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { Screen } from '../parts/screen.tsx'
import { TroubleNote } from '../parts/trouble.tsx'
import { Wide } from '../parts/wide.tsx'
import { WaitingIntents } from './intents.tsx'

export function Accounts() {
  const { say } = useWords()
  const known = useQuery(people)
  const whose = useQuery(peopleOfSources)
  const sourcesOf = ({ id, role }: User): string => {
    // Whoever may do more sees all of them.
    if (role !== 'user') return say.account.allSources
    const names = (whose.data?.items ?? []).filter((one) => one.people.includes(id)).map(({ source }) => source)
    return say.account.sources(names)
  }
  return (
    <Screen title={say.screen.accounts}>
      <section className="card">
        <Loaded of={known}>
          {({ items }) => (
            <Wide>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{say.account.name}</Table.Th>
                    <Table.Th>{say.column.role}</Table.Th>
                    <Table.Th>{say.column.factor}</Table.Th>
                    <Table.Th>{say.column.created}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((person) => (
                    <Table.Tr key={person.id} data-person={person.name}>
                      <Table.Td className="name">
                        {person.name} {person.disabled && <Badge variant="default">{say.account.disabled}</Badge>}
                      </Table.Td>
                      <Table.Td>
                        {say.role[person.role]}
                        {whose.data !== undefined && (
                          <Text size="xs" className="quiet name">
                            {sourcesOf(person)}
                          </Text>
                        )}
                      </Table.Td>
                      <Table.Td>{person.hasTotp ? say.account.hasTotp : say.account.noTotp}</Table.Td>
                      <Table.Td>
                        <Moment at={person.created} />
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Wide>
          )}
        </Loaded>
        <Text className="quiet" size="xs" mt="sm">
          {say.account.addWith}
        </Text>
        <Command>POST /api/people</Command>
        <Text className="quiet" size="xs" mt="sm">
          {say.account.giveWith}
        </Text>
        <Command>PUT /api/sources/NAME/people</Command>
      </section>
      <WaitingIntents />
      <Journal />
    </Screen>
  )
}

function Journal() {
  const { say } = useWords()
  const actors = useActors()
  const pages = useInfiniteQuery({
    queryKey: ['audit', 'pages'],
    queryFn: ({ pageParam }) => ask<Audit>('GET', pageParam === null ? 'audit' : `audit?before=${pageParam}`),
    initialPageParam: null as number | null,
    getNextPageParam: ({ items }) => {
      const last = items.at(-1)?.n ?? 1
      return last > 1 ? last : null
    },
  })
  const first = pages.data?.pages[0]
  return (
    <Stack className="card" component="section" gap="sm">
      <Title order={2}>{say.audit.title}</Title>
      {first !== undefined && (
        <Text style={{ color: first.firstBroken === null ? 'var(--proved)' : 'var(--action)' }}>
          {first.firstBroken === null ? say.audit.whole : say.audit.broken(first.firstBroken)}
        </Text>
      )}
      <TroubleNote error={pages.error} />
      <Wide>
        <Table>
          <Table.Tbody>
            {pages.data?.pages.flatMap(({ items }) =>
              items.map(({ n, at, actor, action, details }) => (
                <Table.Tr key={n}>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>
                    <Moment at={at} />
                  </Table.Td>
                  <Table.Td className="name">{actors(actor)}</Table.Td>
                  <Table.Td>{say.audit.action(action)}</Table.Td>
                  <Table.Td className="name quiet">{shown(details)}</Table.Td>
                </Table.Tr>
              )),
            )}
          </Table.Tbody>
        </Table>
      </Wide>
      {pages.hasNextPage && (
        <Button variant="default" onClick={() => void pages.fetchNextPage()} loading={pages.isFetchingNextPage}>
          {say.action.more}
        </Button>
      )}
    </Stack>
  )
}

function shown(details: Readonly<Record<string, unknown>>): string {
  return Object.entries(details)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ')
}
