/** What is said for a while at the edge of the page, and aloud. Its code comes with the first of them. */
import { lazy, type ReactNode, Suspense, useSyncExternalStore } from 'react'
import { useWords } from '../app/words.tsx'

const Container = lazy(async () => ({ default: (await import('@mantine/notifications')).Notifications }))

const listeners = new Set<() => void>()
let isTold = false

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export function Notices() {
  const isWanted = useSyncExternalStore(subscribe, () => isTold)
  return <Suspense>{isWanted && <Container position="top-right" />}</Suspense>
}

/** `id`: of two with the same the second is not said. */
export function useTell(): (message: ReactNode, id?: string) => Promise<void> {
  const { say } = useWords()
  return async (message, id) => {
    isTold = true
    for (const listener of listeners) listener()
    const { notifications } = await import('@mantine/notifications')
    notifications.show({
      message,
      ...(id !== undefined && { id }),
      closeButtonProps: { 'aria-label': say.action.close },
    })
  }
}
