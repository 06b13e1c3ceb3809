/** Acts that ask for the password again: asked for once it is needed, then the act goes on. */
import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { createContext, type FormEvent, type ReactNode, use, useCallback, useState } from 'react'
import { ask, codeOf } from '../client/ask.ts'
import { Dialog } from '../parts/dialog.tsx'
import { TroubleNote } from '../parts/trouble.tsx'
import { useWords } from './words.tsx'

/** Does it, after the password where that is needed; null: the reader thought better of it. */
type Confirmed = <Result>(act: () => Promise<Result>) => Promise<Result | null>

const StepUp = createContext<Confirmed | null>(null)

export function StepUpProvider({ children }: { readonly children: ReactNode }) {
  const { say } = useWords()
  const [settle, setSettle] = useState<((isConfirmed: boolean) => void) | null>(null)
  const confirmed: Confirmed = useCallback(async (act) => {
    try {
      return await act()
    } catch (error) {
      if (codeOf(error) !== 'STEP_UP_NEEDED') throw error
      const { promise, resolve } = Promise.withResolvers<boolean>()
      setSettle(() => resolve)
      const isConfirmed = await promise
      setSettle(null)
      return isConfirmed ? await act() : null
    }
  }, [])
  return (
    <StepUp value={confirmed}>
      {children}
      <Dialog opened={settle !== null} onClose={() => settle?.(false)} title={say.stepUp.title}>
        {settle !== null && <PasswordAgain settle={settle} />}
      </Dialog>
    </StepUp>
  )
}

export function useStepUp(): Confirmed {
  const confirmed = use(StepUp)
  if (confirmed === null) throw new Error('no step-up here')
  return confirmed
}

function PasswordAgain({ settle }: { readonly settle: (isConfirmed: boolean) => void }) {
  const { say } = useWords()
  const [password, setPassword] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      await ask('POST', 'session/elevate', { password })
      settle(true)
    } catch (refused) {
      setError(refused)
      setBusy(false)
    }
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{say.stepUp.why}</Text>
        <PasswordInput
          name="again"
          label={say.account.password}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          data-autofocus
          required
        />
        <TroubleNote error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={() => settle(false)}>
            {say.action.cancel}
          </Button>
          <Button type="submit" loading={isBusy}>
            {say.action.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
