/** Am I protected? */
import { SimpleGrid, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { SessionAnswer } from '#api/contract'
import { useWords } from '../../app/words.tsx'
import { codeOf } from '../../client/ask.ts'
import { community, peers, sheet, state } from '../../client/queries.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { Screen } from '../../parts/screen.tsx'
import { Alarms } from './alarms.tsx'
import { Banner } from './banner.tsx'
import { Facts } from './facts.tsx'
import { RingCard } from './ring-card.tsx'
import { Running } from './running.tsx'
import { SourcesCard } from './sources-card.tsx'
import { Space } from './space.tsx'

export function Dashboard({ session }: { readonly session: SessionAnswer }) {
  const { say } = useWords()
  const isKeeper = session.role !== 'user'
  const now = useQuery(state)
  const others = useQuery({ ...peers, enabled: isKeeper })
  const members = useQuery({ ...community, enabled: isKeeper })
  const paper = useQuery({ ...sheet, enabled: session.role === 'administrator' })
  const isAlone = codeOf(members.error) === 'NOT_FOUNDED'
  const isReady = !isKeeper || ((members.data !== undefined || members.error !== null) && !others.isPending)
  return (
    <Screen title={say.screen.dashboard}>
      <Loaded of={now} lines={4}>
        {(shown) => (
          <Stack gap="lg">
            {isReady && (
              <Banner
                facts={{
                  state: shown,
                  community: isAlone ? null : (members.data ?? null),
                  peers: others.data ?? null,
                  isSheetConfirmed: paper.data?.confirmed ?? null,
                }}
                session={session}
              />
            )}
            <Facts state={shown} community={members.data ?? null} peers={others.data ?? null} />
            <Running />
            <Alarms />
            <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
              {isKeeper && <RingCard />}
              <SourcesCard state={shown} session={session} />
            </SimpleGrid>
            {isKeeper && <Space />}
          </Stack>
        )}
      </Loaded>
    </Screen>
  )
}
