/** Folders of the box's own disk, one level at a time, to choose one. */
import { Button, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { FolderItem } from '#box'
import { useWords } from '../../app/words.tsx'
import { look } from '../../client/ask.ts'
import { Icon } from '../../parts/icons.tsx'
import { More } from '../../parts/more.tsx'
import { TroubleNote } from '../../parts/trouble.tsx'

interface FolderPickerProps {
  readonly choose: (path: string) => void
  readonly close: () => void
}

const ROOT = '/'

export function FolderPicker({ choose, close }: FolderPickerProps) {
  const { say } = useWords()
  const [path, setPath] = useState(ROOT)
  const here = useRef<HTMLButtonElement>(null)
  const pages = useInfiniteQuery({
    queryKey: ['folder.list', path],
    queryFn: ({ pageParam, signal }) =>
      look('folder.list', { path, ...(pageParam !== null && { after: pageParam }) }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ more }) => more,
  })
  const items = pages.data?.pages.flatMap((page) => page.items) ?? []
  // What was pressed is gone with its folder: the keyboard goes on at the way here.
  // biome-ignore lint/correctness/useExhaustiveDependencies: at each folder
  useEffect(() => here.current?.focus(), [path])
  return (
    <Stack gap="sm" className="card" component="section" aria-label={say.sources.picker} data-picker={path}>
      <Way to={path} go={setPath} last={here} />
      <TroubleNote error={pages.error} again={() => void pages.refetch()} />
      <div className="folders" aria-busy={pages.isPending && pages.error === null}>
        {items.map((item) => (
          <Entry key={item.pathBytes} of={item} go={setPath} />
        ))}
        {pages.isSuccess && items.length === 0 && (
          <Text size="sm" className="quiet">
            {pages.hasNextPage ? say.sources.noFoldersYet : say.sources.noFolders}
          </Text>
        )}
        <More of={pages} size="compact-sm" />
      </div>
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          {say.action.cancel}
        </Button>
        {path !== ROOT && pages.error === null && (
          <Button onClick={() => choose(path)} className="choose">
            {say.sources.here(nameOf(path))}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

interface WayProps {
  readonly to: string
  readonly go: (path: string) => void
  readonly last: React.Ref<HTMLButtonElement>
}

function Way({ to, go, last }: WayProps) {
  const { say } = useWords()
  const names = to.split('/').filter((name) => name !== '')
  const steps = [
    { name: say.sources.disk, path: ROOT },
    ...names.map((name, n) => ({ name, path: `/${names.slice(0, n + 1).join('/')}` })),
  ]
  return (
    <Group gap={2} component="nav" aria-label={say.sources.picker}>
      {steps.map(({ name, path }, n) => (
        <Group gap={2} key={path} wrap="nowrap">
          {n > 0 && <Icon of="ChevronRight" size={14} />}
          <Button
            ref={path === to ? last : null}
            variant={path === to ? 'light' : 'subtle'}
            size="compact-sm"
            aria-current={path === to ? 'page' : undefined}
            onClick={() => go(path)}
            className="name"
          >
            {name}
          </Button>
        </Group>
      ))}
    </Group>
  )
}

function Entry({ of: { path, state }, go }: { readonly of: FolderItem; readonly go: (path: string) => void }) {
  const { say } = useWords()
  if (state === 'open')
    return (
      <UnstyledButton className="folder" onClick={() => go(path)} data-folder={path}>
        <Icon of="Folder" size={18} />
        <span className="name">{nameOf(path)}</span>
      </UnstyledButton>
    )
  return (
    <div className="folder quiet" data-folder={path} data-folder-state={state}>
      <Icon of="CircleMinus" size={18} />
      <span>
        <span className="name">{nameOf(path)}</span>
        <Text size="xs" className="quiet">
          {say.sources.folderState[state]}
        </Text>
      </span>
    </div>
  )
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
