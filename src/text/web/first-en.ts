/** The first start of a box, and its recovery sheet. */
import type { Formats } from '../formats.ts'

export function firstEn(f: Formats) {
  return {
    title: 'Welcome to Datis',
    what: 'What shall this box be?',
    choice: {
      new: { title: 'A new box', text: 'Begin here: your account, then what is saved.' },
      rebuild: {
        title: 'Rebuild this box from its peers',
        text: 'After a fire, a theft or a broken disk: with the 24 words of the recovery sheet.',
      },
      practice: {
        title: 'A practice community',
        text: 'Six real boxes on this machine, with real data, to play with and to throw away.',
      },
    },
    account: 'The first account',
    accountWhy: 'The administrator of this box. The setup code stands where the box was started.',
    code: 'Setup code',
    make: 'Make the account',
    back: 'Back',
    sheet: {
      title: 'Recovery sheet',
      why: 'If this box burns, these 24 words bring everything back. Nobody else has them, and nobody can find them again: not even who made Datis.',
      how: 'Print the sheet, or write the words down, and put it where no fire and no thief finds it together with the box.',
      print: 'Save the sheet to print (PDF)',
      words: 'The 24 words',
      done: 'I have it on paper',
      ask: 'Three of the words, to be sure that the paper is right:',
      word: (position: number) => `Word ${f.number(position)}`,
      confirm: 'Confirm',
      confirmed: 'The recovery sheet is confirmed. This box does not have the words any more.',
      again: 'Show the words again',
      none: 'This box was made at its command line: its words were shown there, and are not asked back here.',
      later: 'Do it later',
      gone: 'The words are no longer in the memory of this box. If you have them on paper, confirm three of them here.',
    },
    rebuild: {
      why: 'The box is made again from what other boxes keep. It takes minutes for its settings and its list of files; the files themselves come when they are asked for.',
      words: 'The 24 words of the recovery sheet',
      peer: 'A contact point',
      peerHelp: 'As it stands on the recovery sheet: name.example.org:600',
      before: 'As it was before (optional)',
      beforeHelp: 'Before an attack, for example: the newest state from before that moment comes back.',
      beforeHelpIn: (zone: string) =>
        `Before an attack, for example: the newest state from before that moment comes back. Date and time are those of the box (${zone}).`,
      start: 'Rebuild this box',
      running: 'The box is being rebuilt',
      done: 'The box is back',
      head: (at: string) => `As it was on ${f.instant(at)}.`,
      newest: 'Enough members answered: there is no newer state.',
      later: 'Newer states were found, and left aside as you asked: this is the newest of those before.',
      perhaps: (names: readonly string[]) =>
        `Only these answered, so a newer state may exist: ${names.length === 0 ? '–' : f.list(names)}.`,
      holding: 'hold it',
      asked: {
        holds: (names: readonly string[]) =>
          `✓ Reached, and ${names.length === 1 ? 'holds' : 'hold'} what is yours: ${f.list(names)}`,
        answers: (names: readonly string[]) =>
          `Reached, and ${names.length === 1 ? 'holds' : 'hold'} nothing of yours: ${f.list(names)}`,
        asked: (names: readonly string[]) => `… Being asked: ${f.list(names)}`,
        silent: (names: readonly string[]) => `✕ Not reached: ${f.list(names)}`,
      },
      missing: (packs: number) =>
        `${f.plural(packs, 'pack', 'packs')} with lists of files could not be had from those who answered: snapshots that need them cannot be read for now.`,
      signIn: 'Sign in with an account that it had',
      failed: 'The box was not rebuilt. What was here before is here again.',
    },
    practice: {
      running: 'The practice community comes up',
      ready: 'Six boxes run on this machine. The first one has its own console:',
      open: (url: string) => `Open the practice console (${url})`,
      code: (code: string) => `Its setup code: ${code}`,
      dropTitle: 'Throw the practice community away?',
      dropWhat:
        'Its six boxes are stopped, and all that is on them is deleted at once, with whatever you have added there. This box and what it saves are not concerned.',
      drop: 'Throw it away',
      dropped: 'The practice community is gone.',
      start: 'Start it',
    },
  }
}
