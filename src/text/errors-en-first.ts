import { type ErrorSentences, NOTHING_WRITTEN } from './errors-en-shared.ts'

/** Of a first start, and of the recovery sheet. */
export const firstErrorsEn = {
  BOX_REBUILDING: [
    'This box is being rebuilt from its peers.',
    'Until that has ended, the console shows nothing but how far it is.',
    'Wait; the page goes on by itself.',
  ],
  FIRST_ELSEWHERE: [
    'The program that runs this box offers no rebuild and no practice community.',
    NOTHING_WRITTEN,
    'Start the box with npm start, or use datis recover and datis lab up.',
  ],
  FIRST_OVER: [
    'This box is in use already ({use}).',
    'It was not replaced: what it holds would be lost.',
    'Rebuild into another folder: npm start -- --data OTHER, or datis recover.',
  ],
  SHEET_GONE: [
    'The 24 words are not in the memory of this box any more: they were confirmed, or it was started again.',
    'Nobody can read them on this box; the sheet that was printed or written down stays good.',
    'Look for that sheet. Without any, and while nothing is saved yet, stop the box, delete its folder and start anew.',
  ],
  SHEET_NOT_ASKED: [
    'No words of this box are asked back.',
    NOTHING_WRITTEN,
    'There is nothing to do: they were confirmed, or shown elsewhere when the box was made.',
  ],
  SHEET_WRONG: [
    'These are not the words number {positions} of the recovery sheet.',
    'The sheet is not confirmed yet.',
    'Read them again on the sheet, by their numbers; the spelling counts, accents and capitals do not.',
  ],
} as const satisfies Record<string, ErrorSentences>
