/** English words of the practice community. */
import type { Formats } from './formats.ts'

export function labWordsEn(f: Formats) {
  const boxes = (count: number): string => f.plural(count, 'box', 'boxes')
  return {
    up: (count: number, folder: string) =>
      `A community of ${boxes(count)} runs on this machine until datis lab down. Everything is in ${folder}.`,
    fast: 'Fast: hosts live a day in 10 seconds, and a spare host takes over after 20 seconds instead of 48 hours.',
    play: 'Each has saved a few files. Try: datis restore latest TARGET --data FOLDER, or datis lab fail fire 2',
    again: (count: number) => `Started again: ${boxes(count)}.`,
    state: {
      runs: 'runs',
      stopped: 'does not run',
      burnt: 'burnt down',
      silent: 'silent',
      liar: 'lies',
      cut: 'off',
    },
    did: {
      fire: (name: string) => `${name} has burnt down: its process is killed and its folder deleted.`,
      silent: (name: string) => `${name} is silent: its process is stopped, and whoever asks it waits in vain.`,
      cut: (name: string) => `${name} is off, as if its line were cut.`,
      liar: (name: string, count: number) =>
        `${name} lies: a bit is flipped in ${f.plural(count, 'fragment', 'fragments')} that it keeps for others.`,
    },
    next: 'Next, for example:',
    nothingFailed: 'Nothing had failed.',
    healed: {
      stopped: (name: string) => `${name} runs again.`,
      cut: (name: string) => `${name} is back.`,
      silent: (name: string) => `${name} answers again.`,
      burnt: (name: string) => `${name} is recovered from its 24 words and runs.`,
      liar: (name: string, rotten: number) =>
        `${name} has read again what it keeps: ${f.plural(rotten, 'damaged fragment', 'damaged fragments')} reported.`,
    },
    dispersed: (whole: number, total: number) =>
      `Full margin again: ${f.number(whole)} of ${f.plural(total, 'running box', 'running boxes')}.`,
    confirmDown: (folder: string) => `Stop all boxes and delete ${folder} with all it holds?`,
    down: (count: number, folder: string) => `${f.plural(count, 'process', 'processes')} ended, ${folder} deleted.`,
    kept: (count: number, folder: string) =>
      `${f.plural(count, 'process', 'processes')} ended. ${folder} is kept; datis lab up starts them again.`,
    sample: {
      letters: (name: string) => [
        {
          path: 'letters/welcome.txt',
          text: `To whom it may concern,\n\nthis is the office of ${name}. We keep for others what others keep for us.\n`,
        },
        {
          path: 'minutes/2026-03-12.txt',
          text: `Minutes of 12 March 2026\n\n1. ${name} is now part of a community.\n2. The 24 words lie in the safe of the notary.\n3. The next drill is in June.\n`,
        },
      ],
      accounts: { path: 'accounts/2026.csv', header: 'number;date;amount' },
      picture: 'pictures/summer party.raw',
    },
  }
}
