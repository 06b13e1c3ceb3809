/** Sources and their last good snapshot, each one click from its files. */
import { Anchor, Button, Stack, Table, Text, Title } from '@mantine/core'
import { Link } from 'react-router'
import type { SessionAnswer } from '#api/contract'
import type { StateResult } from '#box'
import { mayOpen, mayRun } from '../../app/screens.ts'
import { useWords } from '../../app/words.tsx'
import { Moment } from '../../parts/moment.tsx'
import { NoSource } from '../../parts/no-source.tsx'
import { shownState } from '../../parts/safe.ts'
import { State } from '../../parts/state.tsx'
import { Wide } from '../../parts/wide.tsx'
import { worstFirst } from '../sources/runs.ts'

/** More is a list for its own screen. */
const SHOWN = 8

interface SourcesCardProps {
  readonly state: StateResult
  readonly session: SessionAnswer
}

export function SourcesCard({ state, session }: SourcesCardProps) {
  const { say } = useWords()
  const shown = worstFirst(state.sources).slice(0, SHOWN)
  const mayRestore = mayOpen('restore', session.role)
  return (
    <Stack className="card" component="section" gap="sm">
      <Title order={2}>{say.screen.sources}</Title>
      {state.sources.length === 0 ? (
        <NoSource session={session} text={say.sources.none}>
          {mayRun(session.role) && (
            <Button component={Link} to="/sources?add">
              {say.sources.add}
            </Button>
          )}
        </NoSource>
      ) : (
        <Wide>
          <Table className="bare">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{say.column.source}</Table.Th>
                <Table.Th aria-label={say.column.actions} />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((one) => {
                const { source, newest } = one
                return (
                  <Table.Tr key={source}>
                    <Table.Td className="name">
                      {source}
                      <br />
                      <State of={shownState(one, state)} />
                      <Text size="xs" className="quiet">
                        {newest === null ? say.sources.noSnapshot : <Moment at={newest.startedAt} />}
                      </Text>
                    </Table.Td>
                    <Table.Td ta="right">
                      {mayRestore && newest !== null && (
                        <Button
                          component={Link}
                          to={`/restore?source=${encodeURIComponent(source)}`}
                          variant="default"
                          size="compact-sm"
                        >
                          {say.action.restore}
                        </Button>
                      )}
                    </Table.Td>
                  </Table.Tr>
                )
              })}
            </Table.Tbody>
          </Table>
        </Wide>
      )}
      {state.sources.length > shown.length && (
        <Anchor component={Link} to="/sources">
          {say.sources.all(state.sources.length)}
        </Anchor>
      )}
    </Stack>
  )
}
