/** Without a second factor again: only whoever knows the password. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../app/words.tsx'
import { ask } from '../../client/ask.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { PasswordAgain } from '../../parts/password-again.tsx'

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
        <PasswordAgain
          name="factor-off-password"
          why={say.factor.offWhat}
          label={say.factor.off}
          isGrave
          act={(password) => ask('DELETE', 'account/totp', { password })}
          done={() => {
            close()
            done()
          }}
          cancel={close}
        />
      </Dialog>
    </>
  )
}
