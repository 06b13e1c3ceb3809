/** A folder of a snapshot, page by page. */
import { Anchor, Breadcrumbs, Checkbox, Group, Stack, Table, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { EntryResult, SnapshotResult } from '#box'
import { useWords } from '../../app/words.tsx'
import { look } from '../../client/ask.ts'
import { Icon } from '../../parts/icons.tsx'
import { Moment } from '../../parts/moment.tsx'
import { More } from '../../parts/more.tsx'
import { TroubleNote } from '../../parts/trouble.tsx'
import { Wide } from '../../parts/wide.tsx'
import { base64From, joined, type PathCode, stepsOf } from './paths.ts'
import { Picked } from './picked.tsx'
import { TakeFolder } from './take-folder.tsx'

const PAGE = 100

interface FolderProps {
  readonly snapshot: SnapshotResult
  readonly folder: PathCode
  readonly file: PathCode | null
  open(path: PathCode): void
  choose(path: PathCode): void
}

export function Folder({ snapshot, folder, file, open, choose }: FolderProps) {
  const { say, formats } = useWords()
  const pages = useInfiniteQuery({
    queryKey: ['snapshot.show', snapshot.id, folder],
    queryFn: ({ pageParam }) =>
      look('snapshot.show', {
        id: snapshot.id,
        path: '',
        pathBytes: base64From(folder),
        limit: PAGE,
        ...(pageParam !== null && { after: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ more }) => more ?? null,
    // A snapshot never changes.
    staleTime: Number.POSITIVE_INFINITY,
  })
  const items = pages.data?.pages.flatMap((page) => page.items) ?? []
  const steps = stepsOf(folder)
  const [picked, setPicked] = useState<ReadonlySet<PathCode>>(new Set())
  const shown = items.map(({ pathBytes }) => joined(folder, pathBytes))
  const isAll = shown.length > 0 && shown.every((path) => picked.has(path))
  const pick = (path: PathCode, isPicked: boolean) => {
    const next = new Set(picked)
    if (isPicked) next.add(path)
    else next.delete(path)
    setPicked(next)
  }
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-start">
        <Breadcrumbs className="path">
          <Anchor component="button" type="button" onClick={() => open('')} className="name">
            {snapshot.source}
          </Anchor>
          {steps.map(({ name, code }) => (
            <Anchor component="button" type="button" key={code} onClick={() => open(code)} className="name">
              {name}
            </Anchor>
          ))}
        </Breadcrumbs>
        <TakeFolder snapshot={snapshot} folder={folder} />
      </Group>
      <Text size="xs" className="quiet">
        {say.restore.asOf(formats.instant(snapshot.startedAt))}
      </Text>
      {picked.size > 0 && <Picked snapshot={snapshot} paths={[...picked]} clear={() => setPicked(new Set())} />}
      <TroubleNote error={pages.error} again={() => void pages.refetch()} />
      {pages.isSuccess && items.length === 0 && <Text className="quiet">{say.restore.emptyFolder}</Text>}
      <Wide>
        <Table className="entries" highlightOnHover aria-busy={pages.isPending}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={32}>
                <Checkbox
                  name="pick-all"
                  size="xs"
                  aria-label={say.restore.pickAll}
                  checked={isAll}
                  indeterminate={picked.size > 0 && !isAll}
                  disabled={shown.length === 0}
                  onChange={() => setPicked(new Set(isAll ? [] : shown))}
                />
              </Table.Th>
              <Table.Th>{say.column.name}</Table.Th>
              {file === null && (
                <>
                  <Table.Th ta="right">{say.column.size}</Table.Th>
                  <Table.Th className="when">{say.column.modified}</Table.Th>
                </>
              )}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((entry) => (
              <Row
                key={entry.pathBytes}
                entry={entry}
                isChosen={joined(folder, entry.pathBytes) === file}
                isShort={file !== null}
                isPicked={picked.has(joined(folder, entry.pathBytes))}
                pick={(isPicked) => pick(joined(folder, entry.pathBytes), isPicked)}
                act={() => (entry.kind === 'folder' ? open : choose)(joined(folder, entry.pathBytes))}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
      <More of={pages} />
    </Stack>
  )
}

const ICONS = { folder: 'Folder', file: 'File', hardlink: 'File', symlink: 'Link', other: 'File' } as const

interface RowProps {
  readonly entry: EntryResult
  readonly isChosen: boolean
  /** Beside a chosen file there is room for names alone. */
  readonly isShort: boolean
  readonly isPicked: boolean
  pick(isPicked: boolean): void
  act(): void
}

function Row({ entry, isChosen, isShort, isPicked, pick, act }: RowProps) {
  const { say, formats } = useWords()
  const { path, kind, bytes, modified, incomplete } = entry
  return (
    <Table.Tr {...(isChosen && { bg: 'var(--mantine-primary-color-light)' })}>
      <Table.Td>
        {/* A hundred at once: the browser's own is there sooner. */}
        <input
          type="checkbox"
          className="pick"
          aria-label={say.restore.pick(path)}
          checked={isPicked}
          onChange={({ currentTarget }) => pick(currentTarget.checked)}
          data-pick={path}
        />
      </Table.Td>
      <Table.Td className="name">
        <Group gap="xs" wrap="nowrap">
          <Icon of={ICONS[kind]} size={18} style={{ color: 'var(--protected)', flex: 'none' }} />
          <Anchor component="button" type="button" c="var(--ink)" ta="left" onClick={act} data-entry={path}>
            {path}
          </Anchor>
          {incomplete !== undefined && (
            <Text size="xs" style={{ color: 'var(--incomplete)' }}>
              {say.restore.incomplete(incomplete)}
            </Text>
          )}
        </Group>
      </Table.Td>
      {!isShort && (
        <>
          <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
            {kind === 'folder' ? '' : formats.bytes(bytes)}
          </Table.Td>
          <Table.Td className="when" style={{ whiteSpace: 'nowrap' }}>
            <Moment at={modified} />
          </Table.Td>
        </>
      )}
    </Table.Tr>
  )
}
