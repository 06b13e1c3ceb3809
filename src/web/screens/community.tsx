/** Who keeps for us, whether they answer, and how many may fall. */
import { Button, Group, Stack, Table, Text, Title } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { CommunityResult, PeerListResult, WithoutResult } from '#box'
import { useWords } from '../app/words.tsx'
import { community, hosting, peers, state, without } from '../client/queries.ts'
import { boxName } from '../parts/box-name.ts'
import { Command } from '../parts/command.tsx'
import { Empty } from '../parts/empty.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Ring, useMarginCentre } from '../parts/ring.tsx'
import { Screen } from '../parts/screen.tsx'
import { State } from '../parts/state.tsx'
import { Wide } from '../parts/wide.tsx'

export function Community() {
  const { say } = useWords()
  const { data: now } = useQuery(state)
  const enabled = now?.isFounded === true
  const shown = useQuery({ ...community, enabled })
  const others = useQuery({ ...peers, enabled })
  if (now?.isFounded === false) {
    return (
      <Screen title={say.screen.community}>
        <Empty title={say.ring.aloneTitle} text={say.community.alone}>
          <Command>datis community join CODE --data DIR</Command>
          <Command>datis community found --data DIR</Command>
        </Empty>
      </Screen>
    )
  }
  return (
    <Screen title={say.screen.community}>
      <Loaded of={shown} lines={8}>
        {(members) => (
          <Loaded of={others} lines={8}>
            {(answered) =>
              answered.items.length === 0 ? (
                <Empty title={say.ring.aloneTitle} text={say.community.first}>
                  <Command>datis community invite --data DIR</Command>
                </Empty>
              ) : (
                <Members community={members} peers={answered} />
              )
            }
          </Loaded>
        )}
      </Loaded>
    </Screen>
  )
}

interface MembersProps {
  readonly community: CommunityResult
  readonly peers: PeerListResult
}

function Members({ community: { code, invitations, community: id, number }, peers: { items } }: MembersProps) {
  const { say, formats } = useWords()
  const held = useQuery(hosting)
  const [off, setOff] = useState<ReadonlySet<string>>(new Set())
  const gives = new Map(held.data?.own.map((one) => [one.host, one]))
  const takes = new Map(held.data?.owners.map((one) => [one.box, one]))
  const left = useQuery({ ...without([...off].sort()), placeholderData: keepPreviousData })
  const centre = useMarginCentre(left.data?.margin ?? null)
  const alone = new Map(left.data?.each.map((one) => [one.box, one.margin]))
  const silent = new Set(items.filter((one) => one.state === 'silent').map(({ box }) => box))
  const toggle = (box: string) => {
    if (off.has(box)) setOff(new Set([...off].filter((one) => one !== box)))
    // It is gone already.
    else if (!silent.has(box)) setOff(new Set([...off, box]))
  }
  return (
    <Stack gap="lg">
      <Group className="card" align="flex-start" component="section" gap="xl">
        <div style={{ flex: '1 1 280px', maxWidth: 420 }}>
          <Ring
            members={items.map(({ box, name, state }) => ({
              id: box,
              name: boxName({ name, box }),
              state: off.has(box) ? ('silent' as const) : state,
              fragments: gives.get(box)?.fragments ?? 0,
            }))}
            centre={centre}
            onPick={toggle}
          />
        </div>
        <Stack style={{ flex: '1 1 280px' }} gap="sm">
          <Title order={2}>{say.community.question}</Title>
          <Loaded of={left}>{(shown) => <Answer left={shown} />}</Loaded>
          <Text size="xs" className="quiet">
            {say.community.tryIt}
          </Text>
          <Group gap="xs">
            {items.map(({ box, name }) => (
              <Button
                key={box}
                size="compact-sm"
                className="wraps"
                variant={off.has(box) ? 'filled' : 'default'}
                aria-pressed={off.has(box)}
                disabled={silent.has(box) && !off.has(box)}
                onClick={() => toggle(box)}
              >
                {boxName({ name, box })}
              </Button>
            ))}
          </Group>
        </Stack>
      </Group>
      <section className="card">
        <Title order={2} mb="sm">
          {say.community.members(items.length)}
        </Title>
        <Wide>
          <Table className="lines">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{say.column.box}</Table.Th>
                <Table.Th>{say.column.organisation}</Table.Th>
                <Table.Th>{say.column.state}</Table.Th>
                <Table.Th>{say.community.ifGone}</Table.Th>
                <Table.Th ta="right">{say.column.latency}</Table.Th>
                <Table.Th ta="right">{say.column.gives}</Table.Th>
                <Table.Th ta="right">{say.column.takes}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map(({ box, name, organisationName, state, latencyMs, code: why }) => (
                <Table.Tr key={box}>
                  <Table.Td className="name main">{boxName({ name, box })}</Table.Td>
                  <Table.Td className="name">{organisationName}</Table.Td>
                  <Table.Td>
                    <State of={state} />{' '}
                    {why !== null && (
                      <Text size="xs" className="quiet" title={why}>
                        {say.peerFault(why)}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td data-label={alone.has(box) ? say.community.ifGone : undefined}>
                    <Alone margin={alone.get(box)} />
                  </Table.Td>
                  <Table.Td ta="right" data-label={latencyMs === null ? undefined : say.column.latency}>
                    {latencyMs === null ? '' : say.community.ms(formats.number(latencyMs))}
                  </Table.Td>
                  <Table.Td ta="right" data-label={say.column.gives}>
                    {formats.bytes(gives.get(box)?.bytes ?? 0)}
                  </Table.Td>
                  <Table.Td ta="right" data-label={say.column.takes}>
                    {formats.bytes(takes.get(box)?.bytes ?? 0)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Wide>
      </section>
      <section className="card">
        <Title order={2} mb="sm">
          {say.community.facts}
        </Title>
        <Text className="name">{say.community.charter(id, formats.number(number), code.n, code.k)}</Text>
        <Text>{say.community.invitations(invitations.length)}</Text>
        <Text className="quiet" size="xs" mt="sm">
          {say.readOnly}
        </Text>
        <Command>datis community invite --data DIR</Command>
        <Command>datis peer probe --data DIR</Command>
      </section>
    </Stack>
  )
}

/** What still holds, in sentences. */
function Answer({ left }: { readonly left: WithoutResult }) {
  const { say, formats } = useWords()
  const { margin, bytes, snapshots, confirmedAt } = left
  const fallen = new Set([...left.without, ...left.silent].map(({ box }) => box)).size
  return (
    <>
      <Text aria-live="polite" data-left={margin}>
        {margin === null
          ? say.community.notYet
          : margin >= 0
            ? say.community.holds(fallen, margin)
            : say.community.falls(fallen)}
      </Text>
      {bytes !== null && (
        <Text size="xs" data-comes-back>
          {say.community.comesBack(formats.bytes(bytes.held), formats.bytes(bytes.total), snapshots)}
        </Text>
      )}
      {confirmedAt !== null && (
        <Text size="xs" className="quiet">
          {say.community.asOf(confirmedAt)}
        </Text>
      )}
    </>
  )
}

/** Undefined: nobody knows, or it is gone already. */
function Alone({ margin }: { readonly margin: number | undefined }) {
  const { say } = useWords()
  return margin === undefined ? null : <span style={{ whiteSpace: 'nowrap' }}>{say.community.ifThis(margin)}</span>
}
