/** What could not be read, and why. */
import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { IncompleteItem } from '#box'
import { useWords } from '../../app/words.tsx'
import { look } from '../../client/ask.ts'
import { Loaded } from '../../parts/loaded.tsx'

const SHOWN = 20

export function Unread({ items }: { readonly items: readonly IncompleteItem[] }) {
  const { say } = useWords()
  return (
    <Stack gap={4} component="ul" m={0} pl="md">
      {items.map(({ path, pathBytes, cause }) => (
        <li key={pathBytes} data-unread={path}>
          <Text size="sm" span className="name">
            {path}
          </Text>{' '}
          <Text size="sm" span className="quiet">
            {say.sources.cause(cause)}
          </Text>
        </li>
      ))}
    </Stack>
  )
}

/** Of the last run of a source. */
export function UnreadOfLast({ source }: { readonly source: string }) {
  const { say } = useWords()
  const args = { source, limit: 1 }
  const known = useQuery({
    queryKey: ['snapshot.list', args],
    queryFn: ({ signal }) => look('snapshot.list', args, signal),
  })
  return (
    <Loaded of={known}>
      {({ items: [last] }) => (
        <>
          <Text size="xs" className="quiet">
            {say.sources.unreadFirst(Math.min(SHOWN, last?.incomplete.length ?? 0), last?.incomplete.length ?? 0)}
          </Text>
          <Unread items={(last?.incomplete ?? []).slice(0, SHOWN)} />
        </>
      )}
    </Loaded>
  )
}
