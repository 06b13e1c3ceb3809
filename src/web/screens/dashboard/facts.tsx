/** Three facts: what is here, what is elsewhere, what was proved. */
import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { CommunityResult, PeerListResult, StateResult } from '#box'
import { useWords } from '../../app/words.tsx'
import { drills } from '../../client/queries.ts'
import { Moment } from '../../parts/moment.tsx'

interface FactsProps {
  readonly state: StateResult
  readonly community: CommunityResult | null
  readonly peers: PeerListResult | null
}

export function Facts({ state, community, peers }: FactsProps) {
  const { say, formats } = useWords()
  const { data } = useQuery(drills)
  const newest = state.sources.flatMap((one) => (one.newest === null || one.ended ? [] : [one.newest.startedAt])).sort()
  const [drill] = data?.items ?? []
  const silent = peers?.items.filter((one) => one.state === 'silent').length ?? 0
  return (
    <div className="cards">
      <Fact title={say.facts.local} at={newest.at(-1) ?? null} never={say.facts.noSnapshot}>
        {say.facts.sources(state.sources.filter(({ ended }) => !ended).length)}
      </Fact>
      <Fact title={say.facts.external} at={state.confirmedAt} never={say.facts.notConfirmed}>
        {community === null
          ? say.facts.hosts(state.hosts)
          : say.facts.margin(state.hosts, Math.max(0, community.code.n - community.code.k - silent))}
      </Fact>
      <Fact title={say.facts.proved} at={drill?.at ?? null} never={say.facts.noDrill}>
        {drill === undefined ? say.facts.drillDaily : say.facts.drill(drill.state, formats.number(drill.files))}
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
