/** The way in, for who has an account. */
import { Button, Container, Divider, Group, PasswordInput, Stack, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { SessionAnswer } from '#api/contract'
import { LanguageAndTheme } from '../app/shell.tsx'
import { useWords } from '../app/words.tsx'
import { ask, codeOf } from '../client/ask.ts'
import { showPasskey } from '../client/passkey.ts'
import { setup } from '../client/queries.ts'
import { useFields } from '../parts/fields.ts'
import { TroubleNote } from '../parts/trouble.tsx'

export function SignIn() {
  const { say } = useWords()
  const client = useQueryClient()
  const place = useQuery(setup)
  const [needsCode, setNeedsCode] = useState(false)
  const { given, field } = useFields({ name: '', password: '', code: '' })
  // Of whoever was here before nothing stays.
  const onSuccess = async () => {
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== setup.queryKey[0] })
    await client.invalidateQueries()
  }
  const enter = useMutation({
    mutationFn: () =>
      ask<SessionAnswer>('POST', 'session', {
        name: given.name,
        password: given.password,
        ...(given.code !== '' && { code: given.code }),
      }),
    onSuccess,
    onError: (error) => setNeedsCode((before) => before || codeOf(error) === 'LOGIN_CODE_NEEDED'),
  })
  const passkey = useMutation({
    mutationFn: () => showPasskey('session/passkey'),
    onSuccess,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    enter.mutate()
  }
  return (
    <Container component="main" size={420} py={{ base: 'xl', sm: '12vh' }}>
      <Group justify="space-between" mb="lg">
        <Group gap="xs">
          <img src="/icon.svg" alt="" width={28} height={28} />
          <Title order={1}>{say.signIn.title}</Title>
        </Group>
        <Group gap={4}>
          <LanguageAndTheme />
        </Group>
      </Group>
      <form className="card" onSubmit={submit}>
        <Stack>
          <TextInput {...field('name')} label={say.account.name} autoComplete="username" required />
          <PasswordInput {...field('password')} label={say.account.password} autoComplete="current-password" required />
          {needsCode && (
            <TextInput
              {...field('code')}
              label={say.account.code}
              description={say.account.codeWhere}
              autoComplete="one-time-code"
              inputMode="numeric"
              autoFocus
              required
            />
          )}
          <TroubleNote error={enter.error} />
          <Button type="submit" loading={enter.isPending}>
            {say.signIn.enter}
          </Button>
          {place.data?.hasPasskeys === true && (
            <>
              <Divider label={say.signIn.or} />
              <Button variant="default" onClick={() => passkey.mutate()} loading={passkey.isPending} name="passkey">
                {say.signIn.passkey}
              </Button>
              <TroubleNote error={passkey.error} />
            </>
          )}
        </Stack>
      </form>
    </Container>
  )
}
