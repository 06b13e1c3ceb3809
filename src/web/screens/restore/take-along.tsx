/** To the reader's own disk; what the box refuses is said here, and not by the browser. */
import { Button, type ButtonProps } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { takeAlong } from '../../client/files.ts'
import { Icon } from '../../parts/icons.tsx'
import { TroubleNote } from '../../parts/trouble.tsx'
import { type PathCode, savedPaths } from './paths.ts'

interface TakeAlongProps extends ButtonProps {
  readonly snapshot: string
  readonly paths: readonly PathCode[]
  readonly how: 'file' | 'zip'
  readonly children: string
}

export function TakeAlong({ snapshot, paths, how, children, ...button }: TakeAlongProps) {
  const take = useMutation({ mutationFn: () => takeAlong({ snapshot, paths: savedPaths(paths), how }) })
  return (
    <>
      <Button
        {...button}
        name={`take-${how}`}
        leftSection={<Icon of="Download" size={16} />}
        loading={take.isPending}
        onClick={() => take.mutate()}
      >
        {children}
      </Button>
      <TroubleNote error={take.error} />
    </>
  )
}
