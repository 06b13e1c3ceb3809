/** Nothing there yet: what would be, and the one thing to do. */
import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

interface EmptyProps {
  readonly title: string
  readonly text: string
  readonly children?: ReactNode
}

export function Empty({ title, text, children }: EmptyProps) {
  return (
    <Stack gap="xs" align="flex-start" py="md">
      <Title order={3}>{title}</Title>
      <Text c="dimmed" maw="60ch">
        {text}
      </Text>
      {children}
    </Stack>
  )
}
