/** The next page of a list, where there is one. */
import { Button, type ButtonProps } from '@mantine/core'
import { useWords } from '../app/words.tsx'

interface MoreProps extends ButtonProps {
  readonly of: {
    readonly hasNextPage: boolean
    readonly isFetchingNextPage: boolean
    fetchNextPage(): unknown
  }
}

export function More({ of, ...button }: MoreProps) {
  const { say } = useWords()
  if (!of.hasNextPage) return null
  return (
    <Button variant="default" {...button} onClick={() => void of.fetchNextPage()} loading={of.isFetchingNextPage}>
      {say.action.more}
    </Button>
  )
}
