/** Bugs of the console, and of what it runs. */
import { by, type PlantedBug } from './planted-bug.ts'

export const CONSOLE_BUGS: readonly PlantedBug[] = [
  {
    name: 'two deeds of one moment take one place in the chain',
    file: 'src/api/returned.ts',
    from: 'for (const deed of deeds) await note(inner, { at, actor, ...deed })\n  })',
    to: 'void inner\n  })\n  for (const deed of deeds) await note(settings as never, { at, actor, ...deed })',
    caughtBy: by('src/api/files.test.ts', 'many files taken at once are one chain of deeds'),
  },
  {
    name: 'a download of who has gone away is waited for for ever',
    file: 'src/api/routes-files.ts',
    from: '  if (signal.aborted) {',
    to: '  if (signal.aborted && bytes === -1) {',
    caughtBy: by('src/api/files.test.ts', 'who goes away before the first byte leaves no snapshot open'),
  },
  {
    name: 'a full disk at the end of a task stops the box',
    file: 'src/service/tasks.ts',
    from: 'await this.#saveEnd(running.task).catch((error: unknown) => this.#unsaved(error))',
    to: 'await this.#saveEnd(running.task)',
    caughtBy: by('src/service/tasks.test.ts', 'a disk that takes no note of the end of a task'),
  },
  {
    name: 'the details of a deed are cut in the middle of their JSON',
    file: 'src/accounts/audit.ts',
    from: 'JSON.stringify(deed.details, (_key, value) => shortened(value))',
    to: 'JSON.stringify(deed.details).slice(0, 4000)',
    caughtBy: by('src/accounts/accounts.test.ts', 'a deed with a path of thousands of characters is read again'),
  },
  {
    name: 'a user sees the snapshots of everybody by guessing their ids',
    file: 'src/storage/snapshot.ts',
    from: 'within === undefined || within.includes(source)',
    to: 'within === undefined || source.length > 0',
    caughtBy: by('src/api/sight.test.ts', 'what is not hers is answered as what is not there'),
  },
  {
    name: 'a user asks the box as everybody does',
    file: 'src/api/sight.ts',
    from: "if (role !== 'user') return allOf(deps)",
    to: "if (role !== 'user' || user !== '') return allOf(deps)",
    caughtBy: by('src/api/sight.test.ts', 'a user sees her sources'),
  },
  {
    name: 'what is there is replaced without the password',
    file: 'src/api/operations.ts',
    from: "again: ({ mode }) => mode === 'over'",
    to: "again: ({ mode }) => mode !== 'over'",
    caughtBy: by('src/api/sight.test.ts', 'put back beside keeps both'),
  },
  {
    name: 'files are put back to where their source is no more',
    file: 'src/box/operations/return.ts',
    from: 'if (isOwn && isFolder(disk, saved))',
    to: 'if (isFolder(disk, saved))',
    caughtBy: by('src/box/operations/return.test.ts', 'where a source is no more'),
  },
]
