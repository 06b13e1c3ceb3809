/** The first start of a box: what it shall be. */
import { Button, Container, Group, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { LanguageAndTheme } from '../../app/shell.tsx'
import { useWords } from '../../app/words.tsx'
import { codeOf } from '../../client/ask.ts'
import { first, rebuilding } from '../../client/queries.ts'
import { Icon } from '../../parts/icons.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { FirstAccount } from './first-account.tsx'
import { Practice } from './practice.tsx'
import { Rebuild } from './rebuild.tsx'

const ICONS = { new: 'Archive', rebuild: 'Refresh', practice: 'Flask' } as const
type Choice = keyof typeof ICONS
const FORMS = { new: FirstAccount, rebuild: Rebuild, practice: Practice } as const

export function FirstStart() {
  const { say } = useWords()
  const offered = useQuery(first)
  const rebuilt = useQuery({ ...rebuilding, enabled: false })
  const isRebuilding = codeOf(offered.error) === 'BOX_REBUILDING' || rebuilt.data?.state === 'done'
  const [chosen, setChoice] = useState<Choice | null>(null)
  const choice = isRebuilding ? 'rebuild' : chosen
  const Form = choice === null ? null : FORMS[choice]
  return (
    <Container component="main" size={640} py={{ base: 'xl', sm: '10vh' }}>
      <Group justify="space-between" mb="lg" wrap="nowrap">
        <Group gap="xs" wrap="nowrap">
          <img src="/icon.svg" alt="" width={28} height={28} />
          <Title order={1}>{say.first.title}</Title>
        </Group>
        <Group gap={4} wrap="nowrap">
          <LanguageAndTheme />
        </Group>
      </Group>
      {Form === null ? (
        <Loaded of={offered}>
          {({ canRebuild, canPractise }) => (
            <Choices
              offered={[
                'new',
                ...(canRebuild ? (['rebuild'] as const) : []),
                ...(canPractise ? (['practice'] as const) : []),
              ]}
              choose={setChoice}
            />
          )}
        </Loaded>
      ) : (
        <Stack>
          <Button variant="subtle" size="compact-sm" w="fit-content" onClick={() => setChoice(null)}>
            ‹ {say.first.back}
          </Button>
          <Form />
        </Stack>
      )}
    </Container>
  )
}

interface ChoicesProps {
  readonly offered: readonly Choice[]
  choose(choice: Choice): void
}

function Choices({ offered, choose }: ChoicesProps) {
  const { say } = useWords()
  return (
    <Stack>
      <Text fz={18}>{say.first.what}</Text>
      {offered.map((one) => {
        return (
          <UnstyledButton key={one} className="card" onClick={() => choose(one)} data-choice={one}>
            <Group wrap="nowrap" align="flex-start">
              <Icon of={ICONS[one]} size={28} style={{ color: 'var(--protected)', flex: 'none' }} />
              <div>
                <Text fw={600}>{say.first.choice[one].title}</Text>
                <Text className="quiet">{say.first.choice[one].text}</Text>
              </div>
            </Group>
          </UnstyledButton>
        )
      })}
    </Stack>
  )
}
