/** The chosen file: a look at it, its versions, and what can be done with it. */
import { Button, Group, Stack, Text, Title } from '@mantine/core'
import type { SnapshotResult } from '#box'
import { useWords } from '../../app/words.tsx'
import { Icon } from '../../parts/icons.tsx'
import { type PathCode, stepsOf } from './paths.ts'
import { Preview } from './preview.tsx'
import { PutBack } from './put-back.tsx'
import { TakeAlong } from './take-along.tsx'
import { Versions } from './versions.tsx'
import { Whence } from './whence.tsx'

interface ChosenProps {
  readonly snapshot: SnapshotResult
  readonly file: PathCode
  /** Of the source. */
  readonly snapshots: readonly SnapshotResult[]
  choose(snapshot: string): void
  close(): void
}

export function Chosen({ snapshot, snapshots, file, choose, close }: ChosenProps) {
  const { say, formats } = useWords()
  const name = stepsOf(file).at(-1)?.name ?? ''
  return (
    <Stack gap="md">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Title order={2} className="name">
            {name}
          </Title>
          <Text size="sm" className="quiet">
            {say.restore.fileAsOf(formats.instant(snapshot.startedAt))}
          </Text>
        </div>
        <Button variant="subtle" size="compact-sm" onClick={close} aria-label={say.action.close} visibleFrom="md">
          <Icon of="X" size={16} />
        </Button>
      </Group>
      <Preview snapshot={snapshot.id} file={file} />
      <Whence snapshot={snapshot.id} paths={[file]} />
      <Stack gap="xs">
        <TakeAlong snapshot={snapshot.id} paths={[file]} how="file">
          {say.restore.download}
        </TakeAlong>
        <PutBack snapshot={snapshot} paths={[file]} />
      </Stack>
      <Versions snapshot={snapshot} snapshots={snapshots} file={file} choose={choose} />
    </Stack>
  )
}
