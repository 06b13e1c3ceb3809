/** What waits for a second person: the facts. */
import { Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { IntentAnswer, SessionAnswer } from '#api/contract'
import type { WebCatalogue } from '#text/web'
import { useActors } from '../app/actors.ts'
import { useWords } from '../app/words.tsx'
import { intents, session } from '../client/queries.ts'
import { Command } from '../parts/command.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { Wide } from '../parts/wide.tsx'

export function WaitingIntents() {
  const { say } = useWords()
  const known = useQuery(intents)
  const mine = useQuery(session)
  return (
    <Stack className="card" component="section" gap="sm">
      <Title order={2}>{say.intents.title}</Title>
      <Loaded of={known}>
        {({ items }) => {
          const waiting = items.filter(({ state }) => state === 'waiting')
          if (waiting.length === 0) return <Text className="quiet">{say.intents.none}</Text>
          return <List items={waiting} mine={mine.data} />
        }}
      </Loaded>
    </Stack>
  )
}

interface ListProps {
  readonly items: readonly IntentAnswer[]
  readonly mine: SessionAnswer | undefined
}

function List({ items, mine }: ListProps) {
  const { say } = useWords()
  const actors = useActors()
  return (
    <>
      <Wide>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{say.intents.what}</Table.Th>
              <Table.Th>{say.column.by}</Table.Th>
              <Table.Th>{say.intents.since}</Table.Th>
              <Table.Th>{say.intents.missing}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((intent) => (
              <Table.Tr key={intent.id} data-intent={intent.id}>
                <Table.Td className="name">
                  {say.task.name(intent.name)}
                  {aboutOf(say, intent.args).map((line) => (
                    <Text key={line} size="sm" className="quiet">
                      {line}
                    </Text>
                  ))}
                </Table.Td>
                <Table.Td className="name">{actors(intent.proposer)}</Table.Td>
                <Table.Td style={{ whiteSpace: 'nowrap' }}>
                  <Moment at={intent.created} />
                </Table.Td>
                <Table.Td miw={220}>
                  {say.intents.needs(intent.proposer === mine?.user, new Date(intent.due).toISOString())}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
      <Text className="quiet" size="xs">
        {say.intents.commands}
      </Text>
      {items.map(({ id }) => (
        <Command key={id}>{`POST /api/intents/${id}/approve\nPOST /api/intents/${id}/cancel`}</Command>
      ))}
    </>
  )
}

/** What it would be done to, in lines. */
function aboutOf(say: WebCatalogue, args: unknown): string[] {
  const { about } = say.intents
  const given = (args ?? {}) as Readonly<Record<string, string | undefined>>
  const { source = '', id, organisation } = given
  const policies = (['local', 'remote'] as const).flatMap((side) => {
    const policy = given[side]
    return policy === undefined ? [] : [about.policy(source, side, say.policies.sentence(policy) ?? policy)]
  })
  return [
    ...policies,
    ...(id === undefined ? [] : [about.hold(id)]),
    ...(organisation === undefined ? [] : [about.expel(organisation)]),
  ]
}
