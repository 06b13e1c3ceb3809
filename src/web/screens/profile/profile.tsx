/** One's own account. */
import { Group, SegmentedControl, Stack, Text, Title, useMantineColorScheme } from '@mantine/core'
import type { SessionAnswer } from '#api/contract'
import { useWords } from '../../app/words.tsx'
import { Screen } from '../../parts/screen.tsx'
import { Passkeys } from './passkeys.tsx'
import { Password } from './password.tsx'
import { SecondFactor } from './second-factor.tsx'
import { Sessions } from './sessions.tsx'

export function Profile({ session }: { readonly session: SessionAnswer }) {
  const { say } = useWords()
  return (
    <Screen title={say.screen.profile}>
      <Text className="name">
        {session.name} · {say.role[session.role]}
      </Text>
      <Looks />
      <Password />
      <SecondFactor />
      <Passkeys />
      <Sessions />
    </Screen>
  )
}

function Looks() {
  const { say, language, change } = useWords()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Stack className="card" component="section" gap="md">
      <Title order={2}>{say.profile.looks}</Title>
      <Group>
        <SegmentedControl
          aria-label={say.profile.language}
          value={language}
          onChange={(chosen) => change(chosen === 'fr' ? 'fr' : 'en')}
          data={[
            { value: 'fr', label: say.profile.languages.fr },
            { value: 'en', label: say.profile.languages.en },
          ]}
        />
        <SegmentedControl
          aria-label={say.profile.theme}
          value={colorScheme}
          onChange={(chosen) => setColorScheme(chosen as typeof colorScheme)}
          data={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: say.profile.themes[value] }))}
        />
      </Group>
    </Stack>
  )
}
