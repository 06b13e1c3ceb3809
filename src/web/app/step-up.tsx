/** Acts that ask who one is again: a password or a passkey once it is needed, then the act goes on. */
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useCallback, useState } from 'react'
import { ask, codeOf } from '../client/ask.ts'
import { showPasskey } from '../client/passkey.ts'
import { passkeys, setup } from '../client/queries.ts'
import { Dialog } from '../parts/dialog.tsx'
import { PasswordAgain } from '../parts/password-again.tsx'
import { TroubleNote } from '../parts/trouble.tsx'
import { useWords } from './words.tsx'

/** Does it, once that is confirmed where it is needed; null: the reader thought better of it. */
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
        {settle !== null && <Again settle={settle} />}
      </Dialog>
    </StepUp>
  )
}

export function useStepUp(): Confirmed {
  const confirmed = use(StepUp)
  if (confirmed === null) throw new Error('no step-up here')
  return confirmed
}

function Again({ settle }: { readonly settle: (isConfirmed: boolean) => void }) {
  const { say } = useWords()
  return (
    <PasswordAgain
      name="again"
      why={say.stepUp.why}
      label={say.action.confirm}
      act={(password) => ask('POST', 'session/elevate', { password })}
      done={() => settle(true)}
      cancel={() => settle(false)}
      besides={<ByPasskey done={() => settle(true)} />}
    />
  )
}

function ByPasskey({ done }: { readonly done: () => void }) {
  const { say } = useWords()
  const place = useQuery(setup)
  const mine = useQuery({ ...passkeys, enabled: place.data?.hasPasskeys === true })
  const show = useMutation({ mutationFn: () => showPasskey('session/elevate/passkey'), onSuccess: done })
  if ((mine.data?.items.length ?? 0) === 0) return null
  return (
    <>
      <Button variant="default" onClick={() => show.mutate()} loading={show.isPending} name="passkey">
        {say.stepUp.passkey}
      </Button>
      <TroubleNote error={show.error} />
    </>
  )
}
