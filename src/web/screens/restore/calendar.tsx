/** A month, and which of its days have snapshots. */
import { ActionIcon, Group, Table, Text, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { SnapshotResult } from '#box'
import { useWords } from '../../app/words.tsx'
import { Icon } from '../../parts/icons.tsx'
import { dayIn } from '../../parts/zone.ts'
import { type Day, monthBeside, weeksOf } from './days.ts'

interface CalendarProps {
  readonly days: readonly Day<SnapshotResult>[]
  readonly day: string | null
  choose(day: string): void
}

export function Calendar({ days, day, choose }: CalendarProps) {
  const { say, formats, zone } = useWords()
  const [turned, setTurned] = useState<{ readonly from: string | null; readonly month: string } | null>(null)
  // Whoever chooses another day sees its month.
  const month = turned?.from === day ? turned.month : (day ?? days[0]?.day ?? dayIn(zone, Date.now())).slice(0, 7)
  const turn = (by: number) => setTurned({ from: day, month: monthBeside(month, by) })
  const counts = new Map(days.map((one) => [one.day, one.snapshots.length]))
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" gap={4}>
        <ActionIcon variant="default" aria-label={say.restore.monthBefore} onClick={() => turn(-1)}>
          <Icon of="ChevronLeft" size={16} />
        </ActionIcon>
        <Text fw={600}>{formats.month(month)}</Text>
        <ActionIcon variant="default" aria-label={say.restore.monthAfter} onClick={() => turn(1)}>
          <Icon of="ChevronRight" size={16} />
        </ActionIcon>
      </Group>
      <Table withRowBorders={false} verticalSpacing={2} horizontalSpacing={2} ta="center" mt={4}>
        <Table.Thead>
          <Table.Tr>
            {formats.weekdays.map((letter, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two days of a week begin with one letter
              <Table.Th key={at} ta="center" className="quiet">
                {letter}
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
                      aria-label={say.restore.day(formats.day(one), counts.get(one) ?? 0)}
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
