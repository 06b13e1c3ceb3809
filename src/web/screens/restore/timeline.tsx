/** When: a calendar of the days with snapshots, and the snapshots of the chosen day. */
import { ActionIcon, Button, Group, Stack, Table, Text, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { SnapshotResult } from '#box'
import { useWords } from '../../app/words.tsx'
import { Icon } from '../../parts/icons.tsx'
import { State } from '../../parts/state.tsx'
import { type Day, dayOf, daysOf, monthBeside, weeksOf } from './days.ts'

interface TimelineProps {
  readonly snapshots: readonly SnapshotResult[]
  readonly chosen: SnapshotResult | null
  choose(id: string): void
}

export function Timeline({ snapshots, chosen, choose }: TimelineProps) {
  const { say, language } = useWords()
  const days = daysOf(snapshots)
  const [shown, setShown] = useState<string | null>(null)
  const day = shown ?? (chosen === null ? (days[0]?.day ?? null) : dayOf(chosen.startedAt))
  const ofDay = days.find((one) => one.day === day)
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'short' })
  return (
    <Stack gap="sm">
      <Calendar days={days} day={day} choose={setShown} />
      {ofDay !== undefined && (
        <Stack gap={4} component="ul" p={0} m={0} style={{ listStyle: 'none' }} aria-label={say.restore.ofDay}>
          {ofDay.snapshots.map((one) => (
            <li key={one.id}>
              <Button
                fullWidth
                justify="space-between"
                variant={one.id === chosen?.id ? 'filled' : 'default'}
                aria-current={one.id === chosen?.id ? 'true' : undefined}
                onClick={() => choose(one.id)}
                rightSection={one.state === 'incomplete' && one.id !== chosen?.id ? <State of="incomplete" /> : null}
                data-snapshot={one.id}
              >
                {clock.format(new Date(one.startedAt))}
              </Button>
            </li>
          ))}
        </Stack>
      )}
    </Stack>
  )
}

interface CalendarProps {
  readonly days: readonly Day<SnapshotResult>[]
  readonly day: string | null
  choose(day: string): void
}

function Calendar({ days, day, choose }: CalendarProps) {
  const { say, language } = useWords()
  const newest = (day ?? days[0]?.day ?? dayOf(new Date().toISOString())).slice(0, 7)
  const [month, setMonth] = useState(newest)
  const counts = new Map(days.map((one) => [one.day, one.snapshots.length]))
  const title = new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric' })
  const letters = new Intl.DateTimeFormat(language, { weekday: 'narrow' })
  const full = new Intl.DateTimeFormat(language, { dateStyle: 'full' })
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" gap={4}>
        <ActionIcon
          variant="default"
          aria-label={say.restore.monthBefore}
          onClick={() => setMonth(monthBeside(month, -1))}
        >
          <Icon of="ChevronLeft" size={16} />
        </ActionIcon>
        <Text fw={600}>{title.format(new Date(`${month}-01T12:00:00`))}</Text>
        <ActionIcon
          variant="default"
          aria-label={say.restore.monthAfter}
          onClick={() => setMonth(monthBeside(month, 1))}
        >
          <Icon of="ChevronRight" size={16} />
        </ActionIcon>
      </Group>
      <Table withRowBorders={false} verticalSpacing={2} horizontalSpacing={2} ta="center" mt={4}>
        <Table.Thead>
          <Table.Tr>
            {Array.from({ length: 7 }, (_, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the days of a week; 2024 began on a Monday
              <Table.Th key={at} ta="center" className="quiet">
                {letters.format(new Date(2024, 0, 1 + at))}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {weeksOf(month).map((week) => (
            <Table.Tr key={week.join()}>
              {week.map((one, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the days of a week
                <Table.Td key={at}>
                  {one !== null && counts.has(one) ? (
                    <UnstyledButton
                      className="day"
                      data-chosen={one === day}
                      aria-pressed={one === day}
                      aria-label={say.restore.day(full.format(new Date(`${one}T12:00:00`)), counts.get(one) ?? 0)}
                      onClick={() => choose(one)}
                    >
                      {Number(one.slice(8))}
                    </UnstyledButton>
                  ) : (
                    <span className="quiet">{one === null ? '' : Number(one.slice(8))}</span>
                  )}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
