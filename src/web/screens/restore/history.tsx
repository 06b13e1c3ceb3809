/** Who took what back. */
import { Stack, Table, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useActors } from '../../app/actors.ts'
import { useWords } from '../../app/words.tsx'
import { restores } from '../../client/queries.ts'
import { Moment } from '../../parts/moment.tsx'
import { Wide } from '../../parts/wide.tsx'

const SHOWN = 10

export function History() {
  const { say } = useWords()
  const actors = useActors()
  const { data } = useQuery(restores)
  if (data === undefined || data.items.length === 0) return null
  return (
    <Stack className="card" component="section" gap="sm" data-history>
      <Title order={2}>{say.restore.history}</Title>
      <Wide>
        <Table className="lines">
          <Table.Tbody>
            {data.items.slice(0, SHOWN).map(({ n, at, actor, name, how, path }) => (
              <Table.Tr key={n}>
                <Table.Td style={{ whiteSpace: 'nowrap' }}>
                  <Moment at={at} />
                </Table.Td>
                <Table.Td className="name">{name ?? actors(actor)}</Table.Td>
                <Table.Td>{say.restore.how[how]}</Table.Td>
                <Table.Td className="name main">{path === '' ? say.restore.all : path}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
    </Stack>
  )
}
