/** A whole folder: as a zip, or back into its place. */
import { Button, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { SnapshotResult } from '#box'
import { useWords } from '../../app/words.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Icon } from '../../parts/icons.tsx'
import { type PathCode, stepsOf } from './paths.ts'
import { PutBack } from './put-back.tsx'
import { TakeAlong } from './take-along.tsx'
import { Whence } from './whence.tsx'

interface TakeFolderProps {
  readonly snapshot: SnapshotResult
  readonly folder: PathCode
}

export function TakeFolder({ snapshot, folder }: TakeFolderProps) {
  const { say } = useWords()
  const [isOpen, setOpen] = useState(false)
  const name = stepsOf(folder).at(-1)?.name ?? snapshot.source
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<Icon of="Dots" size={16} />}
        onClick={() => setOpen(true)}
      >
        {say.restore.wholeFolder}
      </Button>
      <Dialog opened={isOpen} onClose={() => setOpen(false)} title={say.restore.wholeFolder}>
        <Stack>
          <Text className="name" fw={600}>
            {name}
          </Text>
          <Whence snapshot={snapshot.id} paths={[folder]} />
          <TakeAlong snapshot={snapshot.id} paths={[folder]} how="zip">
            {say.restore.zip}
          </TakeAlong>
          <PutBack snapshot={snapshot} paths={[folder]} />
        </Stack>
      </Dialog>
    </>
  )
}
