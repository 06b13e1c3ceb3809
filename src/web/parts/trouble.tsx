/** What went wrong: what happened, what follows, what to do. */
import { Alert, Button, Text } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type { WebCatalogue } from '#text/web'
import { useWords } from '../app/words.tsx'
import { Silence, type ToldTrouble, Trouble } from '../client/ask.ts'
import { Icon } from './icons.tsx'

interface TroubleNoteProps {
  readonly error: unknown
  readonly again?: () => void
  /** To what was just pressed: it is brought into view. */
  readonly isAnswer?: boolean
}

export function TroubleNote({ error, again, isAnswer = false }: TroubleNoteProps) {
  const { say } = useWords()
  if (error === null || error === undefined) return null
  return <ToldNote told={toldOf(say, error)} again={again} isAnswer={isAnswer} />
}

/** The box's own sentences; else those of what a browser refuses, of a box that is silent, or of a page at fault. */
function toldOf(say: WebCatalogue, error: unknown): ToldNoteProps['told'] {
  if (error instanceof Trouble) return error.told
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError') return { code: name, ...say.passkeys.stopped }
  if (name === 'InvalidStateError') return { code: name, ...say.passkeys.there }
  return error instanceof Silence ? { code: 'SILENT', ...say.silence } : { code: 'FAULT', ...say.fault }
}

interface ToldNoteProps {
  readonly told: Pick<ToldTrouble, 'code' | 'happened' | 'follows' | 'todo'>
  readonly again?: (() => void) | undefined
  readonly isAnswer?: boolean
}

export function ToldNote({ told, again, isAnswer = false }: ToldNoteProps) {
  const { say } = useWords()
  const note = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isAnswer) note.current?.scrollIntoView({ block: 'nearest' })
  }, [isAnswer])
  return (
    <Alert
      ref={note}
      role="alert"
      variant="outline"
      color="red"
      icon={<Icon of="AlertTriangle" />}
      title={
        <span className="name" style={{ color: 'var(--action)' }}>
          {told.happened}
        </span>
      }
      data-code={told.code}
    >
      <Text size="sm">{told.follows}</Text>
      <Text size="sm">{told.todo}</Text>
      {again !== undefined && (
        <Button variant="default" mt="sm" onClick={again}>
          {say.action.again}
        </Button>
      )}
    </Alert>
  )
}
