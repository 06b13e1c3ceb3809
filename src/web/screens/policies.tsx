/** How long snapshots are kept, here and elsewhere: the facts. */
import { Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useWords } from '../app/words.tsx'
import { policies } from '../client/queries.ts'
import { Command } from '../parts/command.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Screen } from '../parts/screen.tsx'
import { Wide } from '../parts/wide.tsx'

export function Policies() {
  const { say } = useWords()
  const known = useQuery(policies)
  return (
    <Screen title={say.screen.policies}>
      <Loaded of={known}>
        {({ items, sources }) => (
          <Stack gap="lg">
            <section className="card">
              <Title order={2} mb="sm">
                {say.policies.bySource}
              </Title>
              {sources.length === 0 && <Text className="quiet">{say.sources.none}</Text>}
              {sources.length > 0 && (
                <Wide>
                  <Table className="lines">
                    <Table.Thead>
                      <Table.Tr>
                        <Table.Th>{say.column.source}</Table.Th>
                        <Table.Th>{say.policies.local}</Table.Th>
                        <Table.Th>{say.policies.remote}</Table.Th>
                      </Table.Tr>
                    </Table.Thead>
                    <Table.Tbody>
                      {sources.map(({ source, local, remote }) => (
                        <Table.Tr key={source}>
                          <Table.Td className="name main">{source}</Table.Td>
                          {[local, remote].map(({ policy, isDefault }, side) => (
                            // biome-ignore lint/suspicious/noArrayIndexKey: the two sides
                            <Table.Td key={side} data-title={side === 0 ? say.policies.local : say.policies.remote}>
                              <Text>{say.policies.sentence(policy) ?? policy}</Text>
                              <Text size="xs" className="quiet">
                                {isDefault ? say.policies.fromDefault : say.policies.fromSource}
                              </Text>
                            </Table.Td>
                          ))}
                        </Table.Tr>
                      ))}
                    </Table.Tbody>
                  </Table>
                </Wide>
              )}
            </section>
            <section className="card">
              <Title order={2} mb="sm">
                {say.policies.readyMade}
              </Title>
              <Wide>
                <Table className="lines">
                  <Table.Tbody>
                    {items.map(({ name, policy }) => (
                      <Table.Tr key={policy}>
                        <Table.Th w={180} className="name main">
                          {say.policies.name(name)}
                        </Table.Th>
                        <Table.Td>
                          {say.policies.sentence(policy)}
                          <Text size="xs" className="quiet">
                            {policy}
                          </Text>
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Wide>
              <Text className="quiet" size="xs" mt="sm">
                {say.readOnly}
              </Text>
              <Command>datis policy set SOURCE --local POLICY --remote POLICY --data DIR</Command>
              <Command>datis policy preview POLICY</Command>
            </section>
          </Stack>
        )}
      </Loaded>
    </Screen>
  )
}
