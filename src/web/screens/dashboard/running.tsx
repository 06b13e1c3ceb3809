/** What is at work now. */
import { Stack, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useWords } from '../../app/words.tsx'
import { tasks } from '../../client/queries.ts'
import { TaskLine } from '../../parts/task-line.tsx'

export function Running() {
  const { say } = useWords()
  const { data } = useQuery(tasks)
  const running = data?.items.filter(({ ended }) => ended === null) ?? []
  if (running.length === 0) return null
  return (
    <Stack className="card" component="section" gap="sm">
      <Title order={2}>{say.dashboard.running}</Title>
      {running.map((task) => (
        <TaskLine key={task.id} task={task} />
      ))}
    </Stack>
  )
}
