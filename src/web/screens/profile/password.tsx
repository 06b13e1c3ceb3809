import { Button, PasswordInput, Stack, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useWords } from '../../app/words.tsx'
import { ask } from '../../client/ask.ts'
import { useTell } from '../../parts/notices.tsx'
import { TroubleNote } from '../../parts/trouble.tsx'

export function Password() {
  const { say } = useWords()
  const tell = useTell()
  const [old, setOld] = useState('')
  const [password, setPassword] = useState('')
  const change = useMutation({
    mutationFn: () => ask('PUT', 'account/password', { old, password }),
    onSuccess: () => {
      setOld('')
      setPassword('')
      void tell(say.profile.passwordChanged)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  return (
    <form className="card" onSubmit={submit}>
      <Stack maw={420}>
        <Title order={2}>{say.profile.password}</Title>
        <PasswordInput
          name="old"
          label={say.profile.oldPassword}
          value={old}
          onChange={(event) => setOld(event.currentTarget.value)}
          autoComplete="current-password"
          required
        />
        <PasswordInput
          name="new"
          label={say.profile.newPassword}
          description={say.account.passwordHelp}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="new-password"
          required
        />
        <TroubleNote error={change.error} />
        <Button type="submit" loading={change.isPending} w="fit-content">
          {say.profile.changePassword}
        </Button>
      </Stack>
    </form>
  )
}
