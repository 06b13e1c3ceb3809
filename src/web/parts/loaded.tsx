/** What a screen shows of a question to the box: its shape while it is on the way, its trouble, its answer. */
import { Skeleton, Stack } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Silence } from '../client/ask.ts'
import { useSilence } from '../client/silence.ts'
import { TroubleNote } from './trouble.tsx'

interface LoadedProps<Answer> {
  readonly of: UseQueryResult<Answer>
  readonly lines?: number
  children(answer: Answer): ReactNode
}

export function Loaded<Answer>({ of, lines = 3, children }: LoadedProps<Answer>) {
  const isSilenceTold = useSilence() !== null && of.error instanceof Silence
  // What was known is shown on, and that it is old.
  if (of.data !== undefined) {
    return (
      <>
        {of.error !== null && !isSilenceTold && <TroubleNote error={of.error} again={() => void of.refetch()} />}
        {children(of.data)}
      </>
    )
  }
  if (of.error !== null) return <TroubleNote error={of.error} again={() => void of.refetch()} />
  return (
    <Stack gap="xs" aria-busy="true">
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines without a content
        <Skeleton key={line} height={20} />
      ))}
    </Stack>
  )
}
