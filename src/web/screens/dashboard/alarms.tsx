/** What is wrong, one line a cause. */
import { Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useLocation } from 'react-router'
import { useWords } from '../../app/words.tsx'
import { alarms } from '../../client/queries.ts'
import { Icon } from '../../parts/icons.tsx'
import { Moment } from '../../parts/moment.tsx'

export function Alarms() {
  const { say } = useWords()
  const { data } = useQuery(alarms)
  const items = data?.items ?? []
  const { hash, key } = useLocation()
  const card = useRef<HTMLDivElement>(null)
  const isAskedFor = hash === '#alarms' && items.length > 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for again is another `key`
  useEffect(() => {
    if (isAskedFor) card.current?.focus()
  }, [isAskedFor, key])
  if (items.length === 0) return null
  return (
    <Stack className="card" component="section" gap="sm" id="alarms" ref={card} tabIndex={-1}>
      <Title order={2}>{say.dashboard.alarms}</Title>
      {items.map(({ kind, about, since, told }) => (
        <Group key={`${kind} ${about}`} gap="sm" wrap="nowrap" align="flex-start">
          <Icon of="AlertTriangle" size={18} style={{ color: 'var(--incomplete)', flex: 'none' }} />
          <div>
            <Text className="name">{say.alarm[kind](about)}</Text>
            <Text size="xs" className="quiet">
              <Moment at={since} /> · {told === null ? say.dashboard.notTold : say.dashboard.told}
            </Text>
          </div>
        </Group>
      ))}
    </Stack>
  )
}
