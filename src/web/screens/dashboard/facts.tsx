/** Three facts: what is here, what is elsewhere, what was proved. */
import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { DrillEvidence, StateResult } from '#box'
import { useWords } from '../../app/words.tsx'
import { Moment } from '../../parts/moment.tsx'

const WITH_HOSTS: ReadonlySet<string> = new Set(['protected', 'whole'])

interface FactsProps {
  readonly state: StateResult
  /** Newest first. */
  readonly drills: readonly DrillEvidence[]
}

export function Facts({ state, drills }: FactsProps) {
  const { say } = useWords()
  const newest = state.sources.flatMap((one) => (one.newest === null || one.ended ? [] : [one.newest.startedAt])).sort()
  const [drill] = drills
  const counted = state.sources.filter(({ ended }) => !ended)
  // One new source does not make what hosts have of the others unsaid.
  const isElsewhere = state.state !== 'stored' || counted.some((one) => WITH_HOSTS.has(one.state))
  const waiting = counted.filter((one) => one.state === 'stored').length
  const proved = drills.find((one) => one.state !== 'failed')
  return (
    <div className="cards">
      <Fact title={say.facts.local} at={newest.at(-1) ?? null} never={say.facts.noSnapshot}>
        {say.facts.sources(counted.filter((one) => one.newest !== null).length)}
      </Fact>
      <Fact title={say.facts.external} at={isElsewhere ? state.confirmedAt : null} never={say.facts.notConfirmed}>
        {[
          state.silent.length > 0
            ? say.facts.answering(state.hosts - state.silent.length, state.hosts)
            : say.facts.hosts(state.hosts),
          ...(state.margin === null || state.margin < 0 ? [] : [say.facts.margin(state.margin)]),
          ...(isElsewhere && waiting > 0 ? [say.facts.notYetThere(waiting)] : []),
        ].join(' · ')}
      </Fact>
      <Fact title={say.facts.proved} at={proved?.at ?? null} never={say.facts.noDrill}>
        {drill === undefined ? say.facts.drillDaily : say.facts.drill(drill.state, drill.files)}
      </Fact>
    </div>
  )
}

interface FactProps {
  readonly title: string
  readonly at: string | null
  readonly never: string
  readonly children: ReactNode
}

function Fact({ title, at, never, children }: FactProps) {
  return (
    <Stack className="card" gap={2}>
      <span className="fact">{title}</span>
      <Text fz={24} fw={600}>
        {at === null ? never : <Moment at={at} />}
      </Text>
      <Text className="quiet" size="xs">
        {children}
      </Text>
    </Stack>
  )
}
