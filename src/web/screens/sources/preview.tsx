/** What a source would save and leave out, counted by the box as a snapshot would walk. */
import { Button, Group, Loader, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { PreviewArguments, PreviewResult } from '#box'
import { useWords } from '../../app/words.tsx'
import { look } from '../../client/ask.ts'
import { Icon } from '../../parts/icons.tsx'
import { TroubleNote } from '../../parts/trouble.tsx'
import { Wide } from '../../parts/wide.tsx'
import { Unread } from './unread.tsx'

interface PreviewProps {
  readonly of: PreviewArguments
  readonly isReady?: boolean
  /** It is asked for as soon as it is shown. */
  readonly isAsked?: boolean
}

/** It is asked for, shown until what it is of changes, and given up by going away. */
export function Preview({ of, isReady = true, isAsked = false }: PreviewProps) {
  const { say } = useWords()
  const [asked, setAsked] = useState<PreviewArguments | null>(isAsked ? of : null)
  const current = JSON.stringify(asked) === JSON.stringify(of) ? asked : null
  const found = useQuery({
    queryKey: ['source.preview', current],
    queryFn: ({ signal }) => look('source.preview', of, signal),
    enabled: current !== null,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  })
  return (
    <Stack gap="sm" data-preview>
      <Group gap="sm">
        <Button
          variant="default"
          leftSection={<Icon of="Search" size={16} />}
          disabled={!isReady || found.isFetching}
          onClick={() => setAsked(of)}
        >
          {say.sources.look}
        </Button>
        <Text size="xs" className="quiet" style={{ flex: 1, minWidth: 200 }}>
          {say.sources.lookHelp}
        </Text>
      </Group>
      <div role="status">
        {found.isFetching && (
          <Group gap="sm">
            <Loader size="sm" />
            <Text size="sm">{say.sources.counting}</Text>
            <Button variant="default" size="compact-sm" onClick={() => setAsked(null)}>
              {say.action.cancel}
            </Button>
          </Group>
        )}
        {found.data !== undefined && <Amounts of={found.data} />}
      </div>
      <TroubleNote error={found.error} />
      {found.data !== undefined && <Details of={found.data} />}
    </Stack>
  )
}

function Amounts({ of: { saved, left } }: { readonly of: PreviewResult }) {
  const { say } = useWords()
  const { preview } = say.sources
  return (
    <>
      <Text fw={600} data-saved={saved.files}>
        {preview.line(preview.saved, preview.amount(saved, saved.isAll))}
      </Text>
      <Text fw={600} data-left={left.files}>
        {preview.line(preview.left, preview.amount(left, left.isAll))}
      </Text>
      {saved.files === 0 && saved.isAll && <Text size="sm">{preview.empty}</Text>}
      {!(saved.isAll && left.isAll) && (
        <Text size="sm" className="quiet">
          {preview.cut}
        </Text>
      )}
    </>
  )
}

function Details({ of }: { readonly of: PreviewResult }) {
  const { say } = useWords()
  const { unread, mounts, items } = of
  return (
    <>
      {of.rules.length > 0 && <Rules of={of} />}
      {items.length > 0 && <LeftOut of={of} />}
      {unread.count > 0 && (
        <div>
          <Text size="sm">{say.sources.preview.unread(unread.count)}</Text>
          <Unread items={unread.items} />
        </div>
      )}
      {mounts.count > 0 && (
        <div>
          <Text size="sm">{say.sources.preview.mounts(mounts.count)}</Text>
          {mounts.items.map(({ path, pathBytes }) => (
            <Text size="sm" key={pathBytes} className="name quiet">
              {path}
            </Text>
          ))}
        </div>
      )}
    </>
  )
}

function Rules({ of: { rules, saved, items } }: { readonly of: PreviewResult }) {
  const { say } = useWords()
  const { preview } = say.sources
  return (
    <div>
      {items.length === 0 && saved.isAll && <Text size="sm">{preview.nothingLeft}</Text>}
      <Wide>
        <Table className="lines">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{preview.rule}</Table.Th>
              <Table.Th>{preview.effect}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rules.map((one) => (
              <Table.Tr key={one.rule} data-rule={one.rule} data-matches={one.paths}>
                <Table.Td className="name main">
                  <code>{one.rule}</code>
                </Table.Td>
                <Table.Td>
                  {one.paths === 0 ? (
                    <Group gap={6} wrap="nowrap" style={{ color: 'var(--incomplete)' }}>
                      <Icon of="AlertTriangle" size={16} style={{ flex: 'none' }} />
                      {preview.effectOf(one, saved.isAll)}
                    </Group>
                  ) : (
                    preview.effectOf(one, saved.isAll)
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
    </div>
  )
}

function LeftOut({ of: { items, left, saved } }: { readonly of: PreviewResult }) {
  const { say, formats } = useWords()
  const { preview } = say.sources
  return (
    <div>
      <Wide>
        <Table className="lines">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{preview.path}</Table.Th>
              <Table.Th>{preview.rule}</Table.Th>
              <Table.Th ta="right">{preview.size}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map(({ path, pathBytes, kind, rule, bytes }) => (
              <Table.Tr key={pathBytes} data-left-out={path}>
                <Table.Td className="name main">{kind === 'folder' ? `${path}/` : path}</Table.Td>
                <Table.Td className="name" data-brief={rule === null ? undefined : preview.rule}>
                  {rule === null ? preview.own : <code>{rule}</code>}
                </Table.Td>
                <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
                  {rule !== null && formats.bytes(bytes)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
      {left.paths > items.length && (
        <Text size="xs" className="quiet">
          {preview.firstOf(items.length, left.paths, saved.isAll)}
        </Text>
      )}
    </div>
  )
}
