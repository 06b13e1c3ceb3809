/** Without a second factor again: only whoever knows the password. */
import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useWords } from '../../app/words.tsx'
import { ask } from '../../client/ask.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { TroubleNote } from '../../parts/trouble.tsx'

export function SwitchOff({ done }: { readonly done: () => void }) {
  const { say } = useWords()
  const [isAsking, setAsking] = useState(false)
  const close = () => setAsking(false)
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)} name="factor-off">
        {say.factor.off}
      </Button>
      <Dialog opened={isAsking} onClose={close} title={say.factor.off}>
        <Off
          close={close}
          done={() => {
            close()
            done()
          }}
        />
      </Dialog>
    </>
  )
}

function Off({ close, done }: { readonly close: () => void; readonly done: () => void }) {
  const { say } = useWords()
  const [password, setPassword] = useState('')
  const drop = useMutation({ mutationFn: () => ask('DELETE', 'account/totp', { password }), onSuccess: done })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    drop.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{say.factor.offWhat}</Text>
        <PasswordInput
          name="factor-off-password"
          label={say.account.password}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          data-autofocus
          required
        />
        <TroubleNote error={drop.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {say.action.cancel}
          </Button>
          <Button type="submit" color="red" loading={drop.isPending}>
            {say.factor.off}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
