/** Where the passphrase that seals the keys of a box comes from. */
import { isCancel, password } from '@clack/prompts'
import { DatisError } from '#base'
import type { AskPassphrase } from '#box'
import type { App } from './app.ts'
import { isThere } from './files.ts'
import { readSecret } from './secret-file.ts'

/** What systemd calls it in `LoadCredential=` (docs/install.md). */
const CREDENTIAL = 'datis-passphrase'
export const PASSPHRASE_OPTION = '--passphrase-file'
export const PASSPHRASE_VARIABLE = 'DATIS_PASSPHRASE_FILE'

export interface PassphraseOptions {
  readonly passphraseFile?: string
}

/** From the file that was given, else that of the environment, else systemd's, else from whoever sits there. */
export function passphraseFrom(app: App, { passphraseFile }: PassphraseOptions = {}): AskPassphrase {
  return async (folder) => {
    const { DATIS_PASSPHRASE_FILE: file, CREDENTIALS_DIRECTORY: credentials } = app.environment
    if (passphraseFile !== undefined) return readSecret(app.words, PASSPHRASE_OPTION, passphraseFile)
    if (file !== undefined && file !== '') return readSecret(app.words, PASSPHRASE_VARIABLE, file)
    if (credentials !== undefined && isThere(credentials, CREDENTIAL)) {
      return readSecret(app.words, CREDENTIAL, `${credentials}/${CREDENTIAL}`)
    }
    return canAsk(app) ? await asked(app, app.words.say.keys.passphraseOf(folder)) : null
  }
}

export function canAsk({ terminal, json }: App): boolean {
  return terminal.asks && !json
}

/** CANCELLED */
export async function asked(
  { signal }: App,
  message: string,
  validate: (typed: string | undefined) => string | undefined = () => undefined,
): Promise<string> {
  const answer = await password({ message, validate, output: process.stderr, signal })
  if (isCancel(answer)) throw new DatisError('CANCELLED', 'No passphrase was given.')
  return answer
}
