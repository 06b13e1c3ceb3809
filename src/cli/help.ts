import { Help, type HelpConfiguration } from 'commander'
import type { Words } from '#text'

/** Help in the person's language, where commander has words of its own. */
export function helpIn({ say: { help } }: Words): HelpConfiguration {
  const usual = new Help()
  const titles: Readonly<Record<string, string>> = {
    'Usage:': help.usage,
    'Options:': help.options,
    'Commands:': help.commands,
    'Arguments:': help.arguments,
  }
  return {
    styleTitle: (title) => titles[title] ?? title,
    commandUsage: (command) => help.named(usual.commandUsage(command)).replace('[command]', `[${help.command}]`),
    subcommandTerm: (command) => help.named(usual.subcommandTerm(command)),
    argumentTerm: (argument) => help.named(usual.argumentTerm(argument)),
    optionTerm: (option) => help.named(usual.optionTerm(option)),
    optionDescription: ({ description, defaultValue }) =>
      defaultValue === undefined ? description : `${description} (${help.byDefault(String(defaultValue))})`,
  }
}
