/** What is said for a while at the edge of the page, and aloud. */
import type { ReactNode } from 'react'
import { useWords } from '../app/words.tsx'

/** `id`: of two with the same the second is not said. */
export function useTell(): (message: ReactNode, id?: string) => Promise<void> {
  const { say } = useWords()
  return async (message, id) => {
    const { notifications } = await import('@mantine/notifications')
    notifications.show({
      message,
      ...(id !== undefined && { id }),
      closeButtonProps: { 'aria-label': say.action.close },
    })
  }
}
