/** The password once more, before something is done. */
import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useWords } from '../app/words.tsx'
import { TroubleNote } from './trouble.tsx'

interface PasswordAgainProps {
  readonly name: string
  readonly why: string
  /** On the button. */
  readonly label: string
  readonly isGrave?: boolean
  act(password: string): Promise<unknown>
  done(): void
  cancel(): void
  /** Another way than the password. */
  readonly besides?: ReactNode
}

export function PasswordAgain({ name, why, label, isGrave = false, act, done, cancel, besides }: PasswordAgainProps) {
  const { say } = useWords()
  const [password, setPassword] = useState('')
  const confirm = useMutation({ mutationFn: () => act(password), onSuccess: done })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    confirm.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{why}</Text>
        <PasswordInput
          name={name}
          label={say.account.password}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          data-autofocus
          required
        />
        <TroubleNote error={confirm.error} />
        {besides}
        <Group justify="flex-end">
          <Button variant="default" onClick={cancel}>
            {say.action.cancel}
          </Button>
          <Button type="submit" loading={confirm.isPending} {...(isGrave && { color: 'red' })}>
            {label}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
