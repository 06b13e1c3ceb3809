import { Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useNavigate } from 'react-router'
import type { SheetAsked } from '#api/contract'
import { useWords } from '../../app/words.tsx'
import { ask } from '../../client/ask.ts'
import { useFields } from '../../parts/fields.ts'
import { TroubleNote } from '../../parts/trouble.tsx'

export function FirstAccount() {
  const { say } = useWords()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { given, field } = useFields({ code: '', name: '', password: '' })
  const make = useMutation({
    mutationFn: async () => {
      const { code, name, password } = given
      await ask('POST', 'setup', { code: code.trim(), name, password })
      await ask('POST', 'session', { name, password })
      return await ask<SheetAsked>('GET', 'recovery-sheet/asked')
    },
    onSuccess: async ({ confirmed }) => {
      await client.invalidateQueries()
      if (confirmed === false) void navigate('/recovery-sheet')
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate()
  }
  return (
    <form className="card" onSubmit={submit}>
      <Stack>
        <Title order={2}>{say.first.account}</Title>
        <Text className="quiet">{say.first.accountWhy}</Text>
        <TextInput {...field('code')} label={say.first.code} autoComplete="off" autoFocus required />
        <TextInput {...field('name')} label={say.account.name} autoComplete="username" required />
        <PasswordInput
          {...field('password')}
          label={say.account.password}
          description={say.account.passwordHelp}
          autoComplete="new-password"
          required
        />
        <TroubleNote error={make.error} />
        <Button type="submit" loading={make.isPending}>
          {say.first.make}
        </Button>
      </Stack>
    </form>
  )
}
