/** What went wrong: what happened, what follows, what to do. */
import { Alert, Button, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useWords } from '../app/words.tsx'
import { type ToldTrouble, Trouble } from '../client/ask.ts'

export function TroubleNote({ error, again }: { readonly error: unknown; readonly again?: () => void }) {
  const { say } = useWords()
  if (error === null || error === undefined) return null
  return <ToldNote told={error instanceof Trouble ? error.told : { code: 'SILENT', ...say.silence }} again={again} />
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
      icon={<IconAlertTriangle aria-hidden />}
      title={<span style={{ color: 'var(--action)' }}>{told.happened}</span>}
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
