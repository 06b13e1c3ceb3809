/** Back into its place: over what is there, or beside it with the date; both are kept unless asked otherwise. */
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import type { SnapshotResult } from '#box'
import { useStepUp } from '../../app/step-up.tsx'
import { useWords } from '../../app/words.tsx'
import { begin } from '../../client/ask.ts'
import { Sure } from '../../parts/sure.tsx'
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
      <Sure
        label={say.restore.over}
        title={say.restore.over}
        what={paths.length > 1 ? say.restore.overSeveral(paths.length, date) : say.restore.overWhat(name, date)}
        more={say.restore.nowUnsaved}
        yes={say.restore.overYes}
        name="over"
        loading={put.isPending && put.variables === 'over'}
        disabled={put.isPending}
        act={() => put.mutate('over')}
      />
      <TroubleNote error={put.error} />
    </>
  )
}
