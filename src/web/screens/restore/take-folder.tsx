/** A whole folder: as a zip, or back into its place. */
import { Button, Menu, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { SnapshotResult } from '#box'
import { useWords } from '../../app/words.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Icon } from '../../parts/icons.tsx'
import { type PathCode, stepsOf } from './paths.ts'
import { PutBack } from './put-back.tsx'
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
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" size="compact-sm" leftSection={<Icon of="Dots" size={16} />}>
            {say.restore.wholeFolder}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component="a" href={`/api/snapshots/${snapshot.id}/zip?pathBytes=${folder}`} download>
            {say.restore.zip}
          </Menu.Item>
          <Menu.Item onClick={() => setOpen(true)}>{say.restore.putFolder}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Dialog opened={isOpen} onClose={() => setOpen(false)} title={say.restore.putFolder}>
        <Stack>
          <Text className="name" fw={600}>
            {name}
          </Text>
          <Whence snapshot={snapshot.id} paths={[folder]} />
          <PutBack snapshot={snapshot} path={folder} />
        </Stack>
      </Dialog>
    </>
  )
}
