/** One stream of events for the whole console: tasks as they change. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import type { TaskAnswer } from '#api/contract'
import { AFTER_A_TASK, tasks } from './queries.ts'

/** `ended`: told of each task that has ended since. */
export function useEvents(ended: (task: TaskAnswer) => void): void {
  const client = useQueryClient()
  const onTask = useEffectEvent((task: TaskAnswer) => {
    heard(client, task)
    if (task.ended !== null) ended(task)
  })
  useEffect(() => {
    const events = new EventSource('/api/events')
    events.addEventListener('task', ({ data }) => onTask(JSON.parse(String(data)) as TaskAnswer))
    // What was missed while the line was down is asked for again.
    events.addEventListener('open', () => void client.invalidateQueries({ queryKey: tasks.queryKey }))
    return () => events.close()
  }, [client])
}

function heard(client: QueryClient, task: TaskAnswer): void {
  const isNew = client.getQueryData(tasks.queryKey)?.items.every(({ id }) => id !== task.id) === true
  if (isNew || task.ended !== null) void client.invalidateQueries({ queryKey: ['tasks pages'] })
  client.setQueryData(tasks.queryKey, (known) => {
    if (known === undefined) return known
    const others = known.items.filter(({ id }) => id !== task.id)
    return { items: [task, ...others].sort((a, b) => b.created - a.created) }
  })
  if (task.ended === null) return
  for (const name of AFTER_A_TASK) void client.invalidateQueries({ queryKey: [name] })
}
