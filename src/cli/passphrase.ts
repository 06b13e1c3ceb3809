/** `datis box passphrase …`: whether the keys of the box are sealed on its disk. */
import type { Command } from 'commander'
import type { BoxClient, KeysResult } from '#box'
import { type App, done, type Outcome } from './app.ts'
import { asked, canAsk, PASSPHRASE_OPTION, PASSPHRASE_VARIABLE, type PassphraseOptions } from './ask-passphrase.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import { UsageError } from './failure.ts'
import { absolute } from './parse.ts'
import { readSecret } from './secret-file.ts'

export function withPassphraseFile(command: Command, { app }: Shelf): Command {
  return command.option(`${PASSPHRASE_OPTION} <FILE>`, app.words.say.keys.option.passphraseFile)
}

export function addPassphraseCommands(box: Command, shelf: Shelf): void {
  const { command } = shelf.app.words.say.keys
  const group = addCommand(box, shelf, 'passphrase', command.passphrase)
  withData(addCommand(group, shelf, 'show', command.show), shelf).action(({ data }: { data: string }) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (client) => outcome(shelf.app, await client.call('keys.show', {}, context))),
    ),
  )
  withPassphraseFile(withData(addCommand(group, shelf, 'set', command.set), shelf), shelf).action(
    ({ data, ...options }: PassphraseOptions & { data: string }) =>
      run(shelf, (context) =>
        withBox(shelf, absolute(data), async (client) => {
          const passphrase = await newPassphrase(shelf.app, client, options, context.signal)
          return outcome(shelf.app, await client.call('keys.seal', { passphrase }, context))
        }),
      ),
  )
  withPassphraseFile(withData(addCommand(group, shelf, 'clear', command.clear), shelf), shelf).action(
    ({ data, ...options }: PassphraseOptions & { data: string }) =>
      run(shelf, (context) =>
        withBox(
          shelf,
          absolute(data),
          async (client) => outcome(shelf.app, await client.call('keys.unseal', {}, context)),
          options,
        ),
      ),
  )
}

/** The file of the environment opens a box that is sealed already: the new one has to come from elsewhere then. */
async function newPassphrase(
  app: App,
  client: BoxClient,
  { passphraseFile }: PassphraseOptions,
  signal: AbortSignal,
): Promise<string> {
  const { keys } = app.words.say
  const { keysSealed } = await client.call('keys.show', {}, { signal, onProgress: () => undefined })
  const file = app.environment[PASSPHRASE_VARIABLE] ?? ''
  if (passphraseFile !== undefined) return readSecret(app.words, PASSPHRASE_OPTION, passphraseFile)
  if (!keysSealed && file !== '') return readSecret(app.words, PASSPHRASE_VARIABLE, file)
  if (!canAsk(app)) throw new UsageError(app.words.say.usage.missingOption(PASSPHRASE_OPTION))
  const first = await asked(app, keys.newPassphrase)
  await asked(app, keys.again, (second) => (second === first ? undefined : keys.different))
  return first
}

function outcome({ words: { say } }: App, result: KeysResult): Outcome {
  return done(result, [result.keysSealed ? say.keys.sealed : say.keys.open])
}
