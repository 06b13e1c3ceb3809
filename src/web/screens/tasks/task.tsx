/** One task: how far it is, what it said, what it changed. */
import { Accordion, Button, Group, Stack, Table, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import type { SessionAnswer, TaskAnswer, ToldTask } from '#api/contract'
import type { Formats, WebCatalogue } from '#text/web'
import { useActors } from '../../app/actors.ts'
import { useWords } from '../../app/words.tsx'
import { ask } from '../../client/ask.ts'
import { tasks } from '../../client/queries.ts'
import { Moment } from '../../parts/moment.tsx'
import { type LeftOut, leftOut, outcomeOf } from '../../parts/outcome.ts'
import { Screen } from '../../parts/screen.tsx'
import { State } from '../../parts/state.tsx'
import { TaskProgress } from '../../parts/task-line.tsx'
import { ToldNote, TroubleNote } from '../../parts/trouble.tsx'
import { Rate } from './rate.tsx'

export function Task({ session }: { readonly session: SessionAnswer }) {
  const { say } = useWords()
  const { id = '' } = useParams()
  const known = useQuery(tasks)
  const listed = known.data?.items.find((one) => one.id === id)
  const alone = useQuery({
    queryKey: ['tasks', id],
    queryFn: () => ask<TaskAnswer>('GET', `tasks/${id}`),
    enabled: known.data !== undefined && listed === undefined,
  })
  const task = listed ?? alone.data
  const cancel = useMutation({ mutationFn: () => ask('DELETE', `tasks/${id}`) })
  return (
    <Screen
      title={task === undefined ? say.column.task : say.task.name(task.name)}
      actions={
        session.role !== 'reader' &&
        task?.ended === null && (
          <Button variant="default" onClick={() => cancel.mutate()} loading={cancel.isPending}>
            {say.task.cancel}
          </Button>
        )
      }
    >
      <TroubleNote error={cancel.error ?? (task === undefined ? (alone.error ?? known.error) : null)} />
      {task !== undefined && <Shown task={task} />}
    </Screen>
  )
}

function Shown({ task }: { readonly task: TaskAnswer }) {
  const { say } = useWords()
  const actors = useActors()
  return (
    <>
      <Stack className="card" gap="md" data-task-state={task.state}>
        <Group gap="lg">
          <State of={outcomeOf(task)} size={20} />
          <Text className="quiet">
            {say.column.begun} <Moment at={task.created} />
          </Text>
          {task.ended !== null && (
            <Text className="quiet">
              {say.column.ended} <Moment at={task.ended} />
            </Text>
          )}
          <Text className="quiet name">{actors(task.actor)}</Text>
        </Group>
        {task.ended === null && <TaskProgress of={task.progress} />}
        {task.ended === null && <Rate task={task} />}
        {task.error !== null && <Failure id={task.id} />}
        {task.result !== null && <Result of={task.result} />}
        <Partial of={leftOut(task.result)} />
      </Stack>
      <Log of={task} />
    </>
  )
}

function Log({ of }: { readonly of: TaskAnswer }) {
  const { say } = useWords()
  return (
    <Accordion variant="separated" className="card" p={0}>
      <Accordion.Item value="journal">
        <Accordion.Control>{say.task.journal(of.journal.length)}</Accordion.Control>
        <Accordion.Panel>
          <Table>
            <Table.Tbody>
              {of.journal.map(({ at, text }) => (
                <Table.Tr key={`${at} ${text}`}>
                  <Table.Td w={160}>
                    <Moment at={at} />
                  </Table.Td>
                  <Table.Td className="name">{say.task.phase(text)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  )
}

/** In the reader's words, which come with the task when it is asked for alone. */
function Failure({ id }: { readonly id: string }) {
  const { language } = useWords()
  const known = useQuery({
    queryKey: ['tasks', id, language],
    queryFn: () => ask<ToldTask>('GET', `tasks/${id}`),
  })
  if (known.data?.told == null) return <TroubleNote error={known.error} />
  return <ToldNote told={known.data.told} />
}

/** Snapshots by their sentence; of the rest the plain facts that its result has. */
function Result({ of }: { readonly of: unknown }) {
  const { say, formats } = useWords()
  if (typeof of !== 'object' || of === null) return null
  const { snapshots } = of as { snapshots?: unknown }
  if (Array.isArray(snapshots) && snapshots.every(isSnapshot)) {
    return snapshots.map(({ id, source, files, bytes, state }) => (
      <Text key={id} className="name">
        {say.task.saved(source, files, formats.bytes(bytes))} <State of={state} />
      </Text>
    ))
  }
  const facts = Object.entries(of).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
  return (
    <Table variant="vertical">
      <Table.Tbody>
        {facts.map(([key, value]) => (
          <Table.Tr key={key}>
            <Table.Th w={200}>{say.task.fact(key)}</Table.Th>
            <Table.Td className="name">{shownFact(say, formats, key, value)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

const LEFT_OUT_SHOWN = 100

function Partial({ of }: { readonly of: readonly LeftOut[] }) {
  const { say } = useWords()
  if (of.length === 0) return null
  return (
    <Stack gap={2} role="status" data-partial>
      <Text fw={600} style={{ color: 'var(--incomplete)' }}>
        {say.task.partial}
      </Text>
      {of.slice(0, LEFT_OUT_SHOWN).map(({ what, why }) => (
        <Text key={`${what} ${why}`} size="xs" className="name">
          {what} · {say.sources.cause(why)}
        </Text>
      ))}
    </Stack>
  )
}

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

function shownFact(say: WebCatalogue, formats: Formats, key: string, value: unknown): string {
  if (typeof value === 'number') return /bytes$/i.test(key) ? formats.bytes(value) : formats.number(value)
  if (typeof value === 'boolean') return value ? say.yes : say.no
  const text = String(value)
  return INSTANT.test(text) ? formats.instant(text) : say.task.came(text)
}

interface ShownSnapshot {
  readonly id: string
  readonly source: string
  readonly files: number
  readonly bytes: number
  readonly state: 'complete' | 'incomplete'
}

function isSnapshot(one: unknown): one is ShownSnapshot {
  return typeof one === 'object' && one !== null && 'source' in one && 'files' in one && 'bytes' in one
}
