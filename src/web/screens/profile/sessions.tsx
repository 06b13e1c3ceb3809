import { Badge, Button, Stack, Table, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Place } from '#api/contract'
import { useWords } from '../../app/words.tsx'
import { ask } from '../../client/ask.ts'
import { sessions } from '../../client/queries.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { Moment } from '../../parts/moment.tsx'
import { TroubleNote } from '../../parts/trouble.tsx'
import { Wide } from '../../parts/wide.tsx'

export function Sessions() {
  const { say } = useWords()
  const known = useQuery(sessions)
  return (
    <Stack className="card" component="section" gap="md">
      <Title order={2}>{say.sessions.title}</Title>
      <Loaded of={known}>
        {({ items }) => (
          <Wide>
            <Table className="lines">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{say.sessions.browser}</Table.Th>
                  <Table.Th>{say.sessions.address}</Table.Th>
                  <Table.Th>{say.sessions.seen}</Table.Th>
                  <Table.Th aria-label={say.column.actions} />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((place) => (
                  <Row key={place.id} place={place} />
                ))}
              </Table.Tbody>
            </Table>
          </Wide>
        )}
      </Loaded>
    </Stack>
  )
}

function Row({ place: { id, agent, address, seen, isThis } }: { readonly place: Place }) {
  const { say } = useWords()
  const client = useQueryClient()
  const end = useMutation({
    mutationFn: () => ask('DELETE', `sessions/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: sessions.queryKey }),
  })
  return (
    <Table.Tr data-session={isThis ? 'this' : 'other'}>
      <Table.Td className="name main">
        <Text size="sm">{browserIn(agent) ?? say.sessions.program}</Text>
        {isThis && (
          <Badge variant="default" miw="max-content">
            {say.sessions.isThis}
          </Badge>
        )}
      </Table.Td>
      <Table.Td>{address}</Table.Td>
      <Table.Td>
        <Moment at={seen} />
      </Table.Td>
      <Table.Td>
        {!isThis && (
          <Button variant="default" size="compact-sm" onClick={() => end.mutate()} loading={end.isPending}>
            {say.sessions.end}
          </Button>
        )}
        <TroubleNote error={end.error} />
      </Table.Td>
    </Table.Tr>
  )
}

/** As people call it; the most particular first, since each names those that it stems from. */
function browserIn(agent: string): string | null {
  const [, name, version] = /(Edg|Firefox|OPR|HeadlessChrome|Chrome|Version)\/(\d+)/.exec(agent) ?? []
  if (name === undefined) return null
  const names: Readonly<Record<string, string>> = {
    Edg: 'Edge',
    OPR: 'Opera',
    Version: 'Safari',
    HeadlessChrome: 'Chrome',
  }
  const system = /Windows|Macintosh|Android|iPhone|iPad|Linux/.exec(agent)?.[0]
  return [names[name] ?? name, version, system].filter((one) => one !== undefined).join(' ')
}
