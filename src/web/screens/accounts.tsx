/** Who has an account: the facts. */
import { Badge, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useWords } from '../app/words.tsx'
import { people } from '../client/queries.ts'
import { Command } from '../parts/command.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { Screen } from '../parts/screen.tsx'
import { Wide } from '../parts/wide.tsx'

export function Accounts() {
  const { say } = useWords()
  const known = useQuery(people)
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
                  {items.map(({ id, name, role, hasTotp, disabled, created }) => (
                    <Table.Tr key={id}>
                      <Table.Td className="name">
                        {name} {disabled && <Badge variant="default">{say.account.disabled}</Badge>}
                      </Table.Td>
                      <Table.Td>{say.role[role]}</Table.Td>
                      <Table.Td>{hasTotp ? say.account.hasTotp : say.account.noTotp}</Table.Td>
                      <Table.Td>
                        <Moment at={created} />
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
      </section>
    </Screen>
  )
}
