/** How fast, and how long still: only once that is stable. */
import { Text } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type { TaskAnswer } from '#api/contract'
import { useWords } from '../../app/words.tsx'

const SPAN_MS = 20_000
const STABLE_MS = 5_000

interface Seen {
  readonly at: number
  readonly bytes: number
}

export function Rate({ task }: { readonly task: TaskAnswer }) {
  const { say, formats } = useWords()
  const seen = useRef<{ phase: unknown; moments: Seen[] }>({ phase: null, moments: [] })
  const { phase, bytesDone, bytesTotal } = task.progress as { phase?: string; bytesDone?: number; bytesTotal?: number }
  useEffect(() => {
    if (bytesDone === undefined) return
    const now = Date.now()
    const { current } = seen
    if (current.phase !== phase) seen.current = { phase, moments: [] }
    const moments = seen.current.moments.filter(({ at }) => now - at < SPAN_MS)
    seen.current.moments = [...moments, { at: now, bytes: bytesDone }]
  }, [phase, bytesDone])
  const [first, last] = [seen.current.moments[0], seen.current.moments.at(-1)]
  if (first === undefined || last === undefined || last.at - first.at < STABLE_MS || bytesDone === undefined)
    return null
  const perSecond = (1000 * (last.bytes - first.bytes)) / (last.at - first.at)
  if (perSecond <= 0) return null
  const left = bytesTotal === undefined ? null : ((bytesTotal - bytesDone) / perSecond) * 1000
  return (
    <Text size="xs" className="quiet">
      {[formats.bytesPerSecond(perSecond), left === null ? null : say.task.left(formats.duration(left))]
        .filter((one) => one !== null)
        .join(' · ')}
    </Text>
  )
}
