/** The paper that brings a box back: shown, printed, and three words asked back. */
import { Button, Code, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Link } from 'react-router'
import type { SheetAnswer, SheetAsked } from '#api/contract'
import { useStepUp } from '../../app/step-up.tsx'
import { useWords } from '../../app/words.tsx'
import { ask } from '../../client/ask.ts'
import { fetchFile, offer } from '../../client/files.ts'
import { sheet } from '../../client/queries.ts'
import { Icon } from '../../parts/icons.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Screen } from '../../parts/screen.tsx'
import { TroubleNote } from '../../parts/trouble.tsx'

export function RecoverySheet() {
  const { say } = useWords()
  const asked = useQuery(sheet)
  return (
    <Screen title={say.first.sheet.title}>
      <Loaded of={asked}>
        {(answer) =>
          answer.confirmed === false ? (
            <Unconfirmed asked={answer} />
          ) : (
            <Stack className="card" data-sheet={answer.confirmed === true ? 'confirmed' : 'none'}>
              {answer.confirmed === true ? (
                <Text role="status" style={{ color: 'var(--proved)' }} fw={600}>
                  {say.first.sheet.confirmed}
                </Text>
              ) : (
                <Text>{say.first.sheet.none}</Text>
              )}
              <Button component={Link} to="/" w="fit-content">
                {say.screen.dashboard}
              </Button>
            </Stack>
          )
        }
      </Loaded>
    </Screen>
  )
}

function Unconfirmed({ asked }: { readonly asked: SheetAsked }) {
  const { say, language } = useWords()
  const confirmed = useStepUp()
  const [isOnPaper, setOnPaper] = useState(false)
  const show = useMutation({
    mutationFn: () => confirmed(() => ask<SheetAnswer>('GET', `recovery-sheet?lang=${language}`)),
  })
  const print = useMutation({
    mutationFn: () => confirmed(() => fetchFile(`/api/recovery-sheet/pdf?lang=${language}`, `datis-${language}.pdf`)),
    onSuccess: (file) => file !== null && offer(file),
  })
  const isGone = !asked.hasWords
  return (
    <Stack className="card" data-sheet="unconfirmed">
      <Text>{say.first.sheet.why}</Text>
      <Text>{say.first.sheet.how}</Text>
      {show.data == null && !isGone && (
        <Button onClick={() => show.mutate()} loading={show.isPending} w="fit-content" name="show-words">
          {say.first.sheet.words}
        </Button>
      )}
      {isGone && <Text className="quiet">{say.first.sheet.gone}</Text>}
      <TroubleNote error={show.error} />
      {show.data != null && !isOnPaper && (
        <>
          <Group gap="xs" component="ol" p={0} m={0} style={{ listStyle: 'none' }} data-words>
            {show.data.words.map((word, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a word may come twice
              <li key={at}>
                <Code fz={15}>
                  {at + 1} {word}
                </Code>
              </li>
            ))}
          </Group>
          <Group>
            <Button
              onClick={() => print.mutate()}
              loading={print.isPending}
              leftSection={<Icon of="Printer" size={16} />}
            >
              {say.first.sheet.print}
            </Button>
            <Button variant="default" onClick={() => setOnPaper(true)} name="on-paper">
              {say.first.sheet.done}
            </Button>
          </Group>
          <TroubleNote error={print.error} />
        </>
      )}
      {(isOnPaper || isGone) && <AskBack positions={asked.positions} />}
      {isOnPaper && (
        <Button variant="default" w="fit-content" onClick={() => setOnPaper(false)}>
          {say.first.sheet.again}
        </Button>
      )}
      <Button component={Link} to="/" variant="subtle" w="fit-content" px={6}>
        {say.first.sheet.later}
      </Button>
    </Stack>
  )
}

function AskBack({ positions }: { readonly positions: readonly number[] }) {
  const { say } = useWords()
  const client = useQueryClient()
  const [words, setWords] = useState<Readonly<Record<string, string>>>({})
  const confirm = useMutation({
    mutationFn: () => ask('POST', 'recovery-sheet/confirm', { words }),
    onSuccess: () => client.invalidateQueries({ queryKey: sheet.queryKey }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    confirm.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>{say.first.sheet.ask}</Text>
        <Group>
          {positions.map((position) => (
            <TextInput
              key={position}
              name={`word-${position}`}
              label={say.first.sheet.word(position)}
              value={words[position] ?? ''}
              onChange={(event) => setWords({ ...words, [position]: event.currentTarget.value.trim().toLowerCase() })}
              autoComplete="off"
              spellCheck={false}
              required
            />
          ))}
        </Group>
        <TroubleNote error={confirm.error} />
        <Button type="submit" loading={confirm.isPending} w="fit-content" name="confirm-words">
          {say.first.sheet.confirm}
        </Button>
      </Stack>
    </form>
  )
}
