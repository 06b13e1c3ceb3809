/** Where sources would be: that there are none, or none of the reader's. */
import type { ReactNode } from 'react'
import type { SessionAnswer } from '#api/contract'
import { useWords } from '../app/words.tsx'
import { Empty } from './empty.tsx'

interface NoSourceProps {
  readonly session: SessionAnswer
  /** To whom all sources are shown. */
  readonly text: string
  readonly children?: ReactNode
}

export function NoSource({ session, text, children }: NoSourceProps) {
  const { say } = useWords()
  if (session.role === 'user') return <Empty title={say.sources.noneYoursTitle} text={say.sources.noneYours} />
  return (
    <Empty title={say.sources.noneTitle} text={text}>
      {children}
    </Empty>
  )
}
