/** Who did what, newest first, and whether anything in it was changed. */
import { Anchor, Stack, Table, Text, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import type { Audit } from '#api/contract'
import { useActors } from '../../app/actors.ts'
import { useWords } from '../../app/words.tsx'
import { ask } from '../../client/ask.ts'
import { Moment } from '../../parts/moment.tsx'
import { More } from '../../parts/more.tsx'
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
        <Table className="lines">
          <Table.Tbody>
            {pages.data?.pages.flatMap(({ items }) =>
              items.map(({ n, at, actor, name, action, details }) => (
                <Table.Tr key={n}>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>
                    <Moment at={at} />
                  </Table.Td>
                  <Table.Td className="name">{name ?? actors(actor)}</Table.Td>
                  <Table.Td className="main">{say.audit.action(action)}</Table.Td>
                  <Table.Td className="name quiet" title={JSON.stringify(details)}>
                    <Details of={details} action={action} />
                  </Table.Td>
                </Table.Tr>
              )),
            )}
          </Table.Tbody>
        </Table>
      </Wide>
      <More of={pages} />
    </Stack>
  )
}

interface DetailsProps {
  readonly action: string
  readonly of: Readonly<Record<string, unknown>>
}

/** Ids of what has no name for people. */
const IDS: ReadonlySet<string> = new Set(['task', 'snapshot', 'intent', 'token', 'passkey'])
const OF_OPERATIONS: ReadonlySet<string> = new Set(['task.begun', 'intent.made'])

function Details({ of, action }: DetailsProps) {
  const { say } = useWords()
  const actors = useActors()
  const shown = ([key, value]: [string, unknown]): string[] => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    if (IDS.has(key)) return []
    if (key === 'name') return [OF_OPERATIONS.has(action) ? say.task.name(text) : text]
    if (key === 'user') return 'name' in of ? [] : [actors(text)]
    if (key === 'people') return text === '' ? [say.sources.nobody] : text.split(' ').map(actors)
    if (key === 'role') return [wordIn(say.role, text)]
    if (key === 'how') return [wordIn(say.restore.how, text)]
    if (key === 'disabled') return value === true ? [say.account.disabled] : []
    if (key === 'on') return [value === true ? say.yes : say.no]
    return [key === 'source' || key === 'path' || key === 'address' ? text : `${key}: ${text}`]
  }
  const text = Object.entries(of).flatMap(shown).join(' · ')
  const { task } = of
  if (typeof task !== 'string') return text
  return (
    <Anchor component={Link} to={`/tasks/${task}`}>
      {text}
    </Anchor>
  )
}

function wordIn(words: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(words, name) ? (words[name] ?? name) : name
}
