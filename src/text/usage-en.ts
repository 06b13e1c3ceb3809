/** What was typed wrong, in words. */
import type { Formats } from './formats.ts'

export function usageWordsEn(f: Formats) {
  return {
    unknownOption: (name: string) => `There is no option ${name} here.`,
    unknownCommand: (name: string) => `There is no command “${name}” here.`,
    missingArgument: (name: string) => `The argument ${name} is missing.`,
    missingOption: (name: string) => `The option ${name} is required.`,
    optionValue: (name: string) => `The option ${name} needs a value.`,
    tooMany: 'There are more arguments than this command takes.',
    conflict: (one: string, other: string) => `${one} and ${other} cannot be given together.`,
    tooLong: (what: string, value: string, most: string) => `${what}: ${value} is longer than ${most}.`,
    twice: (what: string, value: string) => `${what}: “${value}” is given twice.`,
    bad: (what: string, value: string, expected: string) => `${what}: “${value}” is not ${expected}.`,
    noCommand: 'Which command?',
    seeHelp: (command: string) => `See: ${command} --help`,
    expected: {
      address: 'an address like backup.example.org:4600, 192.0.2.7:4600 or [2001:db8::7]:4600',
      bytes: 'a size like 500MB or 20GB',
      boxId: 'the id of a box: 32 digits and letters from a to f',
      name: 'a name of 1 to 100 characters, without spaces at its ends, line breaks or control characters',
      duration: 'a duration like 90s, 10m or 2h',
      instant: 'an instant like 2026-11-24T06:00:00Z',
      zone: 'a time zone like Europe/Paris',
      language: 'fr or en',
      mail: 'a plain mail address like someone@example.org',
      contacts: 'a list of at most 4 different addresses',
      limit: 'a limit like 2000 or “mon-fri 08:00-18:00 2000”, in kbit/s from 256 on',
      smtp: 'a mail server like smtps://user@mail.example.org or smtp://mail.example.org:587, without a password',
      password: 'a file with one line, the password',
      count: (from: number, to: number) => `a whole number from ${f.number(from)} to ${f.number(to)}`,
    },
  }
}

export type UsageWords = ReturnType<typeof usageWordsEn>
