/** A passkey of this device, shown to the box: to come in, or to confirm what one does. Its code comes when it is used. */
import type { startAuthentication } from '@simplewebauthn/browser'
import { ask } from './ask.ts'

type RequestOptions = Parameters<typeof startAuthentication>[0]['optionsJSON']

export async function showPasskey(path: 'session/passkey' | 'session/elevate/passkey'): Promise<void> {
  const optionsJSON = await ask<RequestOptions>('POST', `${path}/options`)
  const webAuthn = await import('@simplewebauthn/browser')
  const { id, rawId, type, response } = await webAuthn.startAuthentication({ optionsJSON })
  await ask('POST', path, { passkey: { id, rawId, type, response } })
}
