/** What waits for a second person: the facts. */
import { Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { IntentAnswer, SessionAnswer } from '#api/contract'
import type { WebCatalogue } from '#text/web'
import { useActors } from '../app/actors.ts'
import { useWords } from '../app/words.tsx'
import { intents, session } from '../client/queries.ts'
import { Command } from '../parts/command.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'

export function WaitingIntents() {
  const { say } = useWords()
  const known = useQuery(intents)
  const mine = useQuery(session)
  return (
    <Stack className="card" component="section" gap="sm">
      <Title order={2}>{say.intents.title}</Title>
      <Loaded of={known}>
        {({ items }) => {
          const waiting = items.filter(({ state }) => state === 'waiting')
          if (waiting.length === 0) return <Text className="quiet">{say.intents.none}</Text>
          return <List items={waiting} mine={mine.data} />
        }}
      </Loaded>
    </Stack>
  )
}

interface ListProps {
  readonly items: readonly IntentAnswer[]
  readonly mine: SessionAnswer | undefined
}

function List({ items, mine }: ListProps) {
  const { say } = useWords()
  const actors = useActors()
  return (
    <>
      {items.map(({ id, name, args, proposer, created, due }) => (
        <section key={id} data-intent={id}>
          <Text fw={600}>{say.task.name(name)}</Text>
          {aboutOf(say, args).map((line) => (
            <Text key={line} className="name">
              {line}
            </Text>
          ))}
          <Text size="sm" className="quiet name">
            {say.intents.by(actors(proposer))} <Moment at={created} />
          </Text>
          <Text size="sm">{say.intents.needs(proposer === mine?.user, new Date(due).toISOString())}</Text>
          <Text className="quiet" size="xs" mt={4}>
            {say.intents.commands}
          </Text>
          <Command>{`POST /api/intents/${id}/approve\nPOST /api/intents/${id}/cancel`}</Command>
        </section>
      ))}
    </>
  )
}

/** What it would be done to, in lines. */
function aboutOf(say: WebCatalogue, args: unknown): string[] {
  const { about } = say.intents
  const given = (args ?? {}) as Readonly<Record<string, string | undefined>>
  const { source = '', id, organisation } = given
  const policies = (['local', 'remote'] as const).flatMap((side) => {
    const policy = given[side]
    return policy === undefined ? [] : [about.policy(source, side, say.policies.sentence(policy) ?? policy)]
  })
  return [
    ...policies,
    ...(id === undefined ? [] : [about.hold(id)]),
    ...(organisation === undefined ? [] : [about.expel(organisation)]),
  ]
}
