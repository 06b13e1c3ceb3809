/** One source: what is saved of it, how safe it is, its last and its next run. */
import { Anchor, Button, Group, Stack, Table, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Link } from 'react-router'
import type { TaskAnswer } from '#api/contract'
import { useWords } from '../../app/words.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Moment } from '../../parts/moment.tsx'
import { type ShownState, State } from '../../parts/state.tsx'
import { Wide } from '../../parts/wide.tsx'
import { Preview } from './preview.tsx'
import type { Shown } from './runs.ts'
import { UnreadOfLast } from './unread.tsx'

interface SourceCardProps extends Shown {
  /** Null: the reader may not. */
  readonly take: (() => void) | null
  readonly mayRestore: boolean
  /** Names of accounts; null: the reader may not see it. */
  readonly people: readonly string[] | null
  readonly failed: TaskAnswer | null
  /** Null until the box has said it. */
  readonly shown: ShownState | null
}

export function SourceCard({ source, safe, shown, take, mayRestore, people, failed }: SourceCardProps) {
  const { say } = useWords()
  const [isOpen, setOpen] = useState(false)
  const { name, paths, excludes, oneFileSystem, ended } = source
  return (
    <section className="card" data-source={name}>
      <Group justify="space-between" align="flex-start">
        <Group gap="md">
          <Text component="h2" fw={600} fz={18} m={0} className="name">
            {name}
          </Text>
          {shown !== null && <State of={shown} />}
        </Group>
        <Group gap="xs">
          {take !== null && (
            <Button
              variant="default"
              size="compact-sm"
              aria-label={say.sources.lookAt(name)}
              aria-expanded={isOpen}
              onClick={() => setOpen(!isOpen)}
            >
              {say.sources.look}
            </Button>
          )}
          {take !== null && ended !== true && (
            <Button variant="default" size="compact-sm" onClick={take}>
              {say.sources.take}
            </Button>
          )}
          {mayRestore && safe?.newest != null && (
            <Button component={Link} to={`/restore?source=${encodeURIComponent(name)}`} size="compact-sm">
              {say.action.restore}
            </Button>
          )}
        </Group>
      </Group>
      <Wide>
        <Table variant="vertical" mt="sm">
          <Table.Tbody>
            <Row title={say.sources.paths}>{paths.join(' · ')}</Row>
            {excludes.length > 0 && <Row title={say.sources.excludes}>{excludes.join(' · ')}</Row>}
            {people !== null && (
              <Row title={say.sources.people}>{people.length === 0 ? say.sources.nobody : people.join(' · ')}</Row>
            )}
            <Runs source={source} safe={safe} failed={failed} />
          </Table.Tbody>
        </Table>
      </Wide>
      {isOpen && (
        <Stack mt="sm">
          <Preview of={{ name, paths, excludes, oneFileSystem }} isAsked />
        </Stack>
      )}
    </section>
  )
}

function Runs({ source, safe, failed }: Pick<SourceCardProps, 'source' | 'safe' | 'failed'>) {
  const { say } = useWords()
  const { importance } = source
  return (
    <>
      <Row title={say.column.newest}>{safe?.newest == null ? say.never : <Moment at={safe.newest.startedAt} />}</Row>
      {failed !== null && (
        <Row title={say.sources.last}>
          <Anchor component={Link} to={`/tasks/${failed.id}`}>
            <Moment at={failed.created} />
          </Anchor>
          <Fault>{say.sources.lastFailed}</Fault>
        </Row>
      )}
      {failed === null && safe?.last != null && !safe.last.isComplete && (
        <Row title={say.sources.last}>
          <Moment at={safe.last.startedAt} />
          <Fault>{say.sources.lastIncomplete}</Fault>
          <UnreadToggle source={source.name} />
        </Row>
      )}
      {safe?.dueAt != null && (
        <Row title={say.sources.next}>
          {Date.parse(safe.dueAt) <= Date.now() ? say.sources.nextNow : <Moment at={safe.dueAt} />}
        </Row>
      )}
      <Row title={say.facts.proved}>{safe?.provedAt == null ? say.never : <Moment at={safe.provedAt} />}</Row>
      {importance !== undefined && importance !== 'normal' && (
        <Row title={say.sources.importance}>{say.sources.important[importance]}</Row>
      )}
    </>
  )
}

function Fault({ children }: { readonly children: ReactNode }) {
  return (
    <Group gap={6} style={{ color: 'var(--incomplete)' }}>
      <Icon of="AlertTriangle" size={16} />
      {children}
    </Group>
  )
}

function UnreadToggle({ source }: { readonly source: string }) {
  const { say } = useWords()
  const [isOpen, setOpen] = useState(false)
  return (
    <div>
      <Button
        variant="subtle"
        size="compact-sm"
        px={0}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="unread-toggle"
      >
        {say.sources.unread}
      </Button>
      {isOpen && <UnreadOfLast source={source} />}
    </div>
  )
}

function Row({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th w={160}>{title}</Table.Th>
      <Table.Td className="name">{children}</Table.Td>
    </Table.Tr>
  )
}
