/** What cannot be taken back: what follows from it is read first. */
import { Button, type ButtonProps, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../app/words.tsx'
import { Dialog } from './dialog.tsx'

interface SureProps extends Omit<ButtonProps, 'children'> {
  /** Of the act, on its button. */
  readonly label: string
  readonly title: string
  readonly what: string
  /** Of the button that does it; the act's own when it is absent. */
  readonly yes?: string
  readonly more?: string
  readonly name: string
  act(): void
}

export function Sure({ label, title, what, yes = label, more, name, act, ...button }: SureProps) {
  const { say } = useWords()
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <Button variant="default" {...button} onClick={() => setAsking(true)} name={name}>
        {label}
      </Button>
      <Dialog opened={isAsking} onClose={() => setAsking(false)} title={title}>
        <Stack>
          <Text className="name">{what}</Text>
          {more !== undefined && <Text>{more}</Text>}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
              {say.action.cancel}
            </Button>
            <Button
              color="red"
              name={`${name}-confirmed`}
              onClick={() => {
                setAsking(false)
                act()
              }}
            >
              {yes}
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </>
  )
}
