/** One search over all snapshots. */
import { Anchor, Button, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import { useWords } from '../../app/words.tsx'
import { look } from '../../client/ask.ts'
import { Empty } from '../../parts/empty.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Wide } from '../../parts/wide.tsx'
import { bytesFrom, codeFrom, stepsOf } from './paths.ts'

export function Found({ text, close }: { readonly text: string; readonly close: () => void }) {
  const { say, formats } = useWords()
  const [, setQuery] = useSearchParams()
  const found = useQuery({
    queryKey: ['snapshot.find', text],
    queryFn: ({ signal }) => look('snapshot.find', { text, all: true }, signal),
    // It may walk through all snapshots: nobody wants that again for a glance at another window.
    staleTime: Number.POSITIVE_INFINITY,
  })
  const open = (source: string, snapshot: string, kind: string, pathBytes: string) => {
    const code = codeFrom(bytesFrom(pathBytes))
    const parent = stepsOf(code).at(-2)?.code ?? ''
    setQuery({ source, at: snapshot, ...(kind === 'folder' ? { in: code } : { in: parent, file: code }) })
  }
  return (
    <Stack className="card">
      <Button variant="subtle" w="fit-content" size="compact-sm" onClick={close}>
        ‹ {say.restore.browse}
      </Button>
      <Loaded of={found} lines={6}>
        {({ items, more }) =>
          items.length === 0 ? (
            <Empty title={say.restore.notFoundTitle(text)} text={say.restore.notFound} />
          ) : (
            <>
              <Text role="status">{say.restore.found(items.length, more)}</Text>
              <Wide>
                <Table className="lines">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{say.column.name}</Table.Th>
                      <Table.Th>{say.column.source}</Table.Th>
                      <Table.Th ta="right">{say.column.size}</Table.Th>
                      <Table.Th>{say.column.modified}</Table.Th>
                      <Table.Th ta="right">{say.column.versions}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map(({ source, kind, path, pathBytes, versions }) => {
                      const [newest] = versions
                      return (
                        <Table.Tr key={`${source} ${pathBytes}`}>
                          <Table.Td className="name main">
                            <Anchor
                              component="button"
                              type="button"
                              ta="left"
                              data-found={path}
                              onClick={() => newest !== undefined && open(source, newest.snapshot, kind, pathBytes)}
                            >
                              {path}
                            </Anchor>
                          </Table.Td>
                          <Table.Td className="name">{source}</Table.Td>
                          <Table.Td ta="right">
                            {newest === undefined || kind === 'folder' ? '' : formats.bytes(newest.bytes)}
                          </Table.Td>
                          <Table.Td data-brief={say.column.modified}>
                            {newest === undefined ? '' : <Moment at={newest.modified} />}
                          </Table.Td>
                          <Table.Td ta="right" data-brief={say.column.versions}>
                            {formats.number(versions.length)}
                          </Table.Td>
                        </Table.Tr>
                      )
                    })}
                  </Table.Tbody>
                </Table>
              </Wide>
            </>
          )
        }
      </Loaded>
    </Stack>
  )
}
