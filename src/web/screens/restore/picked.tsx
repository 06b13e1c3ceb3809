/** Several chosen things of a folder: one zip, or one task that puts them back. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { SnapshotResult } from '#box'
import { useWords } from '../../app/words.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import type { PathCode } from './paths.ts'
import { PutBack } from './put-back.tsx'
import { TakeAlong } from './take-along.tsx'
import { Whence } from './whence.tsx'

interface PickedProps {
  readonly snapshot: SnapshotResult
  readonly paths: readonly PathCode[]
  clear(): void
}

export function Picked({ snapshot, paths, clear }: PickedProps) {
  const { say } = useWords()
  const [isOpen, setOpen] = useState(false)
  return (
    <Group className="picked" gap="xs" data-picked={paths.length}>
      <Text size="sm" fw={600} role="status">
        {say.restore.picked(paths.length)}
      </Text>
      <TakeAlong size="compact-sm" snapshot={snapshot.id} paths={paths} how="zip">
        {say.restore.zipPicked}
      </TakeAlong>
      <Button size="compact-sm" variant="default" onClick={() => setOpen(true)} name="put-picked">
        {say.restore.putPicked}
      </Button>
      <Button size="compact-sm" variant="subtle" onClick={clear}>
        {say.restore.unpick}
      </Button>
      <Dialog opened={isOpen} onClose={() => setOpen(false)} title={say.restore.picked(paths.length)}>
        <Stack>
          <Whence snapshot={snapshot.id} paths={paths} />
          <PutBack snapshot={snapshot} paths={paths} />
        </Stack>
      </Dialog>
    </Group>
  )
}
