/** A task in one line, with its progress as soon as a total is known. */
import { Anchor, Group, Progress, Stack, Text } from '@mantine/core'
import { Link } from 'react-router'
import type { TaskAnswer } from '#api/contract'
import type { ProgressEvent } from '#box'
import { useWords } from '../app/words.tsx'
import { outcomeOf } from './outcome.ts'
import { State } from './state.tsx'

export function TaskLine({ task }: { readonly task: TaskAnswer }) {
  const { say } = useWords()
  return (
    <Stack gap={4} data-task={task.name}>
      <Group justify="space-between" gap="xs">
        <Anchor component={Link} to={`/tasks/${task.id}`} className="name">
          {say.task.name(task.name)}
        </Anchor>
        <State of={outcomeOf(task)} />
      </Group>
      {task.ended === null && <TaskProgress of={task.progress} />}
    </Stack>
  )
}

export function TaskProgress({ of }: { readonly of: Partial<ProgressEvent> }) {
  const { say, formats } = useWords()
  const part = partOf(of)
  const numbers = [
    of.filesDone === undefined ? null : say.task.files(of.filesDone, of.filesTotal ?? null),
    of.bytesDone === undefined ? null : say.task.bytes(formats.bytes(of.bytesDone), amount(formats, of.bytesTotal)),
    of.boxesDone === undefined ? null : say.task.boxes(of.boxesDone, of.boxesTotal ?? null),
  ].filter((one) => one !== null)
  return (
    <div>
      <Text size="xs" className="quiet">
        {[say.task.phase(of.phase ?? ''), ...numbers].join(' · ')}
      </Text>
      {part !== null && (
        <Progress value={100 * part} aria-label={say.task.progress} size="md" transitionDuration={200} />
      )}
    </div>
  )
}

function amount(formats: { bytes(bytes: number): string }, bytes: number | undefined): string | null {
  return bytes === undefined ? null : formats.bytes(bytes)
}

/** 0 … 1; null while no total is known. */
export function partOf({
  filesDone,
  filesTotal,
  bytesDone,
  bytesTotal,
  boxesDone,
  boxesTotal,
}: Partial<ProgressEvent>) {
  if (bytesTotal !== undefined && bytesTotal > 0) return Math.min(1, (bytesDone ?? 0) / bytesTotal)
  if (filesTotal !== undefined && filesTotal > 0) return Math.min(1, (filesDone ?? 0) / filesTotal)
  if (boxesTotal !== undefined && boxesTotal > 0) return Math.min(1, (boxesDone ?? 0) / boxesTotal)
  return null
}
