/** Who comes sees what is theirs: the first start, the way in, or the screens. */
import { Center, Loader, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense } from 'react'
import { Navigate, Route, Routes } from 'react-router'
import { codeOf } from '../client/ask.ts'
import { rebuilding, session, setup } from '../client/queries.ts'
import { TroubleNote } from '../parts/trouble.tsx'
import { Dashboard } from '../screens/dashboard/dashboard.tsx'
import { SignIn } from '../screens/sign-in.tsx'
import { mayOpen, type ScreenName } from './screens.ts'
import { Shell } from './shell.tsx'

const FirstStart = lazy(async () => ({ default: (await import('../screens/first/first-start.tsx')).FirstStart }))
const RecoverySheet = lazy(async () => ({
  default: (await import('../screens/first/recovery-sheet.tsx')).RecoverySheet,
}))
const Sources = lazy(async () => ({ default: (await import('../screens/sources/sources.tsx')).Sources }))
const Restore = lazy(async () => ({ default: (await import('../screens/restore/restore.tsx')).Restore }))
const Community = lazy(async () => ({ default: (await import('../screens/community.tsx')).Community }))
const Policies = lazy(async () => ({ default: (await import('../screens/policies.tsx')).Policies }))
const Accounts = lazy(async () => ({ default: (await import('../screens/accounts.tsx')).Accounts }))
const Tasks = lazy(async () => ({ default: (await import('../screens/tasks/tasks.tsx')).Tasks }))
const Task = lazy(async () => ({ default: (await import('../screens/tasks/task.tsx')).Task }))
const Profile = lazy(async () => ({ default: (await import('../screens/profile/profile.tsx')).Profile }))

const waiting = (
  <Center mih="50vh">
    <Loader aria-hidden />
  </Center>
)

export function Console() {
  const place = useQuery(setup)
  // What came of a rebuild stays until it was read.
  const rebuilt = useQuery({ ...rebuilding, enabled: false })
  const isTelling = rebuilt.data !== undefined && rebuilt.data.state !== 'none'
  if (place.data === undefined) {
    if (place.error === null) return waiting
    // A page that is opened again meanwhile.
    if (codeOf(place.error) === 'BOX_REBUILDING')
      return (
        <Suspense fallback={waiting}>
          <FirstStart />
        </Suspense>
      )
    return (
      <Stack maw={560} mx="auto" mt="20vh" px="md">
        <TroubleNote error={place.error} again={() => void place.refetch()} />
      </Stack>
    )
  }
  if (place.data.isSignedIn) return <Inside />
  return <Suspense fallback={waiting}>{place.data.isFirst || isTelling ? <FirstStart /> : <SignIn />}</Suspense>
}

function Inside() {
  const { data: mine } = useQuery(session)
  if (mine === undefined) return waiting
  const only = (name: ScreenName, screen: ReactNode) =>
    mayOpen(name, mine.role) ? <Suspense fallback={waiting}>{screen}</Suspense> : <Navigate to="/" replace />
  return (
    <Routes>
      <Route element={<Shell session={mine} />}>
        <Route index element={<Dashboard session={mine} />} />
        <Route path="sources" element={only('sources', <Sources session={mine} />)} />
        <Route path="restore" element={only('restore', <Restore session={mine} />)} />
        <Route path="community" element={only('community', <Community />)} />
        <Route path="policies" element={only('policies', <Policies />)} />
        <Route path="accounts" element={only('accounts', <Accounts />)} />
        <Route path="tasks" element={only('tasks', <Tasks session={mine} />)} />
        <Route path="tasks/:id" element={only('tasks', <Task session={mine} />)} />
        <Route path="recovery-sheet" element={only('accounts', <RecoverySheet />)} />
        <Route path="profile" element={only('dashboard', <Profile session={mine} />)} />
        <Route path="*" element={<Navigate to="/" replace />} />
      </Route>
    </Routes>
  )
}
