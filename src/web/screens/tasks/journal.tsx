/** Who did what, newest first, and whether anything in it was changed. */
import { Button, Stack, Table, Text, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { Audit } from '#api/contract'
import { useActors } from '../../app/actors.ts'
import { useWords } from '../../app/words.tsx'
import { ask } from '../../client/ask.ts'
import { Moment } from '../../parts/moment.tsx'
import { TroubleNote } from '../../parts/trouble.tsx'
import { Wide } from '../../parts/wide.tsx'

export function Journal() {
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
              items.map(({ n, at, actor, name, action, details }) => (
                <Table.Tr key={n}>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>
                    <Moment at={at} />
                  </Table.Td>
                  <Table.Td className="name">{name ?? actors(actor)}</Table.Td>
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
