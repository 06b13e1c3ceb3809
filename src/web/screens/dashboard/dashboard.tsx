/** Am I protected? */
import { SimpleGrid, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { SessionAnswer } from '#api/contract'
import { useWords } from '../../app/words.tsx'
import { alarms, community, drills, peers, sheet, state } from '../../client/queries.ts'
import { useSilence } from '../../client/silence.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { Screen } from '../../parts/screen.tsx'
import { TroubleNote } from '../../parts/trouble.tsx'
import { Alarms } from './alarms.tsx'
import { Banner } from './banner.tsx'
import { Facts } from './facts.tsx'
import { PracticeCard } from './practice-card.tsx'
import { RingCard } from './ring-card.tsx'
import { Running } from './running.tsx'
import { SourcesCard } from './sources-card.tsx'
import { Space } from './space.tsx'

export function Dashboard({ session }: { readonly session: SessionAnswer }) {
  const { say } = useWords()
  const now = useQuery(state)
  const isFounded = now.data?.isFounded === true
  const others = useQuery({ ...peers, enabled: isFounded })
  const members = useQuery({ ...community, enabled: isFounded })
  const paper = useQuery(sheet)
  const wrong = useQuery(alarms)
  const trials = useQuery(drills)
  // Nothing is green of which one part is not known.
  const asked = isFounded ? [members, others, paper, wrong, trials] : [paper, wrong, trials]
  const failed = asked.find(({ error }) => error !== null)
  const isKnown = failed === undefined && now.error === null && asked.every(({ data }) => data !== undefined)
  // What was green before it fell silent need not be so.
  const isHeard = useSilence() === null
  const isUser = session.role === 'user'
  return (
    <Screen title={say.screen.dashboard}>
      <Loaded of={now} lines={4}>
        {(shown) => (
          <Stack gap="lg">
            {failed !== undefined && isHeard && (
              <TroubleNote error={failed.error} again={() => void failed.refetch()} />
            )}
            {isKnown && isHeard && (
              <Banner
                facts={{
                  state: shown,
                  community: members.data ?? null,
                  peers: others.data ?? null,
                  isSheetConfirmed: paper.data?.confirmed ?? null,
                  alarms: wrong.data?.items ?? [],
                  drill: trials.data?.items[0] ?? null,
                }}
                session={session}
              />
            )}
            <Facts state={shown} drills={trials.data?.items ?? []} />
            <Running />
            <Alarms />
            <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
              {!isUser && <RingCard state={shown} />}
              <SourcesCard state={shown} session={session} />
            </SimpleGrid>
            {!isUser && <Space />}
            {session.role === 'administrator' && <PracticeCard />}
          </Stack>
        )}
      </Loaded>
    </Screen>
  )
}
