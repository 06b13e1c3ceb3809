/** Bugs of a first start, and of the recovery sheet. */
import { by, type PlantedBug } from './planted-bug.ts'

const SHEET = by('src/api/first.test.ts', 'the words are for administrators who gave their password a moment ago')

export const FIRST_BUGS: readonly PlantedBug[] = [
  {
    name: 'the 24 words are shown without the password again',
    file: 'src/api/routes-sheet.ts',
    from: '      elevatedIn(request)\n      return await sheetOf(',
    to: '      return await sheetOf(',
    caughtBy: SHEET,
  },
  {
    name: 'the 24 words stay in memory once they were confirmed',
    file: 'src/api/routes-sheet.ts',
    from: '      firstStart?.forget()\n',
    to: '',
    caughtBy: SHEET,
  },
  {
    name: 'words of the sheet are guessed at any pace',
    file: 'src/accounts/recovery-sheet.ts',
    from: 'const waitMs = this.#throttle.take(PLACE)',
    to: 'const waitMs = this.#throttle.take(PLACE) * 0',
    caughtBy: by('src/accounts/recovery-sheet.test.ts', 'other words, words at other places'),
  },
  {
    name: 'what is kept of three words goes to hosts',
    file: 'src/settings/copy.ts',
    from: ", 'recovery_sheet'] as const",
    to: '] as const',
    caughtBy: by('src/settings/database.test.ts', 'a copy that goes to hosts has people'),
  },
  {
    name: 'a rebuild that fails leaves no box',
    file: 'src/appliance/aside.ts',
    from: '    disk.rename(aside, folder)\n',
    to: '    disk.makeFolder(folder)\n',
    caughtBy: by('src/appliance/aside.test.ts', 'an untouched box comes back'),
  },
  {
    name: 'a box that saves something makes way for another',
    file: 'src/api/routes-first.ts',
    from: "if (items.length > 0) return 'source'",
    to: "if (items.length < 0) return 'source'",
    caughtBy: by('src/api/first.test.ts', 'a box is rebuilt for who has the setup code'),
  },
  {
    name: 'whoever reaches the console starts a practice community',
    file: 'src/api/routes-first.ts',
    from: '  else await deps.setup.check(given)\n',
    to: '',
    caughtBy: by('src/api/first.test.ts', 'a practice community is for who has the setup code'),
  },
]
