/** The frame of a screen: its title, which is the page's too, and what can be done there. */
import { Group, Stack, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'

interface ScreenProps {
  readonly title: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export function Screen({ title, actions, children }: ScreenProps) {
  useEffect(() => {
    document.title = `${title} · Datis`
  }, [title])
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={1}>{title}</Title>
        {actions}
      </Group>
      {children}
    </Stack>
  )
}
