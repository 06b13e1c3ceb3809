/** The frame around all screens: where one is, what runs, what is wrong, who one is. */
import {
  ActionIcon,
  Anchor,
  AppShell,
  Badge,
  Box,
  Burger,
  Button,
  Group,
  Menu,
  NavLink,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import { useDisclosure, useHotkeys, useMediaQuery } from '@mantine/hooks'
import { spotlight } from '@mantine/spotlight'
import { useMutation, useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { Link, Outlet, useLocation } from 'react-router'
import type { SessionAnswer, TaskAnswer } from '#api/contract'
import { ask } from '../client/ask.ts'
import { useEvents } from '../client/events.ts'
import { alarms, tasks } from '../client/queries.ts'
import { useSilence } from '../client/silence.ts'
import { Icon, type IconName } from '../parts/icons.tsx'
import { useTell } from '../parts/notices.tsx'
import { outcomeOf } from '../parts/outcome.ts'
import { Boundary } from './boundary.tsx'
import { mayOpen, SCREENS, type ScreenName } from './screens.ts'
import { useWords } from './words.tsx'

const ICONS: Readonly<Record<ScreenName, IconName>> = {
  dashboard: 'LayoutDashboard',
  sources: 'Archive',
  restore: 'FolderDown',
  community: 'Star',
  policies: 'History',
  accounts: 'Users',
  tasks: 'ListCheck',
}

const Finder = lazy(async () => ({ default: (await import('./finder.tsx')).Finder }))

export function Shell({ session }: { readonly session: SessionAnswer }) {
  const { say } = useWords()
  const tell = useTell()
  useEvents((task) => {
    if (task.actor === session.user) void tell(<Ended task={task} />, task.id)
  })
  const [isOpen, { toggle, close }] = useDisclosure()
  const isNarrow = useMediaQuery('(max-width: 47.99em)') === true
  const { pathname } = useLocation()
  // Kept until the finder has come, and also from within a field.
  useHotkeys([['mod + K', spotlight.open]], [])
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <button type="button" className="skip" onClick={() => document.getElementById('content')?.focus()}>
        {say.shell.skip}
      </button>
      <AppShell.Header bg="var(--surface)">
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={say.shell.menu}
              aria-expanded={isOpen}
            />
            <img src="/icon.svg" alt="" width={24} height={24} />
            <Text fw={600} visibleFrom="xs">
              Datis
            </Text>
            <Text className="name quiet" visibleFrom="sm" truncate maw={220} data-box-name>
              {session.boxName}
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Tools session={session} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" bg="var(--paper)" aria-label={say.shell.menu} inert={isNarrow && !isOpen}>
        {SCREENS.filter(({ name }) => mayOpen(name, session.role)).map(({ name, path }) => {
          const isHere = path === '/' ? pathname === '/' : pathname.startsWith(path)
          return (
            <NavLink
              key={name}
              component={Link}
              to={path}
              label={say.screen[name]}
              leftSection={<Icon of={ICONS[name]} size={18} />}
              active={isHere}
              aria-current={isHere ? 'page' : undefined}
              onClick={close}
            />
          )
        })}
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Box maw={1200} mx="auto">
          <Unheard />
          <Boundary>
            <Suspense>
              <Finder session={session} />
            </Suspense>
          </Boundary>
          <Boundary key={pathname}>
            <Outlet />
          </Boundary>
        </Box>
      </AppShell.Main>
    </AppShell>
  )
}

/** At once, on every screen: what is shown may be old. */
function Unheard() {
  const { say } = useWords()
  const since = useSilence()
  if (since === null) return null
  return (
    <div role="alert" className="unheard-place">
      <p className="unheard" data-unheard>
        <Icon of="AlertTriangle" size={18} style={{ flex: 'none', marginTop: 2 }} />
        {say.silence.since(new Date(since).toISOString())}
      </p>
    </div>
  )
}

function Ended({ task }: { readonly task: TaskAnswer }) {
  const { say } = useWords()
  return (
    <Text size="sm" data-ended={task.state}>
      {say.shell.ended(say.task.name(task.name), say.state[outcomeOf(task)])}{' '}
      <Anchor component={Link} to={`/tasks/${task.id}`} size="sm" underline="always">
        {say.shell.seeTask}
      </Anchor>
    </Text>
  )
}

function Tools({ session }: { readonly session: SessionAnswer }) {
  const { say } = useWords()
  return (
    <>
      <Button variant="default" visibleFrom="md" leftSection={<Icon of="Search" size={16} />} onClick={spotlight.open}>
        {say.shell.find}
        <Text span c="dimmed" ml="sm">
          Ctrl K
        </Text>
      </Button>
      <ActionIcon variant="default" size={36} hiddenFrom="md" aria-label={say.shell.find} onClick={spotlight.open}>
        <Icon of="Search" size={18} />
      </ActionIcon>
      <AtWork />
      <Wrong />
      <LanguageAndTheme />
      <Account session={session} />
    </>
  )
}

function AtWork() {
  const { say } = useWords()
  const { data } = useQuery(tasks)
  const count = data?.items.filter(({ ended }) => ended === null).length ?? 0
  if (count === 0) return null
  return (
    <Button component={Link} to="/tasks" variant="subtle" px={6}>
      {say.shell.atWork(count)}
    </Button>
  )
}

function Wrong() {
  const { say } = useWords()
  const { data } = useQuery(alarms)
  const count = data?.items.length ?? 0
  if (count === 0) return null
  return (
    <Button
      component={Link}
      to="/#alarms"
      variant="subtle"
      px={6}
      c="var(--action)"
      leftSection={<Icon of="AlertTriangle" size={16} />}
    >
      {say.shell.alarms(count)}
    </Button>
  )
}

export function LanguageAndTheme() {
  const { say, language, change } = useWords()
  const { setColorScheme } = useMantineColorScheme()
  const isDark = useComputedColorScheme('light') === 'dark'
  const other = language === 'fr' ? 'en' : 'fr'
  return (
    <>
      <Button variant="subtle" px={6} onClick={() => change(other)} aria-label={say.shell.otherLanguage} lang={other}>
        {other.toUpperCase()}
      </Button>
      <ActionIcon
        variant="subtle"
        size={36}
        onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
        aria-label={isDark ? say.shell.light : say.shell.dark}
      >
        {isDark ? <Icon of="Sun" size={18} /> : <Icon of="Moon" size={18} />}
      </ActionIcon>
    </>
  )
}

function Account({ session }: { readonly session: SessionAnswer }) {
  const { say } = useWords()
  const leave = useMutation({
    mutationFn: () => ask('DELETE', 'session'),
    onSettled: () => window.location.assign('/'),
  })
  return (
    <Menu position="bottom-end" width={220} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button variant="subtle" px={6} aria-label={say.shell.account(session.name)}>
          <Icon of="User" size={18} />
          <Text span ml={6} visibleFrom="sm" className="name" truncate maw={140}>
            {session.name}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Badge variant="default" tt="none">
            {say.role[session.role]}
          </Badge>
        </Menu.Label>
        <Menu.Item component={Link} to="/profile">
          {say.screen.profile}
        </Menu.Item>
        <Menu.Item onClick={() => leave.mutate()}>{say.shell.leave}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
