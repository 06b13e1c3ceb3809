/** A device with a finger on it, in the place of one that people hold. */
import type { Visit } from './browser.ts'

export interface Authenticator {
  /** Whether its finger is the right one. */
  verifies(isVerified: boolean): Promise<void>
}

export async function authenticator({ page, context }: Pick<Visit, 'page' | 'context'>): Promise<Authenticator> {
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    verifies: async (isUserVerified) => {
      await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
    },
  }
}
