/** The frame of a screen: its title, which is the page's too, and what can be done there. */
import { Group, Stack, Title } from '@mantine/core'
import { type ReactNode, useEffect, useEffectEvent, useRef } from 'react'
import { useLocation, useNavigationType } from 'react-router'

interface ScreenProps {
  readonly title: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** The screen that was there before; null: the page has just been opened. */
let before: string | null = null

export function Screen({ title, actions, children }: ScreenProps) {
  useEffect(() => {
    document.title = `${title} · Datis`
  }, [title])
  const { pathname, hash } = useLocation()
  const isBack = useNavigationType() === 'POP'
  const heading = useRef<HTMLHeadingElement>(null)
  /** Whoever reads by ear or by keyboard goes on from here; an address with a `#` names another place. */
  const arrive = useEffectEvent((to: string) => {
    if (before !== null && before !== to && hash === '') {
      heading.current?.focus({ preventScroll: true })
      if (!isBack) window.scrollTo(0, 0)
    }
    before = to
  })
  useEffect(() => arrive(pathname), [pathname])
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={1} ref={heading} tabIndex={-1}>
          {title}
        </Title>
        {actions}
      </Group>
      {children}
    </Stack>
  )
}
