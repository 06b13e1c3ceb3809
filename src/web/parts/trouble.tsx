/** What went wrong: what happened, what follows, what to do. */
import { Alert, Button, Text } from '@mantine/core'
import type { WebCatalogue } from '#text/web'
import { useWords } from '../app/words.tsx'
import { type ToldTrouble, Trouble } from '../client/ask.ts'
import { Icon } from './icons.tsx'

export function TroubleNote({ error, again }: { readonly error: unknown; readonly again?: () => void }) {
  const { say } = useWords()
  if (error === null || error === undefined) return null
  return <ToldNote told={toldOf(say, error)} again={again} />
}

/** The box's own sentences; else those of what a browser refuses, or of a box that is silent. */
function toldOf(say: WebCatalogue, error: unknown): ToldNoteProps['told'] {
  if (error instanceof Trouble) return error.told
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError') return { code: name, ...say.passkeys.stopped }
  if (name === 'InvalidStateError') return { code: name, ...say.passkeys.there }
  return { code: 'SILENT', ...say.silence }
}

interface ToldNoteProps {
  readonly told: Pick<ToldTrouble, 'code' | 'happened' | 'follows' | 'todo'>
  readonly again?: (() => void) | undefined
}

export function ToldNote({ told, again }: ToldNoteProps) {
  const { say } = useWords()
  return (
    <Alert
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
