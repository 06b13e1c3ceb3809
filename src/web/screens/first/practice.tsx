/** Six real boxes on this machine, to play with and to throw away. */
import { Anchor, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import type { PracticeAnswer } from '#api/contract'
import { useWords } from '../../app/words.tsx'
import { ask } from '../../client/ask.ts'
import { practice } from '../../client/queries.ts'
import { Sure } from '../../parts/sure.tsx'
import { TaskProgress } from '../../parts/task-line.tsx'
import { ToldNote, TroubleNote } from '../../parts/trouble.tsx'

const POLL_MS = 500

function isMoving(answer: PracticeAnswer | undefined): boolean {
  return answer?.state === 'starting' || answer?.state === 'ending'
}

export function Practice() {
  const { say } = useWords()
  const client = useQueryClient()
  const [code, setCode] = useState('')
  const known = useQuery({
    ...practice,
    refetchInterval: ({ state }) => (isMoving(state.data) ? POLL_MS : false),
  })
  const onSuccess = (answer: PracticeAnswer) => client.setQueryData(practice.queryKey, answer)
  const start = useMutation({
    mutationFn: () => ask<PracticeAnswer>('POST', 'first/practice', { code: code.trim() }),
    onSuccess,
  })
  const drop = useMutation({
    mutationFn: () => ask<PracticeAnswer>('DELETE', 'first/practice', { code: code.trim() }),
    onSuccess,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    start.mutate()
  }
  const { data } = known
  // Its code is told once it is there, to who has begun it.
  const isCodeMissing = data?.state === 'ready' && start.data?.setupCode === null && !start.isPending
  useEffect(() => {
    if (isCodeMissing) start.mutate()
  }, [isCodeMissing, start.mutate])
  const isBusy = isMoving(data)
  return (
    <Stack className="card" data-practice={data?.state}>
      <Title order={2}>{say.first.choice.practice.title}</Title>
      <Text className="quiet">{say.first.choice.practice.text}</Text>
      {data?.error != null && <ToldNote told={data.error} />}
      {isBusy && data !== undefined && (
        <>
          <Text role="status">{say.first.practice.running}</Text>
          <TaskProgress of={(data.progress ?? {}) as Parameters<typeof TaskProgress>[0]['of']} />
        </>
      )}
      {data?.state === 'ready' && data.url !== null && (
        <Stack gap="xs" role="status">
          <Text>{say.first.practice.ready}</Text>
          <Anchor href={data.url} data-practice-url>
            {say.first.practice.open(data.url)}
          </Anchor>
          {start.data?.setupCode != null && (
            <Text data-practice-code>{say.first.practice.code(start.data.setupCode)}</Text>
          )}
        </Stack>
      )}
      {!isBusy && (
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              name="code"
              label={say.first.code}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              autoComplete="off"
              required
            />
            <TroubleNote error={start.error ?? drop.error} />
            <Group>
              {start.data?.setupCode == null && (
                <Button type="submit" loading={start.isPending}>
                  {say.first.practice.start}
                </Button>
              )}
              {data?.state === 'ready' && (
                <Sure
                  label={say.first.practice.drop}
                  title={say.first.practice.dropTitle}
                  what={say.first.practice.dropWhat}
                  disabled={start.isPending}
                  act={() => drop.mutate()}
                  loading={drop.isPending}
                  name="drop"
                />
              )}
            </Group>
          </Stack>
        </form>
      )}
    </Stack>
  )
}
