/** When: a calendar, and the days down to the oldest, with a mark for each snapshot and with what is missing between. */
import { Button, Stack, Text, UnstyledButton } from '@mantine/core'
import { memo, useEffect, useMemo, useRef, useState } from 'react'
import type { SnapshotResult } from '#box'
import { useWords } from '../../app/words.tsx'
import { State } from '../../parts/state.tsx'
import { showWithin } from '../../parts/within.ts'
import { dayIn, isZoneOfDevice, partOfDay } from '../../parts/zone.ts'
import { Calendar } from './calendar.tsx'
import { type Day, daysOf, lineOf, type Placed } from './days.ts'

/** Days at once: thousands are no list that anybody reads. */
const PAGE = 30
/** Of one day at once: a policy of five minutes makes 288 of them. */
const OF_DAY = 50

interface TimelineProps {
  readonly snapshots: readonly SnapshotResult[]
  readonly chosen: SnapshotResult | null
  choose(id: string): void
}

interface Shown {
  /** The chosen snapshot: whoever takes another one sees its day. */
  readonly beside: string | null
  readonly day: string
  readonly isOpen: boolean
}

export function Timeline({ snapshots, chosen, choose }: TimelineProps) {
  const { say, zone } = useWords()
  const days = useMemo(() => daysOf(snapshots, zone), [snapshots, zone])
  const [shown, setShown] = useState<Shown | null>(null)
  const beside = chosen?.id ?? null
  const own = chosen === null ? (days[0]?.day ?? null) : dayIn(zone, chosen.startedAt)
  const day = shown?.beside === beside ? shown.day : own
  const isOpen = shown?.beside === beside ? shown.isOpen : true
  const show = (one: string, isOpen = true) => setShown({ beside, day: one, isOpen })
  return (
    <Stack gap="sm">
      <Calendar days={days} day={day} choose={(one) => show(one)} />
      {!isZoneOfDevice(zone) && (
        <Text size="xs" className="quiet">
          {say.restore.inZone(zone)}
        </Text>
      )}
      <Days days={days} day={day} isOpen={isOpen} show={show} chosen={beside} choose={choose} />
    </Stack>
  )
}

interface DaysProps {
  readonly days: readonly Day<SnapshotResult>[]
  readonly day: string | null
  /** Whether its snapshots are listed. */
  readonly isOpen: boolean
  readonly chosen: string | null
  show(day: string, isOpen: boolean): void
  choose(id: string): void
}

function Days({ days, day, isOpen, chosen, show, choose }: DaysProps) {
  const { say, zone } = useWords()
  const [turned, setTurned] = useState<{ readonly from: string | null; readonly page: number } | null>(null)
  const line = useMemo(() => lineOf(days, dayIn(zone, Date.now())), [days, zone])
  const own = Math.floor(
    Math.max(
      0,
      days.findIndex((one) => one.day === day),
    ) / PAGE,
  )
  const page = turned?.from === day ? turned.page : own
  const turn = (by: number) => setTurned({ from: day, page: page + by })
  const list = useRef<HTMLOListElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the day decides what is open
  useEffect(() => showWithin(list.current, '[aria-expanded=true]'), [day])
  return (
    <div>
      {page > 0 && (
        <Button variant="subtle" size="compact-sm" onClick={() => turn(-1)} name="newer">
          {say.restore.newerDays}
        </Button>
      )}
      <ol ref={list} className="timeline" aria-label={say.restore.days}>
        {line.slice(page * PAGE, (page + 1) * PAGE).map((one) => (
          <li key={one.day} data-day={one.day}>
            {one.gap > 0 && <p className="gap">{say.restore.gap(one.gap)}</p>}
            <UnstyledButton
              className="stop"
              aria-expanded={isOpen && one.day === day}
              onClick={() => show(one.day, !(isOpen && one.day === day))}
            >
              <DayMarks of={one} />
            </UnstyledButton>
            {isOpen && one.day === day && <OfDay of={one} chosen={chosen} choose={choose} />}
          </li>
        ))}
      </ol>
      {(page + 1) * PAGE < line.length && (
        <Button variant="subtle" size="compact-sm" onClick={() => turn(1)} name="older">
          {say.restore.olderDays}
        </Button>
      )}
    </div>
  )
}

interface OfDayProps {
  readonly of: Placed<SnapshotResult>
  readonly chosen: string | null
  choose(id: string): void
}

function OfDay({ of: { snapshots }, chosen, choose }: OfDayProps) {
  const { say, formats } = useWords()
  const [most, setMost] = useState(OF_DAY)
  const shown = Math.max(most, snapshots.findIndex(({ id }) => id === chosen) + 1)
  return (
    <Stack gap={4} component="ul" p={0} m={0} style={{ listStyle: 'none' }} aria-label={say.restore.ofDay}>
      {snapshots.slice(0, shown).map((one) => (
        <li key={one.id}>
          <Button
            fullWidth
            size="compact-md"
            justify="space-between"
            variant={one.id === chosen ? 'filled' : 'default'}
            aria-current={one.id === chosen ? 'true' : undefined}
            onClick={() => choose(one.id)}
            rightSection={one.state === 'incomplete' && one.id !== chosen ? <State of="incomplete" /> : null}
            data-snapshot={one.id}
          >
            {formats.time(one.startedAt)}
          </Button>
        </li>
      ))}
      {shown < snapshots.length && (
        <li>
          <Button variant="subtle" size="compact-sm" onClick={() => setMost(shown + OF_DAY)}>
            {say.action.more}
          </Button>
        </li>
      )}
    </Stack>
  )
}

/** A mark for each snapshot, from midnight to midnight; what was not complete is shorter, and counted in words. */
const DayMarks = memo(function DayMarks({ of: { day, snapshots } }: { readonly of: Placed<SnapshotResult> }) {
  const { say, formats, zone } = useWords()
  const incomplete = snapshots.filter(({ state }) => state === 'incomplete')
  const marks = (those: readonly SnapshotResult[], from: number) =>
    [...new Set(those.map(({ startedAt }) => `M${(100 * partOfDay(zone, startedAt)).toFixed(1)} ${from}V10`))].join('')
  return (
    <>
      <span className="day-name">{formats.day(day, 'short')}</span>
      <span className="day-count">{say.restore.taken(snapshots.length, incomplete.length)}</span>
      <svg viewBox="-1 0 102 10" preserveAspectRatio="none" className="marks" aria-hidden>
        <path
          d={marks(
            snapshots.filter(({ state }) => state === 'complete'),
            0,
          )}
          className="of-complete"
        />
        <path d={marks(incomplete, 5)} className="of-incomplete" />
      </svg>
    </>
  )
})
