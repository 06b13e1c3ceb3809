/** A box from nothing but its words and one member that answers. */
import { Button, Group, Stack, Text, Textarea, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { RebuildAnswer } from '#api/contract'
import { useWords } from '../../app/words.tsx'
import { ask } from '../../client/ask.ts'
import { rebuilding } from '../../client/queries.ts'
import { boxName } from '../../parts/box-name.ts'
import { Ring } from '../../parts/ring.tsx'
import { TaskProgress } from '../../parts/task-line.tsx'
import { ToldNote, TroubleNote } from '../../parts/trouble.tsx'
import { instantIn, isZoneOfDevice } from '../../parts/zone.ts'

const POLL_MS = 500
const EMPTY = { code: '', words: '', peer: '', before: '' }
/** Of an id. */
const ID_SHOWN = 8

export function Rebuild() {
  const { say } = useWords()
  const [given, setGiven] = useState(EMPTY)
  const known = useQuery({
    ...rebuilding,
    refetchInterval: ({ state }) => (state.data?.state === 'running' || state.error !== null ? POLL_MS : false),
  })
  const { data } = known
  return (
    <Stack className="card" data-rebuild={data?.state}>
      <Title order={2}>{say.first.choice.rebuild.title}</Title>
      {data === undefined || data.state === 'none' || data.state === 'failed' ? (
        <>
          {data?.state === 'failed' && data.error !== null && (
            <>
              <ToldNote told={data.error} />
              <Text>{say.first.rebuild.failed}</Text>
            </>
          )}
          <Form given={given} setGiven={setGiven} />
        </>
      ) : (
        <Progressing answer={data} />
      )}
    </Stack>
  )
}

function Progressing({ answer: { state, progress, result } }: { readonly answer: RebuildAnswer }) {
  const { say } = useWords()
  if (state === 'running' || result === null) {
    return (
      <>
        <Text role="status">{say.first.rebuild.running}</Text>
        <TaskProgress of={progress === null ? {} : (progress as Parameters<typeof TaskProgress>[0]['of'])} />
        <Members members={progress?.members ?? []} />
      </>
    )
  }
  return (
    <>
      <Text role="status" fw={600} style={{ color: 'var(--proved)' }}>
        {say.first.rebuild.done}
      </Text>
      <Text>{say.first.rebuild.head(result.head.at)}</Text>
      <Members members={result.members} />
      <Text>
        {result.newest
          ? say.first.rebuild.newest
          : say.first.rebuild.perhaps(result.answered.flatMap((one) => namesOf(one, result.members)))}
      </Text>
      {result.missing.length > 0 && (
        <Text style={{ color: 'var(--incomplete)' }}>{say.first.rebuild.missing(result.missing.length)}</Text>
      )}
      <Button onClick={() => window.location.assign('/')}>{say.first.rebuild.signIn}</Button>
    </>
  )
}

type Asked = NonNullable<NonNullable<RebuildAnswer['progress']>['members']>

/** The boxes of an organisation, as they are called. */
function namesOf(organisation: string, members: Asked): string[] {
  const names = members.filter((one) => one.organisation === organisation && one.state !== 'silent').map(boxName)
  return names.length === 0 ? [organisation.slice(0, ID_SHOWN)] : names
}

/** Whom the box has asked for what is its own. */
function Members({ members }: { readonly members: Asked }) {
  const { say, formats } = useWords()
  if (members.length === 0) return null
  const holding = members.filter(({ state }) => state === 'holds').length
  const states = (['holds', 'answers', 'asked', 'silent'] as const).flatMap((state) => {
    const names = members.filter((one) => one.state === state).map(boxName)
    return names.length === 0 ? [] : [{ state, names }]
  })
  return (
    <Group align="center" gap="xl" data-members={holding}>
      <div style={{ flex: '1 1 240px', maxWidth: 360 }}>
        <Ring
          members={members.map(({ box, name, state }) => ({
            id: box,
            name: boxName({ name, box }),
            state,
            fragments: 0,
          }))}
          centre={{ figure: formats.number(holding), words: say.first.rebuild.holding }}
        />
      </div>
      <Stack gap={4} style={{ flex: '1 1 200px' }}>
        {states.map(({ state, names }) => (
          <Text key={state} size="sm" className="name">
            {say.first.rebuild.asked[state](names)}
          </Text>
        ))}
      </Stack>
    </Group>
  )
}

interface FormProps {
  readonly given: typeof EMPTY
  setGiven(given: typeof EMPTY): void
}

function Form({ given, setGiven }: FormProps) {
  const { say, zone } = useWords()
  const client = useQueryClient()
  const set = (field: keyof typeof given) => (event: { currentTarget: { value: string } }) =>
    setGiven({ ...given, [field]: event.currentTarget.value })
  const start = useMutation({
    mutationFn: () => {
      const { code, words, peer, before } = given
      return ask<RebuildAnswer>('POST', 'first/rebuild', {
        code: code.trim(),
        words,
        peer: peer.trim(),
        ...(before !== '' && { before: instantIn(zone, before) }),
      })
    },
    onSuccess: (answer) => client.setQueryData(rebuilding.queryKey, answer),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    start.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text className="quiet">{say.first.rebuild.why}</Text>
        <TextInput
          name="code"
          label={say.first.code}
          value={given.code}
          onChange={set('code')}
          autoComplete="off"
          required
        />
        <Textarea
          name="words"
          label={say.first.rebuild.words}
          value={given.words}
          onChange={set('words')}
          autoComplete="off"
          spellCheck={false}
          autosize
          minRows={3}
          required
        />
        <TextInput
          name="peer"
          label={say.first.rebuild.peer}
          description={say.first.rebuild.peerHelp}
          value={given.peer}
          onChange={set('peer')}
          required
        />
        <TextInput
          name="before"
          type="datetime-local"
          label={say.first.rebuild.before}
          description={isZoneOfDevice(zone) ? say.first.rebuild.beforeHelp : say.first.rebuild.beforeHelpIn(zone)}
          value={given.before}
          onChange={set('before')}
        />
        <TroubleNote error={start.error} />
        <Button type="submit" loading={start.isPending}>
          {say.first.rebuild.start}
        </Button>
      </Stack>
    </form>
  )
}
