/** Who has an account, whose what is, and what waits for a second person: the facts. */
import { Badge, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { User } from '#api/contract'
import { useWords } from '../app/words.tsx'
import { people, peopleOfSources } from '../client/queries.ts'
import { Command } from '../parts/command.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { Screen } from '../parts/screen.tsx'
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
              <Table className="lines">
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
                      <Table.Td className="name main">
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
                      <Table.Td data-label={say.column.factor}>
                        {person.hasTotp ? say.account.hasTotp : say.account.noTotp}
                      </Table.Td>
                      <Table.Td data-label={say.column.created}>
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
    </Screen>
  )
}
