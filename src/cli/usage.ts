import type { CommanderError } from 'commander'
import type { Words } from '#text'
import { UsageError } from './failure.ts'

/** commander's complaint in the person's language, with where to read more. */
export function usageError(words: Words, error: CommanderError, command: string): UsageError {
  const { usage } = words.say
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  const sentences: Readonly<Record<string, string>> = {
    'commander.unknownOption': usage.unknownOption(quoted),
    'commander.unknownCommand': usage.unknownCommand(quoted),
    'commander.missingArgument': usage.missingArgument(quoted),
    'commander.missingMandatoryOptionValue': usage.missingOption(quoted),
    'commander.optionMissingArgument': usage.optionValue(quoted),
    'commander.excessArguments': usage.tooMany,
    'commander.help': usage.noCommand,
  }
  return new UsageError(`${sentences[error.code] ?? error.message} ${usage.seeHelp(command)}`)
}

export function isHelp(error: CommanderError): boolean {
  return error.code === 'commander.helpDisplayed' || error.code === 'commander.version'
}
