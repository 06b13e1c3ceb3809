/** The practice community that runs beside this box, until somebody throws it away. */
import { Anchor, Group, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { PracticeAnswer } from '#api/contract'
import { useWords } from '../../app/words.tsx'
import { ask } from '../../client/ask.ts'
import { practice } from '../../client/queries.ts'
import { Sure } from '../../parts/sure.tsx'
import { ToldNote, TroubleNote } from '../../parts/trouble.tsx'

const POLL_MS = 2_000

export function PracticeCard() {
  const { say } = useWords()
  const client = useQueryClient()
  const { data } = useQuery({
    ...practice,
    refetchInterval: ({ state }) => (state.data?.state === 'ending' ? POLL_MS : false),
  })
  const drop = useMutation({
    mutationFn: () => ask<PracticeAnswer>('DELETE', 'first/practice', {}),
    onSuccess: (answer) => client.setQueryData(practice.queryKey, answer),
  })
  if (data === undefined || data.state === 'none') return null
  return (
    <Stack className="card" component="section" gap="sm" data-practice={data.state}>
      <Title order={2}>{say.first.choice.practice.title}</Title>
      <Text className="quiet">{say.first.choice.practice.text}</Text>
      {data.error !== null && <ToldNote told={data.error} />}
      <TroubleNote error={drop.error} />
      <Group>
        {data.url !== null && <Anchor href={data.url}>{say.first.practice.open(data.url)}</Anchor>}
        <Sure
          label={say.first.practice.drop}
          title={say.first.practice.dropTitle}
          what={say.first.practice.dropWhat}
          act={() => drop.mutate()}
          loading={drop.isPending || data.state === 'ending'}
          name="drop"
        />
      </Group>
    </Stack>
  )
}
