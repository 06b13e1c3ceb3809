/** One stream of events for the whole console: tasks as they change. */
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useState } from 'react'
import type { TaskAnswer } from '#api/contract'
import { Silence } from './ask.ts'
import { AFTER_A_TASK, setup, tasks } from './queries.ts'
import { noteHeard, useSilence } from './silence.ts'

const AGAIN_MS = 5_000

/** `ended`: told of each task that has ended since. */
export function useEvents(ended: (task: TaskAnswer) => void): void {
  const client = useQueryClient()
  const onTask = useEffectEvent((task: TaskAnswer) => {
    heard(client, task)
    if (task.ended !== null) ended(task)
  })
  useEffect(() => watchSilence(client), [client])
  const [refusedAt, setRefusedAt] = useState<number | null>(null)
  const isSilent = useSilence() !== null
  const place = useQuery({ ...setup, refetchInterval: isSilent || refusedAt !== null ? AGAIN_MS : false })
  const mayListen = refusedAt === null || place.dataUpdatedAt > refusedAt
  useEffect(() => {
    if (!mayListen) return
    const events = new EventSource('/api/events')
    events.addEventListener('task', ({ data }) => onTask(JSON.parse(String(data)) as TaskAnswer))
    events.addEventListener('open', () => {
      setRefusedAt(null)
      // What was missed while the line was down is asked for again.
      void client.invalidateQueries({ queryKey: tasks.queryKey })
    })
    events.addEventListener('error', () => {
      // The browser does not take up again what was refused.
      if (events.readyState === EventSource.CLOSED) setRefusedAt(Date.now())
      // It is off, or it has ended the session: the answer to this tells which.
      else void client.refetchQueries({ queryKey: setup.queryKey })
    })
    return () => events.close()
  }, [client, mayListen])
}

/** What any question finds out; once the box is heard again, all that is shown is asked for anew. */
function watchSilence(client: QueryClient): () => void {
  const stop = client.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated') return
    const { action } = event
    if (action.type === 'failed' && action.error instanceof Silence) noteHeard(false)
    if (action.type === 'success' && action.manual !== true && noteHeard(true)) void client.invalidateQueries()
  })
  return () => {
    stop()
    noteHeard(true)
  }
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
