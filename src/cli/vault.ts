import type { Command } from 'commander'
import { DatisError } from '#base'
import type { BoxClient, CheckResult, OperationContext, VaultScrubResult } from '#box'
import { type App, done, type Outcome } from './app.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import { EXIT } from './exit.ts'
import { sentenceOf } from './failure.ts'
import { absolute } from './parse.ts'
import { damagedTable } from './restore.ts'

export function addVaultCommands(program: Command, shelf: Shelf): void {
  const { command, vault: say } = shelf.app.words.say
  const vault = addCommand(program, shelf, 'vault', command.vault)

  withData(addCommand(vault, shelf, 'check', command.vaultCheck), shelf).action(({ data }: { data: string }) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (box) => checked(shelf.app, await box.call('vault.check', {}, context))),
    ),
  )

  withData(addCommand(vault, shelf, 'collect', shelf.app.words.say.policy.command.collect), shelf).action(
    ({ data }: { data: string }) =>
      run(shelf, (context) =>
        withBox(shelf, absolute(data), async (box) => {
          const result = await box.call('vault.collect', {}, context)
          const { say: words, formats } = shelf.app.words
          const { dropped, droppedBytes, released, repacked, repackedBytes } = result
          const line = words.policy.collected(dropped, formats.bytes(droppedBytes), released)
          const anew = repacked === 0 ? [] : [words.policy.repacked(repacked, formats.bytes(repackedBytes))]
          return done(result, [line, ...anew])
        }),
      ),
  )

  withData(addCommand(vault, shelf, 'scrub', shelf.app.words.say.policy.command.scrub), shelf).action(
    ({ data }: { data: string }) =>
      run(shelf, (context) =>
        withBox(shelf, absolute(data), async (box) => scrubbed(shelf.app, await box.call('vault.scrub', {}, context))),
      ),
  )

  withData(addCommand(vault, shelf, 'fetch', command.vaultFetch), shelf).action(({ data }: { data: string }) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (box) => fetched(shelf.app, await home(box, context))),
    ),
  )

  withData(addCommand(vault, shelf, 'reindex', command.vaultReindex), shelf).action(({ data }: { data: string }) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (box) => {
        const result = await box.call('vault.reindex', {}, context)
        return done(result, [say.reindexed(result.packs, result.chunks, result.snapshots)])
      }),
    ),
  )
}

interface Away {
  readonly packs: number
  readonly bytes: number
}

/** Until nothing is away any more, or a turn of a minute has brought nothing. */
async function home(box: Pick<BoxClient, 'call'>, context: OperationContext): Promise<Away> {
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    const away = await box.call('vault.fetch', {}, context)
    if (away.packs === 0 || away.packs >= before) return away
    before = away.packs
  }
}

function fetched({ words: { say, formats } }: App, away: Away): Outcome {
  if (away.packs === 0) return done(away, [say.vault.fetched])
  return { exit: EXIT.incomplete, json: away, lines: [say.vault.away(away.packs, formats.bytes(away.bytes))] }
}

function scrubbed({ words }: App, result: VaultScrubResult): Outcome {
  const { packs, bytes, damaged, missing, mended, lost } = result
  const { policy: say } = words.say
  const found = damaged + missing
  const lines = [say.scrubbed(packs, words.formats.bytes(bytes)), ...(found === 0 ? [] : [say.mended(found, mended)])]
  if (lost.length === 0) return done(result, lines)
  const error = new DatisError('PACKS_LOST', 'No host gives back what is damaged here.', { count: lost.length })
  const json = { ...result, error: { code: error.code, message: sentenceOf(words, error) } }
  return { exit: EXIT.failed, json, lines }
}

/** Damage is a failure; hosts that could not be asked leave the check incomplete: partial is never green. */
function checked(app: App, result: CheckResult): Outcome {
  const { words } = app
  const { vault: say } = words.say
  const unreached = result.unreached.length === 0 ? [] : [say.unreached(words.formats.list(result.unreached))]
  if (result.damaged.length > 0) {
    const error = new DatisError('VAULT_DAMAGED', 'Damaged copies were found.')
    const lines = [say.damaged(result.damaged.length), ...damagedTable(app, result.damaged), say.heal, ...unreached]
    const json = { ...result, error: { code: error.code, message: sentenceOf(words, error) } }
    return { exit: EXIT.failed, json, lines }
  }
  if (!result.ok || unreached.length > 0) return { exit: EXIT.incomplete, json: result, lines: unreached }
  return done(result, [say.ok(result.packs, words.formats.bytes(result.bytes))])
}
