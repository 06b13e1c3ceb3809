/** Back into its place: over what is there, or beside it with the date; both are kept unless asked otherwise. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import type { SnapshotResult } from '#box'
import { useStepUp } from '../../app/step-up.tsx'
import { useWords } from '../../app/words.tsx'
import { begin } from '../../client/ask.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { TroubleNote } from '../../parts/trouble.tsx'
import { type PathCode, savedPaths, stepsOf } from './paths.ts'

interface PutBackProps {
  readonly snapshot: SnapshotResult
  /** At least one. */
  readonly paths: readonly PathCode[]
}

export function PutBack({ snapshot, paths }: PutBackProps) {
  const { say, formats } = useWords()
  const confirmed = useStepUp()
  const navigate = useNavigate()
  const [isAsking, setAsking] = useState(false)
  const put = useMutation({
    mutationFn: (mode: 'over' | 'beside') =>
      confirmed(() => begin('files.return', { id: snapshot.id, paths: savedPaths(paths), mode })),
    onSuccess: (begun) => begun !== null && 'task' in begun && void navigate(`/tasks/${begun.task}`),
  })
  const date = formats.instant(snapshot.startedAt)
  const [path = ''] = paths
  const name = stepsOf(path).at(-1)?.name ?? snapshot.source
  return (
    <>
      <Button
        variant="default"
        onClick={() => put.mutate('beside')}
        loading={put.isPending && put.variables === 'beside'}
        disabled={put.isPending}
        name="beside"
        h="auto"
        mih={36}
        py={6}
        styles={{ label: { whiteSpace: 'normal', lineHeight: 1.3 } }}
      >
        {say.restore.beside}
      </Button>
      <Button
        variant="default"
        onClick={() => setAsking(true)}
        loading={put.isPending && put.variables === 'over'}
        disabled={put.isPending}
        name="over"
      >
        {say.restore.over}
      </Button>
      <TroubleNote error={put.error} />
      <Dialog opened={isAsking} onClose={() => setAsking(false)} title={say.restore.over}>
        <Stack>
          <Text className="name">
            {paths.length > 1 ? say.restore.overSeveral(paths.length, date) : say.restore.overWhat(name, date)}
          </Text>
          <Text>{say.restore.nowUnsaved}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
              {say.action.cancel}
            </Button>
            <Button
              color="red"
              name="over-confirmed"
              onClick={() => {
                setAsking(false)
                put.mutate('over')
              }}
            >
              {say.restore.overYes}
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </>
  )
}
