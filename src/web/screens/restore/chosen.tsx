/** The chosen file: a look at it, its versions, and what can be done with it. */
import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { SnapshotResult } from '#box'
import { useWords } from '../../app/words.tsx'
import { look } from '../../client/ask.ts'
import { Icon } from '../../parts/icons.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { base64From, type PathCode, stepsOf } from './paths.ts'
import { Preview } from './preview.tsx'
import { PutBack } from './put-back.tsx'
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
  const { say } = useWords()
  const name = stepsOf(file).at(-1)?.name ?? ''
  return (
    <Stack gap="md">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Title order={2} className="name">
          {name}
        </Title>
        <Button variant="subtle" size="compact-sm" onClick={close} aria-label={say.action.close} visibleFrom="md">
          <Icon of="X" size={16} />
        </Button>
      </Group>
      <Preview snapshot={snapshot.id} file={file} />
      <Whence snapshot={snapshot.id} paths={[file]} />
      <Stack gap="xs">
        <Button
          component="a"
          href={`/api/snapshots/${snapshot.id}/file?pathBytes=${file}`}
          download={name}
          leftSection={<Icon of="Download" size={16} />}
        >
          {say.restore.download}
        </Button>
        <PutBack snapshot={snapshot} path={file} />
      </Stack>
      <Versions snapshot={snapshot} snapshots={snapshots} file={file} choose={choose} />
    </Stack>
  )
}

interface VersionsProps {
  readonly snapshot: SnapshotResult
  readonly snapshots: readonly SnapshotResult[]
  readonly file: PathCode
  choose(snapshot: string): void
}

function Versions({ snapshot, snapshots, file, choose }: VersionsProps) {
  const { say, formats } = useWords()
  const { source } = snapshot
  const startedAt = new Map(snapshots.map((one) => [one.id, one.startedAt]))
  const known = useQuery({
    queryKey: ['snapshot.versions', source, file],
    queryFn: ({ signal }) => look('snapshot.versions', { source, path: '', pathBytes: base64From(file) }, signal),
  })
  return (
    <Stack gap="xs">
      <Title order={3}>{say.restore.versions}</Title>
      <Loaded of={known} lines={2}>
        {({ items }) => (
          <Stack gap={4} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
            {items.map((one) => {
              const [from = '', to = ''] = [startedAt.get(one.first), startedAt.get(one.snapshot)]
              const isHere = from <= snapshot.startedAt && snapshot.startedAt <= to
              return (
                <li key={one.snapshot}>
                  <Button
                    fullWidth
                    variant={isHere ? 'light' : 'default'}
                    aria-current={isHere ? 'true' : undefined}
                    justify="space-between"
                    size="compact-md"
                    fz={13}
                    data-version={one.snapshot}
                    rightSection={
                      <Text size="xs" style={{ whiteSpace: 'nowrap' }}>
                        {formats.bytes(one.bytes)}
                      </Text>
                    }
                    onClick={() => choose(one.snapshot)}
                  >
                    {formats.instant(one.modified)}
                  </Button>
                </li>
              )
            })}
          </Stack>
        )}
      </Loaded>
    </Stack>
  )
}
